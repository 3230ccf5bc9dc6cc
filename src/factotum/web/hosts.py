"""Which addresses the pages answer under.

A page that answers under any name can be reached through a name that an attacker points at it (DNS
rebinding). Numbers cannot be rebound, so they are fine; a name must be the one of FACTOTUM_BASE_URL.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

LOCAL = frozenset({"localhost", "testserver"})


def is_known(host: str, base_url: str) -> bool:
    """Whether ``name[:port]`` is a number, this machine or the name in the base address.

    >>> is_known("192.168.1.5:8000", "https://bots.example.com")
    True
    >>> is_known("evil.example", "https://bots.example.com")
    False
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        ipaddress.ip_address(name)
    except ValueError:
        name = urlsplit(f"//{host}").hostname or "" if host.count("[") == 0 else ""
        return name in LOCAL or name.endswith(".localhost") or name == urlsplit(base_url).hostname
    return True


class KnownHost(MiddlewareMixin):
    """Refuses a name that is not ours, and says which setting makes it ours."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        """None to go on, else 421 Misdirected Request (RFC 9110, 15.5.20)."""
        host = request.META.get("HTTP_HOST", "")
        if not host or is_known(host, settings.CONFIG.base_url):
            return None
        return HttpResponse(
            "Factotum does not know itself under this address. If it is the right one, start it "
            "with FACTOTUM_BASE_URL set to it.\n",
            status=421,
            content_type="text/plain; charset=utf-8",
        )
