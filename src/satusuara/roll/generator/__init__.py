"""Made-up voters with a known truth: for tests, drills and benchmarks. Nobody stands behind them."""

from satusuara.roll.generator.settings import Settings, load_settings
from satusuara.roll.generator.write import generate

__all__ = ["Settings", "generate", "load_settings"]
