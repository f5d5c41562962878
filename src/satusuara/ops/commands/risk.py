"""``satusuara playbook adopt`` makes a register; ``satusuara signals run`` lets the detectors armed in it look."""

from __future__ import annotations

from typing import Annotated

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import playbook, signals
from satusuara.ops.commands.answer import language, print_json, progress
from satusuara.ops.commands.database import database


@signals.callback()
def _signals() -> None:
    """Sinyal / signals."""


@playbook.callback()
def _playbook() -> None:
    """Buku panduan masalah / the playbook."""


@playbook.command("adopt")
def adopt(
    *,
    area: Annotated[str, typer.Option(help="Kode wilayah komisi / code of the commission's area.")],
    election: Annotated[str, typer.Option(help="Kode pemilu / code of the election.")] = "id-2024",
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Nyalakan pendeteksi yang terpasang dalam uji diam / arm in shadow.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Tetapkan buku panduan sebagai daftar risiko suatu wilayah / adopt the playbook as an area's register."""
    with database() as at:
        from satusuara.areas import queries as areas
        from satusuara.people.queries import Scope
        from satusuara.risk import actions, registry
        from satusuara.risk.choices import SignalMode

        scope = Scope.system("playbook")
        place = areas.area(election, area)
        register = actions.adopt_playbook(scope=scope, election=place.election, area=place, at=at)
        drafts = register.signals.filter(mode=SignalMode.DRAFT)
        armed = 0
        for definition in drafts.select_related("risk__area") if shadow else ():
            if registry.has_detector(definition.detector):
                actions.arm_signal(scope=scope, definition=definition, mode=SignalMode.SHADOW, at=at)
                armed += 1
    answer = {
        "election": election, "area": area, "version": register.version, "sha256": register.sha256,
        "risks": register.risks.count(), "barriers": register.barriers.count(),
        "signals": register.signals.count(), "armed_in_shadow": armed,
    }  # fmt: skip
    if as_json:
        print_json(answer)
        return
    said = Text(
        "{risks} masalah, {barriers} pencegahan dan penanganan, {signals} sinyal ({armed_in_shadow} dalam uji diam).",
        "{risks} problems, {barriers} barriers, {signals} signals ({armed_in_shadow} in shadow).",
    )
    typer.echo(said.format(**answer).in_(language()))


@signals.command("run")
def run(
    *,
    election: Annotated[str, typer.Option(help="Kode pemilu; kosong: semua / code of the election; empty: all.")] = "",
    detector: Annotated[list[str] | None, typer.Option(help="Hanya pendeteksi ini / only this detector.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
) -> None:
    """Jalankan semua pendeteksi yang siaga / run every detector that is armed."""
    answer = []
    with database() as at, progress() as say:
        from satusuara.people.queries import Scope
        from satusuara.risk import queries, registry
        from satusuara.risk.signals import run_detectors

        scope = Scope.system("signals")
        for name in detector or []:
            registry.detector(name)
        for register in queries.registers(scope, election):
            say(Text(f"{register.area.name}…", f"{register.area.name}…"))
            for each in run_detectors(scope=scope, register=register, at=at, only=detector or ()):
                answer.append(
                    {
                        "election": register.election_id, "area": register.area.code, "detector": each.detector,
                        "seen": each.seen, "new": each.raised.new, "shadow": each.raised.shadow,
                        "repeated": each.raised.deduped, "snoozed": each.raised.snoozed, "known": each.raised.known,
                    }
                )  # fmt: skip
    if as_json:
        print_json({"runs": answer})
        return
    said = Text(
        "{area} {detector}: {seen} terlihat; {new} baru, {repeated} berulang, {snoozed} ditunda, {shadow} uji diam.",
        "{area} {detector}: {seen} seen; {new} new, {repeated} repeated, {snoozed} snoozed, {shadow} in shadow.",
    )
    for line in answer:
        typer.echo(said.format(**line).in_(language()))
    if not answer:
        nothing = Text("Tidak ada sinyal yang siaga.", "No signal is armed.")
        typer.echo(nothing.in_(language()), err=True)
