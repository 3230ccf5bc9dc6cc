"""The typed shape of a package: what stands where, templates still unfilled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.core.errors import BadPackage, Fault
from factotum.packages.decoding import check, decode
from factotum.packages.entry import Entry
from factotum.packages.sections import KEPT_SECTIONS, section_entries
from factotum.packages.shape import Part, kind_of
from factotum.packages.spelling import closest

SECTIONS = ("records", "bots", "behaviors", "behavior_nodes")
"""Sections that become records here."""

_PROMPT_PLACES = ("prompts", "placeholders")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A package that has the right shape; nothing in it is filled in or looked up yet."""

    name: str
    revision: str = "1"
    cerb_version: str = ""
    plugins: tuple[str, ...] = ()
    library: Mapping[str, Any] = field(default_factory=dict)
    prompts: tuple[Part, ...] = ()
    placeholders: tuple[Part, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    records: tuple[Entry, ...] = ()
    bots: tuple[Entry, ...] = ()
    behaviors: tuple[Entry, ...] = ()
    behavior_nodes: tuple[Entry, ...] = ()
    in_sections: tuple[Entry, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that may carry a uid, in the order of the sections."""
        return (
            *self.records,
            *self.bots,
            *self.behaviors,
            *self.behavior_nodes,
            *self.in_sections,
        )


def read(source: str | bytes | Mapping[str, Any]) -> Document:
    """A package from its text, or from JSON decoded elsewhere; BadPackage names every fault.

    >>> read('{"package": {"name": "Demo"}, "records": []}').name
    'Demo'
    """
    value = decode(source) if isinstance(source, str | bytes) else check(source)
    faults: list[Fault] = []
    if not isinstance(value, dict):
        sentence = f"A package must be an object, not {kind_of(value)}."
        raise BadPackage([Fault("wrong-type", "$", sentence, 'It begins with {"package": …')])
    document = _document(Part(value, "", faults))
    if faults:
        raise BadPackage(faults)
    return document


def _document(top: Part) -> Document:
    header = top.object("package", required=True)
    configure = header.object("configure")
    requires = header.object("requires")
    _check_header(header, configure)
    bots = top.objects("bots")
    return Document(
        name=_name(header, is_needed="package" in top.values),
        revision=header.text("revision", default="1"),
        cerb_version=requires.text("cerb_version") or header.text("cerb_version"),
        plugins=tuple(map(str, requires.array("plugins"))),
        library=header.object("library").values,
        prompts=tuple(configure.objects("prompts")),
        placeholders=tuple(configure.objects("placeholders")),
        options=configure.object("options").values,
        records=tuple(_entry(part, "uid", "_context") for part in top.objects("records")),
        bots=tuple(_bot(part) for part in bots),
        behaviors=tuple(_behaviors(top, bots)),
        behavior_nodes=tuple(
            _entry(part, "uid", "behavior_id", "type") for part in top.objects("behavior_nodes")
        ),
        in_sections=tuple(section_entries(top)),
        kept=_kept(top),
        raw=top.values,
    )


def _name(header: Part, *, is_needed: bool) -> str:
    """The package's name; packages of a library may have only the name they have there."""
    library = header.object("library")
    name = header.text("name") or library.text("name") or library.text("uri")
    return name or header.text("name", required=is_needed)


def _check_header(header: Part, configure: Part) -> None:
    for key in header.unknown(_HEADER):
        near = closest(key, _HEADER)
        if near and near not in header.values:
            header.fault("unknown-key", key, f"There is no {key!r}.", f"Did you mean {near!r}?")
    for key in configure.unknown((*_PROMPT_PLACES, "options")):
        near = closest(key, _PROMPT_PLACES)
        if near:
            configure.fault("unknown-key", key, f"There is no {key!r}.", f"Did you mean {near!r}?")


_HEADER = ("name", "revision", "requires", "library", "configure", "cerb_version", "placeholders")


def _entry(part: Part, *required: str, inside: str = "") -> Entry:
    for key in required:
        part.text(key, required=True)
    return Entry(part.path, part.text("uid"), part.values, inside)


def _bot(part: Part) -> Entry:
    entry = _entry(part, "uid", "name")
    part.object("owner", required=True).text("context", required=True)
    params = part.object("params")
    params.object("config")
    for key in ("events", "actions"):
        mode = params.object(key).text("mode", default="all")
        if mode not in {"all", "allow", "deny"} and "{{" not in mode:
            sentence = f"A bot's {key} have the mode 'all', 'allow' or 'deny', not {mode!r}."
            params.object(key).fault("wrong-value", "mode", sentence)
        params.object(key).array("items")
    return entry


def _behaviors(top: Part, bots: list[Part]) -> list[Entry]:
    inside = [_behavior(part, bot.text("uid")) for bot in bots for part in bot.objects("behaviors")]
    alone = [_behavior(part, "", "bot_id") for part in top.objects("behaviors")]
    return inside + alone


def _behavior(part: Part, bot_uid: str, *required: str) -> Entry:
    entry = _entry(part, "uid", "title", *required, inside=bot_uid)
    part.object("event", required=True).text("key", required="event" in part.values)
    part.object("variables")
    part.array("nodes", required=True)
    return entry


def _kept(top: Part) -> dict[str, Any]:
    kept = {}
    known = ("package", *SECTIONS, *KEPT_SECTIONS)
    for key in top.unknown(("package", *SECTIONS)):
        near = closest(key, known) if key not in KEPT_SECTIONS else ""
        if near and near not in top.values:
            top.fault(
                "unknown-section", key, f"There is no section {key!r}.", f"Did you mean {near!r}?"
            )
        else:
            kept[key] = top.values[key]
    return kept
