"""Every pair of colours that carries words keeps AA contrast, by day and by night (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "src/satusuara/web/frontend/css/tokens.css"

WORDS = [
    *((text, ground) for text in ("text", "text-2", "accent") for ground in ("paper", "surface", "surface-2")),
    *((tone, ground) for tone in ("bad", "warn", "good", "none") for ground in ("paper", "surface", f"{tone}-tint")),
    ("text", "warn-tint"), ("text", "accent-tint"), ("accent", "warn-tint"), ("accent-strong", "accent-tint"),
    ("accent", "accent-tint"), ("on-accent", "accent"), ("on-accent", "accent-strong"), ("paper", "text"),
    ("text", "map-1"), ("text", "map-2"), ("on-accent", "map-3"), ("on-accent", "map-4"),
]  # fmt: skip
SIGNS = [
    ("line-strong", "surface"), ("line-strong", "paper"), ("accent", "paper"), ("bar", "bar-track"),
    ("good", "surface"), ("warn", "surface"), ("bad", "surface"), ("line-strong", "bar-track"),
]  # fmt: skip
"""Edges of fields, the ring of focus, bars: what is seen rather than read."""


def themes() -> dict[str, dict[str, str]]:
    """{theme: {token: #rrggbb}} of the three blocks of tokens.css."""
    source = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.DOTALL)
    blocks = {
        "light": r':root,\s*:root\[data-theme="light"\] \{(.*?)\}',
        "dark": r':root\[data-theme="dark"\] \{(.*?)\}',
        "dark by the device": r":root:not\(\[data-theme\]\) \{(.*?)\}",
    }
    found = {}
    for name, pattern in blocks.items():
        block = re.search(pattern, source, re.DOTALL)
        assert block, f"tokens.css has no block {name}"
        found[name] = dict(re.findall(r"--([\w-]+):\s*([^;]+);", block[1]))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.requirement(2, "8", "colours keep AA contrast in light and in dark")
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_signs_stand_out(theme: str) -> None:
    tokens = themes()[theme]
    weak = [
        f"{a} on {b}: {contrast(tokens[a], tokens[b]):.2f} < {least}"
        for pairs, least in ((WORDS, 4.5), (SIGNS, 3.0))
        for a, b in pairs
        if contrast(tokens[a], tokens[b]) < least
    ]
    assert not weak, f"{theme}: " + "; ".join(weak)


def test_dark_is_the_same_whether_chosen_or_given_by_the_device() -> None:
    found = themes()
    assert found["dark"] == found["dark by the device"]
    assert found["light"].keys() == found["dark"].keys()
