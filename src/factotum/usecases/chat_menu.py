"""What bots offer in the chat's menu."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.conversation import menu
from factotum.bots.interpreter import Scripts
from factotum.core.errors import BehaviorFault, Refused
from factotum.core.ports import Query, Store, Term, Threads
from factotum.core.values import Actor, Ref
from factotum.records.ownership import may_use
from factotum.runs.attended import Driver
from factotum.runs.pacing import Ended
from factotum.usecases.behavior_book import behavior_of
from factotum.usecases.runner import Runner

EVENT = "event.interactions.get.worker"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One thing a bot offers; ``behavior_id`` handles it, ``params`` are its interaction's."""

    behavior_id: int
    bot_id: int
    bot_name: str
    name: str
    interaction: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class ChatMenu:
    """Asks the behaviors that listen for the menu. Their walks leave no runs behind."""

    def __init__(
        self, store: Store, threads: Threads, driver: Driver, runner: Runner, scripts: Scripts
    ) -> None:
        self._store = store
        self._threads = threads
        self._driver = driver
        self._runner = runner
        self._scripts = scripts

    async def entries(self, actor: Actor, point: str = "global") -> list[MenuEntry]:
        """What bots offer this person at this point, by bot."""
        by_bot: dict[int, list[Behavior]] = {}
        for behavior in await self._threads.run(self._listening, actor):
            by_bot.setdefault(behavior.bot.id, []).append(behavior)
        found: list[MenuEntry] = []
        for behaviors in by_bot.values():
            found += await self._offered(actor, behaviors, point)
        return found

    def _listening(self, actor: Actor) -> list[Behavior]:
        found = self._store.find("behavior", Query((Term("event_key", "is", EVENT),), limit=500))
        listening: list[Behavior] = []
        for record in found.records:
            bot = self._store.get(Ref("bot", int(record["bot_id"])))
            if bot is None or not may_use(actor, bot):
                continue
            try:
                listening.append(behavior_of(record, bot))
            except BehaviorFault:
                continue  # its card tells what is wrong with it
        return listening

    async def _offered(
        self, actor: Actor, behaviors: list[Behavior], point: str
    ) -> list[MenuEntry]:
        bot = behaviors[0].bot
        try:
            context = self._runner.begin("Menu", EVENT, by=actor, behavior=behaviors[0])
        except Refused:
            return []  # a bot whose owner nobody can act as offers nothing
        walk = menu(behaviors, point, {"worker_id": actor.worker_id or 0}, scripts=self._scripts)
        ended = await self._driver.drive(walk, context)
        offers = ended.result if isinstance(ended, Ended) else []
        return [
            MenuEntry(int(o.behavior_id), bot.id, bot.name, o.name, o.interaction, o.params)
            for o in offers
            if str(o.behavior_id).isdecimal()
        ]
