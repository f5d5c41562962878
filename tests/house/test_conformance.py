"""docs/conformance.md says what the tests say, and no more."""

from __future__ import annotations

from tools import conformance
from tools.conformance import Shown, markers, points, render, state, unknown

TOML = """
[9]
title = "Nine"
1 = { asks = "a", shown = true }
2 = { asks = "b" }
3 = { asks = "c", shown = true, open = "the rest" }
4 = { asks = "d", needs = "a JDK" }
"""
MODULE = """
pytestmark = [pytest.mark.slow, pytest.mark.requirement(9, "2", "the module")]

@pytest.mark.requirement(9, "1", "a sum holds")
@pytest.mark.parametrize("x", [1, 2])
def test_a_sum_holds(x): ...
"""


def test_the_page_is_fresh_and_every_marker_names_a_point() -> None:
    asked, shown = points(conformance.POINTS.read_text()), conformance.every_marker()
    assert not unknown(asked, shown)
    assert conformance.PAGE.read_text() == conformance.page(), "run ./run conformance"


def test_nobody_calls_shown_what_nothing_shows() -> None:
    shown = {(one.issue, one.point) for one in conformance.every_marker()}
    bare = [p for p in points(conformance.POINTS.read_text()) if p.shown and (p.issue, p.name) not in shown]
    assert not bare


def test_markers_of_functions_and_modules_are_read() -> None:
    assert list(markers("tests/t.py", MODULE)) == [
        Shown(9, "2", "the module", "tests/t.py", ""),
        Shown(9, "1", "a sum holds", "tests/t.py", "test_a_sum_holds"),
    ]


def test_a_state_claims_no_more_than_was_checked() -> None:
    shown = list(markers("tests/t.py", MODULE))
    states = [state(p, [one for one in shown if one.point == p.name]) for p in points(TOML)]
    assert states == ["shown", "partly", "not yet; open: the rest", "not yet; not run where absent: a JDK"]
    assert "a sum holds: `t.py` test a sum holds" in render(points(TOML), shown, {9: "Nine"})


def test_a_marker_of_no_point_is_named() -> None:
    stray = [Shown(9, "7", "x", "tests/t.py", "test_x")]
    assert unknown(points(TOML), stray) == ["tests/t.py::test_x: no point 9.7"]
