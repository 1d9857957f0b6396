"""Django's settings, made from the home: environment beats ``izumi.toml`` beats default (interface.md, Settings)."""

from __future__ import annotations

import importlib.util
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from izumi.kernel.home import home

HERE = Path(__file__).resolve().parent
_home = home()


def _number(name: str, default: int, *, most: int) -> int:
    """A setting that is a whole number from 1 to ``most``."""
    told = _home.setting(name, str(default))
    if not (told.isascii() and told.isdigit() and 1 <= int(told) <= most):
        raise SystemExit(f"{name}: 1〜{most} の整数を書いてください / give a whole number from 1 to {most}")
    return int(told)


IZUMI_HOME = _home.path
IZUMI_ENV = _home.setting("IZUMI_ENV")
os.environ.setdefault("IZUMI_ENV", IZUMI_ENV)  # the kernel's clock asks the environment only
os.environ.setdefault("IZUMI_TIME_ZONE", _home.setting("IZUMI_TIME_ZONE"))
IZUMI_BASE_URL = _home.setting("IZUMI_BASE_URL").rstrip("/")
IZUMI_SITE_NAME = _home.site_name
IZUMI_TITLE = _home.title
IZUMI_STORAGE_URL = _home.setting("IZUMI_STORAGE_URL") or f"file://{_home.objects}"
IZUMI_SEARCH_URL = _home.setting("IZUMI_SEARCH_URL") or f"tantivy://{_home.index}"
IZUMI_ADMIN_EMAIL = _home.setting("IZUMI_ADMIN_EMAIL", "operator@izumi.invalid" if IZUMI_ENV == "demo" else "")
IZUMI_MAIL_URL = _home.setting("IZUMI_MAIL_URL")
IZUMI_USER_CONTENT_HOST = _home.setting("IZUMI_USER_CONTENT_HOST")
IZUMI_TRUSTED_PROXIES = frozenset(filter(None, _home.setting("IZUMI_TRUSTED_PROXIES").split(",")))
IZUMI_OAI_PAGE = _number("IZUMI_OAI_PAGE", 100, most=1000)
IZUMI_METRICS_TOKEN = _home.setting("IZUMI_METRICS_TOKEN")

SECRET_KEY = _home.setting("IZUMI_SECRET_KEY") or secrets.token_urlsafe(48)
DEBUG = False
ALLOWED_HOSTS = ["*"]  # addresses are built from IZUMI_BASE_URL, never from the Host header
ROOT_URLCONF = "izumi.web.urls"
WSGI_APPLICATION = "izumi.web.wsgi.application"
AUTH_USER_MODEL = "people.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ, TIME_ZONE, USE_I18N = True, "UTC", False
APPEND_SLASH = False
LOGIN_URL = "/login"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5_000
FILE_UPLOAD_TEMP_DIR = str(_home.drafts) if _home.exists else None

ROOMS = [
    "izumi.kernel", "izumi.policy", "izumi.people", "izumi.storage", "izumi.profiles", "izumi.records", "izumi.formats",
    "izumi.publishing", "izumi.catalogue", "izumi.plans", "izumi.governance", "izumi.web",
]  # fmt: skip
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", *ROOMS]

MIDDLEWARE = [
    "izumi.web.stored.StoredPages",
    "izumi.web.middleware.Envelope",
    "izumi.web.middleware.Language",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "izumi.web.middleware.Csrf",
    "izumi.web.middleware.WhoActs",
    "izumi.web.idempotency.Idempotency",
]

SESSION_COOKIE_NAME = "izumi_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 20 * 3600
CSRF_COOKIE_NAME = "izumi_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "izumi.web.middleware.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IZUMI_BASE_URL.startswith("https:")
CSRF_TRUSTED_ORIGINS = [IZUMI_BASE_URL]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "izumi.web.context.page"],
            "builtins": ["izumi.web.templatetags.izumi"],
        },
    }
]


def _database(url: str) -> dict[str, Any]:
    """Django's description of ``IZUMI_DATABASE_URL``."""
    parts = urlsplit(url)
    if parts.scheme == "postgresql":
        if importlib.util.find_spec("psycopg") is None:
            raise SystemExit("IZUMI_DATABASE_URL: pip install 'izumi[postgresql]' (PostgreSQL の部品がありません / is missing)")
        return {
            "ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""), "HOST": parts.hostname or "", "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
        }  # fmt: skip
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": parts.path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;",
        },
    }


DATABASES = {"default": _database(_home.setting("IZUMI_DATABASE_URL") or f"sqlite://{_home.database}")}

_logs = _home.logs
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "main": (
            {"class": "logging.handlers.RotatingFileHandler", "filename": str(_logs / "izumi.log"), "maxBytes": 5_000_000,
             "backupCount": 5, "formatter": "line", "delay": True, "encoding": "utf-8"}
            if _logs.is_dir() else {"class": "logging.StreamHandler", "formatter": "line"}
        ),
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["main"], "level": "WARNING"},
    # Django would log the full path of refused requests; query strings of searchers are never logged.
    "loggers": {name: {"handlers": ["nowhere"], "propagate": False} for name in ("django.request", "django.security")},
}  # fmt: skip
