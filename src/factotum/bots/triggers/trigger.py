"""What every trigger is: an event's key, its params, and the placeholders it begins with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from factotum.bots.behavior import Behavior
from factotum.core.fields import Fields
from factotum.core.registry import Registry

MACRO = "event.macro."


class Trigger(ABC):
    """One event. ``fields`` are the event's params in a behavior."""

    key: ClassVar[str]
    label: str
    fields: ClassVar[Fields] = Fields()
    asked: ClassVar[Fields] = Fields()
    """What whoever runs such a behavior by hand may say of the event."""
    placeholders: Sequence[str] = ()
    """Names that ``values`` sets, for conditions and the editor; one that ends in ``_id`` names a
    record whose fields can be read too."""

    @abstractmethod
    def values(self, payload: Mapping[str, Any], behavior: Behavior, /) -> dict[str, Any]:
        """The placeholders that this occurrence of the event sets."""

    def payload(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """The payload that stands for what was said, by the keys of ``asked``."""
        return dict(said)

    def said(self, placeholders: Mapping[str, Any]) -> dict[str, Any]:
        """The other way round: what to say for a payload that sets these placeholders."""
        return {field.key: placeholders.get(field.key, "") for field in self.asked}

    def names(self, params: Mapping[str, Any]) -> Sequence[str] | None:
        """The ``placeholders`` with these params of the event; None where they cannot be known."""
        del params
        return self.placeholders

    def faults(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Param → sentence for what is wrong with this behavior's params of the event."""
        return self.fields.faults(params)


triggers: Registry[Trigger] = Registry("event")


def worker(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The person that an event is about: ``worker_id``, whose fields are read as ``worker_…``."""
    return {
        "worker__context": "cerberusweb.contexts.worker",
        "worker_id": payload.get("worker_id") or 0,
    }
