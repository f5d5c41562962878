"""The pure decisions of the chapter, one table at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from satusuara.kernel.errors import Refusal
from satusuara.risk.choices import BarrierCondition, GapKind, RiskState, SignalMode
from satusuara.risk.rules.bowtie import ELEMENTS, Facts, completeness, gaps, missing_elements
from satusuara.risk.rules.lifecycle import BARRIER, RISK, SIGNAL, require_step
from satusuara.risk.rules.readiness import CELLS, cell, due_date, due_share, risk_left
from satusuara.risk.rules.sightings import disposition, excess, mode_at
from satusuara.risk.rules.similarity import suggest, tokens

DAY = date(2024, 2, 14)


@pytest.mark.requirement(5, "2", "every state has its steps, and what is not listed is refused")
@pytest.mark.parametrize(
    ("what", "table", "vocabulary"),
    [("risk", RISK, RiskState), ("barrier", BARRIER, BarrierCondition), ("signal", SIGNAL, SignalMode)],
)
def test_every_state_has_its_steps(what: str, table: dict[str, tuple[str, ...]], vocabulary: type[RiskState]) -> None:
    assert set(table) == set(vocabulary.values)
    for now, following in table.items():
        for to in vocabulary.values:
            if to in following:
                require_step(what, now, to)
            else:
                with pytest.raises(Refusal, match=f"{what}-step"):
                    require_step(what, now, to)


def test_a_bow_tie_is_whole_when_four_sides_stand() -> None:
    assert gaps(Facts(0, 0, 0, 0)) == tuple(GapKind.values)
    assert gaps(Facts(2, 1, 0, 3)) == ("no_responder",)
    assert completeness(Facts(2, 1, 0, 3)) == (3, 4)
    assert missing_elements([["detect"], ["act"]]) == ("decide",)
    assert missing_elements([list(ELEMENTS)]) == ()


@pytest.mark.requirement(5, "4", "every reading of a cell, by its day and what was reported")
@pytest.mark.parametrize(
    ("condition", "today", "reading"),
    [
        ("", date(2024, 2, 9), "not_due"),
        ("", date(2024, 2, 10), "due"),
        ("planned", date(2024, 2, 13), "due"),
        ("", date(2024, 2, 14), "overdue"),
        ("done", date(2024, 2, 1), "done"),
        ("verified", date(2024, 3, 1), "verified"),
        ("degraded", date(2024, 2, 1), "degraded"),
        ("failed", date(2024, 2, 1), "failed"),
        ("waived", date(2024, 2, 12), "waived"),
        ("waived", date(2024, 2, 13), "due"),
    ],
)
def test_a_cell_reads_by_its_day(condition: str, today: date, reading: str) -> None:
    due = due_date(DAY, -1)
    assert cell(condition, due=due, today=today, waived_until=date(2024, 2, 12)) == reading
    assert reading in CELLS


def test_the_worst_station_has_most_left() -> None:
    order = [["verified"] * 3, ["done"] * 3, ["done", "done", "failed"], ["failed"] * 3]
    assert sorted(order, key=risk_left) == order
    assert due_share(["not_due", "due", "done", "waived"]) == (2, 3)


def test_a_sighting_is_disposed_of_by_mode_and_window() -> None:
    at = datetime(2024, 2, 14, tzinfo=UTC)
    assert mode_at("snoozed", at, at - timedelta(minutes=1)) == "snoozed"
    assert mode_at("snoozed", at, at) == "active"
    assert [disposition(mode, repeats=False) for mode in ("active", "shadow", "snoozed")] == [
        "new",
        "shadow",
        "snoozed",
    ]
    assert disposition("active", repeats=True) == "deduped"
    assert excess(10, 1001, 3) == 7
    assert excess(10, 1001, None) is None


def test_words_of_one_stem_are_one() -> None:
    assert tokens("tertukar ditukarkan") == {"tukar"}
    known = {"A": "tinta habis di bilik", "B": "kotak suara terlambat tiba", "C": "listrik padam"}
    assert [match.code for match in suggest("tinta sudah habis", known)] == ["A"]
    assert suggest("", known) == []
    assert suggest("sama sekali lain", known) == []
