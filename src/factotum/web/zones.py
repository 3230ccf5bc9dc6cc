"""Times in the person's own zone: the browser says which (a cookie that app.js sets)."""

from __future__ import annotations

from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.deprecation import MiddlewareMixin

COOKIE = "factotum_zone"


class PersonsZone(MiddlewareMixin):
    """Activates the zone for the templates of this request."""

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponseBase | None:
        """A zone that does not exist is passed over."""
        timezone.deactivate()
        try:
            timezone.activate(ZoneInfo(unquote(request.COOKIES.get(COOKIE) or "UTC")))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            timezone.activate(ZoneInfo("UTC"))
        return None
