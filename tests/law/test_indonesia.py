"""What the folders of 2024 and 2019 say, against the domain's own tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from satusuara.kernel.errors import Refusal
from satusuara.law import available_laws, load_law
from satusuara.law.model import Right
from satusuara.people.choices import Right as PeopleRight

LAW = load_law("id-2024")
EARLIER = load_law("id-2019")
PARTS = ("l", "p", "j")
SINGLE = [
    *(f"I1.{field}" for field in ("dpt", "dpt_used", "dptb_used", "dpk_used", "voters", "disabled")),
    *(f"I2.{part}" for part in PARTS),
    "I3", "I4", "I5", "I5.used", "I6", "I7",
    *(f"I9.{part}" for part in PARTS),
    *(f"I10.{part}" for part in PARTS),
    "I11", "I12", "I13",
]  # fmt: skip


@pytest.mark.requirement(2, "2", "every identity of the domain is there by the name of the command line")
def test_every_identity_of_the_domain_is_there_by_its_name() -> None:
    for contest in ("ppwp", "dpd"):
        assert [identity.code for identity in LAW.identities_of(contest)] == SINGLE
    for contest in ("dpr", "dprd_prov", "dprd_kab"):
        assert {identity.code for identity in LAW.identities_of(contest)} == {*SINGLE, "I8"}
    assert [rule.code for rule in LAW.cross_rules] == ["I14", *(f"X{n}" for n in range(1, 10))]


@pytest.mark.requirement(2, "2", "every identity has its kind, its legal consequence and where that is written")
def test_kinds_and_consequences() -> None:
    kinds = {identity.code: identity.kind for identity in LAW.identities}
    assert {code for code, kind in kinds.items() if kind == "bound"} == {
        *(f"{rule}.{part}" for rule in ("I9", "I10") for part in PARTS), "I11", "I13",
    }  # fmt: skip
    assert [code for code, kind in kinds.items() if kind == "warning"] == ["I12"]
    assert all(identity.consequence.citations for identity in LAW.identities)
    assert "374(2)h" in LAW.identity("I5").consequence.citations[0].text


@pytest.mark.requirement(2, "2", "five contests with the colours of their ballots")
def test_five_ballots_and_their_colours() -> None:
    assert {contest.code: contest.ballot_colour.id for contest in LAW.contests} == {
        "ppwp": "abu-abu", "dpr": "kuning", "dpd": "merah", "dprd_prov": "biru", "dprd_kab": "hijau",
    }  # fmt: skip
    for contest in LAW.contests:
        assert [section.mark for section in LAW.form(contest.code).sections] == ["I", "II", "III", "IV", "V"]


def test_columns_are_those_of_the_result_table() -> None:
    split = [f"{f}{p}" for f in ("dpt", "dpt_used", "dptb_used", "dpk_used", "voters") for p in ("_l", "_p", "")]
    assert list(LAW.columns("ppwp")) == [
        *split, "ballots_received", "ballots_used", "ballots_spoilt", "ballots_unused",
        "disabled_l", "disabled_p", "disabled", "valid", "invalid", "total",
    ]  # fmt: skip
    assert LAW.choice_columns("ppwp") == ("paslon_1", "paslon_2", "paslon_3")
    assert LAW.choice_columns("dpr") == ()
    assert EARLIER.choice_columns("ppwp") == ("paslon_1", "paslon_2")
    assert [identity.code for identity in EARLIER.identities] == ["I6", "I7"]


def test_codes_follow_the_scheme_of_their_election() -> None:
    assert LAW.split_code("7322012001001") == {
        "provinsi": "73", "kabupaten": "7322", "kecamatan": "732201", "desa": "7322012001", "tps": "7322012001001",
    }  # fmt: skip
    assert EARLIER.split_code("72009001") == {"desa": "72009", "tps": "72009001"}
    assert [level.code for level in LAW.levels_between("kabupaten", "tps")] == ["kecamatan", "desa", "tps"]
    assert len(LAW.levels_between("", "tps")) == 5
    for law, code in ((LAW, "73220120010"), (EARLIER, "72x09001"), (EARLIER, "001")):
        with pytest.raises(Refusal, match="law-code-malformed"):
            law.split_code(code)


def test_time_zones() -> None:
    assert LAW.zone_of("7322")[1] == LAW.zone_of("6401")[1] == EARLIER.zone_of("72007")[1] == "WITA"
    assert (LAW.zone_of("11")[1], LAW.zone_of("6171")[1], LAW.zone_of("9401")[1]) == ("WIB", "WIB", "WIT")


def test_parties_stand_where_the_law_lets_them() -> None:
    assert len(LAW.parties) == 24
    assert [p.number for p in LAW.parties_at("7322", "dprd_kab")] == [*range(1, 18), 24]
    assert [p.number for p in LAW.parties_at("1101", "dprd_kab")] == list(range(1, 25))
    assert len(LAW.parties_at("1101", "dpr")) == 18


def test_pairs_are_known_by_number() -> None:
    assert len(LAW.contest("ppwp").choices.names) == 3
    assert len(EARLIER.contest("ppwp").choices.names) == 2
    assert LAW.contest("ppwp").choices.name_of(4) is None


@pytest.mark.requirement(2, "2", "deadlines are dated, cited, and marked until a jurist confirms them")
def test_clocks_add_up_to_their_dates_and_await_a_jurist() -> None:
    for clock in LAW.deadlines:
        assert clock.citations, clock.code
        assert not clock.confirmed, clock.code
        if clock.until and clock.unit == "day" and clock.starts_on.id == "hari pemungutan suara":
            days = clock.limit if clock.direction == "after" else -clock.limit
            assert LAW.election_day + timedelta(days) == clock.until, clock.code
    assert next(c for c in LAW.deadlines if c.code == "revote").until == date(2024, 2, 24)


def test_station_and_categories() -> None:
    assert (LAW.station.cap, LAW.station.opens, LAW.station.closes) == (300, "07:00", "13:00")
    assert (LAW.station.reserve_percent, LAW.station.reserve_rounding, LAW.station.confirmed) == (2, "ceil", False)
    assert {c.code: c.opens for c in LAW.categories} == {"dpt": "07:00", "dptb": "07:00", "dpk": "12:00"}
    assert (LAW.election_day, EARLIER.election_day) == (date(2024, 2, 14), date(2019, 4, 17))
    assert EARLIER.station.cap == 300


def test_rights_in_law_are_those_of_people() -> None:
    assert set(Right.__args__) | {"public"} == set(PeopleRight.values)  # type: ignore[attr-defined]


def test_both_folders_are_found() -> None:
    assert {"id-2019", "id-2024"} <= set(available_laws())
