"""Everything in a law folder against everything else: names that point nowhere are refused at load, not met later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from string import Formatter
from typing import Any

from msgspec import Struct

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.model import Citation, Contest, Identity, Law

PLACEHOLDERS = frozenset({"left", "right", "difference", "left_words", "right_words", "party"})
"""What a sentence of an identity may ask for."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LISTS = (
    ("levels", "levels.toml", "code"),
    ("contests", "contests.toml", "code"),
    ("forms", "forms.toml", "code"),
    ("identities", "identities.toml", "code"),
    ("cross_rules", "cross_rules.toml", "code"),
    ("categories", "categories.toml", "code"),
    ("deadlines", "deadlines.toml", "code"),
    ("roles", "roles.toml", "code"),
    ("parties", "parties.toml", "number"),
)


def validate(law: Law, folder: str) -> None:
    """Raises ``Refusal`` (file, key, what to do) for the first thing that does not fit."""
    _Check(law, folder).run()


class _Check:
    def __init__(self, law: Law, folder: str) -> None:
        self.law, self.folder = law, folder
        self.levels = [each.code for each in law.levels]
        self.contests = [each.code for each in law.contests]

    def run(self) -> None:
        self.head()
        self.no_doubles()
        self.codes_of_areas()
        for number, contest in enumerate(self.law.contests):
            self.contest(contest, f"contests[{number}]")
        self.fields()
        for identity in self.law.identities:
            self.identity(identity)
        for rule in self.law.cross_rules:
            self.known("contest", rule.contests, self.contests, "cross_rules.toml", rule.code)
            for code in rule.contests or self.contests if rule.columns else ():
                self.known("column", rule.columns, self.law.columns(code), "cross_rules.toml", f"{rule.code} ({code})")
        for party in self.law.parties:
            self.known("contest", party.contests, self.contests, "parties.toml", f"{party.number}.contests")
        for role in self.law.roles:
            self.known("level", role.levels, ["", *self.levels], "roles.toml", f"{role.code}.levels")
        self.roll()
        self.published()
        self.settling()
        self.times()
        self.citations()

    def refuse(self, code: str, file: str, what: Text, remedy: Text) -> Refusal:
        return Refusal(f"law-{code}", what, place=Place(file=f"{self.folder}/{file}"), remedy=remedy)

    def known(self, what: str, codes: Iterable[str], known: Sequence[str], file: str, key: str) -> None:
        for code in codes:
            if code not in known:
                raise self.refuse(
                    f"{what}-unknown",
                    file,
                    Text(f'{key}: "{code}" tidak ada', f'{key}: there is no "{code}"'),
                    Text(f"Yang ada: {', '.join(known)}.", f"There is: {', '.join(known)}."),
                )

    def head(self) -> None:
        if self.law.id != self.folder:
            raise self.refuse(
                "id",
                "law.toml",
                Text(f'id: "{self.law.id}" bukan nama foldernya', f'id: "{self.law.id}" is not its folder\'s name'),
                Text("Samakan keduanya.", "Make both the same."),
            )
        labels = list(self.law.time_zone_labels)
        self.known("zone", self.law.time_zones.values(), labels, "law.toml", "time_zones")

    def no_doubles(self) -> None:
        for name, file, key in _LISTS:
            seen = set()
            for each in getattr(self.law, name):
                code = getattr(each, key)
                if code in seen:
                    raise self.refuse(
                        "code-twice",
                        file,
                        Text(f'{name}: "{code}" tertulis dua kali', f'{name}: "{code}" occurs twice'),
                        Text("Beri salah satunya kode lain.", "Give one of them another code."),
                    )
                seen.add(code)

    def roll(self) -> None:
        """Reasons and categories of the voter roll point to deadlines and categories that there are."""
        spec = self.law.roll
        if spec is None:
            return
        deadlines = [each.code for each in self.law.deadlines]
        categories = [each.code for each in self.law.categories]
        for reason in spec.move_reasons:
            self.known("deadline", [reason.deadline], deadlines, "roll.toml", f"move_reasons.{reason.code}")
        named = (spec.home_category, spec.moved_category, spec.unlisted_category)
        self.known("category", named, categories, "roll.toml", "categories")

    def published(self) -> None:
        """What public pages say leads to contests and columns that there are."""
        for each in self.law.published.contests if self.law.published else ():
            self.known("contest", [each.contest], self.contests, "published.toml", "contest")
            columns = self.law.columns(each.contest)
            self.known("column", each.figures.values(), columns, "published.toml", f"{each.contest}.figures")
            choices = self.law.choice_columns(each.contest)
            if choices:
                self.known("column", each.votes.values(), choices, "published.toml", f"{each.contest}.votes")

    def settling(self) -> None:
        """Papers settle cross rules that there are, where the folder lists any."""
        rules = [rule.code for rule in self.law.cross_rules]
        if rules:
            self.known("rule", [each.rule for each in self.law.settling], rules, "settling.toml", "papers")

    def codes_of_areas(self) -> None:
        needed = self.law.levels if self.law.codes == "nested" else self.law.levels[-1:]
        narrow = [each.code for each in needed if each.digits < 1]
        if len(self.levels) < 2 or narrow:
            raise self.refuse(
                "levels",
                "levels.toml",
                Text(
                    f"levels: perlu sedikitnya dua tingkat, masing-masing dengan digits ({', '.join(narrow)})",
                    f"levels: at least two are needed, each with digits ({', '.join(narrow)})",
                ),
                Text("Lengkapi dari atas ke bawah.", "Complete them from the top down."),
            )

    def contest(self, contest: Contest, key: str) -> None:
        forms = [form.code for form in self.law.forms]
        self.known("form", [contest.form], forms, "contests.toml", f"{key}.form")
        places = ["", "district", *self.levels]
        self.known("level", [contest.district_level], places, "contests.toml", f"{key}.district_level")
        choices = contest.choices
        if choices.names and len(choices.names) != len(choices.numbers):
            raise self.refuse(
                "choices",
                "contests.toml",
                Text(
                    f"{key}.choices: {len(choices.numbers)} nomor, {len(choices.names)} nama",
                    f"{key}.choices: {len(choices.numbers)} numbers, {len(choices.names)} names",
                ),
                Text("Tulis satu nama untuk setiap nomor.", "Write one name a number."),
            )

    def fields(self) -> None:
        for form in self.law.forms:
            columns = form.columns
            twice = {name for name in columns if columns.count(name) > 1}
            if twice:
                raise self.refuse(
                    "column-twice",
                    "forms.toml",
                    Text(
                        f'{form.code}: kolom "{min(twice)}" ada dua kali',
                        f'{form.code}: the column "{min(twice)}" occurs twice',
                    ),
                    Text("Beri salah satunya kode lain.", "Give one of them another code."),
                )

    def identity(self, identity: Identity) -> None:
        file = "identities.toml"
        self.known("contest", identity.contests, self.contests, file, f"{identity.code}.contests")
        for code in identity.contests or self.contests:
            columns = self.law.columns(code)
            self.known("column", sorted(identity.columns), columns, file, f"{identity.code} ({code})")
            if identity.per_party and self.law.contest(code).choices.kind != "party-list":
                raise self.refuse(
                    "per-party",
                    file,
                    Text(
                        f"{identity.code}: {code} tidak memakai daftar partai",
                        f"{identity.code}: {code} has no party lists",
                    ),
                    Text("Sebutkan contests yang memakainya.", "Name the contests that have them."),
                )
        for language in ("id", "en"):
            asked = _placeholders(identity.sentence.in_(language))
            self.known("placeholder", asked, sorted(PLACEHOLDERS), file, f"{identity.code}.sentence.{language}")

    def times(self) -> None:
        lines = [("law.toml", "station", self.law.station.opens), ("law.toml", "station", self.law.station.closes)]
        for each in self.law.categories:
            lines += [("categories.toml", each.code, each.opens), ("categories.toml", each.code, each.closes)]
        for file, key, value in lines:
            if not _TIME.fullmatch(value):
                raise self.refuse(
                    "time",
                    file,
                    Text(f'{key}: "{value}" bukan jam', f'{key}: "{value}" is no time of day'),
                    Text('Tulis seperti "07:00".', 'Write it like "07:00".'),
                )

    def citations(self) -> None:
        sources = list(self.law.sources)
        for name, file, _ in _LISTS:
            for each in getattr(self.law, name):
                for citation in _citations(each):
                    if citation.source:
                        self.known("source", [citation.source], sources, file, f'{name}, "{citation.text}"')
        for citation in self.law.station.citations:
            if citation.source:
                self.known("source", [citation.source], sources, "law.toml", f'station, "{citation.text}"')


def _placeholders(sentence: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(sentence) if name is not None]
    except ValueError:  # a brace without its partner
        return ["{"]


def _citations(value: Any) -> Iterator[Citation]:
    if isinstance(value, Citation):
        yield value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            yield from _citations(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _citations(each)
