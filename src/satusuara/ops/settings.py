"""Settings: one module, read from the environment (see docs/settings.md for every variable)."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

from satusuara.kernel.logs import logging_config

HOME = Path(os.environ.get("SATUSUARA_HOME", "var/satusuara")).resolve()
"""Where this instance keeps its database, keys and uploaded files."""

DEBUG = os.environ.get("SATUSUARA_DEBUG", "") == "1"


def _secret_key() -> str:
    """SATUSUARA_SECRET_KEY, or the key that this instance made for itself, readable by its owner only."""
    if key := os.environ.get("SATUSUARA_SECRET_KEY"):
        return key
    path = HOME / "secret-key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process was first: its key holds
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("SATUSUARA_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

PACKAGE = Path(__file__).resolve().parent.parent

INSTALLED_APPS = [
    "satusuara.web",
    "satusuara.ops",
    "satusuara.recap",
    "satusuara.count",
    "satusuara.pollbook",
    "satusuara.roll",
    "satusuara.ballots",
    "satusuara.risk",
    "satusuara.people",
    "satusuara.areas",
    "satusuara.ledger",
    "satusuara.kernel",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
]

MIDDLEWARE = [
    "satusuara.kernel.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # tokens are masked anew in every answer, so that lengths tell nothing
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "satusuara.people.pages.gate.GateMiddleware",
    "axes.middleware.AxesMiddleware",
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
                "satusuara.people.pages.context.looking",
                "satusuara.web.context.face",
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
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "satusuara.web.static_files.StaticFiles"},
}

LAW = os.environ.get("SATUSUARA_LAW", "id-2024")
"""The law folder that commands and pages take when none is named."""
PUBLISHER = os.environ.get("SATUSUARA_PUBLISHER", "")
"""Who publishes what this instance shows: said at the foot of every page."""
LOG_NAME = os.environ.get("SATUSUARA_LOG_NAME", "")
"""The name under which this instance's log signs (C2SP: origin), taken when its key is made."""

SMS_SECRET = os.environ.get("SATUSUARA_SMS_SECRET", "")
"""What an SMS gateway signs its messages with (docs/decisions/a-message-speaks-for-whoever-is-appointed.md); without
one none is taken."""
SMS_COUNTRY = os.environ.get("SATUSUARA_SMS_COUNTRY", "62")
"""The country code of numbers that begin with 0."""

# --- Signing in (people) and what guards it; docs/threat-model.md says against whom ---

HTTPS = os.environ.get("SATUSUARA_HTTPS", "") == "1"
"""Whether this instance is reached by HTTPS (its own certificate or a proxy's): then cookies travel by nothing else."""
BEHIND_PROXY = os.environ.get("SATUSUARA_BEHIND_PROXY", "") == "1"
"""Whether a reverse proxy of ours sets X-Forwarded-Proto. Without one, nobody's word about himself is believed."""
REQUIRE_SECOND_FACTOR = os.environ.get("SATUSUARA_SECOND_FACTOR", "1") != "0"
"""Whether roles that the law folder marks must sign in with a second factor. The demo may relax it, with a banner."""
IDLE_MINUTES = int(os.environ.get("SATUSUARA_IDLE_MINUTES", "60"))
"""After so many minutes without a request a person must sign in again."""
SESSION_HOURS = int(os.environ.get("SATUSUARA_SESSION_HOURS", "12"))
"""After so many hours a person must sign in again, however busy."""

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 72 * 3600  # a setup link, in seconds

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:account"
ACCOUNT_ADAPTER = "satusuara.people.pages.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "satusuara.people.pages.adapters.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Guesses against one account from ever new addresses; axes below counts those from one address.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "60/m/ip,100/3600s/key"}
MFA_ADAPTER = "satusuara.people.pages.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Satu Suara"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "satusuara.people.pages.gate.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # who signed in when from where is not kept; failures are, until they are cleared
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_FORM_FIELD = "username"  # as the sign-in library names it when it asks
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address", "csrfmiddlewaretoken"]

SESSION_COOKIE_NAME = "satusuara"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "satusuara.people.pages.gate.csrf_failure"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS and BEHIND_PROXY  # our own HTTPS server answers nothing else
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# The LAN's certificate is of the regency's own authority: never on a browser maker's preload list.
SECURE_HSTS_PRELOAD = False

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LOGGING = logging_config(os.environ.get("SATUSUARA_LOG_LEVEL", "INFO"))
