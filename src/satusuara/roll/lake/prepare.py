"""Records made comparable: one row a record with every form in which it will be asked (docs/roll-linkage.md, step 1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from satusuara.roll.rules.names import WordRules, unaccented

if TYPE_CHECKING:
    from satusuara.roll.lake.steps import Steps
    from satusuara.roll.rules.spec import Spec

TEXTS = (
    *("nik", "nkk", "nama", "tempat_lahir", "tgl_lahir", "jk", "kec", "desa", "alamat", "rt", "rw", "tps"),
    "status_kawin",
)
WORDS = 4  # words of a name that are compared
HOUSEHOLD = 12  # more records than this at one address are no household (a hamlet, a boarding school)
KNOWN_REGION = 3  # records that bear a region code before it counts as one
_BITS = 1442.6950408889634  # thousandths of a bit in one natural unit


def prepare(steps: Steps, spec: Spec, known: Known | None = None) -> int:
    """From ``source`` (rec_id and ``TEXTS``, all text, null where absent) to ``person``. Returns how many records.

    ``person``: id (1… in the order of rec_id), the cleaned columns, and weights in thousandths of a bit: how rare a
    name (``name_tf``), its words (``w1``…), a birth date and a birth place are in this roll. ``known``: a roll that was
    prepared before; its counts are added to those of these few records, and ids go on after its own.
    """
    cleaned(steps, spec, known.size if known else 0)
    size = steps.number("SELECT count(*) FROM clean")
    whole = size + (known.size if known else 0)
    _words(steps, spec, whole, known)
    _counts(steps, spec, known)
    _persons(steps, spec, whole)
    steps.drop("clean", "named")
    return size


def cleaned(steps: Steps, spec: Spec, before: int) -> None:
    """Makes the table ``clean``: every record with its number and its fields without noise."""
    d = steps.dialect
    noise = "|".join(spec.addresses.noise)
    address = d.replaced("upper(alamat)", "[^A-Z0-9]+", " ")
    address = d.replaced(f"concat(' ', {address}, ' ')", f"( ({noise}))+ ", " ") if noise else address
    date = "tgl_lahir"
    steps.make(
        "clean",
        f"""
        SELECT CAST(row_number() OVER (ORDER BY rec_id) + {before} AS INTEGER) AS id, rec_id,
            nullif({d.replaced("nik", "[^0-9]", "")}, '') AS nik,
            CASE WHEN length(nkk_) >= 8 AND {d.matches("nkk_", "[1-9]")} THEN nkk_ END AS nkk,
            nama, tps, status_kawin,
            nullif({d.replaced("upper(tempat_lahir)", "[^A-Z]", "")}, '') AS place,
            CASE WHEN {d.matches(date, "^[0-9]{4}-[0-9]{2}-[0-9]{2}")} THEN concat(substr({date}, 1, 4), substr({date}, 6, 2), substr({date}, 9, 2))
                 WHEN {d.matches(date, "^[0-9]{2}[^0-9][0-9]{2}[^0-9][0-9]{4}")} THEN concat(substr({date}, 7, 4), substr({date}, 4, 2), substr({date}, 1, 2))
            END AS dob,
            CASE upper(substr(jk, 1, 1)) WHEN 'L' THEN 'L' WHEN 'P' THEN 'P' WHEN 'W' THEN 'P' END AS sex,
            nullif(upper(kec), '') AS kec,
            CASE WHEN desa IS NOT NULL THEN concat(coalesce(upper(kec), ''), '|', upper(desa)) END AS desa,
            nullif(trim({address}), '') AS alamat,
            nullif({d.replaced("rt", "^0+|[^0-9]", "")}, '') AS rt, nullif({d.replaced("rw", "^0+|[^0-9]", "")}, '') AS rw
        FROM (SELECT *, {d.replaced("nkk", "[^0-9]", "")} AS nkk_ FROM source)
        """,
    )


def _words(steps: Steps, spec: Spec, size: int, known: Known | None) -> None:
    """Every distinct word of a name is judged once, by the pure rules."""
    d = steps.dialect
    signs = "translate(split_part(upper(nama), ',', 1), concat('.-/', chr(39), '`'), '   ')"
    source = f"(SELECT id, {d.split(signs)} AS said FROM clean) AS s"
    steps.make("spoken", f"SELECT * FROM ({d.exploded('id', 'said', source)}) AS w WHERE word <> ''")
    judge = WordRules(spec.names)
    judged = []
    for (written,) in sorted(steps.rows("SELECT DISTINCT word FROM spoken")):
        word = judge.word(unaccented(written))
        if not word.drop:
            judged.append((written, word.standard, word.sound, word.skeleton, int(word.weak)))
    steps.load("word_list", ("word", "standard", "sound", "skeleton", "weak"), ("text",) * 4 + ("int",), judged)
    steps.make(
        "sounds",
        _added(
            "SELECT sound AS value, count(*) AS n FROM spoken JOIN word_list ON spoken.word = word_list.word GROUP BY sound",
            "sounds",
            known,
        ),
    )
    steps.make(
        "told",
        f"""
        SELECT id, pos, standard, sound, skeleton, weight, {d.hashed("sound")} AS code,
            CASE WHEN weak = 0 OR sum(1 - weak) OVER (PARTITION BY id) = 0 THEN 1 ELSE 0 END AS strong,
            row_number() OVER (PARTITION BY id ORDER BY weak, sound, pos) AS k
        FROM (SELECT id, pos, standard, w.sound, skeleton, weak, {rarity("n", size)} AS weight
              FROM spoken JOIN word_list AS w ON spoken.word = w.word JOIN sounds ON sounds.value = w.sound) AS x
        """,
    )
    strong = "CASE WHEN strong = 1 THEN sound END"
    each = ", ".join(
        f"max(CASE WHEN k = {n} AND strong = 1 THEN {column} END) AS {letter}{n}"
        for n in range(1, WORDS + 1)
        for letter, column in (("p", "code"), ("w", "weight"), ("s", "skeleton"))
    )
    steps.make(
        "named",
        f"""
        SELECT id, {d.joined("standard", "pos", " ")} AS full_name, {d.joined(strong, "pos", "")} AS flat,
            {d.joined(strong, "k", " ")} AS name_key, CAST(sum(strong) AS INTEGER) AS words, {each}
        FROM told GROUP BY id
        """,
    )
    steps.drop("spoken", "told", "word_list")


def rarity(count: str, size: int) -> str:
    """How much a shared value says, in thousandths of a bit: how many *others* bear it, one of the pair left out."""
    return f"CAST(round({_BITS} * ln(CAST({max(size, 2)} AS DOUBLE) / greatest({count} - 1, 1))) AS INTEGER)"


def _added(select: str, table: str, known: Known | None) -> str:
    """Counts of these records, with those of a roll prepared before (only of values that these records have)."""
    if known is None:
        return select
    return (
        f"SELECT c.value, CAST(c.n + coalesce(k.n, 0) AS BIGINT) AS n FROM ({select}) AS c "
        f"LEFT JOIN (SELECT * FROM {known.name}.{table} WHERE value IN (SELECT value FROM ({select}) AS v)) AS k "
        "ON k.value = c.value"
    )


HOUSES = ("concat(desa, '|', alamat)", "concat(desa, '|', coalesce(rt, ''), '|', coalesce(rw, ''), '|', alamat)")


def _counts(steps: Steps, spec: Spec, known: Known | None) -> None:
    """How often each value occurs: kept with a prepared roll, so that a day's changes need not count anew."""
    i = spec.identity
    there = "alamat IS NOT NULL AND desa IS NOT NULL"
    counted = {
        "places": "SELECT place AS value, count(*) AS n FROM clean WHERE place IS NOT NULL GROUP BY place",
        "dates": "SELECT dob AS value, count(*) AS n FROM clean WHERE dob IS NOT NULL GROUP BY dob",
        "names_seen": "SELECT name_key AS value, count(*) AS n FROM named WHERE name_key IS NOT NULL GROUP BY name_key",
        "regions": f"SELECT substr(nik, 1, {i.region}) AS value, count(*) AS n FROM clean WHERE length(nik) = {i.digits} GROUP BY 1",
        "houses": " UNION ALL ".join(
            f"SELECT {house} AS value, count(*) AS n FROM clean WHERE {there} GROUP BY 1" for house in HOUSES
        ),
    }
    for table, select in counted.items():
        steps.make(table, _added(select, table, known))


