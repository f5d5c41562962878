"""A backup is everything at one moment; what comes back is exactly that, or nothing is touched."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from satusuara.kernel.hashing import file_sha256

PHOTO = "uploads/kesiapan/0f3a.jpg"


class Instance:
    """An instance of its own in a folder, driven from the shell."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SATUSUARA_") and k != "DATABASE_URL"}
        return subprocess.run(
            [sys.executable, "-c", "from satusuara.ops.cli import main; main()", *arguments],
            env={**kept, "SATUSUARA_HOME": str(self.home), **environment},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "satusuara.sqlite3") as database:
            return database.execute(statement).fetchall()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """An instance with its tables, one account and a log of one entry."""
    instance = Instance(tmp_path_factory.mktemp("one"))
    assert instance("migrate").returncode == 0
    assert instance("migrate", SATUSUARA_LANG="en").stderr == "The tables are up to date.\n"
    with sqlite3.connect(instance.home / "satusuara.sqlite3") as database:
        database.execute(
            "INSERT INTO areas_election VALUES ('id-2024', 'id-2024', 'Pemilu', 'Election', '2024-02-14', 't')"
        )
    added = instance("people", "add", "ketua", "--reason", "SK 1")
    assert added.returncode == 0, added.stderr
    assert instance("ledger", "checkpoint").returncode == 0
    (instance.home / PHOTO).parent.mkdir(parents=True)
    (instance.home / PHOTO).write_bytes(b"foto")
    return instance


@pytest.fixture(scope="module")
def backup(made: Instance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "cadangan.tar"
    done = made("backup", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ledger"]["size"] == made.rows("SELECT count(*) FROM ledger_entry")[0][0]
    return file


def test_a_backup_is_readable_by_its_owner_only_and_overwrites_nothing(made: Instance, backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    before = file_sha256(backup)
    again = made("backup", str(backup), SATUSUARA_LANG="en")
    assert (again.returncode, "exists already" in again.stderr) == (2, True)
    assert file_sha256(backup) == before


def test_what_was_backed_up_comes_back_on_another_machine(made: Instance, backup: Path, tmp_path: Path) -> None:
    other = Instance(tmp_path / "other")
    done = other("restore", str(backup))
    assert done.returncode == 0, done.stderr
    for table in ("ledger_entry", "people_user", "ledger_checkpoint"):
        assert other.rows(f"SELECT * FROM {table}") == made.rows(f"SELECT * FROM {table}")
    for key in ("secret-key", "keys/ledger.key"):
        assert (other.home / key).read_bytes() == (made.home / key).read_bytes()
        assert (other.home / key).stat().st_mode & 0o777 == 0o600
    assert (other.home / PHOTO).read_bytes() == b"foto", "what rows name by hash lies beside the database"
    assert json.loads(other("ledger", "verify", "--json").stdout)["ok"]


def test_nothing_is_replaced_without_force_and_the_old_is_kept(backup: Path, tmp_path: Path) -> None:
    other = Instance(tmp_path / "other")
    assert other("migrate").returncode == 0
    refused = other("restore", str(backup))
    assert (refused.returncode, "--force" in refused.stderr) == (2, True)
    assert other.rows("SELECT count(*) FROM ledger_entry") == [(0,)]
    assert other("restore", str(backup), "--force").returncode == 0
    assert other.rows("SELECT count(*) FROM ledger_entry") != [(0,)]
    assert list(other.home.glob("satusuara.sqlite3.before-*"))


@pytest.mark.parametrize("harm", ["cut", "flip", "rename", "no-tar", "absent"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(backup: Path, tmp_path: Path, harm: str) -> None:
    file = tmp_path / "rusak.tar"
    content = bytearray(backup.read_bytes())
    if harm == "cut":
        content = content[: len(content) // 2]
    elif harm == "flip":
        content[len(content) // 2] ^= 1
    elif harm == "no-tar":
        content = bytearray(b"bukan cadangan")
    if harm == "rename":
        with tarfile.open(backup) as old, tarfile.open(file, "w") as new:
            for part in old:
                said = old.extractfile(part)
                if part.name == "manifest.json" and said is not None:
                    text = said.read().replace(b"secret-key", b"../../../x")
                    part.size = len(text)
                    (tmp_path / "m").write_bytes(text)
                    said = (tmp_path / "m").open("rb")
                new.addfile(part, said)
                if said is not None:
                    said.close()
    elif harm != "absent":
        file.write_bytes(content)
    other = Instance(tmp_path / "other")
    done = other("restore", str(file))
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert not (other.home / "satusuara.sqlite3").exists()
    assert not list(tmp_path.glob("**/x"))


def test_the_doctor_finds_a_sound_instance_and_names_what_is_not(made: Instance, tmp_path: Path) -> None:
    found = json.loads(made("doctor", "--json").stdout)
    names = {check["name"]: check["ok"] for check in found["checks"]}
    assert {n for n, ok in names.items() if not ok} <= {"static", "disk"}
    assert set(names) == {
        "debug", "secrets", "second-factor", "database", "disk", "static", "migrations", "ledger", "forms",
        "sums", "clock",
    }  # fmt: skip
    fresh = Instance(tmp_path)
    sick = fresh("doctor", SATUSUARA_DEBUG="1", SATUSUARA_SECOND_FACTOR="0", SATUSUARA_LANG="en")
    assert sick.returncode == 1
    for said in ("SATUSUARA_DEBUG is on", "run migrate", "for demos only"):
        assert said in sick.stdout


def test_the_doctor_names_a_row_changed_behind_the_system_s_back(made: Instance, backup: Path, tmp_path: Path) -> None:
    other = Instance(tmp_path)
    assert other("restore", str(backup)).returncode == 0
    with sqlite3.connect(other.home / "satusuara.sqlite3") as database:
        database.execute("UPDATE people_user SET display_name = 'Orang Lain'")
    (tmp_path / "secret-key").chmod(0o644)
    sick = other("doctor", "--json")
    wrong = {c["name"]: c["sentence"] for c in json.loads(sick.stdout)["checks"] if not c["ok"]}
    assert sick.returncode == 1
    assert "people.user 1 bukan lagi yang disegel" in wrong["ledger"]
    assert "secret-key" in wrong["secrets"]
