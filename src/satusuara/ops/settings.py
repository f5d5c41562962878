"""Settings: one module, read from the environment (see docs/settings.md for every variable)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

HOME = Path(os.environ.get("SATUSUARA_HOME", "var/satusuara")).resolve()
"""Where this instance keeps its database, keys and uploaded files."""

DEBUG = os.environ.get("SATUSUARA_DEBUG", "") == "1"
SECRET_KEY = os.environ.get("SATUSUARA_SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("SATUSUARA_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

PACKAGE = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    "satusuara.web",
    "satusuara.ops",
    "satusuara.recap",
    "satusuara.count",
    "satusuara.people",
    "satusuara.areas",
    "satusuara.ledger",
    "satusuara.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "satusuara.web.urls"
WSGI_APPLICATION = "satusuara.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, Any]:
    """SQLite in one file by default; DATABASE_URL decides otherwise. IMMEDIATE is not optional (ARCHITECTURE)."""
    url = os.environ.get("DATABASE_URL", f"sqlite:///{HOME / 'satusuara.sqlite3'}")
    config: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
    return config


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Makassar"

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"

LAW = os.environ.get("SATUSUARA_LAW", "id-2024")
"""The law folder that commands and pages take when none is named."""
