"""What every page shows around its own content."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from factotum.web.asking import actor_of, app, result

CARD = re.compile(r"[a-z_]+/[0-9]+")


class Entry(NamedTuple):
    """One entry of a menu: its address, name, icon and what it is for.

    ``also`` is where its other pages are.
    """

    url: str
    label: str
    icon: str = ""
    about: str = ""
    admins: bool = True
    also: str = ""


MENU = (
    Entry("/", "Home", "home"),
    Entry("/search", "Search", "search"),
    Entry("/bots", "Bots", "bot"),
    Entry("/runs", "Runs", "run"),
    Entry("/setup", "Setup", "setup"),
)

APPROVALS = Entry("/runs/approvals", "Approvals", "person", "Approvals")
UNKNOWN = Entry("/runs/unknown", "Unknown", "warning", "Unknown outcomes")
"""What waits for this person stands in the menu beside ``MENU``, while there is any."""

SETUP: tuple[tuple[Entry, tuple[Entry, ...]], ...] = (
    (
        Entry("/setup/configure", "Configure"),
        (
            Entry(
                "/setup/configure/import-package",
                "Import Package",
                "package",
                "Add services, accounts and bots from a JSON package.",
            ),
            Entry(
                "/setup/configure/callback",
                "Callback address",
                "link",
                "The address to register at a provider, so that accounts can be linked.",
            ),
            Entry(
                "/setup/configure/hosts",
                "Hosts",
                "globe",
                "Where bots may send requests, and which private addresses are open.",
            ),
            Entry(
                "/setup/configure/budgets",
                "Budgets",
                "clock",
                "What is left at each service, what requests cost, and how much may be spent.",
                also="/setup/configure/prices",
            ),
        ),
    ),
    (
        Entry("/setup/packages", "Packages"),
        (
            Entry("/setup/packages/import", "Import", "package", "Paste or upload a package."),
            Entry(
                "/setup/packages/library", "Library", "book", "Ready-made services and their bots."
            ),
        ),
    ),
    (Entry("/setup/team", "Team"), ()),
    (Entry("/setup/security", "Security", admins=False), ()),
    (
        Entry("/setup/developers", "Developers", admins=False),
        (
            Entry(
                "/setup/developers/api",
                "API",
                "code",
                "Use accounts and bots from your own code.",
                admins=False,
            ),
        ),
    ),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The menus with their current entries, for the templates."""
    user = getattr(request, "user", None)
    is_admin = bool(getattr(user, "is_admin", False))
    groups = [
        (group, [entry for entry in entries if is_admin or not entry.admins])
        for group, entries in SETUP
        if is_admin or not group.admins
    ]
    here = request.path
    group = next((found for found in groups if _is_in(here, found[0].url)), None)
    # asked for only where they are shown, and once
    count_unknown = cache(lambda: _count_unknown(request))
    count_approvals = cache(lambda: _count_approvals(request))
    return {
        "menu": [(entry, _is_in(here, entry.url)) for entry in MENU],
        "setup_groups": [(entry, _is_in(here, entry.url)) for entry, _ in groups],
        "setup_entries": [(entry, _is_at(here, entry)) for entry in group[1]] if group else [],
        "setup_group": group[0] if group else None,
        "is_admin": is_admin,
        "waits_for_you": [(APPROVALS, count_approvals), (UNKNOWN, count_unknown)],
        "count_unknown": count_unknown,
        "count_approvals": count_approvals,
        "open_card": _open_card(request),
        "sandbox_url": settings.CONFIG.sandbox_url,
    }


def _count_unknown(request: HttpRequest) -> int:
    """What this person may say of what nobody knows, 100 for as many and more."""
    if not getattr(request.user, "is_authenticated", False):
        return 0
    return result(app().count_unsettled(actor_of(request)))


def _count_approvals(request: HttpRequest) -> int:
    """What bots ask this person for, 100 for as many and more."""
    if not getattr(request.user, "is_authenticated", False):
        return 0
    return result(app().count_approvals(actor_of(request)))


def _open_card(request: HttpRequest) -> str:
    """The card that the address asks to be opened in place: ``?card=connected_account/2&edit=1``."""
    card = request.GET.get("card", "")
    if not CARD.fullmatch(card):
        return ""
    return f"/cards/{card}/edit" if request.GET.get("edit") else f"/cards/{card}"


def _is_at(here: str, entry: Entry) -> bool:
    return _is_in(here, entry.url) or bool(entry.also and _is_in(here, entry.also))


def _is_in(here: str, url: str) -> bool:
    return here == url if url == "/" else here == url or here.startswith(f"{url}/")
