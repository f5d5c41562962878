"""A regency small enough to see at a glance, with a figure in every form that occurs nowhere else.

73 ─ 7322 ─┬─ 732201 ─ 7322012001 ─ 7322012001001     "here":  an officer's own sub-district
           └─ 732299 ─ 7322992001 ─ 7322992001001     "there": the one he must not see into
74 ─ 7401 ─── 740101 ─ 7401012001 ─ 7401012001001     another province
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AnonymousUser

from satusuara import law
from satusuara.areas.models import Area, Election
from satusuara.count.choices import FormStatus, SourceKind
from satusuara.count.models import AreaSummary, Finding, Form, FormVersion, ImportBatch, RejectedRow, Source
from satusuara.count.queries import version_payload
from satusuara.ledger.actions import Seal, seal
from satusuara.people.models import Appointment, User
from satusuara.people.queries import Scope, scope_of
from satusuara.recap.choices import DifferenceKind
from satusuara.recap.models import ComparedArea, Difference
from satusuara.risk.actions import adopt_playbook

AT = datetime(2024, 2, 20, 12, tzinfo=UTC)
ELECTION = "id-2024"
CONTEST = "ppwp"
PLACES = ("73", "7322", "732201", "7322012001", "7322012001001", "732299", "7322992001", "7322992001001")
ABROAD = ("74", "7401", "740101", "7401012001", "7401012001001")
LEVELS = {2: "provinsi", 4: "kabupaten", 6: "kecamatan", 10: "desa", 13: "tps"}
NAMES = {
    "732201": "Kecamatan Kiri", "7322012001": "Desa Kiri", "732299": "Kecamatan Kanan", "7322992001": "Desa Kanan",
    "740101": "Kecamatan Seberang", "7401012001": "Desa Seberang",
}  # fmt: skip


@dataclass
class World:
    """The built regency. ``marks`` maps a station's code to the figure that only its form shows."""

    election: Election
    areas: dict[str, Area]
    sources: tuple[Source, Source]
    marks: dict[str, int] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)

    @cached_property
    def roles(self) -> tuple[law.model.Role, ...]:
        return law.load_law(self.election.law).roles


def build_world() -> World:
    """Writes the regency straight into the tables: what is tested is who may read it."""
    election = Election.objects.create(
        code=ELECTION, law=ELECTION, name_id="Pemilu 2024", name_en="2024 election", day=date(2024, 2, 14), scheme="t"
    )
    areas: dict[str, Area] = {}
    for code in (*PLACES, *ABROAD):
        parent = next((areas[p] for p in reversed(areas) if code.startswith(p)), None)
        areas[code] = Area.objects.create(
            election=election,
            code=code,
            level=LEVELS[len(code)],
            name=NAMES.get(code, code[-3:] if len(code) == 13 else f"Wilayah {code}"),
            parent=parent,
            path=f"{parent.path if parent else '/'}{code}/",
            stations=sum(len(c) == 13 and c.startswith(code) for c in (*PLACES, *ABROAD)),
            source="t",
        )
    world = World(election, areas, (_source(election, "satu"), _source(election, "dua")))
    for number, code in enumerate(c for c in areas if len(c) == 13):
        world.marks[code] = 86401 + 113 * number
        for source in world.sources:
            world.forms[code] = _form(source, areas[code], world.marks[code] + (source == world.sources[1]) * 17)
    for source in world.sources:
        _summaries(source, world)
    for code, area in areas.items():
        if len(code) < 13:
            _compared(world, area)
        else:
            _difference(world, area)
    adopt_playbook(scope=Scope.system("world"), election=election, area=areas["7322"], at=AT)
    return world


def _source(election: Election, name: str) -> Source:
    source = Source.objects.create(
        election=election, contest=CONTEST, name=name, title_id=name, title_en=name,
        kind=SourceKind.OFFICIAL_WEB, level="tps", origin="t",
    )  # fmt: skip
    batch = ImportBatch.objects.create(
        source=source, file_name=f"{name}.csv", file_sha256="0" * 64, at=AT, by="system:import",
        rows=3, added=3, changed=0, unchanged=0, rejected=1,
    )  # fmt: skip
    RejectedRow.objects.create(batch=batch, row=9, column="tps_id", value="7322992001777", reason="unknown")
    return source


