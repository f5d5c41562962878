"""A map as a drawing: outlines in WGS 84 become paths of an SVG, with a class by band. Pure; no tiles, no script."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Position = Sequence[float]
Ring = Sequence[Position]
MultiPolygon = Sequence[Sequence[Ring]]

WIDTH = 1000
_MARGIN = 8
_TALLEST = 1150
_LABELLED = 24  # more areas than this and their names would hide the map
_LETTER = 18.0  # units a letter of a label takes


@dataclass(frozen=True, slots=True)
class Place:
    """An area to draw: its outline, or where it has none a marker at (lon, lat). ``band`` indexes the legend."""

    code: str
    name: str
    said: str  # what is said of it where it is pointed at: "Malangke: 45 dari 96 cocok"
    href: str
    band: int
    coordinates: MultiPolygon | None = None
    marker: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    place: Place
    path: str
    x: int
    y: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What ``face/outline.html`` draws. ``bands``: words of the legend; band 0 is "nothing known", hatched."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    points: tuple[Shape, ...]
    bands: tuple[str, ...]
    title: str
    source: str = ""


def draw(places: Iterable[Place], *, bands: Sequence[str], title: str, source: str = "") -> Outline | None:
    """The drawing, or None where no place has an outline."""
    places = list(places)
    rings = [point for place in places for ring in _rings(place) for point in ring]
    if not rings:
        return None
    west, east = min(p[0] for p in rings), max(p[0] for p in rings)
    south, north = min(p[1] for p in rings), max(p[1] for p in rings)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide = max((east - west) * squeeze, 1e-6)
    scale = min((WIDTH - 2 * _MARGIN) / wide, (_TALLEST - 2 * _MARGIN) / max(north - south, 1e-6))
    width = round(wide * scale) + 2 * _MARGIN
    height = round((north - south) * scale) + 2 * _MARGIN

    def at(point: Position) -> tuple[int, int]:
        return _MARGIN + round((point[0] - west) * squeeze * scale), _MARGIN + round((north - point[1]) * scale)

    drawn = [place for place in places if place.coordinates]
    named = len(drawn) <= _LABELLED
    shapes = tuple(_shape(place, [[at(p) for p in ring] for ring in _rings(place)], named) for place in drawn)
    points = tuple(
        Shape(place, "", *at(place.marker), place.name if named else "")
        for place in places
        if not place.coordinates and place.marker
    )
    return Outline(width, height, shapes, points, tuple(bands), title, source)


def _rings(place: Place) -> Iterator[Ring]:
    for polygon in place.coordinates or ():
        yield from polygon


def _shape(place: Place, rings: Sequence[Sequence[tuple[int, int]]], named: bool) -> Shape:
    path = "".join(_path(ring) for ring in rings)
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    x, y = _middle(largest)
    x, room = _room(largest, x, y)
    fits = named and room > len(place.name) * _LETTER
    return Shape(place, path, x, y, place.name if fits else "")


def _path(ring: Sequence[tuple[int, int]]) -> str:
    """A closed ring in relative steps; points that fall on the one before them are left out."""
    kept = [ring[0]]
    for point in ring[1:]:
        if point != kept[-1]:
            kept.append(point)
    if len(kept) > 1 and kept[-1] == kept[0]:
        kept.pop()
    if len(kept) < 3:
        return ""
    steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(kept)]
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}z"


def _area(ring: Sequence[tuple[int, int]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def _middle(ring: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The centre of gravity of a ring."""
    area = _area(ring)
    if abs(area) < 1:
        return ring[0]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    return round(x), round(y)


def _room(ring: Sequence[tuple[int, int]], x: int, y: int) -> tuple[int, int]:
    """Where at the height ``y`` a label sits best, near ``x``, and how wide the area is there."""
    edges = zip(ring, [*ring[1:], ring[0]], strict=True)
    cuts = sorted(a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]) for a, b in edges if (a[1] > y) != (b[1] > y))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    if not spans:
        return x, 0
    left, right = min(spans, key=lambda span: max(span[0] - x, x - span[1], 0))
    return round((left + right) / 2), round(right - left)


def band_of(part: int, whole: int, steps: Sequence[int]) -> int:
    """Which band a share falls into: 0 where there is no whole; else 1 + how many of ``steps`` (percent) it reaches."""
    return 1 + sum(part * 100 >= step * whole for step in steps) if whole else 0
