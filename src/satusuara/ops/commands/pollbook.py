"""``satusuara pollbook merge``: segment files of any devices into one state, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from satusuara.kernel.i18n import Text
from satusuara.ops.commands import books
from satusuara.ops.commands.answer import FOUND, REJECTED, language, print_json, refusing

_SHOWN = 100
ELECTION = Text("Segmen milik pemilu lain, bukan {first}", "The segment is of another election, not {first}")


@books.command("merge")
def merge(
    files: Annotated[list[Path], typer.Argument(help="Berkas segmen atau folder / segment files or folders.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON / one JSON object.")] = False,
    fail_on_findings: Annotated[
        bool, typer.Option("--fail-on-findings", help="Keluar 1 bila ada ganda atau salinan / exit 1 on findings.")
    ] = False,
) -> None:
    """Gabungkan segmen dari beberapa perangkat / merge segments of several devices."""
    from satusuara.pollbook.rules.merge import Replica
    from satusuara.pollbook.rules.segments import MAX_SEGMENT, SegmentError, open_segment

    replica = Replica()
    stations: set[str] = set()
    rejects: list[dict[str, Any]] = []
    accepted, repeated, election = 0, 0, ""
    with refusing():
        for path in _all(files):
            with path.open("rb") as file:
                raw = file.read(MAX_SEGMENT + 1)
            try:
                segment = open_segment(raw)
            except SegmentError as error:
                reason = {"file": str(path), "code": error.code, "reason": error.sentence.in_(language())}
                rejects.append({**reason, "detail": error.detail})
                continue
            election = election or segment.election
            if segment.election != election:
                said = ELECTION.format(first=election).in_(language())
                rejects.append(
                    {"file": str(path), "code": "election-other", "reason": said, "detail": segment.election}
                )
                continue
            new = replica.add(segment)
            accepted += bool(new)
            repeated += not new
            stations.add(segment.station)
    answer = _answer(replica, sorted(stations), accepted, repeated, rejects)
    if as_json:
        print_json(answer)
    else:
        _print(answer)
    if rejects:
        raise typer.Exit(REJECTED)
    if fail_on_findings and (answer["conflicts"] or answer["forks"]):
        raise typer.Exit(FOUND)


def _all(files: list[Path]) -> list[Path]:
    """The files, and those in folders, by name."""
    found: list[Path] = []
    for path in files:
        found += sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    return found


def _answer(
    replica: Any, stations: list[str], accepted: int, repeated: int, rejects: list[dict[str, Any]]
) -> dict[str, Any]:
    state = replica.state()

    def named(one: Any) -> dict[str, Any]:
        return {"device": one.device.hex(), "seq": one.seq}

    return {
        "segments": accepted,
        "repeated": repeated,
        "rejected": len(rejects),
        "rejects": rejects[:_SHOWN],
        "events": len(state.entries),
        "stations": stations,
        "devices": [
            {
                "device": device.hex(),
                "events": len(log.events),
                "head": log.head,
                "gaps": list(map(list, log.gaps)),
            }
            for device, log in sorted(replica.logs.items())
        ],
        "voted": len(state.claims),
        "conflicts": [{"case": case.hex(), "claims": list(map(named, pair))} for case, pair in state.conflicts.items()],
        "cancelled": len(state.cancelled),
        "idle_undos": [{**named(one), "names": list(map(named, ids))} for one, ids in state.idle_undos.items()],
        "forks": [
            {"device": fork.device.hex(), "seq": fork.seq, "hashes": [one.hex() for one in fork.hashes]}
            for fork in state.forks
        ],
    }


def _print(answer: dict[str, Any]) -> None:
    lang = language()
    said = Text(
        "{segments} segmen, {events} catatan; {voted} pemilih diterima. Ganda: {doubles}; kunci tersalin: {copies}.",
        "{segments} segments, {events} events; {voted} voters let in. Doubles: {doubles}; copied keys: {copies}.",
    ).format(**answer, doubles=len(answer["conflicts"]), copies=len(answer["forks"]))
    typer.echo(said.in_(lang))
    for one in answer["conflicts"]:
        claims = ", ".join(f"{claim['device'][:8]}/{claim['seq']}" for claim in one["claims"])
        typer.echo(f"- {Text('ganda', 'double').in_(lang)} {one['case'][:16]}: {claims}")
    for one in answer["devices"]:
        for first, last in one["gaps"]:
            gap = Text(f"belum ada catatan {first}-{last}", f"events {first}-{last} are missing").in_(lang)
            typer.echo(f"- {one['device'][:8]}: {gap}")
    for one in answer["rejects"]:
        typer.echo(f"- {one['file']}: {one['reason']}", err=True)
