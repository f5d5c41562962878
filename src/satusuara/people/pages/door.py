"""How a page asks who is looking: the scope of a request, read once."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from satusuara.people.queries import Scope, scope_of

_ATTRIBUTE = "_satusuara_scope"


def scope_for(request: HttpRequest) -> Scope:
    """What whoever sends ``request`` may see now; one query at most, however often it is asked."""
    scope: Scope | None = getattr(request, _ATTRIBUTE, None)
    if scope is None:
        scope = scope_of(request.user, at=timezone.now())
        setattr(request, _ATTRIBUTE, scope)
    return scope
