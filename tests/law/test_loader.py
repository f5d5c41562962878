"""A law folder with a mistake is refused in one sentence: which file, which key, what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from satusuara.kernel.errors import NotFound, Refusal
from satusuara.law import load_law

TOY = Path(__file__).parent / "xx-toy"


def refused(tmp_path: Path, file: str, old: str, new: str) -> Refusal:
    """What is said of the toy law once ``old`` became ``new`` in one file."""
    folder = tmp_path / "xx-toy"
    shutil.copytree(TOY, folder)
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(Refusal) as caught:
        load_law(folder)
    return caught.value


BROKEN = [
    ("law.toml", 'id = "xx-toy"', 'id = "yy"', "law-id", "folder"),
    ("law.toml", "cap = 40", 'cap = "forty"', "law-file-malformed", "station.cap: Expected `int`, got `str`"),
    ("law.toml", "cap = 40", "cap = 40\ncup = 1", "law-file-malformed", "station: Object contains unknown field `cup`"),
    ("law.toml", "cap = 40\n", "", "law-file-malformed", "station: Object missing required field `cap`"),
    ("law.toml", "cap = 40", "cap =", "law-not-toml", "line"),
    ("law.toml", '"09:00"', '"9 am"', "law-time", '"9 am" is no time of day'),
    ("law.toml", 'seen = 2031-01-01', 'seen = "once"', "law-file-malformed", "sources"),
    ("law.toml", '"A" = "Atlantic/Azores"', '"A" = "Mars/Olympus"', "law-zone-unknown", '"Mars/Olympus"'),
    ("levels.toml", "digits = 1", "digits = 0", "law-levels", "shire"),
    ("levels.toml", 'code = "shire"', 'code = "booth"', "law-code-twice", '"booth" occurs twice'),
    ("contests.toml", 'form = "SHEET-M"', 'form = "SHEET-X"', "law-form-unknown", "contests[0].form"),
    ("contests.toml", 'district_level = "shire"', 'district_level = "county"', "law-level-unknown", '"county"'),
    ("contests.toml", "numbers = [7, 9]", "numbers = [7]", "law-choices", "1 numbers, 2 names"),
    ("contests.toml", 'kind = "single"', 'kind = "ranked"', "law-file-malformed", "Invalid enum value 'ranked'"),
    ("forms.toml", 'code = "paper"', 'code = "listed"', "law-column-twice", '"listed" occurs twice'),
    ("forms.toml", '["votes", "end"]', '["votes", "coda"]', "law-section-unknown", "forms[1].sections"),
    ("identities.toml", 'right = "2 * listed - 1"', 'right = "2 * listd"', "law-column-unknown", '"listd"'),
    ("identities.toml", 'right = "2 * listed - 1"', 'right = "2 *"', "law-expression", "identities[1].right"),
    ("identities.toml", 'right = "2 * listed - 1"', 'right = "listed / 2"', "law-expression", '"listed / 2"'),
    ("identities.toml", 'right = "2 * listed - 1"', 'right = "open()"', "law-expression", '"open()"'),
    ("identities.toml", 'fields = ["came"]', 'fields = ["went"]', "law-field-unknown", "identities[0].fields"),
    ("identities.toml", 'parts = ["all"]', 'parts = ["none"]', "law-part-unknown", "identities[1].parts"),
    ("identities.toml", 'contests = ["moot"]', 'contests = ["mayor"]', "law-per-party", "no party lists"),
    ("identities.toml", 'contests = ["moot"]', 'contests = ["duel"]', "law-contest-unknown", '"duel"'),
    ("identities.toml", 'consequence = "look"', 'consequence = "weep"', "law-consequence-unknown", '"weep"'),
    ("identities.toml", "bound {right_words}", "bound {rigth}", "law-placeholder-unknown", '"rigth"'),
    ("identities.toml", "bound {right_words}", "bound {right", "law-placeholder-unknown", "sentence.en"),
    ("identities.toml", 'source = "charter"', 'source = "rumour"', "law-source-unknown", '"rumour"'),
    ("parties.toml", "number = 2", "number = 1", "law-code-twice", '"1" occurs twice'),
]  # fmt: skip


@pytest.mark.requirement(2, "2", "a mistake in a law folder is refused with file, key and remedy")
@pytest.mark.parametrize(("file", "old", "new", "code", "said"), BROKEN)
def test_a_mistake_is_named_by_file_and_key(
    tmp_path: Path, file: str, old: str, new: str, code: str, said: str
) -> None:
    refusal = refused(tmp_path, file, old, new)
    assert refusal.code == code
    assert said in refusal.in_("en")
    assert refusal.place is not None
    assert refusal.place.file == f"xx-toy/{file}"
    assert refusal.remedy is not None
    assert refusal.in_("id") != refusal.in_("en")


def test_a_role_at_a_level_that_is_not_there_is_refused(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "xx-toy")
    role = '[[roles]]\ncode = "reeve"\nname = { id = "a", en = "b" }\nlevels = ["%s"]\nrights = ["%s"]\n'
    for level, right, code in (("moon", "see", "law-level-unknown"), ("shire", "fly", "law-file-malformed")):
        (tmp_path / "xx-toy" / "roles.toml").write_text(role % (level, right))
        with pytest.raises(Refusal) as caught:
            load_law(tmp_path / "xx-toy")
        assert caught.value.code == code


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(TOY, tmp_path / "xx-toy")
    (tmp_path / "xx-toy" / "forms.toml").unlink()
    with pytest.raises(Refusal, match="law-file-missing") as caught:
        load_law(tmp_path / "xx-toy")
    assert "forms.toml" in caught.value.in_("id")


@pytest.mark.parametrize("name", ["id-1955", "../id-2024", "id-2024/facts", ""])
def test_an_unknown_law_is_said_with_those_there_are(name: str) -> None:
    with pytest.raises(NotFound) as caught:
        load_law(name)
    assert "id-2024" in caught.value.in_("en")


def test_a_folder_is_read_once() -> None:
    assert load_law("id-2024") is load_law("id-2024")


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda law: law.contest("x"), "law-contest-unknown"),
        (lambda law: law.level("x"), "law-level-unknown"),
        (lambda law: law.role("x"), "law-role-unknown"),
        (lambda law: law.identity("I99"), "law-identity-unknown"),
        (lambda law: law.zone_of("00"), "law-zone-unknown"),
    ],
)
def test_what_the_law_does_not_know_it_says(ask: object, code: str) -> None:
    assert callable(ask)
    with pytest.raises(NotFound) as caught:
        ask(load_law("id-2024"))
    assert caught.value.code == code
    assert re.search(r"id-2024", caught.value.in_("id"))
