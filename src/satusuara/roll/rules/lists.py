"""A row of a real list as a line of the roll. Pure: texts in, a line or the reasons why it was held back out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from satusuara.kernel.i18n import Text
from satusuara.law.roll import RollSpec

COLUMNS = (
    "rec_id", "line", "nik", "nkk", "nama", "status_kawin", "tempat_lahir", "tgl_lahir", "jk", "kec", "desa",
    "alamat", "rt", "rw", "tps", "disabilitas", "keterangan",
)  # fmt: skip
"""What is taken from a list (CLI, "Roll table", and what the Model A lists have beside it)."""

REQUIRED = ("nama", "tps")
_DATE = re.compile(r"(\d{1,2})[-/|. ](\d{1,2})[-/|. ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?")
_MASKED = re.compile(r"[*•#x]{2,}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line: texts trimmed, codes as the law names them. ``place``: (sub-district, village, station) as written."""

    rec_id: str
    line: int | None
    nik: str
    nkk: str
    name: str
    birth_place: str
    birth_date: date | None
    sex: str
    marital: str
    address: str
    rt: str
    rw: str
    disability: str
    place: tuple[str, str, str]
    strike: str  # a strike reason of the law that the list's remark names, or ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell of a row and what is wrong with it. ``value`` holds no whole identity number."""

    column: str
    value: str
    reason: Text


def normal(text: str) -> str:
    """A heading or a code as it is compared: capitals, letters and digits, single spaces."""
    return " ".join(re.findall(r"[^\W_]+", text.upper()))


def columns_of(spec: RollSpec, header: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """({our column: the file's column}, file's columns for which ours is already taken)."""
    known = {normal(heading): ours for ours, headings in spec.headings.items() for heading in headings}
    known |= {normal(ours): ours for ours in COLUMNS}
    found: dict[str, str] = {}
    doubled = []
    for name in header:
        ours = known.get(normal(name))
        if ours is None or ours not in COLUMNS:
            continue
        if ours in found:
            doubled.append(name)
        found.setdefault(ours, name)
    return found, doubled


def line_of(spec: RollSpec, values: Mapping[str, str | None]) -> ListLine | list[Problem]:
    """The line that a row says, or everything that is wrong with it. What a list does not have is blank."""
    cells = {name: (values.get(name) or "").strip() for name in COLUMNS}
    problems = list(_problems(spec, cells))
    if problems:
        return problems
    return ListLine(
        rec_id=cells["rec_id"],
        line=int(cells["line"]) if cells["line"].isdigit() else None,
        nik=_digits(cells["nik"]),
        nkk=_digits(cells["nkk"]),
        name=" ".join(cells["nama"].split()),
        birth_place=cells["tempat_lahir"],
        birth_date=_date(cells["tgl_lahir"]),
        sex=_code(spec.sexes, cells["jk"]) or "",
        marital=_code(spec.marital, cells["status_kawin"]) or "",
        address=cells["alamat"],
        rt=_part(cells["rt"]),
        rw=_part(cells["rw"]),
        disability=cells["disabilitas"],
        place=(cells["kec"], cells["desa"], cells["tps"]),
        strike=_strike(spec, cells["keterangan"]),
    )


def _problems(spec: RollSpec, cells: Mapping[str, str]) -> Iterator[Problem]:
    for name in REQUIRED:
        if not cells[name]:
            yield Problem(name, "", Text("kosong", "empty"))
    for name in ("nik", "nkk"):
        if _MASKED.search(cells[name]):
            yield Problem(
                name, "…", Text("nomor disamarkan; pakai daftar dengan nomor lengkap", "masked; use the full number")
            )
        elif cells[name] and not _digits(cells[name]).isdigit():
            yield Problem(name, f"…{cells[name][-2:]}", Text("bukan angka", "not digits"))
    if cells["tgl_lahir"] and _date(cells["tgl_lahir"]) is None:
        yield Problem("tgl_lahir", cells["tgl_lahir"], Text("bukan tanggal (HH-BB-TTTT)", "no date (DD-MM-YYYY)"))
    for name, codes in (("jk", spec.sexes), ("status_kawin", spec.marital)):
        if cells[name] and _code(codes, cells[name]) is None:
            known = " | ".join(codes)
            yield Problem(name, cells[name][:40], Text(f"harus salah satu dari {known}", f"must be one of {known}"))
    for name, most in (("nama", 200), ("tempat_lahir", 100), ("alamat", 300), ("rec_id", 64), ("disabilitas", 60)):
        if len(cells[name]) > most:
            yield Problem(name, cells[name][:40], Text(f"lebih dari {most} huruf", f"more than {most} letters"))


def _digits(text: str) -> str:
    """An identity number without the apostrophe, spaces and dots that lists put around it."""
    return re.sub(r"[\s.'`]", "", text)


def _date(text: str) -> date | None:
    iso, plain = _ISO.fullmatch(text), _DATE.fullmatch(text)
    if iso:
        parts = [int(part) for part in iso.groups()]
    elif plain:
        parts = [int(part) for part in plain.groups()][::-1]
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def _code(codes: Mapping[str, Sequence[str]], text: str) -> str | None:
    wanted = normal(text)
    return next((code for code, written in codes.items() if wanted in written), None)


def _part(text: str) -> str:
    """RT and RW as lists write them: "001", "1", "1.0"."""
    text = text.removesuffix(".0")
    return text.zfill(3) if text.isdigit() else text[:8]


def _strike(spec: RollSpec, remark: str) -> str:
    wanted = normal(remark)
    return next((each.code for each in spec.strike_reasons if wanted and wanted in each.marks), "")
