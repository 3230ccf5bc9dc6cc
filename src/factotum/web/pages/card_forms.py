"""Editing, making and deleting records: forms drawn from what each type and scheme declares."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from factotum.auth.scheme import Scheme, schemes
from factotum.core.errors import BadInput, Refused
from factotum.core.fields import Field, Fields, Link
from factotum.core.values import Actor, Record, Ref
from factotum.hooks.provider import CUSTOM
from factotum.records.record_type import RecordType, record_types
from factotum.usecases.record_desk import OURS
from factotum.web.asking import actor_of, app, result
from factotum.web.forms import Input, draw, read
from factotum.web.pages import drafts, linking
from factotum.web.pages.cards import fragment, owner_name, scheme_of, service_of, show
from factotum.web.pages.lists import type_named

LEFT_OUT: Mapping[str, frozenset[str]] = {
    "connected_account": frozenset(
        [
            "params",
            "service_id",
            "linked_as",
            "remote_id",
            "linked_at",
            "scopes",
            "expires_at",
            "health",
            "health_reason",
            "last_used_at",
            "picture",
        ]
    ),
    "connected_service": frozenset({"params", "extension_id"}),
    "behavior": frozenset(
        ["event_label", "event_params", "variables", "nodes", "revision", "event_key"]
    ),
    "bot": frozenset({"image"}),
    "worker": frozenset({"is_admin", "is_disabled"}),
    "webhook_listener": frozenset({"extension_id", "extension_params", "guid"}),
    "package": frozenset({"document"}),
}
"""Record type → fields that are set by other means than typing."""

OWNER = frozenset({"owner__context", "owner_id"})
ADVANCED = frozenset({"json", "longtext"})
FOLDED: Mapping[str, frozenset[str]] = {
    "connected_service": frozenset({"idempotency_keys"}),
    "webhook_listener": frozenset(
        [
            "priority",
            "deadline",
            "delivery_header",
            "body_limit",
            "signature_header",
            "signature_prefix",
            "signature_algorithm",
            "signature_encoding",
            "signed_text",
            "timestamp_header",
            "tolerance",
        ]
    ),
}
"""Record type → further fields that most people leave as they are."""

PREFIX = "param_"


def edit(request: HttpRequest, type: str, id: int) -> HttpResponseBase:
    """The card in its edit state; *Save Changes* shows it again with what is new."""
    record_type = type_named(type)
    actor = actor_of(request)
    record = result(app().get(actor, Ref(type, id)))
    editors_only(actor, record)
    scheme = scheme_of(_service(actor, record))
    if request.method != "POST":
        return _begun(request, record_type, record, scheme)
    values, secrets, faults = _typed(record_type, record, scheme, request.POST)
    if not faults:
        try:
            saved = result(app().save(actor, record.ref, values, secrets))
        except BadInput as error:
            faults = error.fields or {"": error.sentence}
        else:
            drafts.drop(request, record.ref)
            return _shown(request, saved, "Saved.")
    return _form(request, record_type, record, {**record.values, **values}, faults)


def editors_only(actor: Actor, record: Record) -> None:
    """Refused where this person may not change the record: a form would show what is inside."""
    if not result(app().may_edit(actor, record)):
        label = record_types[record.type].label
        raise Refused(
            f"You may not change this {label}; ask its owner or an admin.", code="not-allowed"
        )


def new(request: HttpRequest, type: str) -> HttpResponseBase:
    """A form for a new record; a service first asks of which type, an account of which service."""
    record_type = type_named(type)
    asked = request.POST if request.method == "POST" else request.GET
    draft = Record(type, 0, _started(record_type, asked), f"New {record_type.label.lower()}")
    if _needs_choice(draft):
        return _choice(request, record_type, draft)
    if request.method != "POST":
        return _form(request, record_type, draft, draft.values)
    scheme = scheme_of(_service(actor_of(request), draft))
    values, secrets, faults = _typed(record_type, draft, scheme, request.POST)
    if not faults:
        try:
            made = result(
                app().create(actor_of(request), type, {**draft.values, **values}, secrets)
            )
        except BadInput as error:
            faults = error.fields or {"": error.sentence}
        else:
            return _shown(request, made, f"{record_type.label} made.")
    return _form(request, record_type, draft, {**draft.values, **values}, faults)


def delete(request: HttpRequest, type: str, id: int) -> HttpResponseBase:
    """GET names what will be lost and asks; POST deletes."""
    record_type = type_named(type)
    record = result(app().get(actor_of(request), Ref(type, id)))
    context = {"record": record, "type": record_type}
    if request.method != "POST":
        return fragment(request, "cards/delete.html", context)
    result(app().delete(actor_of(request), record.ref))
    if request.headers.get("HX-Request") != "true":
        return redirect(f"/search/{type}")
    gone = render(request, "cards/gone.html", context)
    return trigger_client_event(gone, "recordChanged")


# What is drawn


def _begun(
    request: HttpRequest,
    record_type: type[RecordType],
    record: Record,
    scheme: type[Scheme] | None,
) -> HttpResponse:
    """The form as it is stored, or as it was left."""
    draft = drafts.kept(request, record.ref)
    if draft is None:
        return _form(request, record_type, record, record.values)
    values, _, _ = _typed(record_type, record, scheme, draft)
    changed = {key for key, value in values.items() if value != record.get(key)}
    return _form(
        request, record_type, record, {**record.values, **values}, is_unsaved=bool(changed)
    )


def _form(
    request: HttpRequest,
    record_type: type[RecordType],
    record: Record,
    values: Mapping[str, Any],
    faults: Mapping[str, str] | None = None,
    *,
    is_unsaved: bool = False,
) -> HttpResponse:
    actor, faults = actor_of(request), faults or {}
    service = _service(actor, record)
    scheme = scheme_of(service)
    set_at = result(app().secrets_set_at(actor, record.ref)) if record.id else {}
    inputs = [
        draw(field, values, errors=faults, set_at=set_at, options=_offered(actor, field))
        for field in _own_fields(record_type)
    ]
    folded = [one for one in inputs if _is_folded(record_type, one)]
    context = {
        "record": record,
        "type": record_type,
        "plain": [one for one in inputs if one not in folded],
        "advanced": folded,
        "is_unfolded": any(one.error for one in folded) or values.get("signed_by") == CUSTOM,
        "params": _params(actor, scheme, record.type, values, faults, set_at),
        "owner": _owner(actor, record, values),
        "starts": _starts(actor, record, values, faults),
        "is_unsaved": is_unsaved,
        "fault": faults.get("", ""),
        "fault_count": len(faults),
        "service": service,
        "scheme": scheme,
        **_linking(request, record, service),
    }
    return fragment(request, "cards/edit.html", context, status=422 if faults else 200)


def _is_folded(record_type: type[RecordType], one: Input) -> bool:
    return one.kind in ADVANCED or one.name in FOLDED.get(record_type.key, ())


def _service(actor: Actor, record: Record) -> Record | None:
    """The service whose scheme says which fields there are: an account's, or the record itself."""
    if record.type == "connected_account":
        return service_of(actor, record)
    return record if record.type == "connected_service" else None


