"""A custom request to the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.bots.triggers.trigger import Trigger, triggers, worker


@triggers.add("event.api.custom_request")
class ApiRequest(Trigger):
    """Payload: ``request`` (a name) and ``params``, which scripts read as ``request_params``."""

    key = "event.api.custom_request"
    label = "Custom API request"
    placeholders = ("request", "request_params", "worker_id")

    def values(self, payload: Mapping[str, Any], _behavior: Behavior, /) -> dict[str, Any]:
        """The request and who made it."""
        return {
            **worker(payload),
            "request": payload.get("request") or "",
            "request_params": payload.get("params") or {},
        }
