"""Lists of voters become versions of the roll: what is new, changed, moved and gone is named; nothing is deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from satusuara.kernel.errors import Forbidden, NotFound, Refusal
from satusuara.ledger.verify import verify
from satusuara.people.queries import Scope
from satusuara.roll import lists
from satusuara.roll.choices import ChangeKind, VersionState, VoterState
from satusuara.roll.models import HeldBack, RollChange, RollVersion, StationList, Voter
from satusuara.roll.queries import counts, masked_nik, voters
from tests.roll.lists import HEADER, HERE, ROOT, THERE, list_of, nik, read, regency, row, voter

pytestmark = pytest.mark.django_db


@pytest.mark.requirement(3, "1", "the real column names of Model A lists, in CSV")
def test_a_list_as_the_commission_heads_it(tmp_path: Path) -> None:
    election, area = regency()
    outcome = read(list_of(tmp_path, row(1), row(2, at=f"{THERE}002", jk="PEREMPUAN", kawin="B")), election, area)
    version = outcome.version
    assert (version.rows, version.added, version.rejected, version.state) == (2, 2, 0, VersionState.DONE)
    first, second = voter(1), voter(2)
    assert (first.name, first.birth_date.isoformat() if first.birth_date else "", first.rt) == (
        "Contoh 1", "1980-01-02", "001",
    )  # fmt: skip
    assert (second.sex, second.marital, second.area.code) == ("P", "B", f"{THERE}002")


@pytest.mark.requirement(3, "1", "a station by the names and the number that a list writes")
def test_a_station_is_found_by_the_names_that_a_list_writes(tmp_path: Path) -> None:
    election, area = regency()
    header = HEADER.replace("TPS", "KECAMATAN,DESA/KELURAHAN,NO. TPS")
    outcome = read(list_of(tmp_path, row(1, tps="kecamatan 201,Desa 001,2"), header=header), election, area)
    assert outcome.rejects == []
    assert voter(1).area.code == f"{HERE}002"


@pytest.mark.requirement(3, "1", "row-level errors: named by row and column, held back, the rest loads")
@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"nama": ""}, "nama"),
        ({"lahir": "31|02|1980"}, "tgl_lahir"),
        ({"jk": "X"}, "jk"),
        ({"kawin": "?"}, "status_kawin"),
        ({"nik": "7322AB0000000001"}, "nik"),
        ({"nik": "732201010180****"}, "nik"),
        ({"tps": "7401012001001"}, "tps"),
    ],
)
def test_a_bad_row_is_held_back_and_named(said: dict[str, str], column: str, tmp_path: Path) -> None:
    election, area = regency()
    outcome = read(list_of(tmp_path, row(1), row(2, **said), row(3)), election, area)
    (held,) = HeldBack.objects.filter(version=outcome.version)
    assert (held.row, held.column) == (3, column)
    assert Voter.objects.count() == 2
    assert outcome.version.rejected == 1


@pytest.mark.requirement(3, "1", "every import is a version; the same file again changes nothing")
def test_the_same_list_again_changes_nothing(tmp_path: Path) -> None:
    election, area = regency()
    path = list_of(tmp_path, row(1), row(2))
    first = read(path, election, area)
    again = read(path, election, area)
    assert (again.repeated, again.version.pk) == (True, first.version.pk)
    assert RollVersion.objects.count() == 1


@pytest.mark.requirement(3, "1", "differences between versions: added, struck with reason, moved, changed")
def test_a_new_version_says_what_became_of_every_line(tmp_path: Path) -> None:
    election, area = regency()
    read(list_of(tmp_path, *(row(n) for n in range(1, 6))), election, area)
    new = list_of(
        tmp_path, row(1), row(2, at=f"{HERE}002"), row(3, alamat="DUSUN LAIN"), row(4, ket="1"), row(6), name="baru.csv"
    )
    version = read(new, election, area).version
    assert (version.added, version.moved, version.changed, version.struck, version.unchanged) == (1, 1, 1, 2, 1)
    said = {(c.voter.name, c.kind, c.reason) for c in RollChange.objects.filter(version=version)}
    assert said == {
        ("Contoh 2", ChangeKind.MOVED, ""),
        ("Contoh 3", ChangeKind.CHANGED, ""),
        ("Contoh 4", ChangeKind.STRUCK, "deceased"),
        ("Contoh 5", ChangeKind.STRUCK, "not-in-new-list"),
    }
    assert Voter.objects.count() == 6, "nothing is deleted"
    moved = RollChange.objects.get(version=version, kind=ChangeKind.MOVED)
    assert moved.from_area is not None
    assert moved.to_area is not None
    assert (moved.from_area.code, moved.to_area.code) == (f"{HERE}001", f"{HERE}002")


@pytest.mark.requirement(3, "1", "nobody is struck for being absent while a row of the new list is held back")
def test_a_list_with_a_bad_row_strikes_nobody(tmp_path: Path) -> None:
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2)), election, area)
    outcome = read(list_of(tmp_path, row(1), row(2, lahir="x"), name="baru.csv"), election, area)
    assert (outcome.absent, outcome.version.struck) == (1, 0)
    assert voter(2).state == VoterState.ACTIVE


def test_whoever_is_named_again_is_back_but_a_decision_stays(tmp_path: Path) -> None:
    from satusuara.roll.actions import strike_voter

    election, area = regency()
    full = list_of(tmp_path, row(1), row(2), row(3))
    read(full, election, area)
    read(list_of(tmp_path, row(1), row(3), name="kurang.csv"), election, area)
    assert voter(2).reason == "not-in-new-list"
    strike_voter(scope=ROOT, voter=voter(3), reason="deceased", note="akta kematian", at=voter(3).since.at)  # type: ignore[union-attr]
    third = list_of(tmp_path, row(1), row(2), row(3, alamat="DUSUN LAIN"), name="lagi.csv")
    outcome = read(third, election, area)
    assert voter(2).state == VoterState.ACTIVE
    assert (voter(3).state, outcome.kept_struck) == (VoterState.STRUCK, 1)


@pytest.mark.requirement(3, "1", "resumable: what broke off goes on at the same row, and counts only when it is done")
def test_an_import_that_broke_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from satusuara.roll.actions import importing

    election, area = regency()
    path = list_of(tmp_path, *(row(n) for n in range(1, 11)))
    monkeypatch.setattr(importing, "_CHUNK", 3)
    seen: list[int] = []

    def stop(done: int, _total: int) -> None:
        seen.append(done)
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(path, election, area, progress=stop)
    assert Voter.objects.count() == 6
    assert not voters(ROOT, area).exists(), "half a list does not count"
    with pytest.raises(Refusal) as refused:
        read(list_of(tmp_path, row(1), name="lain.csv"), election, area)
    assert refused.value.code == "roll-being-read"
    outcome = read(path, election, area)
    assert (outcome.resumed_at, outcome.version.added, voters(ROOT, area).count()) == (7, 10, 10)


@pytest.mark.requirement(3, "9", "no identity number stands in the database, and none in the log")
def test_numbers_are_sealed_and_masked(tmp_path: Path) -> None:
    from django.core import serializers
    from django.db import connection

    election, area = regency()
    read(list_of(tmp_path, row(1), row(2)), election, area)
    assert masked_nik(voter(1)) == "••••••••••••0001"
    tables = [name for name in connection.introspection.table_names() if name.startswith(("roll_", "ledger_"))]
    dump: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            lines = [[bytes(c) if isinstance(c, memoryview) else c for c in line] for line in cursor.fetchall()]
            dump[table] = repr(lines)
    assert "Contoh 1" in dump["roll_voter"]
    assert not [table for table, text in dump.items() if nik(1) in text]
    assert "Contoh" not in dump["ledger_entry"], "the log holds counts and hashes"
    assert nik(1) not in serializers.serialize("json", Voter.objects.all())


@pytest.mark.requirement(3, "1", "a line changed behind the system's back is found by its station")
def test_a_changed_line_is_named_by_its_station(tmp_path: Path) -> None:
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2, at=f"{THERE}001")), election, area)
    assert verify().problems == []
    Voter.objects.filter(pk=voter(2).pk).update(name="Contoh Lain")
    touched = StationList.objects.get(area__code=f"{THERE}001")
    assert [(p.code, p.kind, p.id) for p in verify().problems] == [("row-changed", "roll.list", str(touched.pk))]


def test_counts_are_by_category_and_state(tmp_path: Path) -> None:
    election, area = regency()
    read(list_of(tmp_path, row(1), row(2, jk="P"), row(3, ket="6")), election, area)
    (dpt,) = counts(ROOT, area)
    assert (dpt.category, dpt.active, dpt.struck, dict(dpt.by_sex)) == ("dpt", 2, 1, {"L": 1, "P": 1})


def test_who_has_no_right_over_the_roll_reads_nothing_in(tmp_path: Path) -> None:
    election, area = regency()
    with pytest.raises(Forbidden):
        read(list_of(tmp_path, row(1)), election, area, scope=Scope.public())
    assert not voters(Scope.public(), area).exists()


@pytest.mark.requirement(3, "1", "a missing or double column and an unknown category are refused")
def test_a_list_that_cannot_be_read_as_a_whole_is_refused(tmp_path: Path) -> None:
    election, area = regency()
    with pytest.raises(Refusal, match="column-missing"):
        read(list_of(tmp_path, row(1), header=HEADER.replace("NAMA", "APA")), election, area)
    with pytest.raises(Refusal, match="column-twice"):
        read(list_of(tmp_path, row(1), header=HEADER.replace("DISABILITAS", "NAMA LENGKAP")), election, area)
    with pytest.raises(NotFound, match="no-category"):
        read(list_of(tmp_path, row(1)), election, area, category="dpx")


def test_two_villages_of_one_name_are_not_guessed(tmp_path: Path) -> None:
    from satusuara.law import load_law

    election, area = regency()
    places = lists.Places(load_law("id-2024"), election, area)
    assert places.station(("", "desa 001", "1")) is None, "both villages are called so"
    found = places.station(("kecamatan 299", "desa 001", "TPS 1"))
    assert found is not None
    assert found.code == f"{THERE}001"
