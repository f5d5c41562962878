"""A second generator, independent of the product's: other names, other households, other slips. Used to show that the
matching was not fitted to its own generator. Everybody is made up: the serial of every number is 9xxx."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

MEN = (
    *("BAMBANG", "SLAMET", "JOKO", "WAWAN", "DENI", "RIZKI", "FAHMI", "HAIRUL", "SYAHRUL", "MUKHLIS"),
    *("YANTO", "TEGUH", "ARDI", "BAYU", "DODI", "GALIH", "HERI", "IWAN", "JONI", "KHAIRUL", "LATIF"),
    *("NANANG", "OKI", "PANJI", "RAHMADI", "SUTRISNO", "TRIYONO", "UJANG", "VICTOR", "WIDODO", "YOGI"),
    *("ZAKARIA", "AMRULLAH", "BURHAN", "CIPTO", "DARMAWAN", "FIRDAUS", "GATOT", "HALIM", "ISKANDAR"),
)
WOMEN = (
    *("SUMARNI", "WATINI", "LESTARI", "PUTRI", "AYU", "RETNO", "ENDANG", "YULI", "NINGRUM", "KURNIA"),
    *("MELATI", "NOVITA", "OKTAVIA", "PERMATA", "RATIH", "SEKAR", "TUTIK", "UTAMI", "VERA", "WINARTI"),
    *("YUNITA", "ZULAIKHA", "ANISA", "BUNGA", "CITRA", "DAHLIA", "ELOK", "FARIDA", "GITA", "HESTI"),
    *("ISTIQOMAH", "JAMILAH", "KHADIJAH", "LAILA", "MARLINA", "NURJANAH"),
)
LAST = (
    *("SAPUTRA", "PRATAMA", "NUGROHO", "WIBOWO", "SETIAWAN", "HIDAYAT", "KUSUMA", "SANTOSO", "PURNOMO"),
    *("MAULANA", "RAMADHAN", "SIREGAR", "HARAHAP", "LUBIS", "NASUTION", "TANJUNG", "PATTY", "LATUPERISSA"),
    *("TUMBELAKA", "MANOPPO", "LAOLY", "ZEBUA", "TELAUMBANUA", "RAJAGUKGUK", "SIHOMBING"),
)
TOWNS = ("PALOPO", "MAKASSAR", "KENDARI", "MAMUJU", "POSO", "TORAJA", "BONE", "WAJO")
CHANGES = (("Y", "I"), ("U", "OE"), ("J", "DJ"), ("RIZKI", "RISQI"), ("KH", "H"), ("F", "P"), ("TT", "T"), ("SY", "S"))
HEAD = (
    "rec_id",
    "nik",
    "nkk",
    "nama",
    "status_kawin",
    "tempat_lahir",
    "tgl_lahir",
    "jk",
    "kec",
    "desa",
    "alamat",
    "rt",
    "rw",
    "tps",
)


def make(
    size: int, seed: int, *, duplicates: float = 0.02, slips: float = 1.0
) -> tuple[list[dict[str, str]], set[tuple[str, str]]]:
    """Rows and the true pairs. ``slips``: how careless the second writing is (1: one or two changes)."""
    rng = random.Random(seed)
    people: list[dict[str, str]] = []
    while len(people) < size:
        people.extend(_family(rng, len(people)))
    people = people[:size]
    rows, truth = list(people), []
    for person in rng.sample(people, round(size * duplicates)):
        second = dict(person)
        for _ in range(1 + (rng.random() < 0.4 * slips)):
            _slip(second, rng)
        if rng.random() < 0.5:
            second |= {
                "desa": f"D{rng.randrange(40):02d}",
                "alamat": f"JL {rng.randrange(900)}",
                "rt": str(rng.randrange(9)),
                "tps": "9",
            }
            second["nkk"] = second["nkk"] if rng.random() < 0.6 else ""
        truth.append((len(rows), rows.index(person)))
        rows.append(second)
    order = list(range(len(rows)))
    rng.shuffle(order)
    ids = {old: f"LAIN-{new:07d}" for new, old in enumerate(order)}
    for old, row in enumerate(rows):
        rows[old] = {**row, "rec_id": ids[old]}
    pairs = {(min(ids[a], ids[b]), max(ids[a], ids[b])) for a, b in truth}
    return sorted(rows, key=lambda row: row["rec_id"]), pairs


def _family(rng: random.Random, at: int) -> list[dict[str, str]]:
    last = rng.choice(LAST) if rng.random() < 0.6 else ""
    home = {
        "nkk": f"7399{rng.randrange(1, 9):02d}{rng.randrange(10**6):06d}9{at % 1000:03d}" if rng.random() < 0.8 else "",
        "kec": f"K{rng.randrange(8)}",
        "desa": f"D{rng.randrange(40):02d}",
        "alamat": f"JL {rng.randrange(900)}",
        "rt": str(rng.randrange(1, 9)),
        "rw": str(rng.randrange(1, 4)),
        "tps": str(rng.randrange(1, 8)),
    }
    family: list[dict[str, str]] = []
    twin = rng.random() < 0.01
    for n in range(rng.choice((1, 2, 2, 3, 3, 4, 5))):
        woman = rng.random() < 0.5
        born = dt.date(1940, 1, 1) + dt.timedelta(days=rng.randrange(24_000))
        if twin and family:
            born = dt.date.fromisoformat(family[0]["tgl_lahir"])
        first = rng.choice(WOMEN if woman else MEN)
        middle = rng.choice(WOMEN if woman else MEN) if rng.random() < 0.35 else ""
        day = born.day + 40 * woman
        family.append(
            {
                "nik": f"7399{rng.randrange(1, 9):02d}{day:02d}{born:%m%y}{9000 + n + rng.randrange(6):04d}",
                "nama": " ".join(filter(None, (first, middle, last if n or rng.random() < 0.7 else ""))),
                "status_kawin": rng.choice("BSP"),
                "tempat_lahir": rng.choice(TOWNS),
                "tgl_lahir": born.isoformat(),
                "jk": "P" if woman else "L",
                **home,
            }
        )
    return family


def _slip(row: dict[str, str], rng: random.Random) -> None:
    what = rng.choice(("nik", "nik", "nik-new", "name", "name", "date", "place", "none"))
    if what == "nik":
        at = rng.randrange(16)
        row["nik"] = row["nik"][:at] + str(rng.randrange(10)) + row["nik"][at + 1 :]
    elif what == "nik-new":
        row["nik"] = row["nik"][:12] + str(9500 + rng.randrange(400))
    elif what == "name":
        old, new = rng.choice([c for c in CHANGES if c[0] in row["nama"]] or [("A", "AA")])
        words = row["nama"].replace(old, new, 1).split()
        row["nama"] = " ".join(words[:-1] if len(words) > 2 and rng.random() < 0.4 else words)
    elif what == "date":
        born = dt.date.fromisoformat(row["tgl_lahir"])
        row["tgl_lahir"] = (
            born.replace(day=1 + born.day % 28) if rng.random() < 0.7 else born + dt.timedelta(days=366)
        ).isoformat()
    elif what == "place":
        row["tempat_lahir"] = rng.choice((*TOWNS, ""))


def write(path: Path, rows: list[dict[str, str]], *, without: tuple[str, ...] = ()) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [name for name in HEAD if name not in without], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
