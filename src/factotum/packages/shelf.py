"""The library: packages that come with Factotum."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from factotum.core.errors import NotFound
from factotum.packages.spelling import did_you_mean

ADDRESS_SUFFIX = "_base_url"
"""Prompts whose keys end so hold the service's addresses."""

_FOLDER = "factotum.packages.library"


@dataclass(frozen=True, slots=True)
class LibraryPackage:
    """What the library shows of a package. ``name`` is what ``factotum import NAME`` takes."""

    name: str
    title: str
    description: str
    category: str = ""
    icon: str = ""
    instructions: str = ""

    def as_json(self) -> dict[str, str]:
        """For the API."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "category": self.category,
            "icon": self.icon,
            "instructions": self.instructions,
        }


@lru_cache(maxsize=1)
def shelf() -> tuple[LibraryPackage, ...]:
    """Every package of the library, the featured ones first, then by title."""
    headers = {name: json.loads(text)["package"]["library"] for name, text in _texts().items()}
    order = sorted(
        headers, key=lambda name: (not headers[name].get("is_featured"), headers[name]["name"])
    )
    return tuple(_listed(name, headers[name]) for name in order)


def load(name: str, base_url: str | None = None) -> str:
    """The JSON text of a library package; NotFound names the ones there are.

    ``base_url`` (``http://127.0.0.1:8100``) becomes the default of every prompt that asks for one
    of the service's addresses, so that the package can be tried against a sandbox.
    """
    texts = _texts()
    if name not in texts:
        hint = did_you_mean(name, texts) or f"The library has: {', '.join(texts)}."
        raise NotFound(f"There is no library package {name!r}. {hint}", code="no-package")
    return texts[name] if base_url is None else _pointed_at(texts[name], base_url)


def _pointed_at(text: str, base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{base_url!r} is no address such as http://127.0.0.1:8100")
    document = json.loads(text)
    for prompt in document["package"]["configure"]["prompts"]:
        if prompt["key"].endswith(ADDRESS_SUFFIX):
            prompt["params"]["default"] = base_url.rstrip("/")
    return json.dumps(document, indent=2, ensure_ascii=False)


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, str]:
    found = sorted(files(_FOLDER).iterdir(), key=lambda each: each.name)
    return {
        each.name.removesuffix(".json"): each.read_text("utf-8")
        for each in found
        if each.name.endswith(".json")
    }


def _listed(name: str, header: Mapping[str, Any]) -> LibraryPackage:
    return LibraryPackage(
        name,
        title=str(header["name"]),
        description=str(header["description"]),
        category=str(header.get("category", "")),
        icon=str(header.get("icon", "")),
        instructions=str(header.get("instructions", "")),
    )
