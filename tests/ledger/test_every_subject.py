"""On the demo: whatever column of a sealed row is changed behind the ledger's back, the row no longer fits its seal.

Rows are taken from a copy of the demo's database; columns that no seal covers are named here, each with its reason.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.browser.site import PROGRAM, demo_copy, environment

NOT_SEALED = {
    "people.user.password": "its changes are sealed as deeds, not as values",
    "people.user.last_login": "kept by the sign-in library, gives nothing",
    "people.user.email": "not used",
    "people.user.is_staff": "gives nothing: there is no admin site",
    "people.user.is_superuser": "gives nothing: rights come from appointments alone",
    "people.user.date_joined": "the entry's own time says when",
    "people.user.session_serial": "counted up to end sessions",
    "count.source.id": "a number",
    "count.import_batch.at": "the entry's own time says when",
    "count.ballot_paper.at": "the entry's own time says when",
    "count.form_version.cells_sha256": "derived from the cells, which are sealed",
    "areas.election.law": "names the folder, which is versioned itself",
}

SCRIPT = """
import django, json, sys; django.setup()
from datetime import timedelta
from django.apps import apps
from django.db import transaction
from satusuara.kernel.hashing import payload_hash
from satusuara.ledger.models import Entry
from satusuara.ledger.registry import subjects

def other(field, value):
    kind = field.get_internal_type()
    if field.is_relation:
        return field.related_model.objects.exclude(pk=value).values_list("pk", flat=True).first()
    if kind == "BooleanField":
        return not value
    if kind in ("DateTimeField", "DateField"):
        return value + timedelta(days=1) if value else None
    if kind == "JSONField":
        return {"x": 1}
    if "Integer" in kind or kind in ("BigAutoField", "FloatField"):
        return (value or 0) + 1
    return f"{value}x"[-(field.max_length or 9999):] if value != "x" else "y"

unseen, looked, skipped = [], {}, []
for subject in subjects():
    name = subject.kind.split(".")[1].replace("_", "")
    entry = Entry.objects.filter(subject_kind=subject.kind).order_by("-index").first()
    if entry is None:
        continue
    try:
        model = apps.get_model(subject.kind.split(".")[0], name)
    except LookupError:
        model = None
    if model is None or not model.objects.filter(pk=entry.subject_id if entry.subject_id.isdigit() or
            model._meta.pk.get_internal_type() in ("CharField", "SlugField") else None).exists():
        skipped.append(subject.kind)
        continue
    fits = lambda: payload_hash(subject.loader([entry.subject_id]).get(entry.subject_id)) == entry.payload_hash
    assert fits(), subject.kind
    looked[subject.kind] = 0
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        value = model.objects.values_list(field.attname, flat=True).get(pk=entry.subject_id)
        changed = other(field, value)
        if changed is None or changed == value:
            continue
        with transaction.atomic():
            try:
                with transaction.atomic():
                    model.objects.filter(pk=entry.subject_id).update(**{field.attname: changed})
            except django.db.IntegrityError:
                continue
            looked[subject.kind] += 1
            if fits():
                unseen.append(f"{subject.kind}.{field.name}")
            transaction.set_rollback(True)
print(json.dumps({"unseen": unseen, "looked": looked, "skipped": skipped}))
"""


CHANGED = {
    "areas.register": [
        "UPDATE areas_area SET name = name || 'x' WHERE id = (SELECT max(id) FROM areas_area)",
        "UPDATE areas_district SET seats = seats + 1 WHERE id = (SELECT max(id) FROM areas_district WHERE seats > 0)",
    ],
    "areas.import": ["UPDATE areas_areaimport SET added = added + 1 WHERE id = (SELECT max(id) FROM areas_areaimport)"],
    "recap.difference": [
        "UPDATE recap_difference SET votes = votes + 1 WHERE id = (SELECT max(id) FROM recap_difference)"
    ],
    "recap.comparison": [
        "UPDATE recap_comparedarea SET equal = equal + 1 WHERE id = (SELECT max(id) FROM recap_comparedarea)"
    ],
}
"""Kinds whose seal covers rows of several tables, and a change to each of these."""


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Path:
    """A copy of the demo of one's own."""
    base = tmp_path_factory.getbasetemp()
    return demo_copy(base.parent if base.name.startswith("popen-") else base, tmp_path / "site")


@pytest.mark.slow
@pytest.mark.requirement(2, "6", "every column of every kind of sealed row: what is changed no longer fits its seal")
def test_no_column_of_a_sealed_row_changes_unseen(home: Path) -> None:
    done = subprocess.run(
        [PROGRAM[0], "-c", SCRIPT],
        env=environment(home, DJANGO_SETTINGS_MODULE="satusuara.ops.settings"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["unseen"]) <= set(NOT_SEALED), sorted(set(found["unseen"]) - set(NOT_SEALED))
    assert {"count.form_version", "count.source", "people.appointment", "people.user"} <= set(found["looked"])
    assert all(found["looked"].values())


@pytest.mark.slow
@pytest.mark.requirement(2, "6", "a changed area, constituency, difference or count of a comparison is named by verify")
def test_a_changed_row_of_a_register_or_a_comparison_is_named(home: Path) -> None:
    with sqlite3.connect(home / "satusuara.sqlite3") as database:
        for statement in itertools.chain.from_iterable(CHANGED.values()):
            assert database.execute(statement).rowcount == 1, statement
    done = subprocess.run(
        [*PROGRAM, "ledger", "verify", "--json"], env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    named = Counter(problem["kind"] for problem in json.loads(done.stdout)["problems"])
    assert named == {kind: len(statements) for kind, statements in CHANGED.items()}


UNSEALED = {
    "sirekap 7322": "UPDATE count_areasummary SET sums = json_set(sums, '$.paslon_1', 1) WHERE area_id IN "
    "(SELECT id FROM areas_area WHERE code = '7322' AND election_id = 'id-2024')",
    "sirekap 7322012001001": "UPDATE count_form SET status = 'consistent', failures = 0 WHERE area_id IN "
    "(SELECT id FROM areas_area WHERE code = '7322012001001' AND election_id = 'id-2024')",
}
"""Changes to what is kept for speed: a public sum, a finding made to disappear."""


@pytest.mark.slow
@pytest.mark.requirement(2, "6", "a sum or a status that no longer follows from its sealed forms is named by doctor")
def test_what_is_derived_and_changed_is_named(home: Path) -> None:
    def sums() -> dict[str, Any]:
        command = [*PROGRAM, "doctor", "--json"]
        done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=False)
        return next(c for c in json.loads(done.stdout)["checks"] if c["name"] == "sums")

    assert sums()["ok"]
    with sqlite3.connect(home / "satusuara.sqlite3") as database:
        for statement in UNSEALED.values():
            assert database.execute(statement).rowcount == 1, statement
    said = sums()
    assert not said["ok"]
    assert all(name in said["sentence"] for name in UNSEALED), said
