"""What all benchmarks share: a line of the table, the machine's noise, a process timed as a whole, the table shown."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table. ``bar`` None: reported beside, not judged."""

    name: str
    measured: float
    unit: str
    bar: float | None = None
    note: str = ""
    least: bool = False  # the bar is what must be reached, not what must not be passed

    @property
    def ratio(self) -> float | None:
        """Measured by bar; None without one, and where nothing at all is allowed."""
        return self.measured / self.bar if self.bar else None

    @property
    def ok(self) -> bool:
        if self.bar is None:
            return True
        return self.measured >= self.bar if self.least else self.measured <= self.bar


def noise() -> Measure:
    """How far the same pure computation strays on this machine now: (slowest - fastest) / median of 9."""
    times = []
    for _ in range(9):
        start = time.perf_counter()
        sum(n * n % 7 for n in range(1_500_000))
        times.append(time.perf_counter() - start)
    spread = 100 * (max(times) - min(times)) / statistics.median(times)
    return Measure("noise of the machine", spread, "%", note=f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


_LAUNCH = """
import os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(process.pid, 0)
cpu = usage.ru_utime + usage.ru_stime
print(time.perf_counter() - start, usage.ru_maxrss, cpu, os.waitstatus_to_exitcode(status), file=sys.stderr)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One command from the shell: wall seconds, peak bytes, seconds of processor, what it printed."""

    seconds: float
    peak: int
    cpu: float
    answer: str


def timed(*arguments: str) -> Run:
    """Runs ``satusuara`` with these arguments. A small process launches it: the peak that the system reports of a child
    begins with its parent's. Raises ``RuntimeError`` where it does not end with 0."""
    command = [str(Path(sys.executable).with_name("satusuara")), *arguments]
    run = subprocess.run([sys.executable, "-S", "-c", _LAUNCH, *command], capture_output=True, text=True, check=True)
    seconds, peak, cpu, code = run.stderr.split()[-4:]
    if code != "0":
        raise RuntimeError(f"{command} ended with {code}: {run.stderr}")
    return Run(float(seconds), int(peak) * 1024, float(cpu), run.stdout)


def show(every: list[Measure]) -> int:
    """Prints the table; 1 where a bar is missed."""
    for each in every:
        bar = "" if each.bar is None else f"{'>=' if each.least else '<='} {each.bar:g} {each.unit}"
        state = "" if each.bar is None else "ok" if each.ok else "MISSED"
        places = 4 if each.least else 2
        print(f"{each.name:48} {each.measured:9.{places}f} {each.unit:6} {bar:12} {state:7} {each.note}")
    return 0 if all(each.ok for each in every) else 1
