"""Sections of the format whose records are not used yet: every uid in them names a kept record.

Bots of the same package point at these records (``{{{uid.field_rating}}}`` of a custom fieldset),
so each gets an id and is kept, with the records inside it, as data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factotum.packages.decoding import join
from factotum.packages.entry import Entry
from factotum.packages.shape import Part

KINDS = {
    "custom_fieldsets": "custom_fieldset",
    "workspaces": "workspace_page",
    "portals": "community_portal",
    "saved_searches": "saved_search",
    "calendars": "calendar",
    "classifiers": "classifier",
    "project_boards": "project_board",
}
"""Section → the type of its records."""

DATA = ("events", "toolbars", "settings", "worker_preferences")
"""Sections that change what is there and make no record."""

KEPT_SECTIONS = (*KINDS, *DATA)

_INSIDE = {
    "custom_fieldset": {"fields": "custom_field"},
    "workspace_page": {"tabs": "workspace_tab"},
    "workspace_tab": {"widgets": "workspace_widget", "worklists": "workspace_list"},
    "calendar": {"events": "calendar_recurring_event"},
    "classifier": {"classes": "classifier_class", "entities": "classifier_entity"},
    "project_board": {"columns": "project_board_column"},
}
"""Record type → the keys that hold records inside one, and their type."""


def section_entries(top: Part) -> Iterator[Entry]:
    """An entry for every record with a uid in these sections, outer ones before inner ones."""
    for section, kind in KINDS.items():
        for part in top.objects(section):
            uid = part.text("uid", required=True)
            yield Entry(part.path, uid, part.values, kind=kind)
            yield from _inside(part.values, part.path, kind, uid)


def _inside(values: Any, path: str, kind: str, uid: str) -> Iterator[Entry]:
    for key, inner_kind in _INSIDE.get(kind, {}).items():
        found = values.get(key)
        for index, inner in enumerate(found if isinstance(found, list) else []):
            if not isinstance(inner, dict):
                continue
            here, own = join(join(path, key), index), inner.get("uid")
            if isinstance(own, str) and own:
                yield Entry(here, own, inner, kind=inner_kind, inside=uid)
            yield from _inside(inner, here, inner_kind, own if isinstance(own, str) else uid)


def in_sections(document: dict[str, Any]) -> frozenset[str]:
    """The uids of all records in the sections of a package that was read before."""
    top = Part(document, "", [])
    return frozenset(entry.uid for entry in section_entries(top))
