"""Drives walks with plain answers: a service, records, a person who types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.bots.effects import (
    Ask,
    CallHttp,
    ChangeRecord,
    Effect,
    FindRecords,
    GetKey,
    HttpResult,
    LoadBehavior,
    LoadRecord,
    Note,
    ReadClock,
    Say,
    SetKey,
)
from factotum.bots.tree import Behavior, read_behavior
from factotum.core.errors import FactotumError
from factotum.core.values import Moment
from factotum.scripting import Scripts

SCRIPTS = Scripts()
MONDAY = 1_780_310_400  # 2026-06-01 10:40 UTC, a Monday
PENDING = object()

Service = Callable[[CallHttp], HttpResult | FactotumError]


def answering(body: str = "{}", status: int = 200, **more: Any) -> Service:
    """A service that answers every request alike."""

    def answer(call: CallHttp) -> HttpResult:
        if call.refusal:
            return HttpResult(error=call.refusal, code="not-sent")
        headers = {"content-type": "application/json"}
        return HttpResult(
            content_type="application/json",
            headers=headers,
            body=body,
            url=call.url,
            http_code=status,
            **more,
        )

    return answer


def in_turn(*services: Service) -> Service:
    """Each request is answered by the next of these services."""
    left = iter(services)

    def answer(call: CallHttp) -> HttpResult | FactotumError:
        return next(left)(call)

    return answer


@dataclass
class World:
    """What surrounds a walk. ``typed`` are the person's answers in order; where they run out, the
    walk is left standing at its question."""

    service: Service = field(default_factory=answering)
    behaviors: Mapping[str, Behavior] = field(default_factory=dict)
    records: Mapping[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)
    typed: Sequence[Any] = ()
    keys: dict[str, str] = field(default_factory=dict)
    at: int = MONDAY
    effects: list[Effect] = field(default_factory=list)
    results: list[Any] = field(default_factory=list)

    def run(self, program: Any) -> Any:
        """Drive to the end, or to a question without an answer (then PENDING)."""
        typed = iter(self.typed)
        try:
            effect = next(program)
            while True:
                self.effects.append(effect)
                if isinstance(effect, Ask):
                    answer = next(typed, PENDING)
                    if answer is PENDING:
                        return PENDING
                    result = {"message": answer} if isinstance(answer, str) else answer
                else:
                    result = None if isinstance(effect, Note) else self.perform(effect)
                if not isinstance(effect, Note):
                    self.results.append(result)
                if isinstance(result, FactotumError):
                    effect = program.throw(result)
                else:
                    effect = program.send(result)
        except StopIteration as ended:
            return ended.value

    def perform(self, effect: Effect) -> Any:
        match effect:
            case ReadClock():
                return Moment.of(self.at, 7)
            case LoadRecord(ref=ref):
                return self.records.get((ref.type, ref.id), {})
            case LoadBehavior(name=name):
                return self.behaviors.get(name)
            case CallHttp():
                return self.service(effect)
            case FindRecords(type=kind):
                return {key: one for (of, key), one in self.records.items() if of == kind}
            case ChangeRecord(values=values):
                return {"id": 99, "_label": "changed", **values}
            case GetKey(key=key):
                return self.keys.get(key, "")
            case SetKey(key=key, value=value):
                self.keys[key] = value
        return None

    def of(self, kind: type[Effect]) -> list[Any]:
        return [one for one in self.effects if isinstance(one, kind)]

    @property
    def said(self) -> list[str]:
        return [one.message for one in self.of(Say)]

    @property
    def faults(self) -> list[str]:
        return [one.message for one in self.of(Say) if one.is_fault]

    @property
    def asked(self) -> str:
        """The kind of the last question."""
        return self.of(Ask)[-1].kind

    def notes(self, kind: str) -> list[Note]:
        return [one for one in self.of(Note) if one.kind == kind]


def behavior(*nodes: Any, event: str = "event.macro.bot", **more: Any) -> Behavior:
    """A behavior that can be read without a fault."""
    extra = {key: more.pop(key) for key in ("id", "bot", "revision") if key in more}
    params = more.pop("params", {})
    document = {
        "title": "Test",
        "event": {"key": event, "params": params},
        "nodes": list(nodes),
        **more,
    }
    found, faults = read_behavior(document, **extra)
    assert faults == []
    return found


def action(*steps: Mapping[str, Any], title: str = "Do", **more: Any) -> dict[str, Any]:
    """An action node."""
    return {"type": "action", "title": title, "params": {"actions": list(steps)}, **more}


def setting(var: str, value: str, **more: Any) -> dict[str, Any]:
    return {"action": "_set_custom_var", "var": var, "value": value, **more}


def saying(message: str) -> dict[str, Any]:
    return {"action": "send_message", "message": message}


def calling(url: str = "https://api.example.com/", **more: Any) -> dict[str, Any]:
    return {"action": "core.va.action.http_request", "http_url": url, **more}


def outcome(*conditions: Mapping[str, Any], do: Sequence[Any] = (), any: int = 0) -> dict[str, Any]:
    groups = [{"any": any, "conditions": list(conditions)}]
    return {"type": "outcome", "title": "Yes", "params": {"groups": groups}, "nodes": list(do)}


def switch(*outcomes: Any) -> dict[str, Any]:
    return {"type": "switch", "title": "Choose", "nodes": list(outcomes)}
