"""All verbs in one place, as bootstrap puts them together.

Pages, API and command line call these and nothing else; each takes the asking ``Actor`` first.
"""

from __future__ import annotations

from factotum.linking.doctor import Doctor
from factotum.packages import shelf
from factotum.runs.presence import Presence
from factotum.runs.shared_time import SharedTime
from factotum.usecases.access import Access
from factotum.usecases.approval_desk import ApprovalDesk
from factotum.usecases.budget_desk import BudgetDesk
from factotum.usecases.calls import Calls
from factotum.usecases.chat_menu import ChatMenu
from factotum.usecases.chats import Chats
from factotum.usecases.links import Links
from factotum.usecases.package_imports import PackageImports
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.replaying import Replaying
from factotum.usecases.run_control import RunControl
from factotum.usecases.running import Running
from factotum.usecases.schedule_desk import ScheduleDesk
from factotum.usecases.unbroken import Unbroken
from factotum.usecases.webhooks import Webhooks


class App:
    """The product without its surfaces. What changes something is done whole once it is begun."""

    def __init__(
        self,
        *,
        access: Access,
        approvals: ApprovalDesk,
        budgets: BudgetDesk,
        calls: Calls,
        chats: Chats,
        doctor: Doctor,
        links: Links,
        menu: ChatMenu,
        packages: PackageImports,
        presence: Presence,
        time: SharedTime,
        records: RecordDesk,
        replaying: Replaying,
        run_control: RunControl,
        running: Running,
        schedules: ScheduleDesk,
        webhooks: Webhooks,
        unbroken: Unbroken,
    ) -> None:
        self.drain = unbroken.drain
        self._pack(packages, unbroken)
        self._keep(records, unbroken)
        self._link(links, doctor, unbroken)
        self.wrong_clocks = time.wrong
        self._run(running, run_control, replaying, presence, unbroken)
        self._approve(approvals, unbroken)
        self._call(calls, schedules, unbroken)
        self._spend(budgets, unbroken)
        self._talk(chats, menu, unbroken)
        self._listen(webhooks)
        self._let_in(access)

    def _pack(self, packages: PackageImports, unbroken: Unbroken) -> None:
        """Packages in and out."""
        self.import_package = unbroken.whole(packages.import_package)
        self.export_package = packages.export_package
        self.library = shelf.shelf
        self.library_package = shelf.load

    def _keep(self, records: RecordDesk, unbroken: Unbroken) -> None:
        """Records."""
        self.find = records.find
        self.get = records.get
        self.one_named = records.one_named
        self.create = unbroken.whole(records.create)
        self.save = unbroken.whole(records.save)
        self.delete = unbroken.whole(records.delete)
        self.may_edit = records.may_edit
        self.secrets_set_at = records.secrets_set_at

    def _link(self, links: Links, doctor: Doctor, unbroken: Unbroken) -> None:
        """Accounts at services."""
        self.link_start = unbroken.whole(links.start)
        self.link_finish = unbroken.whole(links.finish)
        self.link_paste = unbroken.whole(links.paste)
        self.link_check = links.check
        self.unlink = unbroken.whole(links.unlink)
        self.doctor = doctor.checks

    def _run(
        self,
        running: Running,
        run_control: RunControl,
        replaying: Replaying,
        presence: Presence,
        unbroken: Unbroken,
    ) -> None:
        """Runs, and what may be asked of them."""
        self.run_behavior = unbroken.whole(running.run_behavior)
        self.run_view = running.run_view
        self.runs = running.runs
        self.cancel_run = unbroken.whole(run_control.cancel)
        self.hold_run = unbroken.whole(run_control.hold)
        self.resume_run = unbroken.whole(run_control.resume)
        self.retry_run = unbroken.whole(run_control.retry)
        self.replay_run = replaying.replay
        self.request_of = replaying.request_of
        self.other_processes = presence.others
        self.unsettled = run_control.unsettled
        self.count_unsettled = run_control.count_unsettled
        self.page_of_effect = run_control.page_of
        self.needs_id = run_control.needs_id
        self.settle = unbroken.whole(run_control.settle)

    def _approve(self, approvals: ApprovalDesk, unbroken: Unbroken) -> None:
        """What bots ask people for."""
        self.approvals = approvals.approvals
        self.count_approvals = approvals.count_approvals
        self.approval_of = approvals.approval_of
        self.decide = unbroken.whole(approvals.decide)

    def _call(self, calls: Calls, schedules: ScheduleDesk, unbroken: Unbroken) -> None:
        """One request by hand; what comes by the clock."""
        self.call = unbroken.whole(calls.call)
        self.schedules = schedules.schedules
        self.schedule = schedules.schedule
        self.change_schedule = unbroken.whole(schedules.change_schedule)

    def _spend(self, budgets: BudgetDesk, unbroken: Unbroken) -> None:
        """Limits and money."""
        self.limits = budgets.limits
        self.budget = budgets.budget
        self.budget_overview = budgets.overview
        self.budgets_near_their_end = budgets.near_their_end
        self.stopped_accounts = budgets.stopped
        self.set_caps = unbroken.whole(budgets.set_caps)
        self.go_on = unbroken.whole(budgets.go_on)
        self.prices = budgets.prices
        self.set_prices = unbroken.whole(budgets.set_prices)

    def _talk(self, chats: Chats, menu: ChatMenu, unbroken: Unbroken) -> None:
        """Chats with bots."""
        self.chat_menu = menu.entries
        self.chat_start = unbroken.whole(chats.start)
        self.chat_send = unbroken.whole(chats.send)
        self.chat = chats.get

    def _listen(self, webhooks: Webhooks) -> None:
        """What services call."""
        self.receive_webhook = webhooks.receive  # its server never hangs up on it
        self.webhook_body_limit = webhooks.body_limit
        self.webhook_activity = webhooks.activity

    def _let_in(self, access: Access) -> None:
        """Who may come in, and by what."""
        self.add_worker = access.add_worker
        self.create_sign_in_link = access.create_sign_in_link
        self.first_run_link = access.first_run_link
        self.sign_in_link_worker = access.sign_in_link_worker
        self.use_sign_in_link = access.use_sign_in_link
        self.token_actor = access.token_actor
        self.tokens = access.tokens
        self.create_token = access.create_token
        self.revoke_token = access.revoke_token
