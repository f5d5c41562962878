"""How a page asks who is looking: the scope of a request, read once."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from satusuara.people.queries import Scope, scope_of

_ATTRIBUTE = "_satusuara_scope"


def scope_for(request: HttpRequest) -> Scope:
    """What whoever sends ``request`` may see now; one query at most, however often it is asked.

    A request that was refused before anybody was asked who he is (a wrong host) is the public's.
    """
    scope: Scope | None = getattr(request, _ATTRIBUTE, None)
    if scope is None:
        scope = scope_of(getattr(request, "user", AnonymousUser()), at=timezone.now())
        setattr(request, _ATTRIBUTE, scope)
    return scope
