"""What a walk asks for. The interpreter yields these; a driver in ``runs/`` performs them.

Each says what it returns. ``path`` names the place in the tree (``1.0.2`` children, ``#1`` the action
within the node: ``0.1#0``). Before it stands where it was come from: ``0.1#0/`` the action that called
a behavior or subroutine, ``2[3]:`` the third round of the loop at 2, ``@1/`` the first time that a
conversation began anew. So no two unsafe effects of a run share a path, and a recorded result can be
found again: a walk that is given the same results takes the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.core.http import Headers
from factotum.core.values import Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Base of all effects."""

    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClock(Effect):
    """Returns a Moment: asked for at most once in a node, when its first script needs one.

    After a delay the node asks anew.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadRecord(Effect):
    """Returns ``dict[str, Any]``, the record's placeholders: ``id``, ``_label``, every field.

    Linked records are flattened (``owner_…``) or named by ``owner__context`` and ``owner_id``.
    ``{}`` where there is none this bot may read.
    """

    ref: Ref


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBehavior(Effect):
    """Returns the ``tree.Behavior`` with that id or uri, or None."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHttp(Effect):
    """Returns an ``HttpResult``. ``account_id`` None sends unsigned.

    ``refusal`` is set where the action already knows that it must not be sent (an account that is
    missing); the driver then answers with that error and marks the step failed.
    ``send_in_simulator`` is the package's ``run_in_simulator``. ``body`` holds bytes that are no
    UTF-8 as surrogate escapes; ``payload`` is what is sent.
    """

    method: str
    url: str
    headers: Headers = ()
    body: str = ""
    account_id: int | None = None
    raw_response_body: bool = False
    ignore_ssl_validation: bool = False
    send_in_simulator: bool = False
    refusal: str = ""

    @property
    def payload(self) -> bytes:
        """The body's bytes; what is neither a character nor a byte becomes a question mark."""
        try:
            return self.body.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:
            return self.body.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class HttpResult:
    """What ``response_placeholder`` gets (cerb-compatible): ``as_placeholder`` is that dictionary.

    ``error`` is "" unless the request got no answer or was refused; ``code`` then says which.
    ``is_simulated`` tells that nothing was sent; ``is_unknown`` that the request may have arrived
    although no answer came, so nobody knows yet whether it was done.
    """

    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = ""
    url: str = ""
    http_code: int = 0
    error: str = ""
    code: str = ""
    is_simulated: bool = False
    is_unknown: bool = False

    def as_placeholder(self) -> dict[str, Any]:
        """``{content_type, headers, body, info{url, http_code}, error}``."""
        return {
            "content_type": self.content_type,
            "headers": dict(self.headers),
            "body": self.body,
            "info": {"url": self.url, "http_code": self.http_code},
            "error": self.error,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRecord(Effect):
    """Returns the record's placeholders after it. ``verb``: create, update, upsert or delete."""

    verb: str
    type: str
    id: int | None = None
    query: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    run_in_simulator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRecords(Effect):
    """Returns ``dict[int, dict]``: id → placeholders of the records a search finds."""

    type: str
    query: str
    expand: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetKey(Effect):
    """Returns the bot's stored value under a key, or ""."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetKey(Effect):
    """Keeps a value under a key for this bot; "" forgets it. ``expires_at`` in seconds since 1970."""

    key: str
    value: str
    expires_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Effect):
    """A bubble in the chat. ``format`` is "", markdown or html.

    ``is_fault`` marks what the product says itself because something did not work.
    """

    message: str
    format: str = ""
    delay_ms: int = 0
    is_fault: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Effect):
    """Suspends the walk until the person answers; returns a dict.

    It has ``message``, for a chooser ``ids`` (list of int), for a file ``file_id``; both may add
    ``record``, the chosen record's placeholders, which saves loading it. ``kind`` is text, buttons,
    chooser, date, file, images or wait (go on by itself; an empty answer will do), or one that no
    action asks: ``message``, the next message whatever it is (``_exit`` with mode suspend), and
    ``restart``, the tree has ended and the next message starts it again (``params`` then are
    ``behavior`` and ``values``, with which ``conversation.converse_again`` goes on). ``params`` are the
    action's, rendered.
    """

    kind: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Effect):
    """A menu entry of ``return_interaction``. Returns None."""

    behavior_id: str
    name: str
    interaction: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseWindow(Effect):
    """Ends the chat. Returns None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBotName(Effect):
    """What the bot is called in this chat from now on. Returns None."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWorklist(Effect):
    """Shows the person a list of records of one type. Returns None."""

    type: str
    query: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule(Effect):
    """A later run (``_schedule_behavior``), or with ``run_at`` None its removal. Returns None."""

    behavior_id: str
    run_at: int | None
    on_dupe: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginDelay(Effect):
    """Returns ``until`` as it was when the delay began, however often it is reckoned anew."""

    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(Effect):
    """Returns None once the clock has come to ``until``, seconds since 1970; ``words`` say it."""

    until: int
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApproval(Effect):
    """Returns ``{is_approved, by, comment, at}``: what a person said, at a time in seconds since 1970.

    ``worker_id`` is who may say, beside admins; None for whoever may change the bot. After
    ``expires_at`` it counts as refused.
    """

    message: str
    worker_id: int | None = None
    expires_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Effect):
    """Something for the run's journal; performed by writing it down. Returns None.

    ``kind``: ``behavior``, ``node``, ``condition``, ``action``, ``set``, ``warning`` or ``fault``.
    ``status``: ``ok``, ``failed``, ``skipped``, ``passed``, ``not-passed``, ``not-sent``. ``data`` is
    shown folded (values filled in, operands); the driver masks secrets before it stores it.
    """

    kind: str
    title: str = ""
    status: str = "ok"
    data: Mapping[str, Any] = field(default_factory=dict)
