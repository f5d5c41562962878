"""Entries are added in one piece with the deed, under one lock, and the database lets nobody change them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, connections, transaction

from satusuara.kernel.errors import NotFound
from satusuara.ledger import queries
from satusuara.ledger.actions import Seal, seal
from satusuara.ledger.models import Entry, Head, Node
from satusuara.ledger.rules import grow, verify_consistency, verify_inclusion

AT = datetime(2024, 2, 14, 6, 30, tzinfo=UTC)


def deeds(count: int, start: int = 0) -> list[Seal]:
    return [Seal("test.write", "test.row", str(n), {"votes": n}, reason="catatan") for n in range(start, start + count)]


def sealed(count: int) -> list[int]:
    with transaction.atomic():
        return seal(at=AT, by="tester", seals=deeds(count))


@pytest.mark.requirement(2, "6", "an entry says who, what, why, when and the hash of the payload")
def test_an_entry_says_who_what_why_and_when(db: None) -> None:
    wita = timezone(timedelta(hours=8))
    with transaction.atomic():
        (index,) = seal(
            at=AT.astimezone(wita), by="petugas", seals=[Seal("count.correct", "count.form", "7", {"a": 1}, "PSU")]
        )
    assert queries.leaf_of(Entry.objects.get(pk=index)).as_dict() == {
        "index": 0,
        "at": "2024-02-14T06:30:00.000000+00:00",
        "actor": "petugas",
        "action": "count.correct",
        "subject_kind": "count.form",
        "subject_id": "7",
        "reason": "PSU",
        "payload_sha256": "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
    }


def test_batches_of_any_size_make_one_tree(db: None) -> None:
    indexes = [index for count in (1, 2, 5, 1, 130, 0, 64) for index in sealed(count)]
    assert indexes == list(range(203))
    rows = list(Entry.objects.order_by("index"))
    assert [queries.leaf_of(row).hash() for row in rows] == [bytes(row.leaf_hash) for row in rows]
    whole = grow(0, [], [bytes(row.leaf_hash) for row in rows])
    assert bytes(Head.objects.get().root) == whole.root == queries.root_at(203)
    assert sorted((n.level, n.index, bytes(n.hash)) for n in Node.objects.all()) == sorted(whole.nodes)


def test_proofs_from_stored_nodes_hold(db: None) -> None:
    sealed(100)
    root = queries.root_at(100)
    for index in (0, 1, 63, 64, 98, 99):
        leaf = bytes(Entry.objects.get(pk=index).leaf_hash)
        verify_inclusion(index, 100, leaf, queries.inclusion_proof(index, 100), root)
    for old in (1, 2, 31, 64, 99, 100):
        verify_consistency(old, 100, queries.consistency_proof(old, 100), queries.root_at(old), root)
    with pytest.raises(NotFound, match="nomor 100"):
        queries.entry(100)


def test_nothing_is_sealed_when_the_deed_fails(db: None) -> None:
    sealed(3)

    def deed() -> None:
        with transaction.atomic():
            seal(at=AT, by="tester", seals=deeds(2))
            raise LookupError

    with pytest.raises(LookupError):
        deed()
    assert queries.size() == Entry.objects.count() == 3
    assert sealed(1) == [3]


def test_a_deed_without_a_doer_is_no_deed(db: None) -> None:
    with pytest.raises(ValueError, match="doer"), transaction.atomic():
        seal(at=AT, by="", seals=deeds(1))


@pytest.mark.django_db(transaction=True)
def test_sealing_belongs_into_the_deed_s_own_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction of the deed"):
        seal(at=AT, by="tester", seals=deeds(1))


@pytest.mark.requirement(2, "6", "the log is append-only: the database itself refuses to change or remove entries")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET reason = 'lain' WHERE \"index\" = 1",
        'DELETE FROM ledger_entry WHERE "index" = 1',
        "UPDATE ledger_node SET level = 2",
        "DELETE FROM ledger_node",
        "DELETE FROM ledger_checkpoint",
    ],
)
def test_the_database_refuses_to_change_or_remove_what_was_sealed(db: None, statement: str) -> None:
    sealed(4)
    with connection.cursor() as cursor:
        if "checkpoint" in statement:
            cursor.execute(
                "INSERT INTO ledger_checkpoint (size, root, note, at) VALUES (1, %s, '', %s)", [b"0" * 32, AT]
            )
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert Entry.objects.filter(reason="catatan").count() == 4


def test_replacing_a_row_is_changing_it(db: None) -> None:
    sealed(4)
    row = Entry.objects.values_list().get(pk=1)
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    statement = f"{verb} INTO ledger_entry VALUES ({', '.join(['%s'] * len(row))})"
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute(statement, list(row))
    assert Entry.objects.count() == 4


@pytest.fixture
def many_connections(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """New threads reach a database as in production: on SQLite a file, for the one in memory knows no waiting."""
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        file = sqlite3.connect(tmp_path / "log.sqlite3")
        connection.connection.backup(file)
        file.close()
        # A copy: this thread's own connection must go on knowing that its database is in memory, or it will close it.
        there = {**connections.settings["default"], "NAME": str(tmp_path / "log.sqlite3")}
        monkeypatch.setitem(connections.settings, "default", there)


def in_threads(work: Callable[[int], None], count: int) -> None:
    """Runs ``work`` in threads of its own connections and raises what any of them raised."""

    def one(number: int) -> None:
        try:
            work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(one, number) for number in range(count)]:
            done.result()


def test_many_hands_at_once_make_one_log_without_gap(many_connections: None) -> None:
    def work(number: int) -> None:
        for round_ in range(5):
            with transaction.atomic():
                seal(at=AT, by=f"hand-{number}", seals=deeds(3, start=round_ * 3))

    def check(_number: int) -> None:
        rows = list(Entry.objects.order_by("index"))
        assert [row.index for row in rows] == list(range(90))
        assert bytes(Head.objects.get().root) == grow(0, [], [queries.leaf_of(r).hash() for r in rows]).root
        hands = [row.actor for row in rows]
        assert all(len(set(hands[n : n + 3])) == 1 for n in range(0, 90, 3)), "a batch stands together"

    in_threads(work, 6)
    in_threads(check, 1)
