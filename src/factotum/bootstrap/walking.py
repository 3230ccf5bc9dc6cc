"""What walks behaviors, and what every request of theirs passes."""

from __future__ import annotations

from dataclasses import dataclass

from factotum.bootstrap.outside import Outside, now
from factotum.bots import effects
from factotum.core.ports import Clock
from factotum.core.values import Moment
from factotum.linking.condition import Condition
from factotum.linking.keyring import Keyring
from factotum.linking.refresh import Refresher
from factotum.process import executor_id, is_gone
from factotum.records.ownership import may_use_of
from factotum.runs import chat
from factotum.runs.approvals import ApprovalEffects
from factotum.runs.attended import Driver
from factotum.runs.bot_keys import KeyEffects
from factotum.runs.budgets.spending import Spending
from factotum.runs.context import Handlers, RunContext
from factotum.runs.delaying import DelayEffects
from factotum.runs.gate import Gate
from factotum.runs.http_calls import HttpCalls
from factotum.runs.lateness import Lateness
from factotum.runs.ledger import Ledger
from factotum.runs.limits.gate import LimitGate
from factotum.runs.limits.keeping import SharedWindows
from factotum.runs.looking import Lookout
from factotum.runs.once import Once
from factotum.runs.presence import Presence
from factotum.runs.read_back import ServiceReadBack
from factotum.runs.records import RecordEffects
from factotum.runs.scheduling import ScheduleEffects
from factotum.runs.shared_time import SharedTime
from factotum.runs.steady import Steadiness
from factotum.runs.writing import JournalWriter
from factotum.scripting import Scripts
from factotum.store.approvals import StoredApprovals
from factotum.store.bot_keys import StoredBotKeys
from factotum.store.budgets import StoredBudgets
from factotum.store.clocks import StoredClocks
from factotum.store.done_changes import StoredDoneChanges
from factotum.store.limit_windows import StoredLimits
from factotum.store.presences import StoredPresences
from factotum.store.refresh_leases import StoredRefreshLeases
from factotum.store.revisions import revisions
from factotum.store.run_sealer import RunSealer
from factotum.store.scheduled_runs import StoredScheduledRuns
from factotum.store.slow_services import StoredSlowServices
from factotum.telemetry.counted import CountedGate
from factotum.usecases.account_use import AccountUse
from factotum.usecases.behavior_book import BehaviorBook
from factotum.usecases.read_backs import ReadBacks
from factotum.usecases.runner import Runner


@dataclass(frozen=True, slots=True)
class Walking:
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
    time: SharedTime


@dataclass(frozen=True, slots=True)
class Money:
    """What every request passes, and what it is counted in."""

    gate: Gate
    windows: LimitGate
    limits: StoredLimits
    spending: Spending
    budgets: StoredBudgets


def make_walking(outside: Outside) -> Walking:
    """On these."""
    connections, threads = outside.connections, outside.threads
    refresher = Refresher(connections, StoredRefreshLeases(), outside.sender, threads, now)
    keyring = Keyring(connections, refresher, threads, now)
    book = BehaviorBook(outside.store, threads, revisions)
    condition = Condition(connections, threads, now)
    accounts = AccountUse(keyring, condition, now)
    executor, time = executor_id(), SharedTime(StoredClocks(), threads, now)
    money = _make_money(outside, executor, time)
    services = ReadBacks(outside.store, threads)
    lookout = Lookout(outside.sender, accounts, money.gate, time)
    patience = outside.config.http_timeout
    lateness = Lateness(StoredSlowServices(), threads, Steadiness(time), patience)
    read_back = ServiceReadBack(lookout, services, time, lateness)
    ledger = Ledger(time, read_back)
    http = HttpCalls(outside.sender, accounts, ledger, money.gate, time)
    once = Once(StoredDoneChanges(), threads)
    handlers = _handlers(
        time,
        book,
        http,
        RecordEffects(outside.store, threads, once),
        KeyEffects(StoredBotKeys(), threads, time),
        ScheduleEffects(StoredScheduledRuns(), once),
        ApprovalEffects(StoredApprovals(), threads, time),
        DelayEffects(time),
    )
    writer = JournalWriter(outside.runs, threads)
    driver, scripts = Driver(handlers), Scripts()
    presence = Presence(executor, StoredPresences(), threads, is_gone)
    runner = Runner(driver, scripts, writer, presence, time, outside.telemetry.watcher)
    return Walking(
        book=book,
        condition=condition,
        http=http,
        writer=writer,
        driver=driver,
        scripts=scripts,
        runner=runner,
        presence=presence,
        sealer=RunSealer(outside.box),
        money=money,
        time=time,
    )


def _make_money(outside: Outside, executor: str, time: Clock) -> Money:
    limits, budgets = StoredLimits(), StoredBudgets()
    windows = LimitGate(SharedWindows(limits, outside.threads, time), time)
    spending = Spending(budgets, outside.threads, time, executor)
    gate = CountedGate(windows, spending, time)
    gate.meters = outside.telemetry.meters
    return Money(gate, windows, limits, spending, budgets)


def _handlers(
    time: Clock,
    book: BehaviorBook,
    http: HttpCalls,
    records: RecordEffects,
    keys: KeyEffects,
    schedules: ScheduleEffects,
    approvals: ApprovalEffects,
    delays: DelayEffects,
) -> Handlers:
    """Who performs which effect."""

    async def read_clock(_effect: effects.ReadClock, _context: object) -> Moment:
        return time()

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
        effects.AskApproval: approvals.ask,
        effects.BeginDelay: delays.begin,
        effects.Delay: delays.wait,
        effects.Say: chat.say,
        effects.CloseWindow: chat.close,
        effects.SetBotName: chat.rename,
        effects.OpenWorklist: chat.open_worklist,
        effects.Offer: chat.offer,
    }
