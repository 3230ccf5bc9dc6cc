"""The use-cases, put together as ``App``."""

from __future__ import annotations

from collections.abc import Callable

from factotum.bootstrap.background import Background
from factotum.bootstrap.outside import Outside, now
from factotum.bootstrap.walking import Money, Walking
from factotum.linking.doctor import Doctor
from factotum.linking.flow import Linking
from factotum.store.approvals import StoredApprovals
from factotum.store.conversations import StoredConversations
from factotum.store.deliveries import StoredDeliveries
from factotum.store.files import Files
from factotum.store.idempotency_keys import StoredIdempotencyKeys
from factotum.store.pending_links import StoredPendingLinks
from factotum.store.people import People
from factotum.store.schedules import StoredSchedules
from factotum.store.signin_links import SignInLinks
from factotum.store.tokens import ApiTokens
from factotum.usecases.access import Access
from factotum.usecases.app import App
from factotum.usecases.approval_desk import ApprovalDesk
from factotum.usecases.budget_desk import BudgetDesk
from factotum.usecases.calls import Calls
from factotum.usecases.chat_menu import ChatMenu
from factotum.usecases.chats import Chats
from factotum.usecases.durable import DurableRuns
from factotum.usecases.links import Links
from factotum.usecases.listeners import Listeners
from factotum.usecases.package_imports import PackageImports
from factotum.usecases.read_backs import ReadBacks
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.refused_deliveries import RefusedCounter
from factotum.usecases.replaying import Replaying
from factotum.usecases.run_control import RunControl
from factotum.usecases.running import Running
from factotum.usecases.schedule_desk import ScheduleDesk
from factotum.usecases.unbroken import Unbroken
from factotum.usecases.webhooks import Webhooks

Changed = Callable[[], None]


def make_app(
    outside: Outside,
    walking: Walking,
    background: Background,
    listeners: Listeners,
    changed: Changed,
) -> App:
    """``changed`` is called when somebody has changed a record."""
    store, threads, config = outside.store, outside.threads, outside.config
    desk = RecordDesk(store, outside.box, threads, changed)
    durable, unbroken = background.durable, Unbroken()
    running = _make_running(outside, walking, desk, durable, unbroken)
    return App(
        access=_make_access(outside, desk),
        approvals=ApprovalDesk(StoredApprovals(), outside.runs, durable, threads, walking.time),
        budgets=_make_budgets(outside, walking.money, desk),
        calls=Calls(walking.http, walking.runner, desk, outside.runs, threads),
        chats=_make_chats(outside, walking),
        doctor=Doctor(config.base_url, store, outside.sender, threads, now, walking.time.wrong),
        links=_make_links(outside, changed),
        menu=ChatMenu(store, threads, walking.driver, walking.runner, walking.scripts),
        packages=PackageImports(store, outside.box, threads, now, config.base_url, changed),
        presence=walking.presence,
        time=walking.time,
        records=desk,
        replaying=Replaying(walking.driver, walking.runner, walking.book, desk, running, durable),
        run_control=_make_run_control(outside, walking, durable),
        running=running,
        schedules=ScheduleDesk(StoredSchedules(), desk, threads, now, changed),
        webhooks=_make_webhooks(outside, walking, listeners, desk, durable, unbroken),
        unbroken=unbroken,
    )


def _make_run_control(outside: Outside, walking: Walking, durable: DurableRuns) -> RunControl:
    return RunControl(
        outside.runs,
        durable,
        walking.sealer,
        ReadBacks(outside.store, outside.threads),
        outside.threads,
        walking.time,
        outside.browser_address,
    )


def _make_running(
    outside: Outside, walking: Walking, desk: RecordDesk, durable: DurableRuns, unbroken: Unbroken
) -> Running:
    return Running(
        walking.runner,
        walking.book,
        desk,
        outside.runs,
        StoredIdempotencyKeys(),
        outside.threads,
        unbroken,
        durable,
    )


def _make_budgets(outside: Outside, money: Money, desk: RecordDesk) -> BudgetDesk:
    return BudgetDesk(
        records=desk,
        gate=money.windows,
        limits=money.limits,
        spending=money.spending,
        budgets=money.budgets,
        runs=outside.runs,
        threads=outside.threads,
        clock=now,
    )


def _make_chats(outside: Outside, walking: Walking) -> Chats:
    return Chats(
        conversations=StoredConversations(),
        book=walking.book,
        driver=walking.driver,
        runner=walking.runner,
        scripts=walking.scripts,
        store=outside.store,
        files=Files(outside.store),
        threads=outside.threads,
        clock=now,
    )


def _make_links(outside: Outside, changed: Changed) -> Links:
    pending = StoredPendingLinks(outside.box.root)
    linking = Linking(outside.connections, pending, outside.sender, outside.threads, now)
    return Links(linking, outside.config.callback_url, outside.browser_address, changed)


def _make_webhooks(
    outside: Outside,
    walking: Walking,
    listeners: Listeners,
    desk: RecordDesk,
    durable: DurableRuns,
    unbroken: Unbroken,
) -> Webhooks:
    deliveries, threads = StoredDeliveries(), outside.threads
    return Webhooks(
        listeners=listeners,
        book=walking.book,
        runner=walking.runner,
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
