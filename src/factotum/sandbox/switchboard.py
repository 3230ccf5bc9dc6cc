"""The page with the switches, and what programs called lately."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from factotum.sandbox.html import go, page
from factotum.sandbox.sessions import posted, text
from factotum.sandbox.switches import FAULTS, turn_off, turn_on

if TYPE_CHECKING:
    from factotum.sandbox.state import State

START = {"fault": "500", "method": "", "path": "", "times": "1", "seconds": "5"}
SHOWN = 30


async def switches(request: Request) -> Response:
    """GET /switches."""
    return _board(request, START, "")


def _board(request: Request, values: dict[str, str], error: str) -> Response:
    state: State = request.app.state.sandbox
    return page(
        request,
        "switches.html",
        status=422 if error else 200,
        faults=FAULTS,
        switches=state.switches,
        seen=list(islice(reversed(state.seen), SHOWN)),
        values=values,
        error=error,
    )


async def change(request: Request) -> Response:
    """POST /switches: turn one on, or one or all off."""
    state: State = request.app.state.sandbox
    form = await posted(request)
    match text(form, "do"):
        case "off":
            turn_off(state, text(form, "id") or "none")
            return go(request, "/switches", "That fault is off.")
        case "reset":
            turn_off(state)
            return go(request, "/switches", "All faults are off.")
    values = {name: text(form, name) for name in START}
    try:
        turn_on(
            state,
            values["fault"],
            path=values["path"],
            method=values["method"],
            times=int(values["times"]) if values["times"] else None,
            seconds=float(values["seconds"] or "5"),
        )
    except ValueError as error:
        said = str(error)
        sentence = said if said.endswith(".") else "Times and seconds must be numbers."
        return _board(request, values, sentence)
    return go(request, "/switches", f"On: {FAULTS[values['fault']]}.")


ROUTES = [
    Route("/switches", switches, methods=["GET"]),
    Route("/switches", change, methods=["POST"]),
]
