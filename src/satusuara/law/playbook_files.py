"""The files of a playbook into ``Playbook``, and everything in them against everything else and against the law."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from satusuara.kernel.errors import NotFound, Place, Refusal
from satusuara.kernel.hashing import payload_hash, sha256_hex
from satusuara.kernel.i18n import LANGUAGES, Text
from satusuara.law.loader import folder_of, in_words, load_law
from satusuara.law.model import Law
from satusuara.law.playbook import BUILT, PLANNED, Detection, Gate, Group, Playbook, Problem
from satusuara.law.records import Record, Source

FOLDER = "playbook"
GATE = "SIAP"
"""Gates as rules and barriers: "SIAP.A"."""
_HEAD, _GATES = "playbook.toml", "gates.toml"
_F = TypeVar("_F", bound=Record)


class Head(Record, frozen=True, kw_only=True):
    """playbook.toml"""

    version: str
    forms: dict[str, Text]
    partners: dict[str, Text]
    sources: dict[str, Source]


class Gates(Record, frozen=True, kw_only=True):
    """gates.toml"""

    gates: tuple[Gate, ...]


class GroupFile(Record, frozen=True, kw_only=True):
    """One file a group: vot.toml"""

    group: Group
    problems: tuple[Problem, ...]


def has_playbook(law: str | Path) -> bool:
    """Whether the law folder comes with a playbook."""
    return (folder_of(law) / FOLDER / _HEAD).is_file()


def load_playbook(law: str | Path) -> Playbook:
    """The playbook of a law folder; each is read once.

    :raises NotFound: ``law-unknown``, ``playbook-missing``
    :raises Refusal: ``playbook-…`` when something in it is wrong, with file and key
    """
    return _load(folder_of(law).resolve())


@cache
def _load(folder: Path) -> Playbook:
    place = folder / FOLDER
    if not (place / _HEAD).is_file():
        raise NotFound(
            "playbook-missing",
            Text(f"{folder.name} tidak memuat buku panduan", f"{folder.name} has no playbook"),
            remedy=Text(f"Buat {folder.name}/{FOLDER}/{_HEAD}.", f"Make {folder.name}/{FOLDER}/{_HEAD}."),
        )
    head = _read(place / _HEAD, Head)
    names = sorted(each.name for each in place.glob("*.toml") if each.name not in {_HEAD, _GATES})
    files = {name: _read(place / name, GroupFile) for name in names}
    playbook = Playbook(
        version=head.version,
        law=folder.name,
        sha256=payload_hash({each.name: sha256_hex(each.read_bytes()) for each in sorted(place.glob("*.toml"))}),
        forms=head.forms,
        partners=head.partners,
        sources=head.sources,
        groups=tuple(file.group for file in files.values()),
        gates=_read(place / _GATES, Gates).gates if (place / _GATES).is_file() else (),
        problems=tuple(each for file in files.values() for each in file.problems),
    )
    _Check(load_law(folder), playbook, files).run()
    return playbook


def _read(path: Path, kind: type[_F]) -> _F:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _refusal(
            "not-toml", path.name, Text(f"bukan TOML yang sah: {error}", f"not valid TOML: {error}"),
            Text("Perbaiki pada baris dan kolom itu.", "Correct it at that line and column."),
        ) from None  # fmt: skip
    except msgspec.ValidationError as error:
        raise _refusal(
            "malformed", path.name, in_words(str(error)),
            Text("Sesuaikan dengan law/playbook.py.", "Make it as law/playbook.py says."),
        ) from None  # fmt: skip


def _refusal(code: str, file: str, what: Text, remedy: Text) -> Refusal:
    return Refusal(f"playbook-{code}", what, place=Place(file=f"{FOLDER}/{file}"), remedy=remedy)


class _Check:
    """Raises ``Refusal`` for the first thing that does not fit."""

    def __init__(self, law: Law, playbook: Playbook, files: dict[str, GroupFile]) -> None:
        self.playbook, self.files = playbook, files
        self.roles = {each.code for each in law.roles}
        self.people = self.roles | playbook.partners.keys()
        self.deadlines = {each.code for each in law.deadlines}
        self.rules = {each.rule for each in law.identities} | {each.code for each in law.identities}
        self.rules |= {each.code for each in law.cross_rules}
        self.rules |= {f"{GATE}.{each.letter}" for each in playbook.gates}
        self.codes = [each.code for each in playbook.problems]

    def run(self) -> None:
        letters: set[str] = set()
        for gate in self.playbook.gates:
            self.known("role", [gate.owner], self.roles, _GATES, f"{gate.letter}.owner")
            for code in gate.serves:
                try:
                    self.playbook.barrier(code)
                except NotFound as error:
                    raise self.wrong("barrier-unknown", _GATES, f"{gate.letter}.serves", error.sentence) from None
            if gate.letter in letters or not re.fullmatch(r"[A-Z]", gate.letter):
                raise self.wrong(
                    "letter", _GATES, gate.letter, Text("bukan satu huruf sendiri", "no letter of its own")
                )
            letters.add(gate.letter)
            self.sentences(_GATES, gate.letter, gate)
        seen: set[str] = set()
        for file, content in self.files.items():
            for problem in content.problems:
                self.problem(file, content.group, problem)
                if problem.code in seen:
                    raise self.wrong("code-twice", file, problem.code, Text("tertulis dua kali", "occurs twice"))
                seen.add(problem.code)

    def problem(self, file: str, group: Group, problem: Problem) -> None:
        code = problem.code
        if problem.group != group.code:
            raise self.wrong("group", file, code, Text(f"bukan kelompok {group.code}", f"not of group {group.code}"))
        sources = self.playbook.sources
        cited = [*problem.sources, *_sources(problem)]
        self.known("source", [each for each in cited if each], sources, file, f"{code}.sources")
        self.known("role", problem.owners, self.people, file, f"{code}.owners")
        self.known("role", [each.owner for each in problem.preventions], self.roles, file, f"{code}.preventions")
        self.known("role", [each.owner for each in problem.responses], self.people, file, f"{code}.responses")
        forms = [each.form for each in problem.responses if each.form]
        forms += [each.form for each in problem.detections if each.form]
        self.known("form", forms, self.playbook.forms, file, f"{code}.form")
        self.known("deadline", problem.clock.deadlines, self.deadlines, file, f"{code}.clock.deadlines")
        self.known("problem", [e.leads_to for e in problem.consequences if e.leads_to], self.codes, file, code)
        for part in ("threats", "preventions", "detections", "consequences", "responses", "legal"):
            if not getattr(problem, part):
                raise self.wrong("empty", file, f"{code}.{part}", Text("masih kosong", "is still empty"))
        numbers = [each.code for each in problem.preventions]
        if len(set(numbers)) < len(numbers):
            raise self.wrong("code-twice", file, f"{code}.preventions", Text("kode berulang", "a code occurs twice"))
        for rate in problem.rates:
            if rate.count < 0 or (rate.of is not None and rate.count > rate.of):
                raise self.wrong("rate", file, f"{code}.rates", Text("lebih dari seluruhnya", "more than there are"))
        for number, each in enumerate(problem.detections):
            self.detection(file, f"{code}.detections[{number}]", each)
        self.sentences(file, code, problem)

    def detection(self, file: str, key: str, each: Detection) -> None:
        self.known("role", each.by, self.people, file, f"{key}.by")
        of_the_law = [rule for rule in each.rules if rule[:1].isupper()]  # others are the detector's own: "b.mask"
        self.known("rule", of_the_law, self.rules, file, f"{key}.rules")
        if each.kind == "automatic":
            complete = each.detector and each.fault and not each.form and not each.by
            if each.status != BUILT and not re.fullmatch(PLANNED, each.status):
                words = Text('status: "built" atau "planned(bab)"', 'status: "built" or "planned(chapter)"')
                raise self.wrong("detection", file, key, words)
        elif each.kind == "reported":
            complete = bool(each.form) and not (each.detector or each.fault or each.status)
        else:
            complete = bool(each.by) and not (each.detector or each.fault or each.status or each.form)
        if not complete:
            words = Text(
                "automatic: detector, fault, status; reported: form; observed: by",
                "automatic: detector, fault, status; reported: form; observed: by",
            )
            raise self.wrong("detection", file, key, words)

    def known(self, what: str, codes: Collection[str], known: Collection[str], file: str, key: str) -> None:
        for code in codes:
            if code not in known:
                raise self.wrong(
                    f"{what}-unknown", file, key, Text(f'"{code}" tidak dikenal', f'"{code}" is unknown'),
                    Text(f"Yang ada: {', '.join(sorted(known))}.", f"There is: {', '.join(sorted(known))}."),
                )  # fmt: skip

    def sentences(self, file: str, key: str, value: Any) -> None:
        for text in _texts(value):
            for language in LANGUAGES:
                if not text.in_(language).strip():
                    raise self.wrong(
                        "sentence", file, key, Text(f"kalimat {language} kosong", f"no {language} sentence")
                    )

    def wrong(self, code: str, file: str, key: str, what: Text, remedy: Text | None = None) -> Refusal:
        remedy = remedy or Text("Perbaiki pada kunci itu.", "Correct it at that key.")
        return _refusal(code, file, Text(f"{key}: {what.id}", f"{key}: {what.en}"), remedy)


def _sources(problem: Problem) -> Iterator[str]:
    yield problem.clock.source
    yield from (each.source for each in problem.legal)
    yield from (each.source for each in problem.rates)
    yield from (each.source for each in problem.precedents)


def _texts(value: Any) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
