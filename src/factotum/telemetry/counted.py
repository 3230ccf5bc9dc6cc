"""Parts of the product that count what they do: each is the part itself and a line or two more."""

from __future__ import annotations

from time import perf_counter

from factotum.core.errors import FactotumError, Refused, RetryLater
from factotum.core.http import Request, Response
from factotum.core.ports import Sender, SendOptions
from factotum.runs.context import RunContext
from factotum.runs.gate import Gate, Pass
from factotum.runs.ports import SigningAccount
from factotum.telemetry.meters import Meters

PLAIN = SendOptions()
OVER_BUDGET = "over-budget"


class CountedSender:
    """The door out, counting; fulfils ``core.ports.Sender``."""

    def __init__(self, sender: Sender, meters: Meters) -> None:
        self._sender = sender
        self._meters = meters

    async def send(self, request: Request, options: SendOptions = PLAIN) -> Response:
        """As the sender."""
        status = "broken"
        began = perf_counter()
        try:
            response = await self._sender.send(request, options)
        except FactotumError as error:
            status = error.code
            raise
        else:
            status = str(response.status) if 100 <= response.status < 600 else "other"
            return response
        finally:
            signed = "no" if options.sign is None else "yes"
            safe = "yes" if request.is_safe else "no"
            self._meters.requests[signed, safe, status].inc()
            self._meters.request_seconds[signed, safe].observe(perf_counter() - began)


class CountedGate(Gate):
    """Counts what was not let through, and what the services had no room for."""

    meters: Meters

    async def enter(
        self,
        request: Request,
        account: SigningAccount | None,
        context: RunContext,
        *,
        is_ours: bool = False,
    ) -> Pass:
        """As the base."""
        try:
            return await super().enter(request, account, context, is_ours=is_ours)
        except (RetryLater, Refused) as error:
            if error.code == OVER_BUDGET:
                self.meters.over_budget.inc()
            else:
                self.meters.no_room[error.code, "here"].inc()
            raise

    def leave(
        self,
        passed: Pass,
        response: Response | None,
        failure: BaseException | None,
        context: RunContext,
    ) -> RetryLater | None:
        """As the base."""
        refused = super().leave(passed, response, failure, context)
        if refused is not None:
            self.meters.no_room[refused.code, "service"].inc()
        return refused
