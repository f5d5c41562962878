"""The browser of the browser tests: one that is installed, else Debian's where we may install it."""

from __future__ import annotations

import os
import shutil

from tools.house.say import Stop, call, step

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def installed() -> str | None:
    """The path of an installed Chromium or Chrome."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def require() -> None:
    """:raises Stop: where there is none and none can be installed"""
    if installed():
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        with step("Peramban Chromium", "The browser Chromium"):
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            call(["apt-get", "update", "-q"], env=quiet, quiet=True)
            call(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], env=quiet, quiet=True)
    if not installed():
        raise Stop(
            "Pengujian peramban memerlukan Chromium: pasang paket chromium, atau jalankan ./run test --fast.",
            "Browser tests need Chromium: install the package chromium, or run ./run test --fast.",
        )
