"""Behaviors as the interpreter walks them, read once and kept while they don't change."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cache
from time import monotonic
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.tree import read_behavior, read_bot
from factotum.core.errors import BehaviorFault, NotFound
from factotum.core.gathering import Gathered
from factotum.core.ports import Query, Store, Term, Threads
from factotum.core.single_flight import SingleFlight
from factotum.core.values import Owner, Record, Ref
from factotum.records.ownership import owner_of

KEPT_REVISIONS = 256
Key = tuple[int, int]
"""Behavior id and revision number."""

Revisions = Callable[[Collection[Key]], Mapping[Key, Mapping[str, Any]]]
"""Revisions → the revised fields of those that there are."""

FRESH = 1.0  # seconds a read behavior is used before the store is asked again
_NEVER: tuple[float, None] = (-FRESH, None)


class BehaviorBook:
    """Fulfils ``runs.ports.Behaviors``. A change by another process is seen within a second."""

    def __init__(self, store: Store, threads: Threads, revisions: Revisions) -> None:
        self._store = store
        self._threads = threads
        self._revisions = Gathered[Key, Mapping[str, Any]](
            lambda keys: threads.run(revisions, keys)
        )
        self._revised: OrderedDict[Key, Mapping[str, Any]] = OrderedDict()
        self._walked: dict[Key, tuple[str, Mapping[str, Any], Behavior]] = {}
        self._read: dict[str, tuple[float, Behavior | None]] = {}
        self._reading: SingleFlight[Behavior | None] = SingleFlight()
        self._changes = 0

    async def read(self, ids: Iterable[int]) -> None:
        """Have these at hand, read together. What cannot be read tells why when it is asked for."""
        changes, now = self._changes, monotonic()
        kept = self._read
        stale = {each for each in ids if now - kept.get(str(each), _NEVER)[0] >= FRESH}
        if len(stale) < 2:
            return
        behaviors = await self._threads.run(self._load_all, stale)
        if changes == self._changes:
            self._read.update((str(each.id), (monotonic(), each)) for each in behaviors)

    async def named(self, name: str) -> Behavior | None:
        """The behavior with that id or uri, or None; BehaviorFault where it cannot be read."""
        name = str(name).strip()
        kept = self._read.get(name)
        if kept is not None and monotonic() - kept[0] < FRESH:
            return kept[1]
        return await self._reading.fly((name, self._changes), lambda: self._read_anew(name))

    async def revised(
        self, behavior_id: int, number: int, title: str, bot: Mapping[str, Any]
    ) -> Behavior:
        """A revision of a behavior, as a bot was then; NotFound where the behavior was deleted.

        ``bot`` is as ``bots.recording`` encodes it.
        """
        key = behavior_id, number
        if key not in self._revised:
            values = await self._revisions.get(key)
            if values is None:
                raise NotFound(f"The behavior {title} was deleted while the run waited.")
            self._revised[key] = values
            if len(self._revised) > KEPT_REVISIONS:
                oldest, _ = self._revised.popitem(last=False)
                self._walked.pop(oldest, None)
        walked = self._walked.get(key)
        if walked is None or walked[:2] != (title, bot):  # a bot is changed more often
            behavior = _revised({"title": title, **self._revised[key]}, key, bot)
            walked = self._walked[key] = title, bot, behavior
        return walked[2]

    def forget(self) -> None:
        """Read everything anew: something was changed in this process."""
        self._changes += 1
        self._read.clear()

    async def _read_anew(self, name: str) -> Behavior | None:
        changes = self._changes
        behavior = await self._threads.run(self._load, name)
        if changes == self._changes:  # else it may be what was there before
            self._read[name] = (monotonic(), behavior)
        return behavior

    def _load(self, name: str) -> Behavior | None:
        record = self._find(name)
        bot = self._bot(record["bot_id"]) if record else None
        return behavior_of(record, *bot) if record and bot else None

    def _load_all(self, ids: Collection[int]) -> list[Behavior]:
        """Those that can be read; each bot is looked up once."""
        query = Query(terms=(Term("id", "in", sorted(ids)),), limit=len(ids))
        bot_of = cache(self._bot)
        behaviors = []
        for record in self._store.find("behavior", query).records:
            with suppress(Exception):  # who asks for it is told
                bot = bot_of(record["bot_id"])
                behaviors += [behavior_of(record, *bot)] if bot else []
        return behaviors

    def _bot(self, bot_id: int) -> tuple[Record, str] | None:
        """A bot and the zone it lives in."""
        bot = self._store.get(Ref("bot", bot_id))
        return (bot, self._zone_of(bot)) if bot else None

    def _zone_of(self, bot: Record) -> str:
        """The zone of the person who owns a bot."""
        owner = owner_of(bot)
        person = self._store.get(Ref("worker", owner.id)) if owner.type == "worker" else None
        return str(person.get("timezone") or "") if person else ""

    def _find(self, name: str) -> Record | None:
        if name.isascii() and name.isdigit():
            return self._store.get(Ref("behavior", int(name)))
        if not name:
            return None
        found = self._store.find("behavior", Query(terms=(Term("uri", "is", name),), limit=1))
        return found.records[0] if found.records else None


def _revised(values: Mapping[str, Any], key: Key, bot: Mapping[str, Any]) -> Behavior:
    behavior, faults = read_behavior(
        document(values),
        id=key[0],
        revision=key[1],
        bot=read_bot(bot, id=bot["id"], owner=Owner(*bot["owner"])),
    )
    if faults:
        raise BehaviorFault(f"The behavior {values['title']} cannot be run: {faults[0]}")
    return behavior


def behavior_of(record: Record, bot: Record, timezone: str = "") -> Behavior:
    """A stored behavior and its bot as a walkable value; BehaviorFault names the first fault."""
    values = {**bot_document(bot.values), "timezone": timezone}
    behavior, faults = read_behavior(
        document(record.values),
        id=record.id,
        revision=int(record.get("revision") or 1),
        bot=read_bot(values, id=bot.id, owner=owner_of(bot)),
    )
    if faults:
        raise BehaviorFault(
            f"The behavior {record.label!r} cannot be run: {faults[0]}", node=faults[0].path
        )
    return behavior


def document(values: Mapping[str, Any]) -> dict[str, Any]:
    """A behavior record's values in the form of the file format."""
    kept = {key: value for key, value in values.items() if not key.startswith("event_")}
    event = {
        "key": values.get("event_key"),
        "label": values.get("event_label"),
        "params": values.get("event_params") or {},
    }
    return {**kept, "event": event}


def bot_document(values: Mapping[str, Any]) -> dict[str, Any]:
    """A bot record's values in the form of the file format."""
    params = {key: values.get(key) or {} for key in ("config", "events", "actions")}
    return {"name": values.get("name"), "is_disabled": values.get("is_disabled"), "params": params}
