"""One request as an account: ``factotum call``, the API's proxy and the page's request form."""

from __future__ import annotations

from dataclasses import replace

from factotum.bots.effects import CallHttp
from factotum.core.errors import FactotumError, NoAnswer
from factotum.core.http import Request, Response
from factotum.core.ports import Threads
from factotum.core.values import Actor, Record, Ref
from factotum.runs.context import RunContext
from factotum.runs.http_calls import HttpCalls, Performed
from factotum.runs.ports import RunStore
from factotum.usecases.call_titles import begun, titled
from factotum.usecases.record_desk import RecordDesk
from factotum.usecases.run_view import RunView, refusing_code, view_of
from factotum.usecases.runner import Runner, fault_of


class Calls:
    """Requests that people and programs make by hand; each is a run like any other."""

    def __init__(
        self,
        http: HttpCalls,
        runner: Runner,
        records: RecordDesk,
        runs: RunStore,
        threads: Threads,
    ) -> None:
        self._http = http
        self._runner = runner
        self._records = records
        self._runs = runs
        self._threads = threads

    async def call(
        self, actor: Actor, account: str | int | None, request: Request
    ) -> tuple[RunView, Response | None]:
        """The run that recorded it and the answer; without one ``failure`` of the run says why."""
        record = await self._account(actor, account)
        account_name = record.label if record else ""
        title = begun(request.method, request.url, account_name)
        context = self._runner.begin(title, f"call.{actor.via}", by=actor)
        effect = CallHttp(
            path="0",
            method=request.method,
            url=request.url,
            headers=request.headers,
            account_id=record.id if record else None,
        )
        with self._runner.watcher.walking(context):
            done, failure = await self._perform(request, effect, context, account_name)
        view = await self._threads.run(view_of, self._runs, context.journal.run.id)
        return replace(view, failure=failure), done.response

    async def _perform(
        self, request: Request, effect: CallHttp, context: RunContext, account: str
    ) -> tuple[Performed, FactotumError | None]:
        """What was done, and what went wrong with it; the run has ended."""
        try:
            done = await self._http.perform(request, effect, context)
        except Exception as error:
            await self._runner.fail(context, fault_of(error))
            raise
        failure = _unknown(done.failure) if done.result.is_unknown else done.failure
        title = titled(request.method, request.url, account)
        if failure is not None:
            changes = {"error": failure.sentence, "code": failure.code}
            await context.journal.finish("failed", title=title, **changes)
        else:
            code = refusing_code(done.result.http_code)
            await context.journal.finish("done", title=title, code=code)
        return done, failure

    async def _account(self, actor: Actor, account: str | int | None) -> Record | None:
        if account is None or account == "":
            return None
        if str(account).isdecimal():
            return await self._records.get(actor, Ref("connected_account", int(account)))
        return await self._records.one_named(actor, "connected_account", str(account))


def _unknown(failure: FactotumError | None) -> NoAnswer:
    """A request that changes something and may have arrived."""
    told = f"{failure} It is not known whether it was done: look at the service before you send it again."
    return NoAnswer(told, sent=True, code=failure.code if failure else None)
