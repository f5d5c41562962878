"""Commands that need the database: Django is started, the time of the deed taken, refusals become sentences."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from satusuara.ops.commands.answer import refusing


@contextmanager
def database() -> Iterator[datetime]:
    """Gives the time of the command; a refusal inside ends it with one sentence and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satusuara.ops.settings")
    import django

    django.setup()
    from django.utils import timezone

    with refusing():
        yield timezone.now()
