"""What a WSGI server runs.

What was loaded by then stays for ever: the collector of garbage need not walk it again in the middle of an answer. A
page of a regency makes some ten thousand small things; with the usual limits one answer in five waited a fifth of a
second for the collector.
"""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satusuara.ops.settings")
application = get_wsgi_application()

get_resolver().url_patterns  # noqa: B018 (imports every page now, not with the first request)
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
