"""The demo regency: a law folder's own facts, sources and accounts (``<law>/demo/demo.toml``) become an instance.

Every step leaves alone what is there already, so a broken run is simply repeated; a finished one is known by its mark
and starts at once.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from django.conf import settings
from django.db import transaction

from satusuara import __version__
from satusuara.areas.actions import load_facts
from satusuara.areas.models import Area, Election
from satusuara.count.actions import SourceSpec, ensure_source, import_results, load_ballots
from satusuara.count.models import Source
from satusuara.kernel.errors import NotFound
from satusuara.kernel.hashing import file_sha256, payload_hash
from satusuara.kernel.i18n import Text
from satusuara.law.loader import folder_of
from satusuara.ops import prepare
from satusuara.people.actions import appoint, create_account, set_password
from satusuara.people.models import User
from satusuara.people.queries import Scope
from satusuara.recap.actions import compare_sources
from satusuara.risk.actions import adopt_playbook, arm_signal
from satusuara.risk.choices import SignalMode
from satusuara.risk.registry import has_detector

Say = Callable[[Text], None]
BY = "demo"
REASON = "peragaan"


class DemoSource(msgspec.Struct, frozen=True, kw_only=True):
    """One source of figures and the file that holds them."""

    election: str
    contest: str
    name: str
    file: str
    title: dict[str, str]
    kind: str
    level: str = ""
    origin: str = ""
    retrieved: str = ""
    note: dict[str, str] = msgspec.field(default_factory=dict)


class DemoComparison(msgspec.Struct, frozen=True, kw_only=True):
    election: str
    contest: str
    a: str
    b: str


class DemoAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account of the demo: a role of the law at an area."""

    username: str
    role: str
    area: str = ""
    name: str = ""
    participant: str = ""
    also: dict[str, str] = msgspec.field(default_factory=dict)  # other elections, and the code of the same area there


