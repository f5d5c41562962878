"""The playbook of a law folder: every known problem as a bow-tie, and the sentence that each of them writes.

Its sentences are parts of a sentence (small initials, no full stop): a page, a list and the sentence use the same.
``playbook/playbook.toml`` holds version, forms, partners and sources, ``playbook/gates.toml`` what every station must
have ready by when, and one file a group of problems the rest. Read by ``law/playbook_files.py``.
"""

from __future__ import annotations

from typing import Literal

from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import LANGUAGES, Text
from satusuara.law.records import Confidence, Record, Source

When = Literal["H-30", "H-7", "H-3", "H-1", "H", "H+"]
"""The moment by which a barrier must stand: days before voting day, the day itself, and after it."""

DAYS: dict[str, int | None] = {"H-30": -30, "H-7": -7, "H-3": -3, "H-1": -1, "H": 0, "H+": None}
"""{gate: days from voting day}; after it there is no one day, the clock of the problem says when."""

Element = Literal["detect", "decide", "act"]
"""What a barrier needs to work: something notices, somebody decides, something is done."""

DetectionKind = Literal["automatic", "reported", "observed"]

BUILT = "built"
PLANNED = r"planned\(([a-z_]+)\)"


class Basis(Record, frozen=True, kw_only=True):
    """A provision on which a response rests. Until ``confirmed`` by a jurist it is marked "to be confirmed"."""

    text: str  # "UU 7/2017 pasal 372(2)d"
    note: Text | None = None
    source: str = ""  # key of playbook.sources
    confidence: Confidence = "sourced"
    confirmed: bool = False


class Barrier(Record, frozen=True, kw_only=True):
    """A prevention. ``effective``, ``independent``, ``auditable`` stay None until somebody has assessed them."""

    code: str  # "P1", within its problem
    text: Text
    owner: str  # role code of the law
    gate: When
    elements: tuple[Element, ...]
    effective: bool | None = None
    independent: bool | None = None  # of whoever could cause the event
    auditable: bool | None = None  # leaves a trace that a second person can check
    degradations: tuple[Text, ...] = ()  # what makes it weaker than it looks, where a source says so


class Detection(Record, frozen=True, kw_only=True):
    """How the event becomes known: automatic (detector, fault, status), reported (form) or observed (by)."""

    kind: DetectionKind
    text: Text
    detector: str = ""  # a name of the registry of detectors: "count.identity"
    rules: tuple[str, ...] = ()  # what of the detector speaks of this problem: identities "I4", relations "X8"
    fault: str = ""  # what a rehearsal injects so that the detector must fire
    status: str = ""  # "built" or "planned(chapter)"
    form: str = ""  # key of playbook.forms
    by: tuple[str, ...] = ()  # roles or partners who look


class Consequence(Record, frozen=True, kw_only=True):
    text: Text
    leads_to: str = ""  # the problem it becomes


class Step(Record, frozen=True, kw_only=True):
    """One step of the response, in order."""

    text: Text
    owner: str  # role or partner
    form: str = ""  # the official form it fills


class Clock(Record, frozen=True, kw_only=True):
    """By when: words, and the law's own deadlines where it has them."""

    text: Text
    deadlines: tuple[str, ...] = ()  # codes of the law's deadlines
    source: str = ""
    confirmed: bool = False


class Rate(Record, frozen=True, kw_only=True):
    """How often it happened: ``count`` of ``of`` (None: no denominator known)."""

    text: Text
    count: int
    of: int | None = None
    unit: Text
    year: int
    source: str


class Precedent(Record, frozen=True, kw_only=True):
    """Where it happened before."""

    year: int
    text: Text
    source: str


class Problem(Record, frozen=True, kw_only=True):
    """A known problem as a bow-tie: threats → preventions → event → detection → responses → consequences.

    ``threats`` and ``consequences`` are inferred from the preventions, signals and responses of its sources.
    """

    code: str  # "VOT-04"
    name: Text
    event: Text  # the top event, as it follows "If"
    owners: tuple[str, ...]  # roles and partners, the first leads
    priority: bool = False  # named in the commission's own meeting
    threats: tuple[Text, ...]
    preventions: tuple[Barrier, ...]
    detections: tuple[Detection, ...]
    consequences: tuple[Consequence, ...]
    responses: tuple[Step, ...]
    legal: tuple[Basis, ...]
    clock: Clock
    rates: tuple[Rate, ...] = ()
    precedents: tuple[Precedent, ...] = ()
    sources: tuple[str, ...]

    @property
    def group(self) -> str:
        return self.code.partition("-")[0]

    def sentence(self) -> Text:
        """ "If … happens: prevented by …, known from …, handled by …, deadline …" """
        said = {}
        for lang in LANGUAGES:
            said[lang] = _FRAME.in_(lang).format(
                event=self.event.in_(lang),
                prevented=_listed([each.text for each in self.preventions], lang),
                known=_listed([each.text for each in self.detections], lang),
                handled=_listed([each.text for each in self.responses], lang),
                deadline=self.clock.text.in_(lang),
                mark="" if self.clock.confirmed else TO_BE_CONFIRMED.in_(lang),
            )
        return Text(**said)


TO_BE_CONFIRMED = Text(" (perlu dipastikan)", " (to be confirmed)")
_FRAME = Text(
    "Jika {event}: dicegah dengan {prevented}; diketahui dari {known}; ditangani dengan {handled}; "
    "batas waktu: {deadline}{mark}.",
    "If {event}: prevented by {prevented}; known from {known}; handled thus: {handled}; deadline: {deadline}{mark}.",
)


class Group(Record, frozen=True, kw_only=True):
    """A stage of the election, and the file that holds its problems."""

    code: str  # "VOT"
    name: Text


class Gate(Record, frozen=True, kw_only=True):
    """One thing that every station must have ready, by a moment; ``letter`` is how a message names it."""

    letter: str
    name: Text
    due: When
    owner: str
    checks: tuple[Text, ...]
    serves: tuple[str, ...]  # preventions that it makes real: "VOT-10.P1"


class Playbook(Record, frozen=True, kw_only=True, eq=False):
    version: str
    law: str
    sha256: str  # of all its files
    forms: dict[str, Text]
    partners: dict[str, Text]
    sources: dict[str, Source]
    groups: tuple[Group, ...]
    gates: tuple[Gate, ...]
    problems: tuple[Problem, ...]

    def problem(self, code: str) -> Problem:
        """:raises NotFound: ``playbook-problem-unknown``"""
        for each in self.problems:
            if each.code == code:
                return each
        raise NotFound(
            "playbook-problem-unknown",
            Text(f'Buku panduan tidak memuat "{code}"', f'The playbook has no "{code}"'),
            remedy=Text("Pilih kode dari daftar masalah.", "Choose a code of the list of problems."),
        )

    def barrier(self, code: str) -> tuple[Problem, Barrier]:
        """A prevention by its whole code, "VOT-10.P1".

        :raises NotFound: ``playbook-problem-unknown`` or ``playbook-barrier-unknown``
        """
        number, _, rest = code.partition(".")
        problem = self.problem(number)
        for each in problem.preventions:
            if each.code == rest:
                return problem, each
        raise NotFound(
            "playbook-barrier-unknown",
            Text(f'{number} tidak memuat pencegahan "{rest}"', f'{number} has no prevention "{rest}"'),
        )


def _listed(texts: list[Text], lang: str) -> str:
    """One as it is, several numbered: their own commas stay clear."""
    words = [text.in_(lang) for text in texts]
    return words[0] if len(words) == 1 else ", ".join(f"({n}) {word}" for n, word in enumerate(words, 1))
