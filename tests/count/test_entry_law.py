"""The evaluator of the browser and that of the server say the same, sentence by sentence; numbers and words as well."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from satusuara.count.rules import evaluate_form, sentence_of, sort_out
from satusuara.count.rules.entry import columns_of
from satusuara.count.rules.form import Ballot, apart
from satusuara.count.rules.wire import wire
from satusuara.law import load_law
from satusuara.law.numerals import LARGEST
from tools.build_frontend import FRONTEND, find_node

LAW = load_law("latihan-2024")
LIST: Ballot = {"1": ("0", "1", "2", "3"), "5": ("0", "1"), "24": ("0",)}
BALLOTS: Mapping[str, Ballot] = {
    "ppwp": {"": ("1", "2", "3")}, "dpd": {"": ("1", "2", "7")}, "dpr": LIST, "dprd_prov": LIST, "dprd_kab": LIST,
}  # fmt: skip
PROGRAM = """
import { readFileSync } from "node:fs";
import { findings, say, read } from "./evaluate.mjs";
const asked = JSON.parse(readFileSync(0, "utf8"));
const told = (f) => [f.code, f.hard, f.left, f.right, f.sentence];
const found = asked.cases.map(({ law, figures }) =>
  findings(asked.laws[law], new Map(Object.entries(figures))).map(told));
const numerals = asked.numerals;
const shout = (n) => say(numerals, n).toUpperCase().replaceAll(" ", "-");
const words = asked.numbers.map((n) => [say(numerals, n), read(numerals, shout(n))]);
const read_ = asked.words.map((w) => read(numerals, w));
console.log(JSON.stringify({ found, words, read: read_ }));
"""


def cases(seed: int, count: int) -> Iterator[tuple[str, str, dict[str, int | None]]]:
    """Forms near to adding up, with a figure changed, missing or swapped here and there."""
    chance = random.Random(seed)
    for _ in range(count):
        contest, lang = chance.choice(list(BALLOTS)), chance.choice(["id", "en"])
        columns = columns_of(LAW, contest, BALLOTS[contest])
        size = chance.choice([3, 30, 300, 3000])
        cells: dict[str, int | None] = {column: chance.randint(0, size) for column in columns}
        if chance.random() < 0.7:
            cells |= _adding_up(chance, contest, columns, size)
        for column in chance.sample(columns, chance.randint(0, 4)):
            cells[column] = chance.choice([None, 0, chance.randint(0, size)])
        yield contest, lang, cells


def _adding_up(chance: random.Random, contest: str, columns: tuple[str, ...], size: int) -> dict[str, int]:
    found = {column: chance.randint(0, size) for column in columns}
    for field in ("dpt", "dpt_used", "dptb_used", "dpk_used", "disabled"):
        found[field] = found[f"{field}_l"] + found[f"{field}_p"]
    for part in ("_l", "_p", ""):
        found[f"voters{part}"] = sum(found[f"{field}{part}"] for field in ("dpt_used", "dptb_used", "dpk_used"))
    for party, lines in BALLOTS[contest].items():
        if party:
            found[f"{party}.T"] = sum(found[f"{party}.{line}"] for line in lines)
    totals = [c for c in columns if c.endswith(".T") or c.startswith(("paslon_", "calon_"))]
    found["valid"] = sum(found[column] for column in totals)
    found["total"] = found["valid"] + found["invalid"]
    return found


def said_here(contest: str, lang: str, cells: dict[str, int | None]) -> list[list[Any]]:
    fields, lines = apart(cells)
    verdict = evaluate_form(LAW, contest, fields, lines, ballot=BALLOTS[contest])
    written = sort_out(LAW, contest, fields, lines, ballot=BALLOTS[contest])
    return [
        [one.code, one.kind != "warning", one.left, one.right, sentence_of(LAW, contest, one, written).in_(lang)]
        for one in verdict.outcomes.values()
        if not one.holds
    ]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Asks the browser's own evaluator, run by node."""
    node = find_node()
    if node is None or not (FRONTEND / "node_modules" / "esbuild").is_dir():
        pytest.fail("node and the front end's packages are needed: python tools/build_frontend.py")
    folder: Path = tmp_path_factory.mktemp("evaluate")
    build = (
        'import * as esbuild from "esbuild"; await esbuild.build({entryPoints: ["ts/entry/evaluate.ts"], '
        f"outfile: {json.dumps(str(folder / 'evaluate.mjs'))}, format: 'esm'}});"
    )
    subprocess.run([node, "--input-type=module", "-e", build], cwd=FRONTEND, check=True)
    (folder / "ask.mjs").write_text(PROGRAM)

    def ask(**asked: Any) -> Any:
        done = subprocess.run(
            [node, "ask.mjs"], cwd=folder, input=json.dumps(asked), capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)

    return ask


@pytest.mark.requirement(6, "1", "identities judged while typing: the browser's evaluator agrees with the server's")
def test_both_evaluators_say_the_same(browser: Any) -> None:
    wanted = list(cases(seed=6, count=3000))
    laws = {
        f"{contest} {lang}": wire(LAW, contest, ballot, lang)
        for contest, ballot in BALLOTS.items()
        for lang in ("id", "en")
    }
    asked = [
        {"law": f"{contest} {lang}", "figures": {c: v for c, v in cells.items() if v is not None}}
        for contest, lang, cells in wanted
    ]
    found = browser(laws=laws, cases=asked, numerals=laws["ppwp id"]["numerals"], numbers=[], words=[])["found"]
    here = [said_here(*one) for one in wanted]
    assert sum(map(len, here)) > 5000
    seen = {code.split(".")[0] for one in here for code, *_rest in one}
    assert seen == {each.rule for each in LAW.identities}, "every rule fails somewhere"
    for one, there, ours in zip(wanted, found, here, strict=True):
        assert there == ours, one


@pytest.mark.requirement(6, "1", "figures and words both ways, the same in browser and server")
def test_numbers_and_words_undo_each_other_in_both(browser: Any) -> None:
    numerals = LAW.numerals
    assert numerals is not None
    numbers = list(range(LARGEST + 1))
    words = ["Seratus  sebelas", "duapuluh-satu", "kosong", "tiga ratus dua", "", "abc", "seribu"]
    plain = wire(LAW, "ppwp", BALLOTS["ppwp"], "id")["numerals"]
    found = browser(laws={}, cases=[], numerals=plain, numbers=numbers, words=words)
    assert found["words"] == [[numerals.say(n), n] for n in numbers]
    assert found["read"] == [numerals.read(text) for text in words] == [111, 21, 0, 302, None, None, 1000]
    assert all(numerals.read(numerals.say(n)) == n for n in numbers)


@given(st.integers(0, LARGEST))
def test_no_two_numbers_are_said_alike(number: int) -> None:
    numerals = LAW.numerals
    assert numerals is not None
    assert numerals.read(numerals.say(number).replace(" ", "")) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "nol"), (10, "sepuluh"), (11, "sebelas"), (17, "tujuh belas"), (20, "dua puluh"), (100, "seratus"),
     (110, "seratus sepuluh"), (1000, "seribu"), (2111, "dua ribu seratus sebelas")],
)  # fmt: skip
def test_numbers_are_said_as_forms_write_them(number: int, words: str) -> None:
    assert LAW.numerals is not None
    assert LAW.numerals.say(number) == words
