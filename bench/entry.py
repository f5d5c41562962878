"""One form entered twice, compared and accepted, against its bar. ``python -m bench.entry`` prints the table.

In-process client and SQLite, as in a small office; the time is the server's alone: a page drawn, a form taken in, its
version, findings, sums and seals written and synced to the disk. tally-ho took 33 requests and 0.8 to 0.9 s for a form.
A page's own saving of drafts is counted apart: it happens while somebody types.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.measure import Measure, noise, show

FORMS, WARM = 60, 8
BAR_MS, BAR_REQUESTS = 60.0, 4.0
_AS_A_BROWSER = "application/x-www-form-urlencoded"  # how a browser sends a form without files
ELECTION, CONTESTS = "latihan-2024", ("ppwp", "dpr", "dprd_prov")


def measures() -> list[Measure]:
    """Requests and server time a form, for the shortest and the longest forms."""
    with tempfile.TemporaryDirectory(prefix="satusuara-bench-") as home:
        os.environ |= {"SATUSUARA_HOME": home, "SATUSUARA_SECOND_FACTOR": "0", "SATUSUARA_LOG_LEVEL": "ERROR"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satusuara.ops.settings")
        import django

        django.setup()
        from django.conf import settings

        from satusuara.ops import prepare

        settings.ALLOWED_HOSTS = ["testserver"]
        if Path(settings.HOME) != Path(home).resolve():
            raise SystemExit("bench.entry runs in a process of its own")
        prepare.migrate()
        return [noise(), *_measured()]


def _measured() -> list[Measure]:
    from tests.count.papers import drill
    from tests.count.regency import station

    election = drill(*(station(n) for n in range(1, FORMS + WARM + 1)))
    ani, budi = (_client(name, election) for name in ("ani", "budi"))
    found = []
    for contest in CONTESTS:
        seen = [_one(ani, budi, contest, station(n)) for n in range(1, FORMS + WARM + 1)][WARM:]
        times = sorted(one[0] for one in seen)
        cells, cpu = seen[0][2], statistics.median(one[3] for one in seen)
        note = f"{cells} boxes; slowest {times[-1]:.0f} ms; {cpu:.0f} ms of processor; drafts not counted"
        found.append(Measure(f"entry: {contest}, requests a form", seen[0][1], "", BAR_REQUESTS, note))
        found.append(Measure(f"entry: {contest}, server time a form", statistics.median(times), "ms", BAR_MS, note))
    found.append(Measure("entry: a draft of the longest form", _draft(ani, CONTESTS[-1], election), "ms"))
    return found


def _client(name: str, election: Any) -> Any:
    from django.test import Client

    from satusuara.areas.models import Area
    from satusuara.people.models import Appointment, User
    from tests.count.papers import AT

    user = User.objects.create(username=name, display_name=name)
    area = Area.objects.get(election=election, code="732201")
    Appointment.objects.create(
        user=user, role="ppk-teknis", election=election, area=area, starts=AT, granted_by="bench", reason="bench"
    )
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _one(ani: Any, budi: Any, contest: str, code: str) -> tuple[float, int, int, float]:
    """(milliseconds, requests, boxes, milliseconds of processor) of one form, from the first page to its acceptance."""
    from satusuara.areas.models import Area
    from satusuara.count.models import FormVersion
    from tests.count.papers import written

    area = Area.objects.select_related("election").get(election=ELECTION, code=code)
    cells = written(area, contest)
    sent = urlencode({f"c.{column}": str(value) for column, value in cells.items()} | {"dari": "732201"})
    address = f"/entri/{ELECTION}/{contest}/{code}/"
    spent, requests, cpu = 0.0, 0, time.process_time()
    for who in (ani, budi):
        for name, wanted in (("get", 200), ("post", 302)):
            more = {"data": sent, "content_type": _AS_A_BROWSER} if name == "post" else {}
            began = time.perf_counter()
            answer = getattr(who, name)(address, **more)
            spent += time.perf_counter() - began
            requests += 1
            assert answer.status_code == wanted, answer.content[:500]
    assert FormVersion.objects.filter(form__area=area, form__source__contest=contest).count() == 1
    return spent * 1000, requests, len(cells), (time.process_time() - cpu) * 1000


def _draft(who: Any, contest: str, election: Any) -> float:
    from satusuara.count.actions import reopen_form
    from satusuara.people.queries import Scope
    from tests.count.papers import AT, at, written

    area = at(election)
    reopen_form(scope=Scope.system("bench"), area=area, contest=contest, reason="bench", at=AT)
    sent = json.dumps({f"c.{column}": str(value) for column, value in written(area, contest).items()})
    times = []
    for _ in range(20):
        began = time.perf_counter()
        answer = who.post(f"/entri/{ELECTION}/{contest}/{area.code}/draf/", sent, content_type="application/json")
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.content
    return statistics.median(times)


def main() -> None:
    sys.exit(show(measures()))


if __name__ == "__main__":
    main()
