"""Django's settings, all from ``factotum.config``; importing them touches no file."""

from __future__ import annotations

import os

from django.utils.functional import lazystr

from factotum.config import load
from factotum.store import database, root_key

CONFIG = load(os.environ)


class _SecretKey:
    """Derived from the root key when first used, so that a mere import makes no key file."""

    def __init__(self) -> None:
        self._text = ""

    def __str__(self) -> str:
        self._text = self._text or root_key.load(CONFIG).derive("django secret key").hex()
        return self._text


SECRET_KEY = lazystr(_SecretKey())
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "factotum.store",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

DATABASES = {"default": database.settings_for(CONFIG.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "store.Worker"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
