"""How a command answers: one JSON object or a table on stdout, everything else on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import typer

from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text

DONE, FOUND, REJECTED = 0, 1, 2
UNUSABLE = Text("berkas tidak dapat dibaca atau ditulis", "the file cannot be read or written")


def language() -> str:
    """The language of messages: ``SATUSUARA_LANG``, Indonesian where it is not set."""
    return "en" if os.environ.get("SATUSUARA_LANG", "").lower().startswith("en") else "id"


@contextmanager
def refusing() -> Iterator[None]:
    """A refusal becomes one sentence on stderr and exit code 2; nothing stands on stdout."""
    try:
        yield
    except Refusal as refusal:
        typer.echo(refusal.in_(language()), err=True)
        raise typer.Exit(REJECTED) from refusal
    except OSError as error:  # no right to read or write, a full disk
        where = f" ({error.filename})" if error.filename else ""
        typer.echo(f"{UNUSABLE.in_(language())}{where}: {error.strerror}", err=True)
        raise typer.Exit(REJECTED) from error


def print_json(answer: dict[str, Any]) -> None:
    """The one JSON object of a command."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


@contextmanager
def progress() -> Iterator[Callable[[Text], None]]:
    """Gives a function that says what is being done: a moving line on a terminal's stderr, silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _text: None
        return
    from rich.console import Console

    with Console(stderr=True).status("…") as status:
        yield lambda text: status.update(text.in_(language()))
