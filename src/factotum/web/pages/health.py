"""``/healthz``: whether this process can do its work, for load balancers and supervisors."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from factotum import __version__


def healthz(request: HttpRequest) -> JsonResponse:
    """200 ``{"status": "ok", "version", "checks"}``, or 503 naming what fails."""
    del request
    checks = {"database": _database()}
    is_well = all(check == "ok" for check in checks.values())
    body = {"status": "ok" if is_well else "failing", "version": __version__, "checks": checks}
    return JsonResponse(body, status=200 if is_well else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"
