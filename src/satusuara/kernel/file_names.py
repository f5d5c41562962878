"""What a file that somebody sent is called: words, never a path."""

from __future__ import annotations

import unicodedata


def clean_name(name: str) -> str:
    """A file's own name without folders, control characters or anything that would turn it around; at most 255."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip().lstrip(".")
    return kept[-255:] or "berkas"
