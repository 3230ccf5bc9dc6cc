"""*Setup » Packages » Library*: services and bots that come with Factotum."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from factotum.core.errors import NotFound
from factotum.web.asking import admins_only, app


@admins_only
def library(request: HttpRequest) -> HttpResponseBase:
    """Every package, as a tile."""
    return render(request, "setup/library.html", {"packages": app().library()})


@admins_only
def package(request: HttpRequest, name: str) -> HttpResponseBase:
    """One package before it is imported: what it brings, and its text."""
    found = next((one for one in app().library() if one.name == name), None)
    if found is None:
        raise NotFound(f"The library has no package called {name!r}.")
    text = app().library_package(name)
    context = {"package": found, "text": text, "brings": _brings(json.loads(text))}
    return render(request, "setup/library_package.html", context)


def _brings(document: dict[str, Any]) -> list[str]:
    records = [f"{one.get('name')} ({one.get('_context')})" for one in document.get("records", [])]
    bots = [
        f"{bot.get('name')}: {', '.join(str(one.get('title')) for one in bot.get('behaviors', []))}"
        for bot in document.get("bots", [])
    ]
    return [one.replace("_", " ") for one in records] + bots
