"""Made-up lists of a few stations, as the real ones are headed. Nobody on them exists: every name is "Contoh …"."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from satusuara.areas.models import Area, Election
from satusuara.people.queries import Scope
from satusuara.roll.actions import ImportOutcome, import_roll
from satusuara.roll.models import Voter
from tests.count.regency import build_tree, station

AT = datetime(2024, 1, 10, 3, tzinfo=UTC)
ROOT = Scope.system("import")
HERE, THERE = "7322012001", "7322992001"
HEADER = "NO,NKK,NIK,NAMA,TEMPAT LAHIR,TANGGAL LAHIR,STATUS PERKAWINAN,JENIS KELAMIN,ALAMAT JALAN/DUKUH,RT,RW,DISABILITAS,KETERANGAN,TPS"  # noqa: E501


def regency() -> tuple[Election, Area]:
    """Two villages in two sub-districts with two stations each, and the regency above them."""
    election = build_tree([station(n, village) for village in (HERE, THERE) for n in (1, 2)])
    return election, Area.objects.get(election=election, code="7322")


def nik(number: int) -> str:
    return f"999999{number:010d}"


def row(number: int, *, at: str = f"{HERE}001", name: str = "", born: str = "", **said: str) -> str:
    """One line of a list; ``said`` overrides a column by its heading in small letters."""
    cells = {
        "no": str(number), "nkk": f"9999990000{number // 2:06d}", "nik": nik(number),
        "nama": name or f"Contoh {number}",
        "tempat": "MASAMBA", "lahir": born or f"{number % 28 + 1:02}|01|1980", "kawin": "S", "jk": "L",
        "alamat": "DUSUN CONTOH", "rt": "1", "rw": "002", "dis": "", "ket": "", "tps": at,
    }  # fmt: skip
    return ",".join((cells | said).values())


def list_of(folder: Path, *rows: str, name: str = "a-kabko.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows, ""]))
    return path


def read(path: Path, election: Election, area: Area, **more: object) -> ImportOutcome:
    arguments = {"category": "dpt", "source": "dpt", "at": AT, "scope": ROOT, **more}
    return import_roll(election=election, area=area, path=path, **arguments)  # type: ignore[arg-type]


def voter(number: int) -> Voter:
    from satusuara.roll.vault import vault

    return Voter.objects.select_related("area", "election").get(nik_token=vault().token(nik(number)), category="dpt")
