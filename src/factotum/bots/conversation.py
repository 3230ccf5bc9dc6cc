"""A chat with a bot, as one program: from the menu entry that was chosen to the closed window.

The program is a generator like every walk. It suspends at ``Ask``; a driver that must not keep it in
memory records the results of its effects and walks it again with them up to the pending question
(see ``recording``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.effects import Ask, CloseWindow, Note, Offer, Say
from factotum.bots.failures import Failure
from factotum.bots.flow import Closed, Exit, Handover, Steps, Untold
from factotum.bots.interpreter import LIMITS, Frame, Interpreter, Limits, Scripts
from factotum.bots.scope import Scope
from factotum.bots.triggers.interactions import listens
from factotum.bots.zone import zone_of
from factotum.core.errors import FactotumError

HANDLES = "event.interaction.chat.worker"
NOTHING_DONE = "The bot has no answer to this. Choose something else from the menu."


def menu(
    behaviors: Sequence[Behavior],
    point: str,
    payload: Mapping[str, Any],
    *,
    scripts: Scripts,
    timezone: str = "UTC",
) -> Steps[list[Offer]]:
    """What the chat's menu offers a worker at a point; ``payload`` has ``worker_id``.

    Each behavior that listens there is run; one that cannot be run leaves its entries out, with a
    fault in the journal. The entries are returned, sorted by their behaviors' priority.
    """
    offers: list[Offer] = []
    listening = [one for one in behaviors if listens(one, point) and not _is_off(one)]
    for behavior in sorted(listening, key=lambda one: one.priority):
        interpreter = Interpreter(scripts, timezone=timezone)
        try:
            yield from interpreter.run(interpreter.frame(behavior, {**payload, "point": point}))
        except FactotumError as fault:
            yield _fault(behavior, fault)
        offers += interpreter.offers
    return offers


def converse(
    behavior: Behavior,
    payload: Mapping[str, Any],
    *,
    scripts: Scripts,
    simulate: bool = False,
    timezone: str = "UTC",
    limits: Limits = LIMITS,
) -> Steps[dict[str, Any]]:
    """A whole conversation, begun with the behavior of a menu entry (or a conversation itself).

    ``payload``: ``worker_id``, ``interaction``, ``interaction_params``. Returns the last behavior's
    placeholders when the window is closed. Never raises for a faulty behavior: what went wrong is
    said in the chat, and noted.
    """
    chat = _Chat(Interpreter(
        scripts, simulate=simulate, timezone=timezone, limits=limits, in_chat=True
    ))  # fmt: skip
    try:
        frame = chat.interpreter.frame(behavior, payload)
        if behavior.event.key == HANDLES:
            frame = yield from chat.begin(frame)
    except Closed:
        return {}
    except FactotumError as fault:
        yield _fault(behavior, fault)
        yield from chat.say(fault.sentence)
        yield CloseWindow()
        return {}
    return (yield from chat.go_on(frame))


def converse_again(
    behavior: Behavior,
    values: Mapping[str, Any],
    message: str,
    *,
    scripts: Scripts,
    simulate: bool = False,
    timezone: str = "UTC",
    limits: Limits = LIMITS,
) -> Steps[dict[str, Any]]:
    """A conversation whose tree has ended, begun anew by the next message.

    ``behavior`` and ``values`` are what the ``restart`` question came with, so nothing before it has
    to be walked again.
    """
    zone = zone_of(behavior, timezone)
    chat = _Chat(Interpreter(
        scripts, simulate=simulate, timezone=zone, limits=limits, in_chat=True
    ))  # fmt: skip
    scope = Scope({**values, "message": message})
    return (yield from chat.go_on(Frame(behavior, scope, "", frozenset({behavior.id}))))


class _Chat:
    """One conversation, and how often its tree was begun."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self._rounds = 0

    def begin(self, frame: Frame) -> Steps[Frame]:
        """Run the behavior that handles the interaction, up to the one that takes over."""
        try:
            yield from self.interpreter.walk(frame)
        except Handover as handover:
            return handover.frame
        except Exit:
            pass
        except Untold as untold:
            yield from self.tell(untold.failure)
            yield CloseWindow()
            raise Closed from None
        failure = self.interpreter.answers.tell()
        if failure is not None:
            yield from self.tell(failure)
        else:
            yield from self.say(NOTHING_DONE)
        yield CloseWindow()
        raise Closed

    def go_on(self, frame: Frame) -> Steps[dict[str, Any]]:
        """Walk the conversation's tree again and again, until the window is closed."""
        while True:
            try:
                message = yield from self.round(frame)
            except Handover as handover:
                frame = handover.frame
                continue
            except Closed:
                return frame.scope.final()
            self._rounds += 1
            frame.scope["message"] = message
            frame = Frame(frame.behavior, frame.scope, f"@{self._rounds}/", frame.stack)

    def round(self, frame: Frame) -> Steps[str]:
        """Walk the tree once; the message that begins it anew.

        After a failed request the tree begins anew at once, where it has asked something by then:
        the person is asked again. Else it waits for the next message, as at its end.
        """
        before = self.interpreter.questions
        failed = yield from self.once(frame)
        if failed and self.interpreter.questions > before:
            return ""
        kept = {"behavior": frame.behavior, "values": frame.scope.final()}
        answer = yield Ask(path=frame.path(""), kind="restart", params=kept)
        self.interpreter.answered()
        return str((answer or {}).get("message") or "")

    def once(self, frame: Frame) -> Steps[bool]:
        """Whether the walk failed; what failed has been said."""
        failure = None
        try:
            yield from self.interpreter.walk(frame)
        except Exit:
            pass
        except Untold as untold:
            failure = untold.failure
        except FactotumError as fault:
            yield _fault(frame.behavior, fault)
            yield from self.say(fault.sentence)
            return False  # a faulty behavior would only fail again
        failure = failure or self.interpreter.answers.tell()
        if failure is not None:
            yield from self.tell(failure)
        return failure is not None

    def tell(self, failure: Failure) -> Steps[None]:
        """Say that a request failed which nothing in the tree looked at."""
        title = "A request failed and the behavior did not look at it; the chat was told"
        data = {"sentence": failure.sentence, "code": failure.code}
        yield Note(kind="fault", title=title, status="failed", data=data)
        yield from self.say(failure.told)

    def say(self, sentence: str) -> Steps[None]:
        """A bubble that tells what did not work."""
        yield Say(message=sentence, is_fault=True)


def _is_off(behavior: Behavior) -> bool:
    return behavior.is_disabled or behavior.bot.is_disabled


def _fault(behavior: Behavior, fault: FactotumError) -> Note:
    data = {"sentence": fault.sentence, "code": fault.code}
    return Note(kind="fault", title=behavior.title, status="failed", data=data)
