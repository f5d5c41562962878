"""The readiness grid of a regency against its bar. ``python -m bench.readiness`` prints the table.

The demo's 1,001 stations with the playbook adopted and every one of the 12,012 cells reported (made up: reported by the
bench, in states in turn) are served as in an office, two processes; one user asks each page again and again over
loopback. Time is from the request to the last byte; beside it stands what the answer took of a processor, read from the
kernel over all answers of a page (both processes), which a machine busy with other work does not change as much.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.measure import Measure, noise
from bench.pages import User, passwords, served

BAR, TIMES = 150.0, 40  # milliseconds at p95; answers of each page
PAGES = {
    "regency, 1,001 stations x 12 gates, every row": "/kesiapan/id-2024/7322/?per=tps&hari=2024-02-12",
    "regency, by sub-district": "/kesiapan/id-2024/7322/?hari=2024-02-12",
    "regency, one gate that failed": "/kesiapan/id-2024/7322/?butir=D&keadaan=failed",
    "sub-district": "/kesiapan/id-2024/732203/?hari=2024-02-12",
    "station": "/kesiapan/id-2024/7322012001001/?hari=2024-02-12",
}
FILL = """
import datetime as dt, itertools
from satusuara.areas.models import Area
from satusuara.areas.queries import area
from satusuara.people.queries import Scope
from satusuara.risk import actions
from satusuara.risk.models import BarrierState
at = dt.datetime(2024, 2, 8, tzinfo=dt.UTC)
place = area("id-2024", "7322")
register = actions.adopt_playbook(scope=Scope.system("bench"), election=place.election, area=place, at=at)
turns = itertools.cycle(["done", "verified", "degraded", "failed", "done", "planned", "done"])
stations = Area.objects.filter(election="id-2024", level="tps", path__startswith=place.path)
rows = []
for station in stations:
    for gate in register.barriers.filter(side="ready"):
        turn = next(turns)
        rows.append(BarrierState(
            barrier=gate, area=station, owner_role=gate.owner_role,
            due=dt.date(2024, 2, 14) + dt.timedelta(gate.days or 0),
            condition=turn, done_by="bench", verified_by="bench-2" if turn == "verified" else "", note="bench",
            reported_at=at, received_at=at,
        ))
BarrierState.objects.bulk_create(rows, batch_size=500)
print(len(rows))
"""


def measures() -> list[Measure]:
    """The p95 of each page."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        home = Path(name)
        _run(home, "-c", "from satusuara.ops.cli import main; main()", "demo", "--no-serve", "--dir", str(home))
        filled = int(_run(home, "-c", f"import django; django.setup()\n{FILL}").split()[-1])
        with served(home) as port:
            user = User(port, "ketua", passwords(home)["ketua"], 0)
            found = [noise()]
            for page, address in PAGES.items():
                for _warm in range(6):  # each process has answered it before the clock starts
                    text = user.get(address)
                before = _processor(port)
                times = sorted(_timed(user, address) for _turn in range(TIMES))
                spent = 1000 * (_processor(port) - before) / TIMES
                p95 = times[int(0.95 * (TIMES - 1))]
                note = f"processor {spent:.0f} ms an answer; median {statistics.median(times):.0f}, "
                note += f"slowest {times[-1]:.0f}; {len(text) // 1024} KB; "
                note += f"{filled} cells reported; load {os.getloadavg()[0]:.1f}"
                found.append(Measure(f"readiness: {page}", p95, "ms", BAR, note))
    return found


def _processor(port: int) -> float:
    """Seconds of processor that the servers of a port, and what they started, have used so far."""
    ticks, total = os.sysconf("SC_CLK_TCK"), 0
    for each in Path("/proc").iterdir():
        if each.name.isdigit() and str(port).encode() in _said(each / "cmdline").split(b"\0"):
            for own in (each.name, *_said(each / "task" / each.name / "children").decode().split()):
                used = _said(Path("/proc") / own / "stat").rpartition(b")")[2].split()
                total += sum(int(value) for value in used[11:13])
    return total / ticks


def _said(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # gone meanwhile
        return b""


def _timed(user: User, address: str) -> float:
    began = time.perf_counter()
    user.get(address)
    return 1000 * (time.perf_counter() - began)


def _run(home: Path, *words: str) -> str:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SATUSUARA_") and k != "DATABASE_URL"}
    own = {"SATUSUARA_HOME": str(home), "DJANGO_SETTINGS_MODULE": "satusuara.ops.settings"}
    done = subprocess.run([sys.executable, *words], env={**kept, **own}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def main() -> int:
    """Prints the table; 1 where a bar is missed."""
    missed = 0
    for each in measures():
        bar = f"bar {each.bar:g} ({each.ratio:.2f}×)" if each.bar is not None and each.ratio is not None else ""
        print(f"{'  ' if each.ok else '! '}{each.name:62} {each.measured:8.1f} {each.unit:3} {bar:20} {each.note}")
        missed += not each.ok
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
