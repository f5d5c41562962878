"""The control room under load, against its bar. ``python -m bench.pages`` prints the table.

The demo (1,001 stations of 2024, 987 of 2019, every source) is built and served as in an office: two processes of four
threads. Twenty users, signed in as the demo's accounts, each open a page a second for half a minute, one kind after
another in an order of their own; only this machine's own address is asked. Time is from the request to the last byte of
the answer, read by the same machine that serves it, so it holds the waiting in the server's queue as well. Each process
has answered every kind before the clock starts: an office's server is not restarted before each page.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from bench.measure import Measure, noise

USERS, SECONDS, BAR = 20, 30, 100.0  # milliseconds, p95 of each kind of page
OFFICES = ("ketua", "hukum", "teknis", "rendatin", "sdm", "kul", "bawaslu")  # see the whole regency, both elections
A, B = "/kendali/id-2024/ppwp", "/kendali/id-2019/ppwp"
KINDS: dict[str, tuple[str, ...]] = {
    "2024 regency, sub-districts and map": (f"{A}/7322/",),
    "2024 regency, villages": (f"{A}/7322/?tingkat=desa",),
    "2024 sub-district": (f"{A}/732201/", f"{A}/732203/", f"{A}/732214/"),
    "2024 village": (f"{A}/7322012001/", f"{A}/7322012003/", f"{A}/7322032011/"),
    "2024 form": (f"{A}/7322012001001/", f"{A}/7322012003001/", f"{A}/7322012001002/"),
    "2024 all forms": (f"{A}/7322/formulir/", f"{A}/7322/formulir/?hal=12", f"{A}/7322/formulir/?urut=-failures"),
    "2024 forms, filtered": (f"{A}/7322/formulir/?status=failing", f"{A}/7322/formulir/?aturan=I5&cari=malangke"),
    "2024 differences": (f"{A}/7322/selisih/",),
    "2019 regency, sub-districts and map": (f"{B}/72007/",),
    "2019 village": (f"{B}/72009/",),
    "2019 form": (f"{B}/72009001/", f"{B}/72009002/?sumber=situng"),
    "2019 forms that differ": (f"{B}/72007/formulir/?status=differs",),
    "2019 differences": (f"{B}/72007/selisih/", f"{B}/72007/selisih/?jenis=net_nonzero&urut=area"),
}


def measures() -> list[Measure]:
    """The p95 of every kind of page."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        home = Path(name)
        _run(home, "demo", "--no-serve", "--dir", str(home))
        with served(home) as port:
            found = [noise()]
            users = [
                User(port, name, passwords(home)[name], n) for n, name in zip(range(USERS), _turns(), strict=False)
            ]
            warm_up(users)
            times = under_load(users)
    late = sum(user.late for user in users)
    for kind in KINDS:
        seen = sorted(times[kind])
        note = f"median {statistics.median(seen):.0f}, slowest {seen[-1]:.0f}; {len(seen)} answers"
        found.append(Measure(f"page: {kind}", _p95(seen), "ms", BAR, note))
    every = sorted(time for seen in times.values() for time in seen)
    note = (
        f"{len(every)} answers in {SECONDS} s to {USERS} users; {late} turns began late; load {os.getloadavg()[0]:.1f}"
    )
    return [*found, Measure("page: all together", _p95(every), "ms", BAR, note)]


def _turns() -> Iterator[str]:
    while True:
        yield from OFFICES


def _p95(seen: list[float]) -> float:
    return seen[min(len(seen) - 1, int(0.95 * len(seen)))]


def _run(home: Path, *words: str) -> None:
    done = subprocess.run([*PROGRAM, *words], env=_environment(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)


PROGRAM = (sys.executable, "-c", "from satusuara.ops.cli import main; main()")


def _environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SATUSUARA_") and k != "DATABASE_URL"}
    return {**kept, "SATUSUARA_HOME": str(home), "SATUSUARA_SECOND_FACTOR": "0"}


def passwords(home: Path) -> dict[str, str]:
    """{account: its password}, as the demo wrote them."""
    lines = (line.split("\t") for line in (home / "accounts.txt").read_text().splitlines())
    return {name: password for name, password, *_ in lines}


@contextmanager
def served(home: Path) -> Iterator[int]:
    """The instance behind the server of an office, on a free port of this machine alone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    words = [*PROGRAM, "serve", "--port", str(port)]
    server = subprocess.Popen(words, env=_environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


@dataclass
class User:
    """Somebody with a browser of his own: cookies, and one connection that is kept."""

    port: int
    name: str
    password: str
    number: int
    late: int = 0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.cookies: dict[str, str] = {}
        page = self.get("/masuk/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("no sign-in form")
        form = urlencode(
            {"csrfmiddlewaretoken": token[1], "login": self.name, "password": self.password, "next": "/akun/"}
        )
        self._ask("POST", "/masuk/", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def get(self, address: str) -> str:
        """:raises RuntimeError: for any answer but 200"""
        status, text = self._ask("GET", address)
        if status != 200:
            raise RuntimeError(f"{status} {address}")
        return text

    def _ask(self, method: str, address: str, body: str = "", headers: dict[str, str] | None = None) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, address, body or None, {"Cookie": cookies, **(headers or {})})
        answer = self.connection.getresponse()
        content = answer.read()
        for _name, value in (pair for pair in answer.getheaders() if pair[0].lower() == "set-cookie"):
            self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer.status, content.decode()


def warm_up(users: list[User]) -> None:
    """Every kind of page several times, so that each process has answered it before."""
    for user in users[:4]:
        for addresses in KINDS.values():
            for address in addresses:
                user.get(address)


def under_load(users: list[User]) -> dict[str, list[float]]:
    """{kind: milliseconds}. A user whose answer took longer than his second begins the next page at once."""
    times: dict[str, list[float]] = defaultdict(list)
    lock, failed = threading.Lock(), list[BaseException]()
    start = time.perf_counter() + 0.5

    def work(user: User) -> None:
        order = random.Random(user.number)
        kinds = list(KINDS)
        try:
            for turn in range(SECONDS):
                if turn % len(kinds) == 0:
                    order.shuffle(kinds)
                kind = kinds[turn % len(kinds)]
                wait = start + turn + user.number / USERS - time.perf_counter()
                user.late += wait < 0
                time.sleep(max(0.0, wait))
                began = time.perf_counter()
                user.get(order.choice(KINDS[kind]))
                took = 1000 * (time.perf_counter() - began)
                with lock:
                    times[kind].append(took)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return times


def main() -> int:
    """Prints the measures; 1 where a bar is missed."""
    missed = 0
    for each in measures():
        bar = f"bar {each.bar:g} ({each.ratio:.2f}×)" if each.bar is not None and each.ratio is not None else ""
        print(f"{'  ' if each.ok else '! '}{each.name:44} {each.measured:8.1f} {each.unit:3} {bar:20} {each.note}")
        missed += not each.ok
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
