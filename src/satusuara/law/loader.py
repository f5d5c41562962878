"""Law folders into ``Law``: every file decoded against its structure, then everything checked against everything.

Whatever is wrong is one ``Refusal`` that names the file, the key and what to do.
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from satusuara.kernel.errors import NotFound, Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.files import (
    Categories,
    Contests,
    CrossRules,
    Deadlines,
    Forms,
    Head,
    Identities,
    Levels,
    Parties,
    Roles,
    expand,
    forms_of,
)
from satusuara.law.model import CrossRule, Law, Record
from satusuara.law.numerals import Numerals
from satusuara.law.published import PublishedSpec, SettlingPapers
from satusuara.law.roll import RollSpec
from satusuara.law.validate import validate

PATH_VARIABLE = "SATUSUARA_LAW_PATH"
"""Directories (separated like PATH) searched for law folders before the package's own."""

_HEAD = "law.toml"
_F = TypeVar("_F", bound=Record)

_MESSAGES = (
    (re.compile(r"Expected `(.+)`, got `(.+)`"), "diharapkan {0}, tertulis {1}"),
    (re.compile(r"Object missing required field `(.+)`"), 'kunci "{0}" belum ada'),
    (re.compile(r"Object contains unknown field `(.+)`"), 'kunci "{0}" tidak dikenal'),
    (re.compile(r"Invalid enum value '(.+)'"), 'nilai "{0}" tidak dikenal'),
)


def available_laws() -> list[str]:
    """Ids of every law folder that can be loaded by name, sorted."""
    return sorted({each.parent.name for place in _places() for each in place.glob(f"*/{_HEAD}")})


def load_law(law: str | Path) -> Law:
    """The law of a folder, by its id or by its path; each folder is read once.

    :raises NotFound: ``law-unknown``
    :raises Refusal: ``law-…`` when something in the folder is wrong
    """
    return _load(folder_of(law).resolve())


def _places() -> list[Path]:
    extra = [Path(each) for each in os.environ.get(PATH_VARIABLE, "").split(os.pathsep) if each]
    return [*extra, Path(__file__).resolve().parent]


def folder_of(law: str | Path) -> Path:
    """Where a law folder lies: also its facts and its demo.

    :raises NotFound: ``law-unknown``
    """
    found = [law] if isinstance(law, Path) else [place / law for place in _places() if re.fullmatch(r"[\w-]+", law)]
    for folder in found:
        if (folder / _HEAD).is_file():
            return folder
    known = ", ".join(available_laws())
    raise NotFound(
        "law-unknown",
        Text(f'Folder hukum "{law}" tidak ada', f'There is no law folder "{law}"'),
        remedy=Text(f"Yang ada: {known}.", f"There is: {known}."),
    )


@cache
def _load(folder: Path) -> Law:
    head = _read(folder, _HEAD, Head)
    forms = forms_of(_read(folder, "forms.toml", Forms), _place(folder, "forms.toml"))
    rules = _read(folder, "identities.toml", Identities)
    consequences = rules.consequences
    law = Law(
        **msgspec.structs.asdict(head),
        levels=_read(folder, "levels.toml", Levels).levels,
        contests=_read(folder, "contests.toml", Contests).contests,
        forms=forms,
        identities=expand(rules, forms, head.station, _place(folder, "identities.toml")),
        cross_rules=tuple(
            _cross_rule(rule, consequences, n, _place(folder, "cross_rules.toml"))
            for n, rule in enumerate(_read(folder, "cross_rules.toml", CrossRules, optional=True).cross_rules)
        ),
        categories=_read(folder, "categories.toml", Categories, optional=True).categories,
        deadlines=_read(folder, "deadlines.toml", Deadlines, optional=True).deadlines,
        roles=_read(folder, "roles.toml", Roles, optional=True).roles,
        parties=_read(folder, "parties.toml", Parties, optional=True).parties,
        roll=_read(folder, "roll.toml", RollSpec) if _has(folder, "roll.toml") else None,
        settling=_read(folder, "settling.toml", SettlingPapers, optional=True).papers,
        published=_read(folder, "published.toml", PublishedSpec) if _has(folder, "published.toml") else None,
        numerals=_read(folder, "numerals.toml", Numerals) if _has(folder, "numerals.toml") else None,
    )
    validate(law, folder.name)
    return law


def _cross_rule(rule: Any, consequences: dict[str, Any], number: int, place: Place) -> CrossRule:
    fields = msgspec.structs.asdict(rule)
    if rule.consequence not in consequences:
        raise Refusal(
            "law-consequence-unknown",
            Text(
                f'cross_rules[{number}].consequence: "{rule.consequence}" tidak ada',
                f'cross_rules[{number}].consequence: there is no "{rule.consequence}"',
            ),
            place=place,
            remedy=Text("Tambahkan di [consequences] identities.toml.", "Add it to [consequences] of identities.toml."),
        )
    return CrossRule(**{**fields, "consequence": consequences[rule.consequence]})


def _read(folder: Path, name: str, kind: type[_F], *, optional: bool = False) -> _F:
    """One file, decoded against its structure; an optional one that is absent is empty."""
    path = next((each / name for each in _chain(folder) if (each / name).is_file()), folder / name)
    place = _place(path.parent, name)
    if not path.is_file():
        if optional:
            return kind()
        raise Refusal(
            "law-file-missing",
            Text("berkas ini belum ada", "this file is missing"),
            place=place,
            remedy=Text("Buat berkas ini; lihat law/README.md.", "Make it; see law/README.md."),
        )
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), kind)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(
            "law-not-toml",
            Text(f"bukan TOML yang sah: {error}", f"not valid TOML: {error}"),
            place=place,
            remedy=Text("Perbaiki pada baris dan kolom itu.", "Correct it at that line and column."),
        ) from None
    except msgspec.ValidationError as error:
        raise Refusal(
            "law-file-malformed",
            in_words(str(error)),
            place=place,
            remedy=Text("Sesuaikan dengan law/model.py.", "Make it as law/model.py says."),
        ) from None


def in_words(message: str) -> Text:
    """The decoder's message ("… - at `$.levels[0].digits`") with the key in front, in both languages."""
    what, _, where = message.partition(" - at ")
    key = where.strip("`").removeprefix("$").removeprefix(".") or "(awal)"
    for pattern, words in _MESSAGES:
        if match := pattern.fullmatch(what):
            return Text(f"{key}: {words.format(*match.groups())}", f"{key}: {what}")
    return Text(f"{key}: {what}", f"{key}: {what}")


def _chain(folder: Path) -> list[Path]:
    """The folder, and the one on which it is based.

    :raises NotFound: ``law-unknown``
    """
    try:
        base = tomllib.loads((folder / _HEAD).read_text(encoding="utf-8")).get("base", "")
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return [folder]  # reading the file itself says what is wrong with it
    return [folder, folder_of(base)] if base and isinstance(base, str) else [folder]


def _has(folder: Path, name: str) -> bool:
    return any((each / name).is_file() for each in _chain(folder))


def folders_of(law: str | Path) -> list[Path]:
    """Where the files of a law are looked for, its own folder first.

    :raises NotFound: ``law-unknown``
    """
    return _chain(folder_of(law).resolve())


def _place(folder: Path, name: str) -> Place:
    return Place(file=f"{folder.name}/{name}")
