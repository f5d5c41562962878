"""What was changed, removed, moved or slipped in from outside is named: the row, the entry, or the stretch of log."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from satusuara.areas.models import Election
from satusuara.kernel.errors import Refusal
from satusuara.ledger import keys, queries, registry
from satusuara.ledger.actions import Seal, seal, sign_checkpoint
from satusuara.ledger.models import Checkpoint, Entry, Head, Node
from satusuara.ledger.rules import ProofError, leaf_hash
from satusuara.ledger.verify import Problem, verify

AT = datetime(2024, 2, 14, 6, 30, tzinfo=UTC)
guards: Any = importlib.import_module("satusuara.ledger.migrations.0002_append_only")


@contextmanager
def guards_down() -> Iterator[None]:
    """As somebody who owns the database could: the triggers are gone for a moment."""
    with connection.cursor() as cursor:
        for statement in guards.drop_sql(connection.vendor):
            cursor.execute(statement)
        yield
        for statement in guards.create_sql(connection.vendor):
            cursor.execute(statement)


def payload(row: Election) -> dict[str, Any]:
    return {"code": row.code, "name": row.name_id}


@pytest.fixture
def elections(db: None, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> list[Election]:
    """Forty sealed rows of a registered kind, and their log."""
    settings.HOME, settings.LOG_NAME = tmp_path, "kpu.example/luwu-utara"
    monkeypatch.setattr(registry, "_subjects", {})

    def load(ids: Any) -> dict[str, Any]:
        return {row.code: payload(row) for row in Election.objects.filter(code__in=list(ids))}

    registry.register_subject("test.election", load, ids=lambda: Election.objects.values_list("code", flat=True))
    rows = [
        Election(code=f"e{n}", law="x", name_id=f"Pemilu {n}", name_en="", day=AT.date(), scheme="x") for n in range(40)
    ]
    with transaction.atomic():
        Election.objects.bulk_create(rows)
        seal(at=AT, by="tester", seals=[Seal("test.add", "test.election", r.code, payload(r)) for r in rows])
    return rows


def problems() -> list[Problem]:
    return verify().problems


def codes() -> list[tuple[str, int | None, str]]:
    return [(p.code, p.index, p.id) for p in problems()]


def test_nothing_is_wrong_with_what_nobody_touched(elections: list[Election]) -> None:
    sign_checkpoint(at=AT)
    report = verify()
    assert (report.problems, report.size, report.subjects, report.checkpoints) == ([], 40, 40, 1)
    assert report.root == queries.root_at(40)


@pytest.mark.requirement(2, "6", "a changed row is detected and named, with what it says now")
def test_a_changed_row_is_named(elections: list[Election]) -> None:
    Election.objects.filter(code="e7").update(name_id="lain")
    (problem,) = problems()
    assert (problem.code, problem.index, problem.kind, problem.id) == ("row-changed", 7, "test.election", "e7")
    assert problem.details["present_payload"] == '{"code":"e7","name":"lain"}'
    assert problem.details["sealed"] == queries.entry(7).payload_hash != problem.details["present"]
    assert problem.sentence.id == "test.election e7 bukan lagi yang disegel pada catatan 7"


def test_a_row_is_compared_with_its_last_entry(elections: list[Election]) -> None:
    Election.objects.filter(code="e7").update(name_id="lain")
    with transaction.atomic():
        again = payload(Election.objects.get(code="e7"))
        seal(at=AT, by="tester", seals=[Seal("test.rename", "test.election", "e7", again)])
    assert problems() == []


@pytest.mark.requirement(2, "6", "a removed row, and one that was never sealed, are named")
def test_a_removed_and_a_smuggled_row_are_named(elections: list[Election]) -> None:
    Election.objects.filter(code="e3").delete()
    Election.objects.create(code="dari-luar", law="x", name_id="", name_en="", day=AT.date(), scheme="x")
    assert codes() == [("row-missing", 3, "e3"), ("row-unsealed", None, "dari-luar")]


@pytest.mark.requirement(2, "6", "a changed, removed or reordered log entry is named")
def test_a_changed_entry_is_named(elections: list[Election]) -> None:
    with guards_down():
        Entry.objects.filter(pk=11).update(actor="orang lain")
    assert codes() == [("entry-changed", 11, "e11")]


def test_an_entry_changed_with_its_hash_is_found_by_the_tree(elections: list[Election]) -> None:
    with guards_down():
        Entry.objects.filter(pk=11).update(actor="orang lain")
        forged = queries.leaf_of(Entry.objects.get(pk=11)).hash()
        Entry.objects.filter(pk=11).update(leaf_hash=forged)
    assert [(p.code, p.index, p.details.get("last")) for p in problems()] == [
        ("log-rewritten", 10, 11),
        ("head-differs", None, None),
    ]


@pytest.mark.parametrize(("gone", "first"), [([5], 5), ([38, 39], 38), (list(range(40)), 0)])
def test_a_removed_entry_is_named(elections: list[Election], gone: list[int], first: int) -> None:
    with guards_down():
        Entry.objects.filter(pk__in=gone).delete()
    found = problems()
    assert (found[0].code, found[0].index) == ("entry-missing", first)


def test_entries_that_changed_places_are_named(elections: list[Election]) -> None:
    with guards_down():
        for old, new in ((4, 900), (20, 4), (900, 20)):
            Entry.objects.filter(pk=old).update(index=new)
    assert [(p.code, p.index, p.details.get("sealed_as")) for p in problems()] == [
        ("entry-moved", 4, 20),
        ("entry-moved", 20, 4),
    ]


def test_a_changed_node_or_head_is_found(elections: list[Election]) -> None:
    with guards_down():
        Node.objects.filter(level=3, index=1).update(hash=leaf_hash(b"x"))
    Head.objects.update(size=39)
    assert [(p.code, p.index) for p in problems()] == [("log-rewritten", 8), ("head-differs", None)]


@pytest.mark.requirement(
    2, "6", "a log rewritten as a whole no longer fits the checkpoints that were signed and given out"
)
def test_a_log_rewritten_as_a_whole_does_not_fit_what_was_signed(elections: list[Election]) -> None:
    outside = [(sign_checkpoint(at=AT).note, keys.signer().verifier)]
    with guards_down():
        for model in (Entry, Node, Checkpoint):
            model.objects.all().delete()
    Head.objects.all().delete()
    with transaction.atomic():
        again = [Seal("test.add", "test.election", r.code, payload(r)) for r in reversed(elections)]
        seal(at=AT, by="tester", seals=again)
    assert verify().problems == [], "from the inside it looks sound"
    assert [p.code for p in verify(outside=outside).problems] == ["checkpoint-broken"]
    with guards_down():
        Entry.objects.filter(index__gte=30).delete()
        Node.objects.all().delete()
    Head.objects.update(size=30)
    assert "log-shorter" in [p.code for p in verify(outside=outside).problems]


def test_a_checkpoint_that_nobody_signed_counts_for_nothing(elections: list[Election]) -> None:
    stated = sign_checkpoint(at=AT)
    assert sign_checkpoint(at=AT).pk == stated.pk
    with guards_down():
        Checkpoint.objects.update(note=stated.note.replace("40\n", "41\n"), size=F("size") + 1)
    assert codes() == [("checkpoint-unsigned", None, "")]
    with pytest.raises(ProofError):
        verify(outside=[(stated.note.replace("40\n", "41\n"), keys.signer().verifier)])


def test_an_empty_log_is_not_signed(db: None) -> None:
    with pytest.raises(Refusal, match="log-empty"):
        sign_checkpoint(at=AT)


def test_the_key_is_readable_by_its_owner_only(elections: list[Election]) -> None:
    sign_checkpoint(at=AT)
    assert keys.key_file().stat().st_mode & 0o777 == 0o600
    assert keys.key_file().parent.stat().st_mode & 0o077 == 0
    assert keys.signer().verifier == keys.verifier()
    assert keys.signer().name == "kpu.example/luwu-utara"
