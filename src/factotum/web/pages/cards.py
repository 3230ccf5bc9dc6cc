"""Cards: what there is to know of one record, opened in place or at its own address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from factotum.auth.scheme import Scheme, schemes
from factotum.core.errors import NotFound
from factotum.core.fields import Fields
from factotum.core.values import Actor, Record, Ref
from factotum.records.ownership import owner_of
from factotum.records.record_type import record_types
from factotum.runs.budgets.money import dollars
from factotum.web.asking import actor_of, app, result
from factotum.web.pages import drafts, linking, webhook_card
from factotum.web.pages.lists import type_named

INNER = {
    "connected_account": {"params", "owner__context", "owner_id", "picture"},
    "bot": {"image", "config", "events", "actions", "owner__context", "owner_id"},
    "behavior": {"nodes", "variables", "event_params", "event_key", "event_label"},
    "webhook_listener": {"extension_params", "extension_id", "guid"},
}
"""Record type → fields that its card shows in its own way, or not at all."""


def card(request: HttpRequest, type: str, id: int) -> HttpResponseBase:
    """One record. Other names of the type lead to its own address."""
    record_type = type_named(type)
    if record_type.key != type:
        return redirect(f"/cards/{record_type.key}/{id}")
    record = result(app().get(actor_of(request), Ref(type, id)))
    if "cancel" in request.GET:
        drafts.drop(request, record.ref)
    return show(request, record)


def show(request: HttpRequest, record: Record, *, said: str = "") -> HttpResponse:
    """The card as a fragment for the dialog, or as a page; ``said`` confirms what was just done."""
    actor = actor_of(request)
    context = {
        "record": record,
        "type": record_types[record.type],
        "may_edit": result(app().may_edit(actor, record)),
        "facts": _facts(record),
        "owner": owner_name(actor, record),
        "said": said,
        **DETAILS.get(record.type, _nothing)(request, actor, record),
    }
    return fragment(request, f"cards/{record.type}.html", context)


def fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A card's template by itself where htmx asked, else inside a page of its own."""
    names = [template, "cards/record.html"]
    if request.headers.get("HX-Request") == "true":
        return render(request, names, context, status=status)
    page = {**context, "card_templates": names, "title": str(context["record"].label)}
    return render(request, "card_page.html", page, status=status)


def _facts(record: Record) -> list[tuple[str, str, Any]]:
    """(label, kind, value) of every field that says something."""
    hidden = INNER.get(record.type, set())
    return [
        (field.label, field.kind, record.get(field.key))
        for field in record_types[record.type].fields
        if field.key not in hidden and record.get(field.key) not in (None, "", [], {})
    ]


def owner_name(actor: Actor, record: Record) -> str:
    """Whose the record is, as a person says it; "" for a type without owners."""
    if not record_types[record.type].has_owner:
        return ""
    owner = owner_of(record)
    if owner.type == "app":
        return "Everyone (Factotum itself)"
    try:
        return str(result(app().get(actor, Ref(owner.type, owner.id))).label)
    except NotFound:
        return f"a {owner.type} that is gone"


def scheme_of(service: Record | None) -> type[Scheme] | None:
    """The scheme of a service, or None where it is unknown here."""
    return schemes.get(str(service["extension_id"])) if service else None


def service_of(actor: Actor, account: Record) -> Record | None:
    """The service of an account, or None where it is gone."""
    try:
        return result(app().get(actor, Ref("connected_service", int(account["service_id"] or 0))))
    except NotFound:
        return None


def _account(request: HttpRequest, actor: Actor, record: Record) -> dict[str, Any]:
    service = service_of(actor, record)
    budget = result(app().budget(actor, "account", record.id))
    spent = {
        "money": dollars(budget.today.micros),
        "month": dollars(budget.month.micros),
        "warnings": budget.warnings,
    }
    return {"service": service, "spent": spent, **linking.context(request, record, service)}


def _service(request: HttpRequest, actor: Actor, record: Record) -> dict[str, Any]:
    del request
    scheme = scheme_of(record)
    set_at = result(app().secrets_set_at(actor, record.ref))
    accounts = result(app().find(actor, "connected_account", f"service.id:{record.id}", limit=100))
    return {
        "scheme": scheme,
        "params": _params(scheme.service_fields if scheme else Fields(), record, set_at),
        "accounts": accounts.records,
        "callback_url": settings.CONFIG.callback_url if scheme and scheme.is_linkable else "",
    }


def _params(
    fields: Fields, record: Record, set_at: Mapping[str, float]
) -> list[tuple[str, Any, float | None]]:
    """(label, value, when the secret was set) of a scheme's fields."""
    values = record.get("params") or {}
    return [
        (field.label, None if field.is_secret else values.get(field.key), set_at.get(field.key))
        for field in fields
        if values.get(field.key) or set_at.get(field.key) or (field.is_secret and field.required)
    ]


def _bot(request: HttpRequest, actor: Actor, record: Record) -> dict[str, Any]:
    del request
    found = result(app().find(actor, "behavior", f"bot.id:{record.id}", sort="title", limit=200))
    return {"behaviors": found.records}


def _behavior(request: HttpRequest, actor: Actor, record: Record) -> dict[str, Any]:
    del request
    bot = result(app().get(actor, Ref("bot", int(record["bot_id"]))))
    runs = result(app().runs(actor, limit=5, behavior_id=record.id))
    return {"bot": bot, "runs": runs.runs}


def _webhook(request: HttpRequest, actor: Actor, record: Record) -> dict[str, Any]:
    del request
    return webhook_card.context(actor, record)


def _nothing(request: HttpRequest, actor: Actor, record: Record) -> dict[str, Any]:
    del request, actor, record
    return {}


DETAILS: Mapping[str, Callable[[HttpRequest, Actor, Record], dict[str, Any]]] = {
    "connected_account": _account,
    "connected_service": _service,
    "bot": _bot,
    "behavior": _behavior,
    "webhook_listener": _webhook,
}
"""Record type → what its card shows beyond its fields."""