def _linking(request: HttpRequest, record: Record, service: Record | None) -> dict[str, Any]:
    """The link block's state, for an account that exists."""
    if record.type != "connected_account" or not record.id:
        return {}
    return linking.context(request, record, service)


def _own_fields(record_type: type[RecordType]) -> Iterable[Field]:
    hidden = LEFT_OUT.get(record_type.key, frozenset()) | OWNER
    return [field for field in record_type.fields if field.key not in hidden]


def _scheme_fields(record_type: str, scheme: type[Scheme] | None) -> Fields:
    """The scheme's own fields that a person types; consent brings those of a linkable account."""
    if scheme is None:
        return Fields()
    if record_type == "connected_service":
        return scheme.service_fields
    return Fields() if scheme.is_linkable else scheme.account_fields


def _params(
    actor: Actor,
    scheme: type[Scheme] | None,
    record_type: str,
    values: Mapping[str, Any],
    faults: Mapping[str, str],
    set_at: Mapping[str, float],
) -> list[Input]:
    fields = _scheme_fields(record_type, scheme)
    return [
        draw(
            field,
            values.get("params") or {},
            prefix=PREFIX,
            errors=faults,
            set_at=set_at,
            options=_offered(actor, field),
        )
        for field in fields
    ]


def _offered(actor: Actor, field: Field) -> list[tuple[str, str]]:
    if not isinstance(field, Link):
        return []
    page = result(app().find(actor, field.to, "", limit=500))
    return [(str(record.id), record.label) for record in page.records]


