"""The chapter's bulk work as Ibis expressions."""

from satusuara.recap.lake.agreed import recap_differs_from_agreed
from satusuara.recap.lake.compare import TableComparison
from satusuara.recap.lake.levels import area_in, lowest_first, require_codes
from satusuara.recap.lake.recapitulate import Recapitulation
from satusuara.recap.lake.shift import movements, with_effect

__all__ = [
    "Recapitulation", "TableComparison", "area_in", "lowest_first", "movements", "recap_differs_from_agreed",
    "require_codes", "with_effect",
]  # fmt: skip
