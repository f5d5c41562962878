"""What a movement of votes, its effect and a pattern say, in both languages. Neutral on purpose. Pure."""

from __future__ import annotations

from satusuara.kernel.i18n import Text
from satusuara.law.model import Law
from satusuara.recap.rules import Effect, Pattern, Shift
from satusuara.recap.sentences import choice_label, votes_text

_KINDS = {
    "to_candidate": Text("di dalam partai, dari suara partai ke calon", "inside a party, from its own to candidates"),
    "to_party": Text("di dalam partai, dari calon ke suara partai", "inside a party, from candidates to its own"),
    "among_candidates": Text("di dalam partai, antarcalon", "inside a party, between candidates"),
    "inside": Text("di dalam partai", "inside a party"),
    "between": Text("antarpilihan", "between choices"),
    "added": Text("bertambah", "more"),
    "lost": Text("berkurang", "fewer"),
}  # fmt: skip


def shift_label(shift: Shift) -> Text:
    """The kind of a movement in a few words."""
    return _KINDS[shift.kind]


def shift_text(law: Law, contest: str, shift: Shift) -> Text:
    """ "17 suara di dalam partai 4, dari suara partai ke calon; jumlah partai tetap"."""
    votes, kind = votes_text(shift.votes), shift_label(shift)
    if shift.party:
        where = _party(law, contest, shift.party)
        kept = Text("; jumlah partai tetap", "; the party's total is the same") if shift.exact else Text("", "")
        return Text(
            f"{votes.id} {kind.id} ({where.id}){kept.id}", f"{votes.en} {kind.en} ({where.en}){kept.en}"
        )  # fmt: skip
    kept = Text("; jumlah seluruhnya tetap", "; the sum is the same") if shift.exact else Text("", "")
    return Text(f"{votes.id} {kind.id}{kept.id}", f"{votes.en} {kind.en}{kept.en}")


def _party(law: Law, contest: str, party: str) -> Text:
    return choice_label(law, contest, party) if not party.isdigit() else Text(f"partai {party}", f"party {party}")


def effect_text(law: Law, contest: str, effect: Effect) -> Text:
    """ "keunggulan paslon 02 atas paslon 01: 669 menjadi 465 suara"; says it where another leads."""
    first, second = (_party(law, contest, name) for name in (effect.first, effect.second))
    before, after = votes_text(effect.margin), votes_text(effect.margin - effect.swing)
    other = Text("; urutan pertama berubah", "; another one leads") if effect.order_changes else Text("", "")
    return Text(
        f"keunggulan {first.id} atas {second.id}: {before.id} menjadi {after.id}{other.id}",
        f"lead of {first.en} over {second.en}: {before.en}, then {after.en}{other.en}",
    )


def pattern_text(law: Law, contest: str, pattern: Pattern) -> Text:
    """What the differences of one operator's forms have in common."""
    forms, of = f"{pattern.forms:,}", f"{pattern.of:,}"
    dotted = (forms.replace(",", "."), of.replace(",", "."))
    if pattern.kind == "errors":
        return Text(
            f"{dotted[0]} dari {dotted[1]} angka berbeda, lebih sering daripada operator lain",
            f"{forms} of {of} figures differ, more often than other operators'",
        )
    column = choice_label(law, contest, pattern.column)
    sign = f"{pattern.offset:+d}"
    more = Text("lebih banyak", "more") if pattern.offset > 0 else Text("lebih sedikit", "fewer")
    said = {
        "same_offset": Text(f"{column.id} berselisih {sign}", f"{column.en} differs by {sign}"),
        "same_direction": Text(f"{column.id} tertulis {more.id}", f"{column.en} is written with {more.en}"),
        "rounded": Text(f"{column.id} tertulis bulat puluhan", f"{column.en} is written in round tens"),
    }[pattern.kind]
    return Text(
        f"{said.id} pada {dotted[0]} dari {dotted[1]} formulir yang berbeda",
        f"{said.en} on {forms} of {of} forms that differ",
    )
