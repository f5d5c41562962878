"""How the files of a law folder are written, and how short forms in them are spelled out."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.expressions import Expression, ExpressionError, parse
from satusuara.law.model import (
    Citation,
    Consequence,
    Contest,
    Deadline,
    Field,
    FormSpec,
    Identity,
    IdentityKind,
    Level,
    Part,
    Party,
    Record,
    Relation,
    Role,
    Section,
    Source,
    Station,
    VoterCategory,
    Whole,
)


class Head(Record, frozen=True, kw_only=True):
    """law.toml. ``base``: the folder that has every file which this one lacks; ``drill``: its names are made up."""

    id: str
    base: str = ""
    drill: bool = False
    country: str
    name: Text
    election_day: dt.date
    code_scheme: str
    codes: Literal["nested", "own"] = "nested"
    languages: tuple[str, ...]
    time_zones: dict[str, str] = {}
    time_zone_labels: dict[str, str] = {}
    sources: dict[str, Source] = {}
    station: Station
    whole: Whole | None = None


class Levels(Record, frozen=True, kw_only=True):
    levels: tuple[Level, ...]


class Contests(Record, frozen=True, kw_only=True):
    contests: tuple[Contest, ...]


class FormEntry(Record, frozen=True, kw_only=True):
    """A form names its sections by their keys: forms of one family share most of them."""

    code: str
    name: Text
    sections: tuple[str, ...]
    citations: tuple[Citation, ...] = ()


class Forms(Record, frozen=True, kw_only=True):
    parts: tuple[Part, ...] = ()
    sections: dict[str, Section]
    forms: tuple[FormEntry, ...]


class Rule(Record, frozen=True, kw_only=True):
    """One identity, or a family: one for every field of ``fields``, or for every part (by code) of ``parts``.

    In the texts and expressions ``{field}`` is the field's code, ``{part}`` the part's suffix, ``{field_label}`` and
    ``{part_name}`` their words; ``{cap}``, ``{reserve_percent}`` and ``{reserve_rounding}`` are those of the station.
    """

    code: str
    kind: IdentityKind
    relation: Relation = "="
    left: str
    right: str
    title: Text
    sentence: Text
    consequence: str
    contests: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Identities(Record, frozen=True, kw_only=True):
    consequences: dict[str, Consequence]
    identities: tuple[Rule, ...]


class CrossRuleEntry(Record, frozen=True, kw_only=True):
    code: str
    kind: IdentityKind
    title: Text
    consequence: str
    evaluated_by: str
    contests: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


class CrossRules(Record, frozen=True, kw_only=True):
    cross_rules: tuple[CrossRuleEntry, ...] = ()


class Categories(Record, frozen=True, kw_only=True):
    categories: tuple[VoterCategory, ...] = ()


class Deadlines(Record, frozen=True, kw_only=True):
    deadlines: tuple[Deadline, ...] = ()


class Roles(Record, frozen=True, kw_only=True):
    roles: tuple[Role, ...] = ()


class Parties(Record, frozen=True, kw_only=True):
    parties: tuple[Party, ...] = ()


def forms_of(entries: Forms, place: Place) -> tuple[FormSpec, ...]:
    """Forms with their sections in place.

    :raises Refusal: ``law-section-unknown``
    """
    found = []
    for number, entry in enumerate(entries.forms):
        for key in entry.sections:
            if key not in entries.sections:
                raise _refusal("section", f"forms[{number}].sections", key, list(entries.sections), place)
        found.append(
            FormSpec(
                code=entry.code,
                name=entry.name,
                sections=tuple(entries.sections[key] for key in entry.sections),
                parts=entries.parts,
                citations=entry.citations,
            )
        )
    return tuple(found)


def expand(file: Identities, forms: tuple[FormSpec, ...], station: Station, place: Place) -> tuple[Identity, ...]:
    """Families of identities spelled out, expressions read.

    :raises Refusal: ``law-…-unknown`` or ``law-expression``
    """
    fields = {each.code: each for form in forms for each in form.fields}
    parts = {part.code: part for form in forms for part in form.parts}
    found: list[Identity] = []
    for number, rule in enumerate(file.identities):
        key = f"identities[{number}]"
        if rule.consequence not in file.consequences:
            raise _refusal("consequence", f"{key}.consequence", rule.consequence, list(file.consequences), place)
        for name, wanted, known in (("fields", rule.fields, list(fields)), ("parts", rule.parts, list(parts))):
            for code in wanted:
                if code not in known:
                    raise _refusal(name.removesuffix("s"), f"{key}.{name}", code, known, place)
        consequence = file.consequences[rule.consequence]
        for suffix, words in _variants(rule, fields, parts, station):
            code = rule.code + suffix
            found.append(
                Identity(
                    code=code,
                    rule=rule.code.split(".", maxsplit=1)[0],
                    kind=rule.kind,
                    relation=rule.relation,
                    left=_expression(rule.left, words, f"{key}.left", place),
                    right=_expression(rule.right, words, f"{key}.right", place),
                    title=_filled(rule.title, words),
                    sentence=_filled(rule.sentence, words),
                    consequence=consequence,
                    contests=rule.contests,
                )
            )
    return tuple(found)


def _variants(
    rule: Rule, fields: dict[str, Field], parts: dict[str, Part], station: Station
) -> list[tuple[str, dict[str, Text]]]:
    """(what is added to the code, what stands for the placeholders), one an identity."""
    numbers = {
        "cap": _same(str(station.cap)),
        "reserve_percent": _same(str(station.reserve_percent)),
        "reserve_rounding": _same(station.reserve_rounding),
    }
    if rule.fields:
        return [
            (f".{code}", {**numbers, "field": _same(code), "field_label": _in_a_sentence(fields[code].label)})
            for code in rule.fields
        ]
    if rule.parts:
        return [
            (f".{code}", {**numbers, "part": _same(parts[code].suffix), "part_name": parts[code].name})
            for code in rule.parts
        ]
    return [("", numbers)]


def _same(text: str) -> Text:
    return Text(text, text)


def _in_a_sentence(label: Text) -> Text:
    """A label inside a sentence starts small."""
    return Text(*(text[:1].lower() + text[1:] for text in (label.id, label.en)))


def _filled(text: Text, words: dict[str, Text]) -> Text:
    """Only these placeholders: those of the figures stay for whoever makes the sentence."""
    for name, word in words.items():
        text = Text(text.id.replace(f"{{{name}}}", word.id), text.en.replace(f"{{{name}}}", word.en))
    return text


def _expression(source: str, words: dict[str, Text], key: str, place: Place) -> Expression:
    filled = _filled(_same(source), words).id
    try:
        return parse(filled)
    except ExpressionError as error:
        raise Refusal(
            "law-expression",
            Text(
                f"{key}, huruf ke-{error.position}: {error.what.id}",
                f"{key}, character {error.position}: {error.what.en}",
            ),
            place=place,
            remedy=Text(
                "Yang dikenal: nama kolom, bilangan bulat, + - *, ceil_percent(x, n), choices().",
                "Known: columns, whole numbers, + - *, ceil_percent(x, n), choices().",
            ),
        ) from None


def _refusal(what: str, key: str, code: str, known: list[str], place: Place) -> Refusal:
    return Refusal(
        f"law-{what}-unknown",
        Text(f'{key}: "{code}" tidak ada', f'{key}: there is no "{code}"'),
        place=place,
        remedy=Text(f"Yang ada: {', '.join(known)}.", f"There is: {', '.join(known)}."),
    )