class DemoRoll(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up roll: so many voters from an area on, and the area that is taken to be complete."""

    election: str
    area: str
    rows: int
    seed: int


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    """``demo.toml``."""

    election: str
    root: str
    elections: tuple[str, ...] = ()
    sources: tuple[DemoSource, ...] = ()
    comparisons: tuple[DemoComparison, ...] = ()
    accounts: tuple[DemoAccount, ...] = ()
    roll: DemoRoll | None = None


def read(folder: Path) -> Demo:
    """:raises NotFound: ``no-demo`` where the law folder has none"""
    path = folder / "demo.toml"
    if not path.is_file():
        raise NotFound("no-demo", Text(f"Tidak ada peragaan di {folder.name}", f"There is no demo in {folder.name}"))
    return msgspec.toml.decode(path.read_bytes(), type=Demo)


def build(law: str, *, at: datetime, say: Say) -> bool:
    """Makes the demo in this instance; False when it was there already.

    :raises Refusal: what a step refuses
    """
    folder = folder_of(law) / "demo"
    mark = _mark(folder)
    say(Text("Tabel…", "Tables…"))
    prepare.migrate()
    prepare.compile_catalogues()
    prepare.collect_static()
    if _finished() == mark:
        return False
    demo = read(folder)
    scope = Scope.system(BY)
    for election in demo.elections or (demo.election,):
        say(Text(f"Wilayah {election}…", f"Areas of {election}…"))
        load_facts(law=election, at=at, by=f"system:{BY}")
        load_ballots(scope=scope, election=Election.objects.get(code=election), at=at)
    for source in demo.sources:
        say(Text(f"Sumber {source.title['id']}…", f"Source {source.title['en']}…"))
        _import(scope, folder, source, at)
    for pair in demo.comparisons:
        say(Text(f"Membandingkan {pair.a} dan {pair.b}…", f"Comparing {pair.a} and {pair.b}…"))
        _compare(pair, at)
    say(Text("Buku panduan…", "The playbook…"))
    _adopt(scope, demo, at)
    if demo.roll is not None:
        say(Text("Daftar pemilih buatan…", "Made-up voter roll…"))
        _make_roll(scope, demo.roll, at)
    say(Text("Akun…", "Accounts…"))
    _make_accounts(scope, demo, at)
    (settings.HOME / "demo.json").write_text(json.dumps(mark))
    return True


def accounts_file() -> Path:
    """Where the demo's passwords are kept, readable by the owner only."""
    return Path(settings.HOME) / "accounts.txt"


def _mark(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {"version": __version__, "demo": payload_hash([[path.name, file_sha256(path)] for path in files])}


def _finished() -> object:
    path = Path(settings.HOME) / "demo.json"
    return json.loads(path.read_text()) if path.exists() and Election.objects.exists() else None


def _import(scope: Scope, folder: Path, source: DemoSource, at: datetime) -> None:
    spec = SourceSpec(
        source.name, source.contest, source.kind, title_id=source.title["id"], title_en=source.title["en"],
        level=source.level, origin=" ".join(filter(None, (source.origin, source.retrieved))),
        note_id=source.note.get("id", ""), note_en=source.note.get("en", ""),
    )  # fmt: skip
    election = Election.objects.get(code=source.election)
    into = ensure_source(scope=scope, election=election, spec=spec, at=at)
    import_results(scope=scope, source=into, path=folder / source.file, at=at)


def _make_roll(scope: Scope, said: DemoRoll, at: datetime) -> None:
    """Made-up voters, marked so on every line and page, and a search for duplicates: review has something to show."""
    from satusuara.roll.actions import import_roll
    from satusuara.roll.generator import generate, load_settings
    from satusuara.roll.lake.linkage import link_roll
    from satusuara.roll.models import RollVersion

    area = Area.objects.select_related("election").get(election=said.election, code=said.area)
    if RollVersion.objects.filter(election=area.election, state="done").exists():
        return
    with TemporaryDirectory(prefix="satusuara-") as folder:
        path = Path(folder) / "buatan.parquet"
        generate(
            path, rows=said.rows, seed=said.seed, law=area.election.law, settings=load_settings(),
            on=area.election.day, area=area.code,
        )  # fmt: skip
        above = area.parent or area  # made-up voters may move to the next sub-district
        whole = Area.objects.select_related("election").get(pk=above.pk)
        import_roll(
            scope=scope, election=area.election, area=whole, category=_home(area), source="buatan", path=path, at=at,
            made_up=True,
        )  # fmt: skip
    link_roll(scope=scope, area=whole, only_changes=False, at=at)


def _home(area: Area) -> str:
    from satusuara.roll.queries import spec_of

    return spec_of(area.election).home_category


def _compare(pair: DemoComparison, at: datetime) -> None:
    named = {s.name: s for s in Source.objects.filter(election=pair.election, contest=pair.contest)}
    election = Election.objects.get(code=pair.election)
    compare_sources(
        election=election, contest=pair.contest, a=named[pair.a], b=named[pair.b], at=at, by=f"system:{BY}"
    )  # fmt: skip


def _adopt(scope: Scope, demo: Demo, at: datetime) -> None:
    """The election's playbook as the regency's register, detectors in shadow. No readiness is made up: every gate reads
    as not reported until somebody reports it."""
    area = Area.objects.select_related("election").get(election=demo.election, code=demo.root)
    register = adopt_playbook(scope=scope, election=area.election, area=area, at=at)
    for definition in register.signals.filter(mode=SignalMode.DRAFT).select_related("risk__area"):
        if has_detector(definition.detector):
            arm_signal(scope=scope, definition=definition, mode=SignalMode.SHADOW, at=at)


def _make_accounts(scope: Scope, demo: Demo, at: datetime) -> None:
    """Accounts that are not there yet, each with a password of its own, written where only the owner reads."""
    election = Election.objects.get(code=demo.election)
    lines = []
    for account in demo.accounts:
        if User.objects.filter(username=account.username).exists():
            continue
        area = Area.objects.get(election=election, code=account.area) if account.area else None
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            user = create_account(
                scope=scope, username=account.username, display_name=account.name, home=area, reason=REASON, at=at
            )  # fmt: skip
            set_password(scope=scope, user=user, password=password, at=at)
            _appoint(scope, user, account, election, area, at=at)
            for code, area_code in account.also.items():
                other = Election.objects.get(code=code)
                _appoint(scope, user, account, other, Area.objects.get(election=other, code=area_code), at=at)
        lines.append(f"{account.username}\t{password}\t{account.role}\t{account.area or '-'}\n")
    if lines:
        descriptor = os.open(accounts_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(lines)


def _appoint(
    scope: Scope, user: User, account: DemoAccount, election: Election, area: Area | None, *, at: datetime
) -> None:
    appoint(
        scope=scope, user=user, role=account.role, election=election, area=area, reason=REASON, at=at,
        participant=account.participant,
    )  # fmt: skip
