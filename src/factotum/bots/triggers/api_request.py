"""A custom request to the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers, worker
from factotum.core.fields import Fields, Json, Text


@triggers.add("event.api.custom_request")
class ApiRequest(Trigger):
    """Payload: ``request`` (a name) and ``params``, which scripts read as ``request_params``."""

    key = "event.api.custom_request"
    label = "Custom API request"
    placeholders = ("request", "request_params", "worker_id")

    asked: ClassVar[Fields] = Fields(
        Text(key="request", label="Request", help="Its name."),
        Json(key="params", label="Parameters", default={}),
    )

    def said(self, placeholders: Mapping[str, Any]) -> dict[str, Any]:
        """Its name and parameters."""
        return {
            "request": placeholders.get("request", ""),
            "params": placeholders.get("request_params") or {},
        }

    def values(self, payload: Mapping[str, Any], _behavior: Behavior, /) -> dict[str, Any]:
        """The request and who made it."""
        return {
            **worker(payload),
            "request": payload.get("request") or "",
            "request_params": payload.get("params") or {},
        }
