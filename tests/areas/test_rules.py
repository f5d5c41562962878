"""Trees from rows, and every change by its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from satusuara.areas import plans, rules
from satusuara.law import load_law

LAW = load_law("id-2024")
TOY = load_law(Path(__file__).parents[1] / "law" / "xx-toy")


def rows(*lines: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"_row": number, **line} for number, line in enumerate(lines, 2)]


def area(code: str, name: str = "A", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": name, **more}


def tree(*codes: str) -> dict[str, rules.Node]:
    return rules.plan(rows(*(area(code) for code in codes)), {}, LAW, "s").after


CODES = ("73", "7322", "732201", "7322012001", "7322012001001")


def test_a_tree_comes_of_codes_alone_whatever_the_order_of_the_rows() -> None:
    one, other = tree(*CODES), tree(*reversed(CODES))
    assert one == other
    assert rules.paths(one)["7322012001001"] == "/73/7322/732201/7322012001/7322012001001/"
    assert [node.level for node in one.values()] == [level.code for level in LAW.levels]


def test_a_foreign_tree_needs_nothing_of_indonesia() -> None:
    made = rules.plan(rows(area("A01", "Booth 1"), area("A", "Shire A")), {}, TOY, "s")
    assert not made.faults
    assert rules.paths(made.after) == {"A": "/A/", "A01": "/A/A01/"}
    assert rules.depth_of(TOY) == 0


def test_what_cannot_be_right_is_held_back_with_all_that_hangs_on_it() -> None:
    made = rules.plan(
        rows(
            area("73"), area("7322", ""), area("732201"), area("7/4"), area("75", level="benua"),
            area("74", abroad=2), area("76", lon="dua"), area("771"), area("7301", parent="73", level="provinsi"),
        ),
        {}, LAW, "s",
    )  # fmt: skip
    assert made.listed == {"73"}
    assert {fault.row: (fault.column, fault.reason) for fault in made.faults} == {
        3: ("name", rules.NO_NAME), 4: ("parent", rules.NO_PARENT), 5: ("code", rules.BAD_CODE),
        6: ("level", rules.UNKNOWN_LEVEL), 7: ("abroad", rules.NOT_A_FLAG), 8: ("lon", rules.NOT_A_DEGREE),
        9: ("level", rules.NO_LEVEL), 10: ("parent", rules.NOT_ABOVE),
    }  # fmt: skip


def test_every_change_is_named_field_by_field() -> None:
    before = tree(*CODES, "732202")
    after = dict(before)
    after["732201"] = replace(before["732201"], name="B", stations=4)
    after["7322012001"] = replace(before["7322012001"], parent="732202")
    del after["7322012001001"]
    changes = {change.code: change for change in rules.diff(before, after)}
    assert changes["732201"].kinds == ("renamed", "recounted")
    assert changes["732201"].fields == {"name": ("A", "B"), "stations": (None, 4)}
    assert changes["7322012001"].kinds == ("moved",)
    assert changes["7322012001001"].kinds == ("removed",)
    assert len(changes) == 3


def test_gone_is_what_a_table_leaves_out_below_an_area_that_it_lists() -> None:
    before = tree(*CODES, "7322012002", "732202", "74")
    listed = {"732201", "7322012001"}
    assert [change.code for change in rules.gone(before, listed, whole=False)] == ["7322012002"]
    assert {change.code for change in rules.gone(before, {"73"}, whole=True)} == {"74"}


@given(st.lists(st.sampled_from(["name", "stations", "note"]), unique=True), st.sampled_from(CODES))
def test_a_column_that_is_absent_leaves_what_is_known(columns: list[str], code: str) -> None:
    before = tree(*CODES)
    values = {"name": "B", "stations": 7, "note": "n"}
    row = {"code": code, **{column: values[column] for column in columns}}
    after = rules.plan(rows(row), before, LAW, "other").after
    for name in ("name", "stations", "note", "parent", "level", "special"):
        assert getattr(after[code], name) == (values[name] if name in columns else getattr(before[code], name))
    assert after[code].source == ("other" if columns else "s"), "who changes nothing does not become its source"
    assert {c: n for c, n in after.items() if c != code} == {c: n for c, n in before.items() if c != code}


@given(st.sets(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"))))
def test_kinds_of_links_follow_from_all_of_them(pairs: set[tuple[str, str]]) -> None:
    names = {"a": "Satu", "b": "Dua", "c": "Tiga"}
    later = {"x": "SATU", "y": "Du-a", "z": "Empat"}
    for (one, other), kind in rules.link_kinds(pairs, names, later).items():
        splits = sum(first == one for first, _ in pairs) > 1
        merges = sum(second == other for _, second in pairs) > 1
        if splits or merges:
            assert kind == ("split" if splits else "merged")
        else:
            assert kind == ("same" if (one, other) in {("a", "x"), ("b", "y")} else "renamed")


def test_stations_are_never_linked_and_unknown_areas_are_named() -> None:
    places = {"1": plans.Place("A", "desa"), "1001": plans.Place("TPS 001", "tps")}
    lines = rows({"earlier": "1", "later": "1"}, {"earlier": "1001", "later": "1001"}, {"earlier": "2", "later": "1"})
    after, faults = plans.plan_links(lines, {}, places, places, stations=("tps", "tps"), source="s")
    assert after == {("1", "1"): ("same", "s")}
    assert [(fault.row, fault.reason) for fault in faults] == [(3, plans.A_STATION), (4, plans.NO_AREA)]


def test_an_outline_is_closed_rings_of_degrees() -> None:
    ring = "[[0,0],[1,0],[1,1],[0,0]]"
    assert plans.read_outline(f"[[{ring}]]") == [[[[0, 0], [1, 0], [1, 1], [0, 0]]]]
    for bad in ("", "{}", "[]", f"[{ring}]", "[[[[0,0],[1,0],[1,1]]]]", "[[[[0,0],[190,0],[1,1],[0,0]]]]", "[[["):
        assert plans.read_outline(bad) is None, bad


def test_the_pieces_of_a_split_area_are_apart_and_seats_need_a_source() -> None:
    line = {"contest": "dprd_kab", "name": "D 1", "area_code": "1", "area_name": "T", "seats": None, "seats_source": ""}
    made = plans.plan_districts(
        rows({**line, "district": "1", "part": "T A"}, {**line, "district": "2", "part": "T B", "seats": 5}),
        {}, ["dprd_kab"], "s",
    )  # fmt: skip
    one, two = made.after["dprd_kab", "1"], made.after["dprd_kab", "2"]
    assert (one.members, two.members) == ({("1", "T A"): "T"}, {("1", "T B"): "T"})
    assert (one.seats, one.seats_source, two.seats, two.seats_source) == (None, "", 5, "s")