def cells(mark: int) -> dict[str, int | None]:
    """A form whose total does not add up (I6), so that it has a finding."""
    written = law.load_law(ELECTION).columns(CONTEST)
    choices = law.load_law(ELECTION).choice_columns(CONTEST)
    values: dict[str, int | None] = dict.fromkeys((*written, *choices))
    return {**values, choices[0]: mark, "valid": mark, "invalid": 0, "total": mark + 1}


def _form(source: Source, area: Area, mark: int) -> Form:
    form = Form.objects.create(source=source, area=area, status=FormStatus.FAILING, failures=1, warnings=0)
    batch = source.batches.get()
    form.version = FormVersion.objects.create(
        form=form, number=1, cells=cells(mark), cells_sha256="0" * 64, source_time="", batch=batch, row=2
    )
    form.save()
    sealed = Seal(
        "count.import_form", "count.form_version", str(form.version.pk), version_payload(form.version, area.code)
    )
    seal(at=AT, by="system:import", seals=[sealed])
    Finding.objects.create(version=form.version, identity="I6", kind="exact", left=mark + 1, right=mark, difference=1)
    return form


def _summaries(source: Source, world: World) -> None:
    for area in world.areas.values():
        forms = Form.objects.filter(source=source, area__path__startswith=area.path).select_related("version")
        written = [form.version.cells for form in forms if form.version]
        columns = written[0].keys() if written else ()
        AreaSummary.objects.create(
            source=source, area=area, expected=max(1, len(written)), forms=len(written), consistent=0, incomplete=0,
            empty=0, failing=len(written), warnings=0,
            sums={c: sum(w[c] or 0 for w in written) for c in columns},
            given={c: sum(w[c] is not None for w in written) for c in columns},
        )  # fmt: skip


def _difference(world: World, area: Area) -> None:
    a, b = world.sources
    mark = world.marks[area.code]
    cells_ = {law.load_law(ELECTION).choice_columns(CONTEST)[0]: [mark, mark + 17]}
    Difference.objects.create(a=a, b=b, area=area, kind=DifferenceKind.NET_NONZERO, cells=cells_, votes=17)


def _compared(world: World, area: Area) -> None:
    a, b = world.sources
    ComparedArea.objects.create(a=a, b=b, area=area, level="tps", equal=0, net_zero=0, net_nonzero=1, not_comparable=0)


@dataclass(frozen=True)
class Visitor:
    """Somebody at the door: a role at an area, or nobody in particular."""

    name: str
    user: User | AnonymousUser
    home: Area | None

    @property
    def scope(self) -> Scope:
        return scope_of(self.user, at=datetime.now(UTC))


def visitors(world: World) -> list[Visitor]:
    """Every role of the law at its own area, "here"; one whose appointment ended; one without any; a stranger."""
    found = [Visitor("stranger", AnonymousUser(), None), Visitor("nobody", _user("nobody"), None)]
    for role in world.roles:
        for level in role.levels:
            area = next((world.areas[c] for c in PLACES if world.areas[c].level == level), None)
            user = _user(f"{role.code}-{level or 'all'}", area)
            _appoint(world, user, role.code, area)
            found.append(Visitor(user.username, user, area))
    ended = _user("ended")
    _appoint(world, ended, "kpu-ketua", world.areas["7322"], ends=AT)
    found.append(Visitor("ended", ended, world.areas["7322"]))
    there = _user("officer-there", world.areas["732299"])
    there.display_name = "Petugas Seberang Kanan"
    there.save()
    _appoint(world, there, "ppk-ketua", world.areas["732299"])
    return found


@functools.cache
def _password() -> str:
    return make_password("batu-karang-1971")  # slow on purpose: once for all


def _user(username: str, home: Area | None = None) -> User:
    name = f"Nama {username}"
    return User.objects.create(username=username, display_name=name, home=home, password=_password())


def _appoint(world: World, user: User, role: str, area: Area | None, ends: datetime | None = None) -> None:
    Appointment.objects.create(
        user=user, role=role, election=world.election, area=area, starts=datetime(2024, 1, 1, tzinfo=UTC), ends=ends,
        granted_by="system:test", reason="t", participant="1" if role == "saksi" else "",
    )  # fmt: skip


def shows(body: str, figure: int) -> bool:
    """Whether a body shows the figure, with or without a separator of thousands."""
    digits = str(figure)
    pattern = rf"(?<!\d){digits[:-3]}[.,\s\u00a0\u202f]?{digits[-3:]}(?!\d)"
    return re.search(pattern, body) is not None
