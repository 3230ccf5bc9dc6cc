"""The product of one process, whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from factotum.auth.scheme import load_schemes
from factotum.bootstrap.background import Background, make_background
from factotum.bootstrap.outside import Outside, open_outside
from factotum.bootstrap.verbs import make_app
from factotum.bootstrap.walking import Walking, make_walking
from factotum.bots.actions.action_type import load_actions
from factotum.bots.conditions.asking import load_conditions
from factotum.bots.triggers.lookup import load_triggers
from factotum.config import Config
from factotum.records.record_type import load_record_types
from factotum.store.changes import SharedChanges
from factotum.usecases.app import App
from factotum.usecases.listeners import Listeners


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be opened and closed with the process."""

    app: App
    outside: Outside
    walking: Walking
    background: Background
    catch_up: Callable[[], None]


def wired(config: Config) -> Parts:
    """The product for these settings, with every plug-in."""
    for load_plugins in (
        load_schemes,
        load_record_types,
        load_triggers,
        load_conditions,
        load_actions,
    ):
        load_plugins()
    outside = open_outside(config)
    walking = make_walking(outside)
    background = make_background(outside, walking)
    listeners = Listeners(outside.store, outside.box, outside.threads)
    others = SharedChanges(config.part) if config.part else None

    def forget() -> None:
        """Whatever was read before may be another thing now."""
        walking.book.forget()
        listeners.forget()
        outside.connections.forget_opened()
        walking.condition.forget()
        background.schedules.wake()

    def changed() -> None:
        forget()
        if others is not None:
            others.tell()

    def catch_up() -> None:
        if others is not None and others.have_news():
            forget()

    app = make_app(outside, walking, background, listeners, changed)
    return Parts(app, outside, walking, background, catch_up)
