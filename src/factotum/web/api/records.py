"""Lists and single records of every type."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from factotum.bootstrap import get_app
from factotum.core.errors import NotFound
from factotum.core.values import Ref
from factotum.records.record_type import named
from factotum.web.api import shapes
from factotum.web.api.answers import NUMBER, answers, page_of, record, ref
from factotum.web.api.tokens import caller

router = Router(tags=["Records"])

SHORT = {
    "services": "connected_service",
    "accounts": "connected_account",
    "bots": "bot",
    "behaviors": "behavior",
    "webhooks": "webhook_listener",
}
"""The lists with an address of their own, and the record type each shows."""


async def _list(request: HttpRequest, type: str, q: str, after: str, limit: int) -> dict[str, Any]:
    actor = caller(request, "read")
    found = await get_app().find(actor, type, q, after=after, limit=max(1, min(limit, 200)))
    return shapes.page(found)


async def _one(request: HttpRequest, type: str, id: int) -> dict[str, Any]:
    return shapes.record(await get_app().get(caller(request, "read"), Ref(type, id)))


def _add(name: str, type: str) -> None:
    @router.get(
        f"/{name}",
        summary=f"List {name}",
        operation_id=f"list_{name}",
        openapi_extra=answers(ok=page_of(record(type), total=NUMBER)),
    )
    async def many(
        request: HttpRequest, q: str = "", after: str = "", limit: int = 50
    ) -> dict[str, Any]:
        return await _list(request, type, q, after, limit)

    @router.get(
        f"/{name}/{{int:id}}",
        summary=f"One of {name}",
        operation_id=f"get_{name.removesuffix('s')}",
        openapi_extra=answers(ok=record(type)),
    )
    async def one(request: HttpRequest, id: int) -> dict[str, Any]:
        return await _one(request, type, id)


for _name, _type in SHORT.items():
    _add(_name, _type)


def _named(type: str) -> str:
    found = named(type)
    if found is None:
        raise NotFound(f"There is no record type {type!r}.", code="unknown-record-type")
    return found.key


@router.get(
    "/records/{type}",
    summary="List records of any type",
    openapi_extra=answers(ok=page_of(ref("Record"), total=NUMBER)),
)
async def list_records(
    request: HttpRequest, type: str, q: str = "", after: str = "", limit: int = 50
) -> dict[str, Any]:
    """Search words as on the pages: ``q=name:twitter``."""
    return await _list(request, _named(type), q, after, limit)


@router.get(
    "/records/{type}/{int:id}",
    summary="One record of any type",
    openapi_extra=answers(ok=ref("Record")),
)
async def get_record(request: HttpRequest, type: str, id: int) -> dict[str, Any]:
    """The record; secrets are never part of it.

    A bot's ``config`` and the parameters in a behavior's ``nodes`` are ``•••`` for those who may not
    change it.
    """
    return await _one(request, _named(type), id)
