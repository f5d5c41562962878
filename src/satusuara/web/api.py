"""The API (OpenAPI at /api/v1/openapi.json): the chapters' routers, and one way to say what was refused.

No page of documentation: those that exist need styles inline or scripts from elsewhere, which the policy of every page
forbids (kernel/headers.py). Any reader of OpenAPI opens the document itself.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from satusuara import __version__
from satusuara.areas.api import router as areas
from satusuara.count.api import router as count
from satusuara.kernel.errors import Refusal
from satusuara.kernel.i18n import Text
from satusuara.people.pages.gate import refused
from satusuara.pollbook.api import router as pollbook
from satusuara.recap.api import router as recap
from satusuara.risk.api import router as risk

DESCRIPTION = """What the pages show, for programs. Areas, published sums and the status of every figure are public.
Forms, findings, comparisons and downloads need a sign-in (the session's cookie) and the right over the area in the
address. Every refusal is `{"code", "detail"}`: 401 sign in, 403 no right there, 404 no such thing, 422 a parameter that
can't be read. A blank is `null`, a written zero is `0`. Sentences come in Indonesian and English."""

api = NinjaAPI(
    title="Satu Suara", version="1", description=f"{DESCRIPTION}\n\nSoftware {__version__}.", docs_url=None,
    urls_namespace="api",
)  # fmt: skip
api.add_router("", areas)
api.add_router("", count)
api.add_router("", recap)
api.add_router("", pollbook)
api.add_router("", risk)

UNREADABLE = Text("Parameter tidak dapat dibaca", "A parameter cannot be read")


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return refused(request, refusal)


@api.exception_handler(ValidationError)
def _unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Which parameters, and what is wrong with each."""
    each = "; ".join(f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors)
    return _problem(request, "parameter-unreadable", f"{UNREADABLE.in_(get_language() or 'id')}: {each}", 422)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(request, "refused", str(error), error.status_code)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return nowhere(request)


def nowhere(request: HttpRequest) -> HttpResponse:
    """Whatever address under /api/ leads to no operation."""
    return _problem(request, "not-found", Text("Tidak ada", "There is no such thing").in_(get_language() or "id"), 404)


def _problem(request: HttpRequest, code: str, detail: str, status: int) -> HttpResponse:
    return api.create_response(request, {"code": code, "detail": detail}, status=status)
