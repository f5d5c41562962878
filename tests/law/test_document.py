"""docs/law.md says what the law folders say."""

from __future__ import annotations

from pathlib import Path

from satusuara.law import load_law
from satusuara.law.document import document, main

ROOT = Path(__file__).resolve().parents[2]


def test_the_document_is_up_to_date(tmp_path: Path) -> None:
    main(tmp_path / "law.md")
    fresh = (tmp_path / "law.md").read_text()
    assert (ROOT / "docs" / "law.md").read_text() == fresh, "run: python -m satusuara.law.document"


def test_everything_of_a_law_is_in_it_in_both_languages() -> None:
    law = load_law("id-2024")
    text = document([law])
    for records in (law.contests, law.identities, law.cross_rules, law.deadlines, law.roles):
        for each in records:
            assert f"| {each.code} |" in text, each.code
    for each in law.deadlines:
        assert each.name.id in text
        assert each.name.en in text
    assert text.count("perlu dipastikan / to be confirmed") == len(law.deadlines) + 1  # and the station


def test_the_glossary_has_the_terms_that_the_forms_use() -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text()
    for term in ("C.Hasil", "D.Hasil", "dapil", "DPT", "DPTb", "DPK", "KPPS", "PPK", "PSU", "Sirekap", "terbilang"):
        assert f"| {term}" in glossary, term
