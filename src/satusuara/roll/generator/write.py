"""From persons to files: the roll, and the truth about who is in it twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from satusuara.kernel.i18n import Text
from satusuara.lake.write import write_xlsx, writer_of
from satusuara.roll.generator import slips
from satusuara.roll.generator.people import NONE, SERIALS_FROM, People, draw
from satusuara.roll.generator.settings import Settings, Village, Words, load_villages, load_words

COLUMNS = (
    *("rec_id", "nik", "nkk", "nama", "status_kawin", "tempat_lahir", "tgl_lahir", "jk"),
    *("kec", "desa", "alamat", "rt", "rw", "tps", "sumber"),
)
MADE_UP = "buatan"
PREFIX = "BUATAN-"
TRUTH = ("rec_id_a", "rec_id_b", "kind", "moved", "nkk_a", "nkk_b")


def generate(
    out: Path,
    *,
    rows: int,
    seed: int,
    law: str,
    settings: Settings,
    on: dt.date,
    area: str = "",
    truth: Path | None = None,
    say: Callable[[Text], None] = lambda _text: None,
) -> dict[str, int]:
    """Writes ``rows`` made-up records to ``out`` (and pairs of the same person to ``truth``); the same seed, the same
    bytes. ``on``: the day on which all are of age. Returns how many records, duplicates, twins and collisions.

    Raises ``Refusal`` for an unknown ending, law or area.
    """
    for path in filter(None, (out, truth)):
        writer_of(path)
    words, villages = load_words(law), load_villages(law, area=area)
    rng = np.random.Generator(np.random.PCG64(seed))
    doubles = round(rows * settings.duplicate_share)
    say(Text("menyusun pemilih buatan", "making up voters"))
    people = draw(words, settings, villages, rows - doubles, rng, np.datetime64(on))
    table = _rendered(people, words, villages)
    collisions = _collide(table, people, settings, rng)
    say(Text("menyusun data ganda", "making up duplicates"))
    seconds, pairs = _doubled(table, people, words, villages, settings, doubles, Random(seed))
    table = {name: [*column, *(row[name] for row in seconds)] for name, column in table.items()}
    for name, share in {**settings.absent, "nkk": 1 - settings.card_present}.items():
        gone = rng.random(rows) < share
        table[name] = [None if lost else value for lost, value in zip(gone.tolist(), table[name], strict=True)]
    order = rng.permutation(rows)
    rank = np.empty(rows, dtype=np.int64)
    rank[order] = np.arange(rows)
    ids = [f"{PREFIX}{n + 1:09d}" for n in rank.tolist()]
    _write(out, {"rec_id": ids, **table, "sumber": [MADE_UP] * rows}, COLUMNS, order, seed)
    if truth is not None:
        _write_truth(truth, pairs, ids, table["nkk"], seed)
    twins = int((people.twin != NONE).sum()) // 2
    return {"records": rows, "duplicates": len(pairs), "twins": twins, "collisions": collisions}


def _rendered(people: People, words: Words, villages: list[Village]) -> dict[str, list[Any]]:
    """The persons as the columns of the roll, texts throughout."""
    import pyarrow as pa
    import pyarrow.compute as pc

    vocabulary = pa.array(people.vocabulary)

    def word(column: int) -> Any:
        numbers = people.words[:, column]
        return vocabulary.take(pa.array(numbers, mask=numbers == NONE))

    title, lead, first, second, third, father = (word(n) for n in range(6))
    of = pc.if_else(pa.array(people.woman), words.daughter_of, words.son_of)
    of = pc.if_else(father.is_valid(), of, pa.scalar(None, pa.string()))
    name = pc.binary_join_element_wise(title, lead, first, second, third, of, father, " ", null_handling="skip")
    codes = list(dict.fromkeys(each.subdistrict for each in villages))
    region = np.array([int(each) for each in codes])[people.subdistrict]
    regency = {each.subdistrict: each.regency_name for each in villages}
    born = people.born.astype("datetime64[D]")
    month = born.astype("datetime64[M]")
    day = (born - month).astype(int) + 1 + 40 * people.woman
    year = born.astype("datetime64[Y]").astype(int) + 1970
    number = region * 10**10 + day * 10**8 + (month.astype(int) % 12 + 1) * 10**6 + year % 100 * 10**4 + people.serial
    streets = pa.array([f"{a} {b}" for a in words.streets for b in words.places])
    house = pc.binary_join_element_wise("NO.", pa.array(people.house).cast(pa.string()), " ")
    address = pc.binary_join_element_wise(streets.take(pa.array(people.street)), house, " ")
    columns = {
        "nik": pa.array(number).cast(pa.string()),
        "nkk": pa.array(people.card).cast(pa.string()),
        "nama": name,
        "status_kawin": pa.array(people.married),
        "tempat_lahir": pa.array([regency[each] for each in codes]).take(pa.array(people.subdistrict)),
        "tgl_lahir": pa.array(born).cast(pa.string()),
        "jk": pc.if_else(pa.array(people.woman), "P", "L"),
        "kec": pa.array([each.subdistrict_name for each in villages]).take(pa.array(people.village)),
        "desa": pa.array([each.name for each in villages]).take(pa.array(people.village)),
        "alamat": address,
        "rt": pc.utf8_lpad(pa.array(people.rt).cast(pa.string()), 3, "0"),
        "rw": pc.utf8_lpad(pa.array(people.rw).cast(pa.string()), 3, "0"),
        "tps": pc.utf8_lpad(pa.array(people.station).cast(pa.string()), 3, "0"),
    }
    return {name: column.to_pylist() for name, column in columns.items()}


def _collide(table: dict[str, list[Any]], people: People, settings: Settings, rng: Any) -> int:
    """Gives some the identity number of somebody else: of the line above, of the next serial, of anybody."""
    size = people.size
    wanted = round(size * settings.collision_share)
    if size < 2 or not wanted:
        return 0
    numbers = table["nik"]
    by_number = np.argsort(np.array([int(each) for each in numbers]), kind="stable")
    rank = np.empty(size, dtype=np.int64)
    rank[by_number] = np.arange(size)
    chosen = rng.choice(size, wanted, replace=False)
    how, anybody = rng.random(wanted), rng.integers(0, size, wanted)
    done = 0
    given = list(numbers)
    for person, draw_, other in zip(chosen.tolist(), how.tolist(), anybody.tolist(), strict=True):
        source = other
        if draw_ < settings.collision_kin and person:
            source = person - 1
        elif draw_ < settings.collision_kin + settings.collision_near:
            source = int(by_number[max(rank[person] - 1, 0)])
        if source != person:
            numbers[person] = given[source]
            done += 1
    return done


def _doubled(
    table: dict[str, list[Any]],
    people: People,
    words: Words,
    villages: list[Village],
    settings: Settings,
    wanted: int,
    rng: Random,
) -> tuple[list[slips.Row], list[tuple[int, int, str, bool]]]:
    """Second records of ``wanted`` persons, and (first, second, kind, moved) as row numbers before shuffling."""
    kinds = settings.kinds.as_dict()
    size = people.size
    used = int(people.village.max()) + 1 if size else 1
    rows: list[slips.Row] = []
    pairs: list[tuple[int, int, str, bool]] = []
    taken: set[int] = set()
    together: list[tuple[int, slips.Row]] = []
    while len(rows) < wanted:
        if together:
            person, home = together.pop()
        else:
            person, home = rng.randrange(size), {}
        if person in taken:
            continue
        taken.add(person)
        first = {name: column[person] for name, column in table.items()}
        moved = bool(home) or rng.random() < settings.moved
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        if moved and not home:
            home = _new_home(first, words, villages[rng.randrange(used)], settings, rng)
            kin = [n for n in (person - 1, person + 1) if 0 <= n < size]
            kin = [n for n in kin if people.household[n] == people.household[person] and n not in taken]
            if kin and rng.random() < settings.moved_together:
                together.append((kin[0], home))
        second = _second({**first, **home}, kind, words, settings, rng)
        pairs.append((person, size + len(rows), kind, moved))
        rows.append(second)
    return rows, pairs


def _new_home(first: slips.Row, words: Words, village: Village, settings: Settings, rng: Random) -> slips.Row:
    home: slips.Row = {
        "kec": village.subdistrict_name,
        "desa": village.name,
        "alamat": f"{rng.choice(words.streets)} {rng.choice(words.places)} NO. {rng.randint(1, 199)}",
        "rt": f"{rng.randint(1, 6):03d}",
        "rw": f"{rng.randint(1, 4):03d}",
        "tps": f"{rng.randint(1, village.stations):03d}",
        "nkk": first["nkk"],
    }
    if rng.random() >= settings.moved_with_card:
        day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(15, 23)
        serial = rng.randint(SERIALS_FROM, 9999)
        home["nkk"] = f"{village.subdistrict}{day:02d}{month:02d}{year:02d}{serial}"
    return home


def _second(row: slips.Row, kind: str, words: Words, settings: Settings, rng: Random) -> slips.Row:
    """The second record: what its kind demands, then what happens to any record."""
    number, date, name = str(row["nik"]), str(row["tgl_lahir"]), str(row["nama"])
    if kind == "mistyped_nik":
        row["nik"] = slips.mistyped(number, rng)
    if kind.startswith("new_nik"):
        region = number[:6] if rng.random() < 0.5 else f"{number[:4]}{rng.randint(1, 15):02d}"
        row["nik"] = f"{region}{number[6:12]}{rng.randint(SERIALS_FROM, SERIALS_FROM + 9)}"
    if kind.endswith("wrong_date"):
        row["tgl_lahir"] = slips.wrong_date(date, words, rng)
    if kind == "new_nik_many_errors":
        row["nama"] = slips.typo(slips.rewritten(name, words, rng), rng)
        row["tgl_lahir"] = slips.wrong_date(date, words, rng)
        born = dt.date.fromisoformat(str(row["tgl_lahir"]))
        day = born.day + (40 if row["jk"] == "P" else 0)
        row["nik"] = f"{str(row['nik'])[:6]}{day:02d}{born:%m%y}{str(row['nik'])[12:]}"
        others: dict[str, str | None] = {"tempat_lahir": None, "rt": None, "alamat": None}
        wrong = rng.choice(sorted(others))
        row[wrong] = slips.typo(str(row["tempat_lahir"]), rng) if wrong == "tempat_lahir" else others[wrong]
    elif rng.random() < settings.rewritten_name:
        row["nama"] = slips.rewritten(name, words, rng)
    if rng.random() < 0.06:
        row["status_kawin"] = {"B": "S", "S": "P", "P": "S"}[str(row["status_kawin"])]
    if rng.random() < 0.05 and row["tempat_lahir"]:
        row["tempat_lahir"] = slips.typo(row["tempat_lahir"], rng)
    return row


def _write(path: Path, table: dict[str, list[Any]], columns: tuple[str, ...], order: Any, seed: int) -> None:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    about = {"satusuara": MADE_UP, "seed": str(seed)}
    whole = pa.table({name: pa.array(table[name], pa.string()) for name in columns}, metadata=about)
    whole = whole.take(pa.array(order))
    if path.suffix.lower() == ".parquet":
        pq.write_table(whole, path, compression="zstd")
    elif path.suffix.lower() == ".csv":
        pyarrow.csv.write_csv(whole, path, pyarrow.csv.WriteOptions(quoting_style="needed"))
    else:
        write_xlsx(path, columns, zip(*(whole[name].to_pylist() for name in columns), strict=True))


def _write_truth(
    path: Path, pairs: list[tuple[int, int, str, bool]], ids: list[str], cards: list[str | None], seed: int
) -> None:
    rows = []
    for first, second, kind, moved in pairs:
        a, b = sorted((first, second), key=lambda n: ids[n])
        rows.append((ids[a], ids[b], kind, str(moved).lower(), cards[a], cards[b]))
    rows.sort()
    table: dict[str, list[Any]] = {name: [row[n] for row in rows] for n, name in enumerate(TRUTH)}
    _write(path, table, TRUTH, np.arange(len(rows)), seed)
