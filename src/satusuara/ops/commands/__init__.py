"""Every public command (docs/commands.md; the contract of CLI)."""

from __future__ import annotations

from importlib import import_module

import typer

app = typer.Typer(name="satusuara", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
check = typer.Typer(name="check", no_args_is_help=True)
imports = typer.Typer(name="import", no_args_is_help=True)
ledger = typer.Typer(name="ledger", no_args_is_help=True)
export = typer.Typer(name="export", no_args_is_help=True)
signals = typer.Typer(name="signals", no_args_is_help=True)
playbook = typer.Typer(name="playbook", no_args_is_help=True)
voters = typer.Typer(name="roll", no_args_is_help=True)
books = typer.Typer(name="pollbook", no_args_is_help=True)
for group in (check, imports, ledger, export, signals, playbook, voters, books):
    app.add_typer(group)

MODULES = (
    "check_results",
    "compare",
    "demo",
    "export_results",
    "import_areas",
    "import_ballots",
    "import_results",
    "import_roll",
    "logbook",
    "operate",
    "people",
    "pollbook",
    "recap",
    "risk",
    "roll",
    "roll_database",
    "seats",
)
for module in MODULES:
    import_module(f"{__name__}.{module}")
