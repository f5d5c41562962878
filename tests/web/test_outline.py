"""A map as a drawing: outlines become paths that fit, in the right place, north up."""

from __future__ import annotations

import re

import pytest

from satusuara.kernel.pages.outline import WIDTH, Outline, Place, Shape, band_of, draw

SQUARE = [[[[120.0, -3.0], [121.0, -3.0], [121.0, -2.0], [120.0, -2.0], [120.0, -3.0]]]]
NORTH = [[[[120.0, -2.0], [121.0, -2.0], [121.0, -1.0], [120.0, -1.0], [120.0, -2.0]]]]


def place(code: str, coordinates: object = None, marker: tuple[float, float] | None = None, name: str = "A") -> Place:
    return Place(code, name, f"{name}: 1", f"/{code}/", 1, coordinates, marker)  # type: ignore[arg-type]


def drawn(*places: Place) -> Outline:
    found = draw(places, bands=("?", "1"), title="t")
    assert found is not None
    return found


def corners(shape: Shape) -> list[tuple[int, int]]:
    """Absolute corners of a path "M x y l dx dy dx dy … z"."""
    numbers = [int(n) for n in re.findall(r"-?\d+", shape.path)]
    x, y, *steps = numbers
    found = [(x, y)]
    for dx, dy in zip(steps[::2], steps[1::2], strict=True):
        x, y = x + dx, y + dy
        found.append((x, y))
    return found


def test_without_an_outline_there_is_no_map() -> None:
    assert draw([place("1", marker=(120, -2))], bands=(), title="t") is None
    assert draw([], bands=(), title="t") is None


def test_north_is_up_east_is_right_and_everything_fits() -> None:
    outline = drawn(place("s", SQUARE), place("n", NORTH))
    south, north = outline.shapes
    assert north.y < south.y
    points = [point for shape in outline.shapes for point in corners(shape)]
    assert all(0 <= x <= outline.width <= WIDTH + 1 and 0 <= y <= outline.height for x, y in points)
    assert len(corners(south)) == 4


def test_an_area_without_an_outline_is_a_marker_where_it_lies() -> None:
    outline = drawn(place("s", SQUARE), place("m", marker=(120.5, -2.5)))
    (shape,), (point,) = outline.shapes, outline.points
    assert abs(point.x - shape.x) <= 1
    assert abs(point.y - shape.y) <= 1


def test_a_name_stands_only_where_it_fits() -> None:
    assert drawn(place("s", SQUARE, name="Seko")).shapes[0].label == "Seko"
    assert drawn(place("s", SQUARE, name="N" * 90)).shapes[0].label == ""


def test_points_that_fall_together_are_left_out() -> None:
    dense = [[[[120 + n / 1e6, -3.0] for n in range(0, 1_000_000, 1000)] + [[121, -2], [120, -2], [120, -3]]]]
    assert len(drawn(place("d", dense)).shapes[0].path) < 12_000


@pytest.mark.parametrize(("part", "whole", "band"), [(0, 0, 0), (0, 9, 1), (1, 4, 2), (1, 2, 3), (3, 4, 4), (9, 9, 4)])
def test_bands(part: int, whole: int, band: int) -> None:
    assert band_of(part, whole, (25, 50, 75)) == band
