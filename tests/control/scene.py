"""A small regency as the control room sees it: the real figures of Pattimang TPS 001, a blank form, a clean one; two
sources by station and a recapitulation by village.

7322 ─┬─ 732201 ─ 7322012001 ─┬─ …001  Pattimang TPS 001 as Sirekap shows it; the volunteers moved a vote
      │                       ├─ …002  blank
      │                       └─ …003  adds up
      └─ 732202 ─ 7322022001 ─── …001  both sources agree, the recapitulation differs
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.test import Client

from satusuara.areas.models import Area, Election
from satusuara.count.actions import SourceSpec, ensure_source
from satusuara.count.choices import SourceKind
from satusuara.count.models import Source
from satusuara.people.models import Appointment, User
from satusuara.recap.actions import compare_sources
from tests.count.regency import AT, ROOT, build_tree, file_of, load, station

HERE, THERE = "7322012001", "7322022001"
STATIONS = (station(1, HERE), station(2, HERE), station(3, HERE), station(1, THERE))
COLUMNS = (
    "dpt_l", "dpt_p", "dpt", "dpt_used_l", "dpt_used_p", "dpt_used", "dptb_used_l", "dptb_used_p", "dptb_used",
    "dpk_used_l", "dpk_used_p", "dpk_used", "voters_l", "voters_p", "voters", "valid", "invalid", "total",
    "paslon_1", "paslon_2", "paslon_3",
)  # fmt: skip
HEADER = f"tps_id,{','.join(COLUMNS)},source_time"
PATTIMANG = "124,129,253,101,108,209,0,1,1,1,0,1,101,109,211,108,2,210,39,160,9,2024-02-15 19:00:26"
BLANK = "," * (len(COLUMNS) - 1) + ","
CLEAN = "100,100,200,80,90,170,0,0,0,0,0,0,80,90,170,168,2,170,60,100,8,"
BASE = "/kendali/id-2024/ppwp"


@dataclass(frozen=True)
class Scene:
    election: Election
    sirekap: Source
    volunteers: Source
    recap: Source


def build(folder: Path, more_villages: int = 0) -> Scene:
    """The scene above; ``more_villages`` adds villages of one clean station each to the first sub-district."""
    extra = [station(1, f"732201{3000 + n}") for n in range(more_villages)]
    election = build_tree([*STATIONS, *extra])
    Area.objects.filter(code=HERE).update(name="PATTIMANG")
    for area in Area.objects.filter(level="tps"):
        Area.objects.filter(pk=area.pk).update(name=f"TPS {area.code[-3:]}")
    sirekap = _source(election, "sirekap", SourceKind.OFFICIAL_WEB)
    volunteers = _source(election, "relawan", SourceKind.VOLUNTEERS)
    recap = _source(election, "rekap", SourceKind.RECAP, "desa")
    rows = [f"{STATIONS[0]},{PATTIMANG}", f"{STATIONS[1]},{BLANK}", f"{STATIONS[2]},{CLEAN}", f"{STATIONS[3]},{CLEAN}"]
    rows += [f"{code},{CLEAN}" for code in extra]
    load(sirekap, file_of(folder, *rows, name="sirekap.csv", header=HEADER))
    short = "tps_id,paslon_1,paslon_2,paslon_3"
    read = [f"{STATIONS[0]},40,159,9", f"{STATIONS[2]},60,100,8", f"{STATIONS[3]},60,100,8"]
    load(volunteers, file_of(folder, *read, name="relawan.csv", header=short))
    load(recap, file_of(folder, f"{THERE},61,101,8", name="rekap.csv", header="area_code,paslon_1,paslon_2,paslon_3"))
    for a, b in ((sirekap, volunteers), (sirekap, recap), (volunteers, recap)):
        compare_sources(election=election, contest="ppwp", a=a, b=b, at=AT, by="system:test")
    return Scene(election, sirekap, volunteers, recap)


def _source(election: Election, name: str, kind: str, level: str = "") -> Source:
    spec = SourceSpec(name, "ppwp", kind, title_id=name.title(), title_en=f"{name.title()} (en)", level=level)
    return ensure_source(scope=ROOT, election=election, spec=spec, at=AT)


def officer(scene: Scene, role: str, *codes: str) -> Client:
    """A browser of somebody with a role at some areas."""
    user = User.objects.create(username=f"{role}-{'-'.join(codes)}", display_name="Petugas")
    for code in codes:
        Appointment.objects.create(
            user=user, role=role, election=scene.election, area=Area.objects.get(election=scene.election, code=code),
            starts=datetime(2024, 1, 1, tzinfo=UTC), granted_by="system:test", reason="t",
            participant="paslon_1" if role == "saksi" else "",
        )  # fmt: skip
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
