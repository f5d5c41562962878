"""What a made-up roll is made of: shares from a settings file, words from the law folder, areas from its facts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from satusuara.kernel.errors import Place, Refusal
from satusuara.kernel.i18n import Text
from satusuara.law.loader import folder_of, load_law
from satusuara.law.records import Record

BARS = Path(__file__).with_name("bars.toml")


class Kinds(Record, frozen=True, kw_only=True):
    """Kinds of duplicates, as shares of them."""

    same_nik: float
    mistyped_nik: float
    new_nik: float
    same_nik_wrong_date: float
    new_nik_many_errors: float

    def as_dict(self) -> dict[str, float]:
        return {name: float(getattr(self, name)) for name in self.__struct_fields__}


class Settings(Record, frozen=True, kw_only=True):
    """Shares; see ``bars.toml`` for what each means."""

    duplicate_share: float
    twin_share: float
    collision_share: float
    collision_kin: float
    collision_near: float
    card_present: float
    moved: float
    moved_with_card: float
    moved_together: float
    rewritten_name: float
    absent: dict[str, float]
    late_registration: float
    kinds: Kinds


class Variants(Record, frozen=True, kw_only=True):
    pairs: tuple[tuple[str, str], ...]


class Words(Record, frozen=True, kw_only=True):
    """``madeup.toml`` of a law folder."""

    lead_men: tuple[str, ...]
    lead_women: tuple[str, ...]
    lead_share: float
    single_share: float
    third_share: float
    father_share: float
    son_of: str
    daughter_of: str
    titles_men: tuple[str, ...]
    titles_women: tuple[str, ...]
    title_share: float
    given_men: tuple[str, ...]
    given_women: tuple[str, ...]
    starts: tuple[str, ...]
    middles: tuple[str, ...]
    ends_men: tuple[str, ...]
    ends_women: tuple[str, ...]
    zipf: float
    streets: tuple[str, ...]
    places: tuple[str, ...]
    heaped_days: tuple[str, ...]
    heaped_share: float
    variants: Variants


@dataclass(frozen=True, slots=True)
class Village:
    code: str
    name: str
    stations: int
    subdistrict: str  # code
    subdistrict_name: str
    regency_name: str


def load_settings(path: Path = BARS) -> Settings:
    """The shares of a settings file. Raises ``Refusal`` for a file that is no such thing."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Settings, strict=False)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise Refusal(
            "settings-malformed",
            Text(f"setelan tidak terbaca: {error}", f"these settings cannot be read: {error}"),
            place=Place(file=path.name),
            remedy=Text("Contohnya: roll/generator/bars.toml.", "An example: roll/generator/bars.toml."),
        ) from error


def load_words(law: str) -> Words:
    """The parts of made-up names and addresses of a law folder. Raises ``Refusal`` where it has none."""
    path = folder_of(law) / "madeup.toml"
    if not path.is_file():
        raise Refusal(
            "made-up-words-missing",
            Text(f'folder hukum "{law}" tidak punya madeup.toml', f'the law folder "{law}" has no madeup.toml'),
        )
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Words, strict=False)


def load_villages(law: str, *, area: str) -> list[Village]:
    """Villages with stations of the law's facts: those of ``area`` first, then those with the nearest codes.

    Raises ``Refusal`` where the facts are missing or know no such area.
    """
    import duckdb

    path = folder_of(law) / "facts" / "areas.parquet"
    if not path.is_file():
        raise Refusal(
            "facts-missing",
            Text(f'folder hukum "{law}" tidak punya facts/areas.parquet', f'"{law}" has no facts/areas.parquet'),
        )
    with duckdb.connect() as connection:
        rows = connection.execute(
            """
            WITH areas AS (SELECT * FROM read_parquet(?))
            SELECT v.code, v.name, v.stations, s.code, s.name, r.name
            FROM areas v JOIN areas s ON v.parent = s.code JOIN areas r ON s.parent = r.code
            WHERE v.level = ? AND v.stations > 0 AND coalesce(v.abroad, 0) = 0
            ORDER BY v.code
            """,
            [str(path), load_law(law).levels[-2].code],
        ).fetchall()
    villages = [Village(*row) for row in rows]
    first = [each for each in villages if each.code.startswith(area)]
    if not first:
        raise Refusal("area-unknown", Text(f'wilayah "{area}" tidak ada', f'there is no area "{area}"'))
    province = [each for each in villages if each.code.startswith(area[:2]) and each not in set(first)]
    home = int(area.ljust(4, "0")[:4])
    province.sort(key=lambda each: (abs(int(each.code[:4]) - home), each.code))
    rest = [each for each in villages if not each.code.startswith(area[:2])]
    return [*first, *province, *rest]