def _owner(actor: Actor, record: Record, values: Mapping[str, Any]) -> Input | None:
    """Everyone's or one person's; only an admin may give a record away."""
    if not record_types[record.type].has_owner or not actor.is_admin:
        return None
    people = result(app().find(actor, "worker", "", limit=500))
    everyone = ("app:0", "Everyone (Factotum itself)")
    options = [everyone, *((f"worker:{one.id}", one.label) for one in people.records)]
    owner = f"{values.get('owner__context') or 'app'}:{int(values.get('owner_id') or 0)}"
    owner = owner.replace("cerberusweb.contexts.", "")
    if owner not in dict(options):
        options.append((owner, owner_name(actor, record)))
    return Input(
        name="owner",
        label="Owner",
        value=owner,
        required=True,
        options=options,
        help="Who may use it. What everyone owns, every bot may use.",
    )


def _starts(
    actor: Actor, record: Record, values: Mapping[str, Any], faults: Mapping[str, str]
) -> Input | None:
    """Which behavior a webhook starts."""
    if record.type != "webhook_listener":
        return None
    found = result(app().find(actor, "behavior", "event:event.webhook", sort="title", limit=500))
    chosen = (values.get("extension_params") or {}).get("behavior_id") or ""
    return Input(
        name="behavior_id",
        label="Behavior",
        kind="link",
        value=str(chosen),
        required=True,
        options=[(str(one.id), one.label) for one in found.records],
        help="" if found.records else "No behavior here waits for a webhook yet. Import one first.",
        error=faults.get("extension_params", ""),
    )


# What was typed


def keep_typed(request: HttpRequest, record: Record, scheme: type[Scheme] | None) -> None:
    """Keep what stands in a record's form and is not saved, but for secrets."""
    own = [field.key for field in _own_fields(record_types[record.type]) if not field.is_secret]
    params = [
        f"{PREFIX}{field.key}"
        for field in _scheme_fields(record.type, scheme)
        if not field.is_secret
    ]
    drafts.keep(request, record.ref, [*own, *params, "owner", "behavior_id"])


def _typed(
    record_type: type[RecordType],
    record: Record,
    scheme: type[Scheme] | None,
    posted: QueryDict,
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    values, secrets, faults = read(_own_fields(record_type), posted)
    fields = _scheme_fields(record.type, scheme)
    params, param_secrets, param_faults = read(fields, posted, prefix=PREFIX)
    if "params" in record_type.fields:
        values["params"] = {**(record.get("params") or {}), **params}
    kind, _, number = posted.get("owner", "").partition(":")
    if kind and number.isdigit():
        values |= {"owner__context": kind, "owner_id": int(number)}
    behavior_id = posted.get("behavior_id", "")
    if record.type == "webhook_listener" and behavior_id.isdigit():
        values["extension_params"] = {"behavior_id": int(behavior_id)}
    return values, {**secrets, **param_secrets}, {**faults, **param_faults}


def _started(record_type: type[RecordType], asked: QueryDict) -> dict[str, Any]:
    """The values a new record begins with: its defaults and what the address says."""
    values = {one.key: one.default for one in record_type.fields if one.key not in OURS}
    for key in ("extension_id", "service_id", "bot_id"):
        text = asked.get(key, "")
        if key in values and text:
            values[key] = int(text) if text.isdigit() else text
    if record_type.key == "webhook_listener":
        values["guid"] = random.token_urlsafe(30)  # who knows it may call
    return values


def _needs_choice(draft: Record) -> bool:
    if draft.type == "connected_service":
        return draft["extension_id"] not in schemes
    return draft.type == "connected_account" and not draft["service_id"]


def _choice(request: HttpRequest, record_type: type[RecordType], draft: Record) -> HttpResponse:
    if draft.type == "connected_service":
        offered = [
            (f"?extension_id={key}", scheme.label, scheme.unavailable)
            for key, scheme in sorted(schemes.items(), key=lambda pair: pair[1].label)
        ]
    else:
        page = result(app().find(actor_of(request), "connected_service", "", limit=500))
        offered = [(f"?service_id={one.id}", one.label, "") for one in page.records]
    context = {"record": draft, "type": record_type, "offered": offered}
    return fragment(request, "cards/choose.html", context)


def _shown(request: HttpRequest, record: Record, said: str) -> HttpResponseBase:
    if request.headers.get("HX-Request") != "true":
        return redirect(f"/cards/{record.type}/{record.id}")
    return trigger_client_event(show(request, replace(record), said=said), "recordChanged")
