"""Why two records look like one person, in words with bits: "NIK sama +27; nama sama +18; alamat lain −1". Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from satusuara.kernel.i18n import Text
from satusuara.roll.rules.levels import FEATURES, LEVELS, STRANGERS, STRATA
from satusuara.roll.rules.model import Shares, close_cap, has_tf, milli

WORDS: dict[tuple[str, str], Text] = {
    ("nik", "different"): Text("NIK lain", "another NIK"),
    ("nik", "different-unfit"): Text(
        "NIK lain, salah satunya tidak sesuai susunan", "another NIK, one of them not as NIKs are made"
    ),
    ("nik", "near-unfit"): Text("NIK beda satu ketikan, salah satunya tidak sesuai susunan", "NIK one slip apart"),
    ("nik", "same"): Text("NIK sama", "same NIK"),
    ("nkk", "different"): Text("kartu keluarga lain", "another family card"),
    ("nkk", "near"): Text("nomor kartu keluarga beda satu angka", "family card one digit apart"),
    ("nkk", "same"): Text("kartu keluarga sama", "same family card"),
    ("name", "different"): Text("nama lain", "another name"),
    ("name", "word"): Text("satu kata nama sama", "one word of the name the same"),
    ("name", "words"): Text("nama mirip", "names resemble"),
    ("name", "part"): Text("nama yang satu bagian dari yang lain", "one name is part of the other"),
    ("name", "close"): Text("nama hampir sama", "names almost the same"),
    ("name", "sounds"): Text("nama sama, ditulis lain", "same name, written otherwise"),
    ("name", "same"): Text("nama sama", "same name"),
    ("dob", "different"): Text("tanggal lahir lain", "another birth date"),
    ("dob", "year"): Text("hanya tahun lahir sama", "only the year of birth the same"),
    ("dob", "two-parts"): Text("tanggal lahir beda satu bagian", "birth date differs in one part"),
    ("dob", "swapped"): Text("tanggal dan bulan lahir tertukar", "day and month of birth exchanged"),
    ("dob", "same"): Text("tanggal lahir sama", "same birth date"),
    ("place", "different"): Text("tempat lahir lain", "another birth place"),
    ("place", "near"): Text("tempat lahir hampir sama", "birth places almost the same"),
    ("place", "same"): Text("tempat lahir sama", "same birth place"),
    ("sex", "different"): Text("jenis kelamin lain", "another sex"),
    ("sex", "same"): Text("jenis kelamin sama", "same sex"),
    ("addr", "elsewhere"): Text("kecamatan lain", "another sub-district"),
    ("addr", "district"): Text("kecamatan sama", "same sub-district"),
    ("addr", "village"): Text("desa sama", "same village"),
    ("addr", "neighbours"): Text("RT/RW atau jalan sama", "same neighbourhood or street"),
    ("addr", "house"): Text("alamat sama", "same address"),
}
GROUPS: dict[str, Text] = {
    "household": Text("satu rumah tangga", "one household"),
    "number": Text("NIK sama", "same NIK"),
    "birthday": Text("satu rumah tangga dan tanggal lahir sama", "one household and the same birth date"),
}
SUPPORT = Text(
    "anggota keluarga lain juga tercatat di kedua alamat", "another member of the family is at both addresses"
)
GROUP_TOLD = {"number": ("nik",), "birthday": ("dob",), "household": ()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: what was compared, how it fared, and its weight in thousandths of a bit."""

    feature: str
    level: str
    weight: int
    text: Text

    def in_(self, lang: str) -> str:
        return f"{self.text.in_(lang)} {signed(self.weight)}"


def signed(weight: int) -> str:
    """Bits as a signed whole number, with a true minus sign."""
    bits = round(weight / 1000)
    return f"+{bits}" if bits >= 0 else f"−{-bits}"


def evidence(
    shares: Shares, stratum: int, levels: Sequence[int], *, name_tf: int, dob_tf: int, place_tf: int, support: int = 0
) -> tuple[Evidence, ...]:
    """Every reason of one pair, the strongest first. The weights and the start among strangers add up to the score."""
    group = STRATA[stratum]
    rare = {"name": name_tf, "dob": dob_tf, "place": place_tf}
    found = []
    if stratum != STRANGERS:
        gain = milli(shares.prior_bits(stratum)) - milli(shares.prior_bits(STRANGERS))
        found.append(Evidence("group", group, gain, GROUPS[group]))
    for feature, level in zip(FEATURES, levels, strict=True):
        if not level or feature in GROUP_TOLD.get(group, ()):
            continue
        name = LEVELS[feature][level]
        weight = _weight(shares, stratum, feature, level, rare.get(feature, 0))
        found.append(Evidence(feature, name, weight, WORDS[feature, name]))
    if support:
        found.append(Evidence("support", "household", support, SUPPORT))
    return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.feature)))


def _weight(shares: Shares, stratum: int, feature: str, level: int, tf: int) -> int:
    """The same weight as the engines add up (``lake/score.py``)."""
    plain = milli(shares.weight(stratum, feature, level))
    if not has_tf(stratum, feature, level):
        return plain
    base = milli(shares.weight(stratum, feature, level, 0.0))
    if stratum != STRANGERS:
        return base + min(tf, plain - base)
    if feature == "name" and LEVELS["name"][level] == "close":
        return base + min(tf, close_cap(shares))
    return base + tf


def sentence(found: Sequence[Evidence], lang: str) -> str:
    """The reasons in one line."""
    return "; ".join(one.in_(lang) for one in found)
