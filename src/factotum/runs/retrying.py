"""When a durable run tries a request again: what was surely not done, or may be done twice.

Safe requests (RFC 9110, 9.2.1) are tried again after no answer and after an answer that says the server
was not well or did not take the request; unsafe ones only where no connection was made, or where the service honours the idempotency
key that they carry (the ledger then asks for ``wait_to_send_again``). Between two tries the run waits, holding
nothing, each time about four times as long, with jitter so that many runs do not come back together.
"""

from __future__ import annotations

import random

from factotum.core.errors import FactotumError, NoAnswer, RetryLater
from factotum.core.http import Request, Response
from factotum.runs.context import RunContext
from factotum.runs.waiting import Wait

TRIES = 6
FIRST_DELAY = 2.0  # seconds, before jitter
LONGEST_DELAY = 3600.0
UNWELL = frozenset({500, 502, 503, 504})
NOT_TAKEN = frozenset({408, 425})
"""The server did not wait for the request, or not take it so early: it may be repeated (RFC 9110, 8470)."""


def wait_to_retry(
    request: Request,
    path: str,
    failure: FactotumError | None,
    response: Response | None,
    context: RunContext,
    now: float,
) -> Wait | None:
    """How the run waits before it asks again; None where what came is what it gets.

    >>> delay(0, 0.5), delay(3, 0.5)
    (2.0, 128.0)
    """
    if isinstance(failure, RetryLater):
        return Wait(failure.until or now + failure.after, failure.sentence, failure.code)
    if context.tries[path] >= TRIES or not _may_help(request, failure, response):
        return None
    until = now + delay(context.tries[path], random.random())
    context.tries[path] += 1
    told = failure.sentence if failure else f"The service answered {response.status}."  # type: ignore[union-attr]  # one of the two is there
    return Wait(until, f"{told} Try {context.tries[path] + 1} of {TRIES + 1} comes next.", "retry")


def wait_to_send_again(sentence: str, sendings: int, now: float) -> Wait:
    """How the run waits before the same request leaves again with the same key."""
    until = now + delay(sendings - 1, random.random())
    told = f"{sentence} It is sent again with the same key, so the service does it once."
    return Wait(until, told, "retry")


def _may_help(request: Request, failure: FactotumError | None, response: Response | None) -> bool:
    if isinstance(failure, NoAnswer):
        return request.is_safe or not failure.sent
    return request.is_safe and response is not None and response.status in UNWELL | NOT_TAKEN


def delay(tries: int, chance: float) -> float:
    """Seconds before the next try; ``chance`` from 0 to 1 takes half of it away or adds half."""
    return min(FIRST_DELAY * 4.0**tries, LONGEST_DELAY) * (0.5 + chance)
