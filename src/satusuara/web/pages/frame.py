"""The frame: what the system says of itself, and what it says when an address leads nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from satusuara.count.choices import FormStatus
from satusuara.web.pages.public import meaning_of


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """GET: what the figures are, what each status means, what they are not."""
    order = (FormStatus.CONSISTENT, FormStatus.INCOMPLETE, FormStatus.FAILING, FormStatus.EMPTY)
    statuses = [{"code": one.value, "label": one.label, "meaning": meaning_of(one.value)} for one in order]
    return render(request, "web/about.html", {"statuses": statuses})


@require_safe
@cache_control(max_age=3600)
@vary_on_headers("Accept-Language", "Cookie")
def manifest(request: HttpRequest) -> HttpResponse:
    """GET: how a phone puts the site on its home screen."""
    return render(request, "web/manifest.json", content_type="application/manifest+json")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return render(request, "web/error.html", {"status": 400}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return render(request, "web/error.html", {"status": 403}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return render(request, "web/error.html", {"status": 404}, status=404)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The page for what went wrong inside: asks neither the database nor the session, which may be what is broken."""
    return HttpResponse(render_to_string("web/broken.html", {"LANGUAGE_CODE": get_language()}), status=500)
