"""What every template knows about whoever is looking: which rights he holds anywhere, and the demo's banner."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from satusuara.people.choices import Right
from satusuara.people.pages.door import scope_for


def looking(request: HttpRequest) -> dict[str, Any]:
    """``may``: codes of the rights held anywhere (``{% if "people" in may %}``); asked only where a template uses it.

    ``second_factor_relaxed``: this instance does not ask for the second factor that a role here would need.
    """
    return {
        "may": SimpleLazyObject(lambda: frozenset(right.value for right in Right if scope_for(request).holds(right))),
        "second_factor_relaxed": not settings.REQUIRE_SECOND_FACTOR,
    }
