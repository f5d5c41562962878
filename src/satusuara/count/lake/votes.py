"""Votes as a long table: one row a candidate, a party's own line (0) and a party's total as written (T).

Which lines a form must have is said by its ballot. The ballot of a district is taken from the file itself: every line
that any form of the same district gives. A form that lacks one of them is incomplete there, not wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from satusuara.law.model import Contest, Law

if TYPE_CHECKING:
    import ibis.expr.types as ir

VOTE_KEY = ("tps_id", "contest", "party", "candidate")
PARTY_TOTAL = "T"  # the party's total as it is written on the form (row B)

CHOICES = "_choices"  # sum of the choices; null where a line of the ballot is missing
GIVEN = "_given"  # how many lines have a figure
LARGEST = "_largest"  # the largest figure
EVALUATED_PARTIES = "_evaluated_parties"
FAILED_PARTIES = "_failed_parties"


class LongVotes:
    """The long table of one contest: ``tps_id, party, candidate`` (text), ``votes``, ``_row``.

    ``districts``: ``area_code, district`` as far as they are known, areas of any level; the smallest area decides.
    Where nothing is known the area of the second level stands for the district.
    """

    def __init__(self, law: Law, contest: str, votes: ir.Table, districts: ir.Table | None = None) -> None:
        self._contest = law.contest(contest)
        self.is_list = self._contest.choices.kind == "party-list"
        if not self.is_list and self._contest.choices.numbers:
            known = [str(number) for number in self._contest.choices.numbers]
            votes = votes.filter(votes.candidate.isin(known))
        self._votes = _with_district(votes, law, self._contest, districts)

    def beside(self, forms: ir.Table) -> ir.Table:
        """The forms with what their votes add up to (``CHOICES`` and the other columns named above)."""
        sums = self._by_form()
        joined = forms.left_join(sums, "tps_id").drop("tps_id_right")
        if not self.is_list:
            return joined
        parties = self.by_party()
        counts = parties.group_by("tps_id").aggregate(
            **{
                EVALUATED_PARTIES: (parties.left - parties.right).count(),
                FAILED_PARTIES: (parties.left != parties.right).sum(),
            }
        )
        return joined.left_join(counts, "tps_id").drop("tps_id_right")

    def by_party(self) -> ir.Table:
        """``tps_id, party, left, right, row``: the party's total as written, the sum of its lines (null where a line of
        the ballot is missing), and the row of the total in the file."""
        votes = self._votes
        is_total = votes.candidate == PARTY_TOTAL
        lines = votes.filter(~is_total)
        expected = lines.group_by("_district", "party").aggregate(_lines=lines.candidate.nunique())
        parties = votes.group_by("tps_id", "_district", "party").aggregate(
            left=votes.votes.max(where=is_total),
            row=votes._row.max(where=is_total),
            _sum=votes.votes.sum(where=~is_total),
            _given=votes.votes.count(where=~is_total),
        )
        full = parties.inner_join(expected, ["_district", "party"])
        complete = full._given == full._lines
        return full.select(
            "tps_id", "party", "left", right=complete.ifelse(full._sum, None).cast("int64"), row=full.row
        )

    def _by_form(self) -> ir.Table:
        votes = self._votes
        counted = votes.candidate == PARTY_TOTAL if self.is_list else votes.candidate != PARTY_TOTAL
        by_form = votes.group_by("tps_id", "_district").aggregate(
            _sum=votes.votes.sum(where=counted),
            _counted=votes.votes.count(where=counted),
            **{GIVEN: votes.votes.count(), LARGEST: votes.votes.max()},
        )
        numbers = self._contest.choices.numbers
        if numbers and not self.is_list:
            complete = by_form._counted == len(numbers)
        else:
            one = votes.party if self.is_list else votes.candidate
            ballot = votes.group_by("_district").aggregate(_expected=one.nunique())
            by_form = by_form.inner_join(ballot, "_district")
            complete = by_form._counted == by_form._expected
        choices = complete.ifelse(by_form._sum, None).cast("int64")
        return by_form.select("tps_id", GIVEN, LARGEST, **{CHOICES: choices})


def _with_district(votes: ir.Table, law: Law, contest: Contest, districts: ir.Table | None) -> ir.Table:
    """Adds ``_district``: the area whose ballot a form of this contest has."""
    import ibis

    if not contest.district_level or law.codes == "own":  # such codes do not say where an area lies
        return votes.mutate(_district=ibis.literal(""))
    if contest.district_level != "district":
        return votes.mutate(_district=votes.tps_id.substr(0, law.width_of(contest.district_level)))
    votes = votes.mutate(_district=votes.tps_id.substr(0, law.width_of(law.levels[1].code)))
    if districts is None:
        return votes
    for level in law.levels:
        votes = votes.mutate(_part=votes.tps_id.substr(0, law.width_of(level.code)))
        known = districts.select(_area=districts.area_code, _known=districts.district)
        votes = votes.left_join(known, votes._part == known._area)
        votes = votes.mutate(_district=ibis.coalesce(votes._known, votes._district)).drop("_part", "_area", "_known")
    return votes
