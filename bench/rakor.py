"""A rakor of 15 phones and a projector, against its bar. ``python -m bench.rakor`` prints the table.

The demo is served as in an office (two processes of four threads) and asked over the loopback only. Fifteen phones have
joined by the codes of their sub-districts and ask once a second what the room looks at; the projector asks each 0.4 s,
as its page does. Twelve votes are taken, two rounds on each of six problems: in each the fifteen send at the same
moment, and five then change their mind. Time is from a phone's sending to the first answer to the projector that counts
its vote. Then every vote in the table is compared with what the phones last sent.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from bench.measure import Measure, noise
from bench.pages import _run, passwords, served

PHONES, PROBLEMS, BAR = 15, 6, 1000.0  # milliseconds, p95
QUIET = 6.0  # seconds in which nothing happens, as in most of a meeting
PHONE_ASKS, SCREEN_ASKS = 1.0, 0.4  # seconds between two questions, as the pages have it
_COUNT = re.compile(r'class="slide-count"><strong>(\d+)</strong>')
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Browser:
    """Cookies, one kept connection, and the tag of the state that it shows."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    answers: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        self.lock = threading.Lock()

    def ask(self, method: str, address: str, form: dict[str, str] | None = None, tag: str = "") -> tuple[int, str, str]:
        """(status, text, ETag or Location)."""
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if tag:
            headers["If-None-Match"] = tag
        with self.lock:
            self.connection.request(method, address, urlencode(form) if form is not None else None, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(value).items()}
        return answer.status, text, answer.headers.get("ETag") or answer.headers.get("Location") or ""

    def send(self, page: str, form: dict[str, str], to: str = "") -> str:
        """Fills in the form of a page; gives where it led.

        :raises RuntimeError: where it was not taken
        """
        token = _TOKEN.search(self.ask("GET", page)[1])
        if token is None:
            raise RuntimeError(f"no form at {page}")
        status, text, where = self.ask("POST", to or page, {"csrfmiddlewaretoken": token[1], **form})
        if status != 302:
            raise RuntimeError(f"{status} {to or page}: {text[:400]}")
        return where

    def look(self, address: str) -> str:
        """What changed since the last look; "" where nothing did."""
        began = time.perf_counter()
        status, text, tag = self.ask("GET", address, tag=self.tag)
        self.took.append(1000 * (time.perf_counter() - began))
        self.answers.append(status)
        if status == 200:
            self.tag = tag
        return text


@dataclass
class Room:
    """The meeting, who leads it, and who votes."""

    address: str
    chair: Browser
    phones: list[Browser]


