"""What came to a webhook and what was turned away."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from factotum.bootstrap import get_app
from factotum.web.api.answers import NUMBER, NUMBER_OR_NULL, TEXT, TIME, answers, many, whole
from factotum.web.api.shapes import timestamp
from factotum.web.api.tokens import caller

router = Router(tags=["Records"])

ACTIVITY = whole(
    {
        "items": many(
            whole(
                {
                    "delivery_id": TEXT,
                    "run": TEXT,
                    "received_at": TIME,
                    "repeats": {**NUMBER, "description": "How often it came again"},
                    "status": {**NUMBER_OR_NULL, "description": "What it was answered"},
                }
            )
        ),
        "refused": {**NUMBER, "description": "How many were turned away in all"},
        "last_refused": many(
            whole({"at": TIME, "code": TEXT, "sentence": TEXT, "client_ip": TEXT})
        ),
    }
)


@router.get(
    "/webhooks/{int:id}/deliveries",
    summary="What came to a webhook lately",
    operation_id="webhook_deliveries",
    openapi_extra=answers(ok=ACTIVITY),
)
async def deliveries(request: HttpRequest, id: int, limit: int = 20) -> dict[str, Any]:
    """Deliveries with an id of their own and their runs; how many were refused, and the last why."""
    actor = caller(request, "read")
    activity = await get_app().webhook_activity(actor, id, max(1, min(limit, 200)))
    return {
        "items": [
            {
                "delivery_id": one.delivery_id,
                "run": one.run_id,
                "received_at": timestamp(one.received_at),
                "repeats": one.repeats,
                "status": one.status,
            }
            for one in activity.deliveries
        ],
        "refused": activity.refused,
        "last_refused": [{**asdict(one), "at": timestamp(one.at)} for one in activity.last_refused],
    }
