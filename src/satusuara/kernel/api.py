"""What the chapters' API operations share: sentences in both languages, pages of a list, and how an error looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar

from ninja import Path, Query, Schema

from satusuara.kernel.i18n import Text

T = TypeVar("T")
LARGEST_PAGE = 200

ElectionCode = Annotated[
    str, Path(pattern=r"^[a-z0-9-]{1,32}$", description="Code of an election: id-2024", examples=["id-2024"])
]
ContestCode = Annotated[
    str, Path(pattern=r"^[a-z0-9_-]{1,32}$", description="Code of a contest: ppwp", examples=["ppwp"])
]
AreaCode = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_-]{1,16}$", description="Code of an area, in the election's own scheme")
]
MaybeSource = Annotated[str, Query(pattern=r"^[a-zA-Z0-9_-]{0,64}$", description="Short name of a source, or none")]
SourceName = Annotated[str, Query(pattern=r"^[a-zA-Z0-9_-]{1,64}$", description="Short name of a source")]
SearchWords = Annotated[str, Query(max_length=80, pattern=r"^[^\x00]*$", description="Parts of names or codes")]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000, description="From 1")]
PageSize = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description=f"At most {LARGEST_PAGE}")]


class Problem(Schema):
    """What is said when an operation is refused: ``code`` for programs, ``detail`` for people."""

    code: str
    detail: str


class Words(Schema):
    """A sentence in Indonesian and in English."""

    id: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Words:
        return cls(id=text.id, en=text.en)


class Page(Schema, Generic[T]):
    """A part of a list: ``count`` rows in all."""

    count: int
    page: int
    page_size: int
    items: list[T]


class Rows(Protocol):
    """A query whose rows can be counted and cut."""

    def count(self) -> int: ...

    def __getitem__(self, part: slice) -> Any: ...


def part_of(rows: Rows, page: int, size: int) -> tuple[int, Sequence[Any]]:
    """How many rows there are, and those of a page; a page beyond the end is empty."""
    start = (page - 1) * size
    return rows.count(), list(rows[start : start + size])


REFUSED = {frozenset({400, 401, 403, 404, 422}): Problem}
"""The answers of an operation that was refused, for ``response={200: …, **REFUSED}``."""
