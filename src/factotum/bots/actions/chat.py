"""What a bot says and shows in a chat."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.actions.control import BEHAVIOR
from factotum.bots.effects import CloseWindow, Offer, OpenWorklist, Say, SetBotName
from factotum.bots.flow import Closed, Exit
from factotum.bots.record_names import known_type
from factotum.bots.variables import whole_number
from factotum.core.errors import BadInput
from factotum.core.fields import Choice, Fields, LongText, Number, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps

_LONGEST_DELAY = 10_000


@action_types.add("send_message")
class SendMessage(ActionType):
    """A bubble. Where a request failed and nothing looked at it, that is said instead."""

    key = "send_message"
    label = "Respond with message"
    fields: ClassVar[Fields] = Fields(
        LongText(key="message", label="Message", required=True),
        Choice(
            key="format",
            label="Format",
            options={"": "Plain text", "markdown": "Markdown", "html": "HTML"},
        ),
        Number(key="delay_ms", label="Typing delay in ms", default="1000"),
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Say it."""
        message = yield from execution.fill("message")
        execution.tell_failure()
        wanted = execution.param("format")
        yield Say(
            path=execution.path,
            message=message,
            format=wanted if wanted in {"markdown", "html"} else "",
            delay_ms=min(max(whole_number(execution.param("delay_ms")), 0), _LONGEST_DELAY),
        )
        return None


@action_types.add("send_script")
class SendScript(ActionType):
    """Script never runs in the page; a warning says that it was left out."""

    key = "send_script"
    label = "Respond with script"
    fields: ClassVar[Fields] = Fields(LongText(key="script", label="Script"))

    def run(self, execution: Execution) -> Steps[After | None]:
        """Warn."""
        execution.status = "skipped"
        yield from execution.warn("A script was to run in the page; scripts of bots never do.")
        return None


@action_types.add("window_close")
class CloseChat(ActionType):
    """Ends the chat."""

    key = "window_close"
    label = "Close chat window"

    def run(self, execution: Execution) -> Steps[After | None]:
        """Close it; nothing after this runs."""
        execution.tell_failure()
        yield CloseWindow(path=execution.path)
        raise Closed if execution.interpreter.in_chat else Exit


@action_types.add("worklist_open")
class OpenRecords(ActionType):
    """Shows the person a list of records."""

    key = "worklist_open"
    label = "Open a worklist popup"
    fields: ClassVar[Fields] = Fields(
        Text(key="context", label="Record type", required=True),
        Text(key="quick_search", label="Query"),
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Open it."""
        kind = known_type((yield from execution.fill("context")))
        query = yield from execution.fill("quick_search")
        execution.tell_failure()
        yield OpenWorklist(path=execution.path, type=kind, query=query)
        return None


@action_types.add("set_bot_name")
class NameBot(ActionType):
    """What the bot is called in this chat."""

    key = "set_bot_name"
    label = "Set bot name"
    fields: ClassVar[Fields] = Fields(Text(key="name", label="Name", required=True))

    def run(self, execution: Execution) -> Steps[After | None]:
        """Name it."""
        name = (yield from execution.fill("name")).strip()
        if name:
            execution.set("interaction_bot_name", name)
            yield SetBotName(path=execution.path, name=name)
        return None


@action_types.add("return_interaction")
class ReturnInteraction(ActionType):
    """An entry of the chat's menu; ``behavior_id`` is the behavior that handles it."""

    key = "return_interaction"
    label = "Return interaction"
    fields: ClassVar[Fields] = Fields(
        BEHAVIOR,
        Text(key="name", label="Name", required=True),
        Text(key="interaction", label="Interaction", required=True),
        LongText(key="interaction_params_json", label="Parameters, as JSON"),
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Offer it."""
        behavior = (yield from execution.fill("behavior_id")).strip()
        name = (yield from execution.fill("name")).strip()
        interaction = (yield from execution.fill("interaction")).strip()
        text = yield from execution.fill("interaction_params_json")
        if not behavior or not name:
            raise BadInput("The menu entry needs a name and a behavior that handles it.")
        offer = Offer(
            path=execution.path,
            behavior_id=behavior,
            name=name,
            interaction=interaction,
            params=_parameters(text),
        )
        execution.interpreter.offers.append(offer)
        yield offer
        return None


def _parameters(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        found = None
    if found == []:  # PHP's empty object
        return {}
    if not isinstance(found, dict):
        raise BadInput("The interaction's parameters must be a JSON object: {…}.", code="bad-json")
    return found
