"""The playbook as data: complete, in both languages, checked at load, and in words."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.loader import folder_of
from satusuara.law.playbook import Playbook
from satusuara.law.playbook_files import has_playbook, load_playbook
from tests.shared import shared

PLAYBOOK = load_playbook("id-2024")


def requirement(text: str, point: str = "1") -> pytest.MarkDecorator:
    return pytest.mark.requirement(5, point, text)


@requirement("all 86 problems stand in the playbook, each with every side of its bow-tie")
def test_every_problem_is_a_whole_bow_tie() -> None:
    assert Counter(p.group for p in PLAYBOOK.problems) == {"PRA": 20, "VOT": 26, "HIT": 16, "REK": 16, "ORG": 8}
    for problem in PLAYBOOK.problems:
        sides = (problem.threats, problem.preventions, problem.detections, problem.consequences, problem.responses)
        assert all(sides), problem.code
        assert problem.legal, problem.code


def texts(value: Any) -> list[Text]:
    if isinstance(value, Text):
        return [value]
    if isinstance(value, Struct):
        return [t for name in value.__struct_fields__ for t in texts(getattr(value, name))]
    return [t for each in value for t in texts(each)] if isinstance(value, tuple) else []


@requirement("each sentence is there in Indonesian and in English")
def test_every_sentence_is_said_in_both_languages() -> None:
    said = [(p.code, t) for p in PLAYBOOK.problems for t in texts(p)]
    assert len(said) > 1200
    for code, text in said:
        assert text.id.strip(), code
        assert text.en.strip(), code
        assert not (text.id + text.en[-1:]).endswith("."), (code, text)
        assert not text.id.endswith("."), (code, text)
    ours = " ".join(f" {text.id} " for _, text in said).lower()
    assert not re.search(r"\bcurang\b|\bpelaku kecurangan\b", ours)  # findings are neutral
    same = {t.id for _, t in said if t.id == t.en and len(t.id.split()) > 3}
    assert same == set()


@requirement("nothing of the collection of 86 problems is lost: names, sources, and every figure of the base rates")
def test_nothing_of_the_collection_is_lost() -> None:
    import json

    for entry in json.loads(shared("domain/playbook.json").read_text()):
        problem = PLAYBOOK.problem(entry["id"])
        assert (problem.name.id, problem.name.en) == (entry["name_id"], entry["name_en"])
        sources = {f"s{each}" for each in re.findall(r"S:(\w+)", entry["source"])}
        assert sources <= set(problem.sources), entry["id"]
        assert len(problem.preventions) >= len(entry["prevention"]), entry["id"]
        articles = set(re.findall(r"\b\d{3}\b", entry["legal"])) - {
            "219",
            "300",
            "500",
            "600",
        }  # a decree, and caps of voters
        written = " ".join(basis.text + (basis.note.id if basis.note else "") for basis in problem.legal)
        for article in articles:
            assert _named(article, written), (entry["id"], article, written)
        counts = re.sub(r"\([\d.]+ %\)", "", entry.get("base_rate", ""))  # a percentage follows from its count
        numbers = set(re.findall(r"\d{1,3}(?:,\d{3})+|\d+", counts))
        said = " ".join([*(r.text.en for r in problem.rates), *(p.text.en for p in problem.precedents)])
        for number in numbers - {"2018", "2019", "2023", "2024"}:
            assert number in said, (entry["id"], number, said)


def _named(article: str, written: str) -> bool:
    ranges = [(int(a), int(b)) for a, b in re.findall(r"(\d{3})-(\d{3})", written)]
    return article in written or any(a <= int(article) <= b for a, b in ranges)


@requirement("owners are roles of the law, gates the five moments, and clocks the law's deadlines, not yet confirmed")
def test_barriers_have_owners_and_gates_and_clocks_are_marked() -> None:
    gates = Counter(b.gate for p in PLAYBOOK.problems for b in p.preventions)
    assert {"H-30", "H-7", "H-3", "H-1", "H"} <= set(gates)
    assert not any(p.clock.confirmed or any(b.confirmed for b in p.legal) for p in PLAYBOOK.problems)
    assert PLAYBOOK.problem("VOT-04").clock.deadlines == ("revote", "report", "crime-forward")
    priorities = "VOT-04 VOT-05 VOT-08 VOT-10 VOT-11 PRA-10 REK-03 REK-04 REK-05 REK-06 REK-07 REK-16 ORG-01 ORG-02"
    assert " ".join(sorted(p.code for p in PLAYBOOK.problems if p.priority)) == " ".join(sorted(priorities.split()))


@requirement("base rates are numbers with denominator, source and year; precedents of 2019 and 2024 are named")
def test_base_rates_are_numbers_with_their_source() -> None:
    (rate, *_) = PLAYBOOK.problem("VOT-04").rates
    assert (rate.count, rate.of, rate.year, rate.source) == (2413, 820161, 2024, "s60")
    assert "2.413" in rate.text.id
    assert "2,413" in rate.text.en
    years = Counter(each.year for p in PLAYBOOK.problems for each in p.precedents)
    assert years[2019] >= 5
    assert years[2024] >= 20
    assert all(each.source in PLAYBOOK.sources for p in PLAYBOOK.problems for each in p.rates)


@requirement("the sentence 'If … happens' writes itself in both languages")
def test_the_sentence_writes_itself() -> None:
    said = PLAYBOOK.problem("HIT-01").sentence()
    assert said.id == (
        "Jika penghitungan dimulai sebelum pemungutan selesai: dicegah dengan penghitungan dibuka hanya setelah "
        "penutupan dan antrean habis; diketahui dari (1) penghitungan pertama lebih awal daripada penutupan, "
        "(2) kotak dibuka sebelum pukul 13.00; ditangani dengan (1) menghentikan, menyegel kembali, menunggu, "
        "(2) mencatat; alasan hitung ulang g; batas waktu: hari yang sama (perlu dipastikan)."
    )
    assert said.en.startswith("If counting starts before voting ends: prevented by counting opens only after")
    assert said.en.endswith("deadline: the same day (to be confirmed).")
    for problem in PLAYBOOK.problems:
        assert "{" not in problem.sentence().id + problem.sentence().en


@requirement("detection is automatic with detector and fault, reported with a form, or observed by somebody named")
def test_every_detection_says_how_it_is_known() -> None:
    kinds = Counter(d.kind for p in PLAYBOOK.problems for d in p.detections)
    assert set(kinds) == {"automatic", "reported", "observed"}
    for problem in PLAYBOOK.problems:
        for each in problem.detections:
            assert bool(each.detector and each.fault and each.status) == (each.kind == "automatic")
            assert bool(each.form) == (each.kind == "reported")
            assert bool(each.by) == (each.kind == "observed")


def broken(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "id-2024"
    shutil.copytree(folder_of("id-2024"), folder, ignore=shutil.ignore_patterns("demo", "facts"))
    path = folder / "playbook" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return folder


@requirement("a mistake is refused at load by file and key, with what to do")
@pytest.mark.parametrize(
    ("file", "old", "new", "code", "said"),
    [
        ("vot.toml", 'owner = "kpps-ketua"', 'owner = "raja"', "playbook-role-unknown", "VOT-01.preventions"),
        ("vot.toml", 'form = "c-kejadian"', 'form = "c-lain"', "playbook-form-unknown", '"c-lain"'),
        ("vot.toml", 'deadlines = ["revote"]', 'deadlines = ["besok"]', "playbook-deadline-unknown", '"besok"'),
        ("vot.toml", 'status = "planned(', 'status = "nanti(', "playbook-detection", "planned(bab)"),
        ("vot.toml", 'gate = "H"', 'gate = "H-2"', "playbook-malformed", "H-2"),
        ("vot.toml", 'code = "VOT-14"', 'code = "VOT-13"', "playbook-code-twice", "VOT-13"),
        ("hit.toml", 'code = "HIT-02"', 'code = "VOT-99"', "playbook-group", "HIT"),
        ("hit.toml", 'source = "s60"', 'source = "s999"', "playbook-source-unknown", '"s999"'),
        ("hit.toml", 'rules = ["I4", "I5"]', 'rules = ["I99"]', "playbook-rule-unknown", '"I99"'),
        ("hit.toml", "count = 3463, of = 820161", "count = 3463, of = 3", "playbook-rate", "HIT-01.rates"),
        ("gates.toml", '"PRA-18.P1"', '"PRA-18.P9"', "playbook-barrier-unknown", "A.serves"),
        ("gates.toml", 'letter = "B"', 'letter = "A"', "playbook-letter", "A"),
        ("org.toml", "[group]", "[group", "playbook-not-toml", "TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(tmp_path: Path, file: str, old: str, new: str, code: str, said: str) -> None:
    with pytest.raises(Refusal) as refused:
        load_playbook(broken(tmp_path, file, old, new))
    assert refused.value.code == code
    message = refused.value.in_("id")
    assert said in message
    assert f"playbook/{file}" in message
    assert refused.value.remedy is not None


def test_what_is_not_there_is_said() -> None:
    assert has_playbook("id-2024")
    assert not has_playbook("id-2019")
    for ask, code in (
        (lambda: load_playbook("id-2019"), "playbook-missing"),
        (lambda: PLAYBOOK.problem("VOT-99"), "playbook-problem-unknown"),
        (lambda: PLAYBOOK.barrier("VOT-04.P99"), "playbook-barrier-unknown"),
    ):
        with pytest.raises(NotFound) as missing:
            ask()
        assert missing.value.code == code


def test_letters_of_gates_are_not_taken_for_digits() -> None:
    letters = [gate.letter for gate in PLAYBOOK.gates]
    assert len(letters) == 12
    assert not set(letters) & set("ILOS")
    assert isinstance(PLAYBOOK, Playbook)


@requirement("the pages of the documentation are made from the data; a stale one fails here")
def test_the_pages_are_those_of_the_data() -> None:
    from satusuara.law import load_law
    from satusuara.law.playbook_document import documents

    folder = Path(__file__).resolve().parents[2] / "docs" / "playbook" / "id-2024"
    made = documents(load_law("id-2024"), PLAYBOOK)
    kept = {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.md")}
    assert kept == made, "run: python -m satusuara.law.playbook_document"
    assert "VOT-04" in made["id/vot.md"]
    assert "<a id=" in made["en/vot.md"]
