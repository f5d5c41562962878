"""Signed notes as other software writes and reads them (C2SP), and receipts that need no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from typer.testing import CliRunner

from satusuara.kernel.errors import Refusal
from satusuara.ledger.actions import seal
from satusuara.ledger.notes import CheckpointText, Signer, Verifier, open_note, parse_checkpoint, read_proof
from satusuara.ledger.receipts import verify_file
from satusuara.ledger.rules import ProofError, grow, leaf_hash
from satusuara.ops.commands import app
from tests.ledger.test_seal import AT, deeds
from tests.shared import shared

# The example of the signed-note specification (C2SP, signed-note, "Example").
EXAMPLE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
EXAMPLE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_example_of_the_specification_is_read() -> None:
    assert open_note(EXAMPLE, Verifier.parse(EXAMPLE_KEY)).endswith("what your problem is.\n")


@pytest.mark.parametrize(
    ("old", "new"), [("cryptography", "cryptographY"), ("x08go", "x08gp"), ("\n\n—", "\n—"), ("— Peter", "- Peter")]
)
def test_one_changed_letter_is_noticed(old: str, new: str) -> None:
    with pytest.raises(ProofError):
        open_note(EXAMPLE.replace(old, new), Verifier.parse(EXAMPLE_KEY))


@pytest.mark.parametrize("text", ["", "a+b", EXAMPLE_KEY.replace("c74f", "c74e"), "x+00000000+AAAA", "x+0+%%"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        Verifier.parse(text)


@pytest.mark.requirement(2, "6", "a witness's cosignature over our kind of checkpoint is read; the root is ours")
def test_a_cosignature_is_read() -> None:
    vector = json.loads(shared("data/vectors/own_cosignature_vector.json").read_text())
    said = parse_checkpoint(open_note(vector["checkpoint"], Verifier.parse(vector["vkey"])))
    tree = grow(0, [], [leaf_hash(str(n).encode()) for n in range(1000)])
    assert said == CheckpointText("kpu.example/luwu-utara", 1000, tree.root)
    with pytest.raises(ProofError):
        open_note(vector["checkpoint"].replace("1000", "1001"), Verifier.parse(vector["vkey"]))


def test_what_we_sign_we_read() -> None:
    signer = Signer("kpu.example/x", bytes(range(32)))
    stated = CheckpointText(signer.name, 7, leaf_hash(b"x"))
    assert parse_checkpoint(open_note(signer.sign(str(stated)), signer.verifier)) == stated
    assert Verifier.parse(str(signer.verifier)) == signer.verifier


@pytest.mark.parametrize("text", ["", "a\n1\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n", "\n1\n\n", "a\n-1\n\n", "a\n²\n\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        parse_checkpoint(text)


@pytest.mark.parametrize("text", ["", "c2sp.org/tlog-proof@v1\n\n", "c2sp.org/tlog-proof@v1\nindex x\n\nnote"])
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(ProofError):
        read_proof(text)


@pytest.fixture
def log(db: None, settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    with transaction.atomic():
        seal(at=AT, by="petugas", seals=deeds(37))
    return tmp_path


def satusuara(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["ledger", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout


@pytest.mark.requirement(2, "6", "a receipt for one entry is checked without a database")
def test_a_receipt_is_checked_without_a_database(log: Path) -> None:
    file = log / "bukti.json"
    assert satusuara("prove", "--subject", "test.row:12", "--out", str(file)) == (0, "")
    key = json.loads(satusuara("checkpoint", "--json")[1])["key"]
    code, said = satusuara("verify", str(file), "--key", key, "--json")
    answer = json.loads(said)
    assert (code, answer["ok"], answer["trusted"], answer["entries"]) == (0, True, True, 37)
    assert (answer["entry"]["index"], answer["entry"]["subject_id"]) == (12, "12")
    assert "bandingkan" not in satusuara("verify", str(file))[1]
    other = str(Signer("orang.lain", bytes(32)).verifier)
    assert satusuara("verify", str(file), "--key", other)[0] == 2
    forged = file.read_text().replace('"petugas"', '"orang"')
    file.write_text(forged)
    assert satusuara("verify", str(file))[0] == 2


@pytest.mark.requirement(2, "6", "the whole log leaves as JSON lines that others recompute")
def test_an_exported_log_is_recomputed(log: Path) -> None:
    file = log / "buku.jsonl"
    assert satusuara("export", "--out", str(file)) == (0, "")
    assert satusuara("export")[1] == file.read_text()
    assert verify_file(file).checkpoint.size == 37
    lines = file.read_text().splitlines(keepends=True)
    for wrong in ([*lines[:-1]], [*lines[:5], lines[6], lines[5], *lines[7:]], [lines[0], "{}\n"], ["[]\n"], ["x"]):
        file.write_text("".join(wrong))
        with pytest.raises(Refusal, match="proof-unfit"):
            verify_file(file)
    with pytest.raises(Refusal, match="file-missing"):
        verify_file(log / "tidak-ada.json")


def test_the_commands_answer(log: Path) -> None:
    code, said = satusuara("verify", "--json")
    assert (code, json.loads(said)["entries"], json.loads(said)["problems"]) == (0, 37, [])
    assert "Semuanya seperti yang disegel" in satusuara("verify")[1]
    (log / "luar.txt").write_text(satusuara("checkpoint")[1])
    assert satusuara("verify", "--against", str(log / "luar.txt"))[0] == 0
    (log / "luar.txt").write_text((log / "luar.txt").read_text().replace("\n37\n", "\n38\n"))
    assert satusuara("verify", "--against", str(log / "luar.txt"))[0] == 2
    grown = json.loads(satusuara("prove", "--since", "20", "--json")[1])
    assert (grown["old_size"], grown["size"]) == (20, 37)
    for refused in (("prove", "99"), ("prove",), ("prove", "--since", "99"), ("prove", "--subject", "x:1")):
        assert satusuara(*refused) == (2, "")
