"""Setup's own pages: the menu, the callback address, the hosts."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.core.values import Record
from factotum.web.asking import actor_of, admins_only, app, result
from factotum.web.pages.cards import scheme_of


def configure(request: HttpRequest) -> HttpResponseBase:
    """What can be configured."""
    return render(request, "setup/menu.html")


def packages(request: HttpRequest) -> HttpResponseBase:
    """Where packages come from."""
    return render(request, "setup/menu.html")


def developers(request: HttpRequest) -> HttpResponseBase:
    """What there is for programs."""
    return render(request, "setup/menu.html")


@admins_only
def callback_address(request: HttpRequest) -> HttpResponseBase:
    """The address that providers are told, and whether the one in use fits it."""
    base = settings.CONFIG.base_url
    here = f"{'https' if request.is_secure() else 'http'}://{request.get_host()}"
    host = urlsplit(base).hostname or ""
    context = {
        "callback_url": settings.CONFIG.callback_url,
        "base_url": base,
        "here": here,
        "fits": here.lower() == base.lower(),
        "is_local": host in {"localhost", "127.0.0.1", "::1"},
        "is_https": base.startswith("https:"),
    }
    return render(request, "setup/callback.html", context)


@admins_only
def hosts(request: HttpRequest) -> HttpResponseBase:
    """Where each service's accounts may send requests, and which private addresses are open."""
    page = result(app().find(actor_of(request), "connected_service", "", sort="name", limit=500))
    context = {
        "services": [(service, hosts_of(service)) for service in page.records],
        "allowed": settings.CONFIG.allow_hosts,
    }
    return render(request, "setup/hosts.html", context)


def hosts_of(service: Record) -> list[str]:
    """The hosts its accounts may sign for: those listed, else those of its addresses."""
    listed = list(service.get("hosts") or [])
    scheme = scheme_of(service)
    if listed or scheme is None:
        return listed
    params = service.get("params") or {}
    return sorted({urlsplit(str(url)).netloc for url in params.values() if "://" in str(url)})
