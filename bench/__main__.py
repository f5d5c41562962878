"""``./run bench [NAME …]``: every benchmark of this folder against its bars, one table, 1 where a bar is missed.

A benchmark is a module with ``measures() -> list[Measure]``; a measure has a name, a figure, a unit and perhaps a bar
(``bench.check_results.Measure``). Ratios are figure to bar: at most 1 passes, or
at least 1 where the bar is what must be reached (``least``).
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import statistics
import sys
import time
from typing import Any

import bench


def main(names: list[str]) -> int:
    """:returns: 1 where a bar is missed or a benchmark fails, 2 for an unknown name"""
    known = [
        module.name
        for module in pkgutil.iter_modules(bench.__path__)
        if not module.name.startswith("_") and module.name != "measure"
    ]
    if unknown := sorted(set(names) - set(known)):
        print(f"Tidak dikenal / unknown: {', '.join(unknown)}. Ada / there are: {', '.join(known)}", file=sys.stderr)
        return 2
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; noise {noise():.0f} %")
    print(f"{'measure':60} {'figure':>10} {'unit':6} {'bar':>10} {'ratio':>6}        note")
    missed = [name for name in names or known if not _shown(name)]
    if missed:
        print(f"Batas terlewati / bars missed: {', '.join(missed)}", file=sys.stderr)
    return bool(missed)


def _shown(name: str) -> bool:
    module: Any = importlib.import_module(f"bench.{name}")
    if not hasattr(module, "measures"):
        return True
    began = time.monotonic()
    print(f"-- {name}: {(module.__doc__ or '').strip().splitlines()[0]}")
    try:
        every = module.measures()
    except Exception as error:  # the others still run
        print(f"   failed: {type(error).__name__}: {error}")
        return False
    for one in every:
        bar = "" if one.bar is None else f"{'>=' if getattr(one, 'least', False) else '<='} {one.bar:g}"
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        state = "" if one.bar is None else "ok" if one.ok else "MISSED"
        print(f"{one.name:60} {one.measured:10.2f} {one.unit:6} {bar:>10} {ratio:>6} {state:6} {one.note}")
    print(f"   {time.monotonic() - began:.0f} s; noise now {noise():.0f} %", flush=True)
    return all(one.ok for one in every)


def noise() -> float:
    """How far the same pure computation strays on this machine now, in percent: (slowest - fastest) / median of 9."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        sum(n * n % 7 for n in range(300_000))
        times.append(time.perf_counter() - start)
    return 100 * (max(times) - min(times)) / statistics.median(times)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
