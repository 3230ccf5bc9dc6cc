"""The only wiring: settings → the parts that touch the outside → use-cases → ``App``."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from factotum.auth.scheme import load_schemes
from factotum.bots import effects
from factotum.bots.actions.action_type import load_actions
from factotum.bots.conditions.asking import load_conditions
from factotum.bots.triggers.lookup import load_triggers
from factotum.clock import SystemClock
from factotum.config import Config, load
from factotum.core.ports import Sender
from factotum.core.values import Moment
from factotum.linking.condition import Condition
from factotum.linking.connection import Connections
from factotum.linking.doctor import Doctor
from factotum.linking.flow import Linking
from factotum.linking.keyring import Keyring
from factotum.linking.refresh import Refresher
from factotum.net.door import Door
from factotum.net.stand_in import StandIn
from factotum.preparation import make_folder, set_up_django
from factotum.process import executor_id, is_gone
from factotum.records.ownership import may_use_of
from factotum.records.record_type import load_record_types
from factotum.runs import chat
from factotum.runs.attended import Driver
from factotum.runs.bot_keys import KeyEffects
from factotum.runs.budgets.spending import Spending
from factotum.runs.context import Handlers, RunContext
from factotum.runs.durable import DurableDriver
from factotum.runs.gate import Gate
from factotum.runs.http_calls import HttpCalls
from factotum.runs.late_engine import LateEngine
from factotum.runs.ledger import Ledger
from factotum.runs.limits.gate import LimitGate
from factotum.runs.limits.keeping import SharedWindows
from factotum.runs.once import Once
from factotum.runs.ports import DurableEngine
from factotum.runs.presence import Presence
from factotum.runs.read_back import ServiceReadBack
from factotum.runs.records import RecordEffects
from factotum.runs.scheduling import ScheduleEffects
from factotum.runs.writing import JournalWriter
from factotum.scripting import Scripts
from factotum.telemetry.counted import CountedGate
from factotum.telemetry.telemetry import Telemetry
from factotum.usecases.access import Access
from factotum.usecases.account_use import AccountUse
from factotum.usecases.app import App
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.budget_desk import BudgetDesk
from factotum.usecases.calls import Calls
from factotum.usecases.chat_menu import ChatMenu
from factotum.usecases.chats import Chats
from factotum.usecases.durable import DurableRuns
from factotum.usecases.housekeeping import Housekeeping
from factotum.usecases.links import Links
from factotum.usecases.listeners import Listeners
from factotum.usecases.package_imports import PackageImports
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.refused_deliveries import RefusedCounter
from factotum.usecases.replaying import Replaying
from factotum.usecases.retention import Retention
from factotum.usecases.run_control import RunControl
from factotum.usecases.runner import Runner
from factotum.usecases.running import Running
from factotum.usecases.schedule_desk import ScheduleDesk
from factotum.usecases.schedules import Schedules
from factotum.usecases.unbroken import Unbroken
from factotum.usecases.webhooks import Webhooks
from factotum.usecases.working import Working

if TYPE_CHECKING:
    from factotum.store.budgets import StoredBudgets
    from factotum.store.limit_windows import StoredLimits
    from factotum.store.records_store import RecordsStore
    from factotum.store.run_sealer import RunSealer
    from factotum.store.runs_store import RunsStore
    from factotum.store.secret_box import SealedBox
    from factotum.store.threads import StoreThreads


now = SystemClock()


@dataclass(frozen=True, slots=True)
class Parts:
    """What has to be opened and closed with the process."""

    app: App
    outside: Outside
    engine: Engine
    unbroken: Unbroken
    housekeeping: Housekeeping
    working: Working
    durable: DurableRuns
    schedules: Schedules


def get_app() -> App:
    """The product of this process."""
    return _parts().app


def get_telemetry() -> Telemetry:
    """What is told of this process."""
    return _parts().outside.telemetry


@asynccontextmanager
async def running(*, serving: bool = False) -> AsyncIterator[None]:
    """The product, open; what is under way is finished and written before it closes.

    ``serving`` processes take up durable runs, fire what is due, and keep house.
    """
    parts = _parts()
    if serving:
        parts.outside.telemetry.open()
    keeping: list[asyncio.Task[None]] = []
    await parts.outside.threads.run(parts.engine.sealer.open)
    await parts.working.begin(is_worker=serving)
    if serving:
        loops = (parts.schedules.keep_time(), parts.housekeeping.keep_house())
        keeping += [asyncio.create_task(each) for each in loops]
    try:
        yield
    finally:
        for task in keeping:
            task.cancel()
        await settle(parts)


async def settle(parts: Parts) -> None:
    """Finish what is under way, write it down, close the connections; it may be used again."""
    await parts.unbroken.drain()
    await parts.engine.writer.drain()
    await parts.working.end()
    await parts.engine.money.gate.drain()
    await parts.engine.condition.settled()
    await parts.outside.door.close()
    await parts.outside.telemetry.close()


@cache
def _parts() -> Parts:
    set_up_django()
    return wired(load(os.environ))


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
    outside = _open_outside(config)
    engine = _make_engine(outside)
    return _make_app(outside, engine)


@dataclass(frozen=True, slots=True)
class Outside:
    """What touches the database and the network."""

    config: Config
    store: RecordsStore
    box: SealedBox
    threads: StoreThreads
    runs: RunsStore
    door: Door
    sender: Sender
    browser_address: Callable[[str], str]
    connections: Connections
    telemetry: Telemetry


@dataclass(frozen=True, slots=True)
class Engine:
    """What walks behaviors."""

    book: BehaviorBook
    condition: Condition
    http: HttpCalls
    writer: JournalWriter
    driver: Driver
    scripts: Scripts
    runner: Runner
    presence: Presence
    sealer: RunSealer
    money: Money


@dataclass(frozen=True, slots=True)
class Money:
    """What every request passes, and what it is counted in."""

    gate: Gate
    windows: LimitGate
    limits: StoredLimits
    spending: Spending
    budgets: StoredBudgets


def _open_outside(config: Config) -> Outside:
    from factotum.store.records_store import RecordsStore
    from factotum.store.root_key import load as load_root_key
    from factotum.store.secret_box import SealedBox
    from factotum.store.threads import StoreThreads
    from factotum.telemetry.counted_runs import CountedRuns

    make_folder(config)
    box = SealedBox(load_root_key(config))
    store = RecordsStore(box)
    door = Door(allow_hosts=config.allow_hosts, timeout=config.http_timeout)
    sender, browser_address = _reaching(config, door)
    threads = StoreThreads()
    telemetry = Telemetry(config, threads, now)
    return Outside(
        config=config,
        store=store,
        box=box,
        threads=threads,
        runs=CountedRuns(telemetry.meters),
        door=door,
        sender=telemetry.sender(sender),
        browser_address=browser_address,
        connections=Connections(store, box),
        telemetry=telemetry,
    )


def _reaching(config: Config, door: Door) -> tuple[Sender, Callable[[str], str]]:
    """What sends requests, and where a browser finds an address of a service."""
    if not config.sandbox_url:
        return door, lambda url: url
    stand_in = StandIn(door, config.sandbox_url)
    return stand_in, stand_in.address


def _make_engine(outside: Outside) -> Engine:
    from factotum.store.bot_keys import StoredBotKeys
    from factotum.store.done_changes import StoredDoneChanges
    from factotum.store.presences import StoredPresences
    from factotum.store.refresh_leases import StoredRefreshLeases
    from factotum.store.revisions import revision
    from factotum.store.run_sealer import RunSealer
    from factotum.store.scheduled_runs import StoredScheduledRuns

    connections, threads = outside.connections, outside.threads
    refresher = Refresher(connections, StoredRefreshLeases(), outside.sender, threads, now)
    keyring = Keyring(connections, refresher, threads, now)
    book = BehaviorBook(outside.store, threads, revision)
    condition = Condition(connections, threads, now)
    accounts = AccountUse(keyring, condition, now)
    ledger = Ledger(now, ServiceReadBack(outside.sender, accounts, now))
    money = _make_money(outside)
    http = HttpCalls(outside.sender, accounts, ledger, money.gate, now)
    once = Once(StoredDoneChanges(), threads)
    handlers = _handlers(
        book,
        http,
        RecordEffects(outside.store, threads, once),
        KeyEffects(StoredBotKeys(), threads, now),
        ScheduleEffects(StoredScheduledRuns(), once),
    )
    writer = JournalWriter(outside.runs, threads)
    driver, scripts = Driver(handlers), Scripts()
    presence = Presence(executor_id(), StoredPresences(), threads, is_gone)
    runner = Runner(driver, scripts, writer, presence, now, outside.telemetry.watcher)
    sealer = RunSealer(outside.box)
    return Engine(book, condition, http, writer, driver, scripts, runner, presence, sealer, money)


def _make_money(outside: Outside) -> Money:
    from factotum.store.budgets import StoredBudgets
    from factotum.store.limit_windows import StoredLimits

    limits, budgets = StoredLimits(), StoredBudgets()
    windows = LimitGate(SharedWindows(limits, outside.threads, now), now)
    spending = Spending(budgets, outside.threads, now)
    gate = CountedGate(windows, spending, now)
    gate.meters = outside.telemetry.meters
    return Money(gate, windows, limits, spending, budgets)


def _make_app(outside: Outside, engine: Engine) -> Parts:
    from factotum.store.conversations import StoredConversations
    from factotum.store.files import Files
    from factotum.store.idempotency_keys import StoredIdempotencyKeys
    from factotum.store.pending_links import StoredPendingLinks
    from factotum.store.schedules import StoredSchedules

    store, threads, config = outside.store, outside.threads, outside.config
    book, runner = engine.book, engine.runner
    listeners = Listeners(store, outside.box, threads)

    def changed() -> None:
        book.forget()
        listeners.forget()
        outside.connections.forget_opened()
        engine.condition.forget()
        schedules.wake()

    desk = RecordDesk(store, outside.box, threads, changed)
    tasks = LateEngine(lambda: _make_tasks(outside, engine))
    durable = DurableRuns(
        engine=tasks,
        driver=DurableDriver(engine.driver, tasks, now),
        runner=runner,
        book=book,
        runs=outside.runs,
        sealer=engine.sealer,
        threads=threads,
        clock=now,
    )
    schedules = _make_schedules(outside, book, durable)
    unbroken = Unbroken()
    keys = StoredIdempotencyKeys()
    runs = Running(runner, book, desk, outside.runs, keys, threads, unbroken, durable)
    pending = StoredPendingLinks(outside.box.root)
    linking = Linking(outside.connections, pending, outside.sender, threads, now)
    app = App(
        access=_make_access(outside, desk),
        budgets=BudgetDesk(
            records=desk,
            gate=engine.money.windows,
            limits=engine.money.limits,
            spending=engine.money.spending,
            budgets=engine.money.budgets,
            threads=threads,
            clock=now,
        ),
        calls=Calls(engine.http, runner, desk, outside.runs, threads),
        chats=Chats(
            conversations=StoredConversations(),
            book=book,
            driver=engine.driver,
            runner=runner,
            scripts=engine.scripts,
            store=store,
            files=Files(store),
            threads=threads,
            clock=now,
        ),
        doctor=Doctor(config.base_url, store, outside.sender, threads, now),
        links=Links(linking, config.callback_url, outside.browser_address, changed),
        menu=ChatMenu(store, threads, engine.driver, runner, engine.scripts),
        packages=PackageImports(store, outside.box, threads, now, config.base_url, changed),
        presence=engine.presence,
        records=desk,
        replaying=Replaying(engine.driver, runner, book, desk, runs, durable),
        run_control=RunControl(
            outside.runs, durable, engine.sealer, threads, now, outside.browser_address
        ),
        running=runs,
        schedules=ScheduleDesk(StoredSchedules(), desk, threads, now, changed),
        webhooks=_make_webhooks(outside, engine, listeners, desk, durable, unbroken),
        unbroken=unbroken,
    )
    working = Working(engine.presence, tasks, durable)
    housekeeping = _make_housekeeping(outside, engine.money, tasks)
    return Parts(app, outside, engine, unbroken, housekeeping, working, durable, schedules)


def _make_tasks(outside: Outside, engine: Engine) -> DurableEngine:
    from factotum.telemetry.counted_engine import CountedEngine

    config = outside.config
    tasks = CountedEngine(
        config.database_url, engine.sealer, engine.presence.executor_id, config.concurrency
    )
    tasks.meters = outside.telemetry.meters
    return tasks


def _make_schedules(outside: Outside, book: BehaviorBook, durable: DurableRuns) -> Schedules:
    from factotum.store.due import StoredDueTable
    from factotum.store.scheduled_runs import StoredScheduledRuns

    return Schedules(
        due=StoredDueTable(),
        wanted=StoredScheduledRuns(),
        book=book,
        runs=durable,
        threads=outside.threads,
        clock=now,
    )


def _make_webhooks(
    outside: Outside,
    engine: Engine,
    listeners: Listeners,
    desk: RecordDesk,
    durable: DurableRuns,
    unbroken: Unbroken,
) -> Webhooks:
    from factotum.store.deliveries import StoredDeliveries

    deliveries, threads = StoredDeliveries(), outside.threads
    return Webhooks(
        listeners=listeners,
        book=engine.book,
        runner=engine.runner,
        runs=outside.runs,
        durable=durable,
        deliveries=deliveries,
        refused=RefusedCounter(deliveries, threads, now, unbroken),
        records=desk,
        threads=threads,
        clock=now,
        base_url=outside.config.base_url,
    )


def _make_access(outside: Outside, desk: RecordDesk) -> Access:
    from factotum.store.people import People
    from factotum.store.signin_links import SignInLinks
    from factotum.store.tokens import ApiTokens

    return Access(
        people=People(),
        links=SignInLinks(),
        tokens=ApiTokens(),
        records=desk,
        store=outside.store,
        threads=outside.threads,
        clock=now,
        base_url=outside.config.base_url,
    )


def _make_housekeeping(outside: Outside, money: Money, engine: DurableEngine) -> Housekeeping:
    from factotum.store.bot_keys import StoredBotKeys
    from factotum.store.deliveries import StoredDeliveries
    from factotum.store.idempotency_keys import StoredIdempotencyKeys
    from factotum.store.run_retention import StoredOldRuns

    config = outside.config
    retention = Retention(
        runs=StoredOldRuns(),
        engine=engine,
        days=config.retain_days,
        most=config.retain_runs,
        threads=outside.threads,
        clock=now,
    )
    return Housekeeping(
        retention=retention,
        bot_keys=StoredBotKeys(),
        idempotency_keys=StoredIdempotencyKeys(),
        limits=money.limits,
        meters=money.budgets,
        deliveries=StoredDeliveries(),
        threads=outside.threads,
        clock=now,
    )


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

    async def load_behavior(effect: effects.LoadBehavior, context: RunContext) -> object:
        behavior = await book.named(effect.name)
        is_theirs = behavior is not None and may_use_of(context.actor, behavior.bot.owner)
        return behavior if is_theirs else None

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