def measures() -> list[Measure]:
    """p95 of what the projector sees, votes lost or doubled, and what the waiting phones cost."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as name:
        home = Path(name)
        _run(home, "demo", "--no-serve", "--dir", str(home))
        _run(home, "playbook", "adopt", "--area", "7322")
        with served(home) as port:
            found = [noise()]
            room = gather(home, port)
            seen, last = take_votes(room)
        wrong = compare(home, last)
    seen.sort()
    looks = sorted(took for each in room.phones for took in each.took)
    same = sum(each.answers.count(304) for each in room.phones)
    every = sum(len(each.answers) for each in room.phones)
    note = (
        f"median {seen[len(seen) // 2]:.0f}, slowest {seen[-1]:.0f}; {len(seen)} votes, load {os.getloadavg()[0]:.1f}"
    )
    return [
        *found,
        Measure(f"rakor: {PHONES} phones, vote seen on the projector, p95", _p95(seen), "ms", BAR, note),
        Measure("rakor: votes lost, doubled or changed on the way", wrong, "votes", 0, f"of {len(last)} in the table"),
        Measure("rakor: a waiting phone's question, p95", _p95(looks), "ms", note=f"{same} of {every} answered by 304"),
    ]


def _p95(seen: list[float]) -> float:
    return seen[min(len(seen) - 1, int(0.95 * len(seen)))]


def gather(home: Path, port: int) -> Room:
    """A meeting is called and opened; fifteen phones come in by their codes."""
    chair = Browser(port)
    chair.send("/masuk/", {"login": "ketua", "password": passwords(home)["ketua"], "next": "/akun/"})
    table = chair.send(
        "/risiko/id-2024/7322/rakor/", {"title": "Rakor", "day": "2024-02-08", "place": "Aula"}
    )  # fmt: skip
    address = table.removesuffix("pimpin/")
    chair.send(table, {"deed": "open"})
    codes = re.findall(r'class="slip-code">([^<]+)<', chair.ask("GET", f"{address}kode/")[1])
    phones = [Browser(port) for _ in codes[:PHONES]]
    for number, (phone, code) in enumerate(zip(phones, codes, strict=False)):
        phone.send(address, {"code": code, "name": f"PPK {number}"})
    return Room(address, chair, phones)


def take_votes(room: Room) -> tuple[list[float], dict[tuple[int, int, int], tuple[int, int]]]:
    """(milliseconds a vote, {(item, round, phone): what it last sent})."""
    chance = random.Random(2024)
    counted: list[tuple[float, int]] = []
    over = threading.Event()

    def watch(browser: Browser, address: str, every: float, note: bool) -> None:
        time.sleep(chance.random() * every)
        while not over.is_set():
            text = browser.look(address)
            if note and (count := _COUNT.search(text)):
                counted.append((time.perf_counter(), int(count[1])))
            time.sleep(every)

    screen = Browser(room.chair.port, dict(room.chair.cookies))
    watchers = [threading.Thread(target=watch, args=(screen, f"{room.address}layar/kini/", SCREEN_ASKS, True))]
    for phone in room.phones:
        other = Browser(phone.port, dict(phone.cookies))
        phone.took, phone.answers = other.took, other.answers
        watchers.append(threading.Thread(target=watch, args=(other, f"{room.address}kini/", PHONE_ASKS, False)))
    for thread in watchers:
        thread.start()
    seen: list[float] = []
    last: dict[tuple[int, int, int], tuple[int, int]] = {}
    time.sleep(QUIET)
    try:
        for _problem in range(PROBLEMS):
            for _round in range(2):
                seen += _one_vote(room, chance, counted, last)
                room.chair.send(f"{room.address}layar/", {"deed": "reveal"})
            room.chair.send(f"{room.address}layar/", {"deed": "next"})
    finally:
        over.set()
        for thread in watchers:
            thread.join()
    return seen, last


def _one_vote(
    room: Room,
    chance: random.Random,
    counted: list[tuple[float, int]],
    last: dict[tuple[int, int, int], tuple[int, int]],
) -> list[float]:
    room.chair.send(f"{room.address}layar/", {"deed": "vote"})
    counted.clear()
    start = threading.Barrier(len(room.phones))
    done: list[tuple[float, float]] = []  # (answered, sent)
    lock, failed = threading.Lock(), list[BaseException]()

    def vote(number: int, phone: Browser, said: tuple[int, int], together: bool) -> None:
        try:
            page = phone.ask("GET", room.address)[1]
            form = dict(
                re.findall(r'<input type="hidden" name="(item|round|csrfmiddlewaretoken)" value="([^"]+)"', page)
            )
            form |= {"probability": str(said[0]), "impact": str(said[1])}
            if together:
                start.wait(30)
            sent = time.perf_counter()
            status, text, _where = phone.ask("POST", f"{room.address}suara/", form)
            if status != 302:
                raise RuntimeError(f"{status}: {text[:200]}")
            with lock:
                if together:
                    done.append((time.perf_counter(), sent))
                last[int(form["item"]), int(form["round"]), number] = said
        except BaseException as error:
            start.abort()
            failed.append(error)

    drawn = [(chance.randint(1, 5), chance.randint(1, 5)) for _ in room.phones]
    threads = [
        threading.Thread(target=vote, args=(n, phone, drawn[n], True)) for n, phone in enumerate(room.phones)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until = time.perf_counter() + 10
    while not failed and max((count for _, count in counted), default=0) < len(room.phones):
        if time.perf_counter() > until:
            raise RuntimeError(f"the projector shows {counted[-1:]} of {len(room.phones)}")
        time.sleep(0.02)
    for number in chance.sample(range(len(room.phones)), 5):
        vote(number, room.phones[number], (chance.randint(1, 5), chance.randint(1, 5)), False)
    if failed:
        raise failed[0]
    times = []
    for rank, (_answered, sent) in enumerate(sorted(done), 1):
        shown = next(when for when, count in counted if count >= rank and when >= sent)
        times.append(1000 * (shown - sent))
    return times


def compare(home: Path, last: dict[tuple[int, int, int], tuple[int, int]]) -> int:
    """How many votes of the table and of the phones differ."""
    with sqlite3.connect(f"file:{home / 'satusuara.sqlite3'}?mode=ro", uri=True) as database:
        rows = database.execute(
            "SELECT item_id, round, CAST(substr(name, 5) AS INTEGER), probability, impact"
            " FROM risk_vote JOIN risk_seat ON risk_seat.id = seat_id"
        ).fetchall()
        tallies = database.execute("SELECT item_id, round, votes FROM risk_tally").fetchall()
    kept = {(item, round_, number): (p, i) for item, round_, number, p, i in rows}
    wrong = len(rows) - len(kept) + len(set(last.items()) ^ set(kept.items()))
    for item, round_, votes in tallies:
        wrong += votes != sum(key[:2] == (item, round_) for key in last)
    return wrong


def main() -> int:
    """Prints the measures; 1 where a bar is missed."""
    every = measures()
    for each in every:
        bar = "" if each.bar is None else f"bar {each.bar:g}"
        print(f"{'  ' if each.ok else '! '}{each.name:56} {each.measured:8.1f} {each.unit:6} {bar:10} {each.note}")
    return 0 if all(each.ok for each in every) else 1


if __name__ == "__main__":
    raise SystemExit(main())
