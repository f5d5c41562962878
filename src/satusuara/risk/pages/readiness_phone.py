"""What a phone without a network needs: who is signed in when it is back, and the worker that keeps pages at hand."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET

from satusuara.kernel.errors import NotFound
from satusuara.kernel.i18n import Text

WORKER = settings.PACKAGE / "web" / "static" / "build" / "pages" / "readiness-worker.js"


@require_GET
@login_required
def who(request: HttpRequest) -> HttpResponse:
    """GET: whose reports may be sent now, and the token that sending needs."""
    return JsonResponse({"user": request.user.get_username(), "token": get_token(request)})


@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """GET: the service worker of the readiness pages; its address decides its scope."""
    if not WORKER.is_file():
        raise NotFound("not-built", Text("Tampilan belum dibangun", "The front end was not built"))
    return HttpResponse(
        WORKER.read_bytes(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
