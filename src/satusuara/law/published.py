"""What a law folder says about result files as the commission's own public pages serve them: one JSON a form."""

from __future__ import annotations

from satusuara.kernel.i18n import Text
from satusuara.law.records import Citation, Record


class PublishedContest(Record, frozen=True, kw_only=True):
    """One contest. ``figures`` and ``votes`` lead from a key of the page to a column of the form."""

    contest: str
    figures_in: str  # the object that holds the figures of the form
    votes_in: str  # the object that holds the votes
    figures: dict[str, str]
    votes: dict[str, str]


class PublishedSpec(Record, frozen=True, kw_only=True):
    """published.toml. A form is found by its file's name, which is the station's code."""

    time: str  # the key of the page's own time
    images: str  # the key of the addresses of its photos
    notes: tuple[str, ...] = ()  # keys that are kept as they stand
    contests: tuple[PublishedContest, ...]
    citations: tuple[Citation, ...] = ()

    def of(self, contest: str) -> PublishedContest | None:
        return next((each for each in self.contests if each.contest == contest), None)


class Settling(Record, frozen=True, kw_only=True):
    """Which paper settles a difference of this rule, and where it lies."""

    rule: str  # a cross rule: X7 two readings of one form, X8 a recapitulation's row, X9 a sum of a level
    paper: Text


class SettlingPapers(Record, frozen=True, kw_only=True):
    """settling.toml"""

    papers: tuple[Settling, ...] = ()
