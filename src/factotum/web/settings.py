"""Django's settings, all from ``factotum.config``; importing them touches no database and no key."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.functional import lazystr

from factotum.config import load
from factotum.store import database, root_key
from factotum.telemetry import logs
from factotum.web import assets

CONFIG = load(os.environ)
_BASE = urlsplit(CONFIG.base_url)
_IS_HTTPS = _BASE.scheme == "https"


class _SecretKey:
    """Derived from the root key when first used, so that a mere import makes no key file."""

    def __init__(self) -> None:
        self._text = ""

    def __str__(self) -> str:
        self._text = self._text or root_key.load(CONFIG).derive("django secret key").hex()
        return self._text


SECRET_KEY = lazystr(_SecretKey())
DEBUG = False
ALLOWED_HOSTS = ["*"]  # web.hosts.KnownHost decides, and says what to do about a strange one

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "csp",
    "factotum.store",
    "factotum.web",
]
MIDDLEWARE = [
    "factotum.web.headers.PermissionsPolicy",
    "factotum.web.api.problems.Problems",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "factotum.web.hosts.KnownHost",
    "factotum.web.errors.DomainErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "factotum.web.sign_in.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "factotum.web.zones.PersonsZone",
]
ROOT_URLCONF = "factotum.web.urls"
ASGI_APPLICATION = "factotum.web.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "factotum.web.shell.shell",
            ],
            "builtins": ["django.templatetags.static", "factotum.web.templatetags.factotum"],
        },
    }
]
MESSAGE_TAGS = {25: "good", 30: "warn", 40: "bad"}  # Django's levels → our colours
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Under ASGI each page runs in a thread of its own, which would keep its connection: close it after.
DATABASES = {"default": {**database.settings_for(CONFIG.database_url), "CONN_MAX_AGE": 0}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # above what the importer takes: it says it better
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# People -------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "store.Worker"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "UserAttributeSimilarityValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]  # a dict of mixed values
AUTH_PASSWORD_VALIDATORS[2]["OPTIONS"] = {"user_attributes": ("name", "email")}  # type: ignore[assignment]

ACCOUNT_ADAPTER = "factotum.web.sign_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = False  # it would count in memory; web.sign_in_limits does in the database
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"

SESSION_COOKIE_NAME = "factotum_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = _IS_HTTPS
CSRF_COOKIE_NAME = "factotum_csrf"
CSRF_COOKIE_HTTPONLY = True  # htmx sends the token from the page, not from the cookie
CSRF_COOKIE_SECURE = _IS_HTTPS
CSRF_TRUSTED_ORIGINS = [f"{_BASE.scheme}://{_BASE.netloc}"]
CSRF_FAILURE_VIEW = "factotum.web.errors.stale_form"

# What browsers are told ---------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _IS_HTTPS else None

LOGGING = logs.settings_for(CONFIG.log)

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = f"/static/{assets.version()}/"
APPEND_SLASH = False
