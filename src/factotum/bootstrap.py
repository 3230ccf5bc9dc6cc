"""The only wiring: settings → the parts that touch the outside → use-cases → ``App``."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import django

from factotum.auth.scheme import load_schemes
from factotum.bots import effects
from factotum.bots.actions.action_type import load_actions
from factotum.bots.conditions.asking import load_conditions
from factotum.bots.triggers.lookup import load_triggers
from factotum.config import Config, load
from factotum.core.ports import Sender
from factotum.core.values import Moment
from factotum.linking.connection import Connections
from factotum.linking.doctor import Doctor
from factotum.linking.flow import Linking
from factotum.linking.keyring import Keyring
from factotum.linking.refresh import Refresher
from factotum.net.door import Door
from factotum.net.stand_in import StandIn
from factotum.records.record_type import load_record_types
from factotum.runs import chat
from factotum.runs.attended import Driver
from factotum.runs.bot_keys import KeyEffects
from factotum.runs.context import Handlers
from factotum.runs.http_calls import HttpCalls
from factotum.runs.journal import JournalWriter
from factotum.runs.records import RecordEffects
from factotum.runs.scheduling import ScheduleEffects
from factotum.scripting import Scripts
from factotum.usecases.access import Access
from factotum.usecases.account_use import AccountUse
from factotum.usecases.app import App
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.calls import Calls
from factotum.usecases.chat_menu import ChatMenu
from factotum.usecases.chats import Chats
from factotum.usecases.links import Links
from factotum.usecases.package_imports import PackageImports
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.runner import Runner
from factotum.usecases.running import Running
from factotum.usecases.webhooks import Webhooks

if TYPE_CHECKING:
    from factotum.store.threads import StoreThreads


def now() -> Moment:
    """The clock, with 128 unpredictable bits."""
    return Moment(datetime.now(UTC), secrets.randbits(128))


def set_up_django() -> None:
    """Make the models importable; may be called again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factotum.web.settings")
    django.setup()


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be opened and closed with the process."""

    app: App
    door: Door
    writer: JournalWriter
    running: Running
    threads: StoreThreads
    interrupt: Callable[[], object]


def get_app() -> App:
    """The product of this process."""
    return _parts().app


@asynccontextmanager
async def running(*, serving: bool = False) -> AsyncIterator[None]:
    """The product, open; what is under way is finished and written before it closes.

    ``serving`` is the process that owns attended runs: those a crash cut off are told apart first.
    """
    parts = _parts()
    if serving:
        await parts.threads.run(parts.interrupt)
    try:
        yield
    finally:
        await parts.running.drain()
        await parts.writer.drain()
        await parts.door.close()


@cache
def _parts() -> Parts:
    set_up_django()
    for load_plugins in (
        load_schemes,
        load_record_types,
        load_triggers,
        load_conditions,
        load_actions,
    ):
        load_plugins()
    return _wire(load(os.environ))


def migrate() -> list[str]:
    """Bring the database to this version; the migrations that were applied, ``store.0001_initial``."""
    set_up_django()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    load(os.environ).data.mkdir(parents=True, exist_ok=True)
    recorder = MigrationRecorder(connection)
    before = set(recorder.applied_migrations())
    call_command("migrate", interactive=False, verbosity=0)
    return sorted(".".join(key) for key in set(recorder.applied_migrations()) - before)


def _wire(config: Config) -> Parts:
    # models can be imported only once Django is set up
    from factotum.store.bot_keys import StoredBotKeys
    from factotum.store.conversations import StoredConversations
    from factotum.store.files import Files
    from factotum.store.idempotency_keys import StoredIdempotencyKeys
    from factotum.store.pending_links import StoredPendingLinks
    from factotum.store.people import People
    from factotum.store.records_store import RecordsStore
    from factotum.store.refresh_leases import StoredRefreshLeases
    from factotum.store.root_key import load as load_root_key
    from factotum.store.runs_store import RunsStore
    from factotum.store.scheduled_runs import StoredScheduledRuns
    from factotum.store.secret_box import SealedBox
    from factotum.store.signin_links import SignInLinks
    from factotum.store.threads import StoreThreads
    from factotum.store.tokens import ApiTokens

    config.data.mkdir(parents=True, exist_ok=True)
    root_key = load_root_key(config)
    box = SealedBox(root_key)
    store, runs, threads = RecordsStore(box), RunsStore(), StoreThreads()
    door = Door(allow_hosts=config.allow_hosts, timeout=config.http_timeout)
    sender, browser_address = _outside(config, door)

    connections = Connections(store, box)
    keyring = Keyring(
        connections,
        Refresher(connections, StoredRefreshLeases(), sender, threads, now),
        threads,
        now,
    )
    book = BehaviorBook(store, threads)
    writer = JournalWriter(runs, threads)
    http = HttpCalls(sender, AccountUse(keyring, now), now)
    records = RecordEffects(store, threads)
    keys = KeyEffects(StoredBotKeys(), threads, now)
    schedules = ScheduleEffects(StoredScheduledRuns(), threads)
    driver = Driver(_handlers(book, http, records, keys, schedules))
    scripts = Scripts()
    runner = Runner(driver, scripts, writer, now)
    webhooks = Webhooks(store, threads, book, runner)

    def changed() -> None:
        book.forget()
        webhooks.forget()
        connections.forget_opened()

    desk = RecordDesk(store, box, threads, changed)
    running_ = Running(runner, book, desk, runs, StoredIdempotencyKeys(), threads)
    linking = Linking(connections, StoredPendingLinks(root_key), sender, threads, now)
    app = App(
        access=Access(
            people=People(),
            links=SignInLinks(),
            tokens=ApiTokens(),
            records=desk,
            store=store,
            threads=threads,
            clock=now,
            base_url=config.base_url,
        ),
        calls=Calls(http, runner, desk, runs, threads),
        chats=Chats(
            conversations=StoredConversations(),
            book=book,
            driver=driver,
            runner=runner,
            scripts=scripts,
            store=store,
            files=Files(store),
            threads=threads,
            clock=now,
        ),
        doctor=Doctor(config.base_url, store, sender, threads, now),
        links=Links(linking, config.callback_url, browser_address, changed),
        menu=ChatMenu(store, threads, driver, runner, scripts),
        packages=PackageImports(store, box, threads, now, config.base_url, changed),
        records=desk,
        running=running_,
        webhooks=webhooks,
    )
    return Parts(
        app=app,
        door=door,
        writer=writer,
        running=running_,
        threads=threads,
        interrupt=lambda: runs.interrupt(now().at.timestamp()),
    )


def _outside(config: Config, door: Door) -> tuple[Sender, Callable[[str], str]]:
    """What sends requests, and where a browser finds an address of a service."""
    if not config.sandbox_url:
        return door, lambda url: url
    stand_in = StandIn(door, config.sandbox_url)
    return stand_in, stand_in.address


def _handlers(
    book: BehaviorBook,
    http: HttpCalls,
    records: RecordEffects,
    keys: KeyEffects,
    schedules: ScheduleEffects,
) -> Handlers:
    """Who performs which effect."""

    async def read_clock(_effect: effects.ReadClock, _context: object) -> Moment:
        return now()

    async def load_behavior(effect: effects.LoadBehavior, _context: object) -> object:
        return await book.named(effect.name)

    return {
        effects.ReadClock: read_clock,
        effects.LoadBehavior: load_behavior,
        effects.LoadRecord: records.load,
        effects.FindRecords: records.find,
        effects.ChangeRecord: records.change,
        effects.CallHttp: http.call,
        effects.GetKey: keys.get,
        effects.SetKey: keys.set,
        effects.Schedule: schedules.schedule,
        effects.Say: chat.say,
        effects.CloseWindow: chat.close,
        effects.SetBotName: chat.rename,
        effects.OpenWorklist: chat.open_worklist,
        effects.Offer: chat.offer,
    }
