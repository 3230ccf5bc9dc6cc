"""A run's steps as a person follows them: one line per thing that happened, details folded.

A request is one step of the journal and the action that sent it another; they are one line here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.runs.run import Step
from factotum.usecases.run_view import RunView
from factotum.web.pages.run_words import went_on_title

ICONS = {
    "approval": "person",
    "behavior": "bot",
    "node": "tree",
    "condition": "fork",
    "action": "run",
    "http": "send",
    "set": "edit",
    "warning": "warning",
    "fault": "error",
}
BARE = frozenset({"behavior", "node", "http"})
"""Kinds whose line says all there is."""
FOLDED_AWAY = frozenset({"action", "failure", "http_code", "sentence", "code", "type", "status"})
"""What a line says itself, so that its details need not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line.

    ``http_code`` is the answer's status, 0 for none; ``start`` and ``width`` place its bar, in per
    mille of the run's time; ``number`` is its first step's, 0 for none.
    """

    title: str
    icon: str
    status: str
    level: int = 0
    at: float = 0.0
    ms: float = 0.0
    about: str = ""
    failure: str = ""
    http_code: int = 0
    exchanges: Sequence[Mapping[str, Any]] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    start: int = 0
    width: int = 0
    is_wait: bool = False
    number: int = 0

    @property
    def is_sent(self) -> bool:
        """Whether there was a request here."""
        return bool(self.exchanges)


def trail(view: RunView) -> list[Event]:
    """The lines of a run, in order, and between them after what it went on."""
    events = [_event(group, view) for group in _grouped(view.steps)]
    return (
        sorted([*events, *_waits(view)], key=lambda event: event.at) if view.run.went_on else events
    )


def _waits(view: RunView) -> Iterator[Event]:
    """Each time that the run went on; its wait began when something was done last."""
    since = view.run.started_at
    for told in view.run.went_on:
        until = float(told["at"])
        before = [step.at for step in view.steps if step.at <= until]
        since = max([since, *before])
        is_break = told["code"] in {"taken-over", "failed"}
        start, width = (0, 0) if is_break else _span(since, until, view)
        yield Event(
            title=went_on_title(told["code"]),
            icon="refresh" if is_break else "pause",
            status="waited",
            at=until,
            ms=0 if is_break else (until - since) * 1000,
            about=str(told["reason"]),
            start=start,
            width=width,
            is_wait=True,
        )
        since = until


def _grouped(steps: Sequence[Step]) -> list[list[Step]]:
    """Each action together with the requests it sent, which stand before it under its path."""
    groups: list[list[Step]] = []
    for step in steps:
        last = groups[-1] if groups else []
        if last and last[-1].kind == "http" and last[-1].path == step.path and step.path:
            last.append(step)
        else:
            groups.append([step])
    return groups


def _event(group: list[Step], view: RunView) -> Event:
    step, sent = group[-1], [one for one in group if one.kind == "http"]
    ms = sum(one.ms for one in group)
    start, width = _bar(sent, view)
    about = _about(step, sent)
    return Event(
        title=step.title or step.kind.capitalize(),
        icon="send" if sent else ICONS.get(step.kind, "run"),
        status=_status(step, sent),
        level=_level(step),
        at=group[0].at - group[0].ms / 1000,
        ms=ms,
        about=about,
        failure=_failure(step, sent),
        http_code=_http_code(sent),
        exchanges=[one.data for one in sent],
        details=_details(step, about),
        start=start,
        width=width,
        number=group[0].number,
    )


def _details(step: Step, about: str) -> dict[str, Any]:
    """What is folded: the values filled in, without what the line itself says."""
    if step.kind in BARE:
        return {}
    return {
        key: value
        for key, value in step.data.items()
        if key not in FOLDED_AWAY and value not in (None, "", [], {}) and value != about
    }


def _status(step: Step, sent: list[Step]) -> str:
    if step.kind == "warning":
        return "warned"
    if any(one.status == "failed" for one in sent[-1:]):
        return "failed"
    return step.status


def _level(step: Step) -> int:
    """How far a line stands in: a node by its depth, what a node does one further."""
    behaviors = step.path.count("/")
    depth = step.path.rpartition("/")[2].partition("#")[0].count(".")
    return min(3, behaviors + depth + (step.kind not in {"behavior", "node"}))


def _about(step: Step, sent: list[Step]) -> str:
    if sent:
        request = sent[-1].data.get("request", {})
        return f"{request.get('method', '')} {request.get('url', '')}"
    for key in ("sentence", "message", "value", "name"):
        if step.data.get(key) and step.kind != "fault":
            text = str(step.data[key]).strip()
            return text if len(text) <= 200 else f"{text[:200]}…"
    return ""


def _failure(step: Step, sent: list[Step]) -> str:
    if step.kind == "fault":
        return str(step.data.get("sentence") or "")
    if step.data.get("failure"):
        return str(step.data["failure"])
    error = sent[-1].data.get("error") if sent else None
    return str(error.get("sentence") or "") if error else ""


def _http_code(sent: list[Step]) -> int:
    response = sent[-1].data.get("response") if sent else None
    return int(response.get("status") or 0) if response else 0


def _bar(sent: list[Step], view: RunView) -> tuple[int, int]:
    if not sent:
        return 0, 0
    return _span(sent[0].at - sent[0].ms / 1000, sent[-1].at, view)


def _span(first: float, last: float, view: RunView) -> tuple[int, int]:
    """Where a time stands in the run's, or in what has passed of it, in per mille."""
    begun = view.run.started_at
    went_on = (float(told["at"]) for told in view.run.went_on)
    ended = view.run.ended_at or max([last, *(step.at for step in view.steps), *went_on])
    whole = max(ended - begun, 0.001)
    start = min(max(int(1000 * (first - begun) / whole), 0), 995)
    return start, min(max(int(1000 * (last - first) / whole), 5), 1000 - start)
