"""Chats with a conversation behavior, as a person would."""

from __future__ import annotations

from typing import Any

from tests.bots.driving import SCRIPTS, World, behavior

from factotum.bots.conversation import converse
from factotum.bots.tree import Behavior

MESSAGE = "event.message.chat.worker"


def conversation(*nodes: Any, **more: Any) -> Behavior:
    return behavior(*nodes, event=MESSAGE, **more)


def chat(found: Behavior, *typed: Any, world: World | None = None, **more: Any) -> World:
    """What was said and asked, with these answers typed one after the other."""
    world = world or World()
    world.typed = typed
    payload = {"worker_id": 3, **more.pop("payload", {})}
    world.ended = world.run(converse(found, payload, scripts=SCRIPTS, **more))  # type: ignore[attr-defined]
    return world