@dataclass(frozen=True, slots=True)
class Known:
    """A prepared roll on the same connection: the name of its catalogue, and how many records it has."""

    name: str
    size: int


COUNTED = ("sounds", "places", "dates", "names_seen", "regions", "houses")


def _persons(steps: Steps, spec: Spec, size: int) -> None:
    i = spec.identity
    at = i.date_at + 1
    day = f"CAST(substr(c.nik, {at}, 2) AS INTEGER)"
    heaped = ", ".join(f"'{each.replace('-', '')}'" for each in spec.dates.heaped) or "''"
    needed = KNOWN_REGION if size >= 1000 else 1
    fits = f"""
        length(c.nik) = {i.digits} AND r.value IS NOT NULL AND substr(c.nik, {i.digits - 3}, 4) <> '0000'
        AND (c.sex IS NULL OR ({day} > {i.woman_day}) = (c.sex = 'P'))
        AND {day} % {i.woman_day} BETWEEN 1 AND 31 AND substr(c.nik, {at + 2}, 2) BETWEEN '01' AND '12'
        AND (c.dob IS NULL OR concat(lpad(CAST({day} % {i.woman_day} AS STRING), 2, '0'), substr(c.nik, {at + 2}, 4))
             = concat(substr(c.dob, 7, 2), substr(c.dob, 5, 2), substr(c.dob, 3, 2)))"""
    digits = " + ".join(
        f"CAST(coalesce(nullif(substr(c.nik, {n}, 1), ''), '0') AS INTEGER)" for n in range(1, i.digits + 2)
    )
    words = ", ".join(f"n.p{k}, n.w{k}, n.s{k}" for k in range(1, WORDS + 1))
    steps.make(
        "person",
        f"""
        SELECT c.id, c.rec_id, c.nik, CASE WHEN c.nik IS NULL THEN 0 WHEN {fits} THEN 1 ELSE 0 END AS fits, {digits} AS nik_sum, c.nkk,
            n.full_name, n.flat, n.name_key, n.words, {words},
            {rarity("seen.n", size)} AS name_tf,
            c.dob, CASE WHEN substr(c.dob, 5, 4) IN ({heaped}) THEN 1 ELSE 0 END AS heaped,
            {rarity("d.n", size)} AS dob_tf,
            c.place, {rarity("p.n", size)} AS place_tf, c.sex, c.kec, c.desa,
            CASE WHEN c.rt IS NOT NULL AND c.desa IS NOT NULL THEN concat(c.desa, '|', c.rt, '|', coalesce(c.rw, '')) END AS rtrw,
            CASE WHEN c.alamat IS NOT NULL AND c.desa IS NOT NULL THEN concat(c.desa, '|', c.alamat) END AS street, coalesce(h.value, g.value) AS house,
            c.tps
        FROM clean AS c
        LEFT JOIN named AS n ON n.id = c.id
        LEFT JOIN names_seen AS seen ON seen.value = n.name_key
        LEFT JOIN dates AS d ON d.value = c.dob
        LEFT JOIN places AS p ON p.value = c.place
        LEFT JOIN regions AS r ON r.value = substr(c.nik, 1, {i.region}) AND r.n >= {needed}
        LEFT JOIN houses AS h ON h.value = {_of("c", HOUSES[0])} AND h.n <= {HOUSEHOLD}
        LEFT JOIN houses AS g ON g.value = {_of("c", HOUSES[1])} AND g.n <= {HOUSEHOLD}
        """,
    )


def _of(alias: str, expression: str) -> str:
    """The expression over the columns of one table of several."""
    return re.sub(r"\b(desa|alamat|rt|rw)\b", rf"{alias}.\1", expression)
