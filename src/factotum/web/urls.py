"""Every address that people's browsers ask for. Webhooks are answered before Django (``asgi.py``)."""

from __future__ import annotations

from django.urls import include, path

from factotum.web import errors

urlpatterns = [
    path("api/", include("factotum.web.api.urls")),
    path("", include("factotum.web.pages.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
