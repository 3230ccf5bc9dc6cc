"""Finding, showing and changing records, with the rules of who may."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from factotum.auth import typed_keys
from factotum.auth.scheme import Scheme, schemes
from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.ports import Page, Query, SecretBox, Store, Term, Threads
from factotum.core.values import Actor, Owner, Record, Ref
from factotum.records import ownership
from factotum.records.inside import from_outside, texts_inside
from factotum.records.query import parse
from factotum.records.record_type import RecordType, named
from factotum.records.values import unknown_keys

OURS = frozenset(
    {"linked_as", "remote_id", "linked_at", "scopes", "expires_at", "health", "health_reason"}
    | {"last_used_at", "picture", "revision"}
)
"""Values that linking and running keep; nobody types them."""

SIGNS_WITH = ("params", "service_id")
"""Values of an account that it signs with, beside its secrets."""

ADMINS_ONLY = frozenset({"worker", "connected_service", "package", "group", "role", "app"})
"""Types without an owner that only admins change."""


class RecordDesk:
    """Records for people and programs."""

    def __init__(
        self, store: Store, secrets: SecretBox, threads: Threads, changed: Callable[[], None]
    ) -> None:
        self._store = store
        self._secrets = secrets
        self._threads = threads
        self._changed = changed

    async def find(
        self,
        actor: Actor,
        type: str,
        text: str = "",
        *,
        sort: str = "",
        after: str = "",
        limit: int = 50,
    ) -> Page:
        """Records this actor may see; ``text`` has search words (``name:twitter``)."""
        record_type = _known(type)
        query = parse(
            record_type,
            text,
            sort=sort or "id",
            after=after,
            limit=limit,
            owners=_owners(record_type, actor),
        )
        return await self._threads.run(self._found, actor, record_type.key, query)

    def _found(self, actor: Actor, type: str, query: Query) -> Page:
        page = self._store.find(type, query)
        seen = tuple(self._seen(actor, record) for record in page.records)
        return replace(page, records=seen)

    def _seen(self, actor: Actor, record: Record) -> Record:
        """The record as this actor sees it."""
        if not _known(record.type).inside or self._may_edit(actor, record):
            return record
        return from_outside(record)

    async def hidden_from(self, actor: Actor, ref: Ref) -> frozenset[str] | None:
        """The texts inside a record that this actor may not see; None where nothing is hidden."""
        return await self._threads.run(self._hidden_from, actor, ref)

    def _hidden_from(self, actor: Actor, ref: Ref) -> frozenset[str] | None:
        record = self._store.get(ref)
        if actor.is_admin or (record is not None and self._may_edit(actor, record)):
            return None
        return texts_inside(record) if record is not None else frozenset()

    async def _named(self, actor: Actor, type: str, name: str) -> Page:
        """Records whose uri is exactly this, else whose label is."""
        record_type = _known(type)
        keys = [key for key in ("uri", record_type.label_field) if key in record_type.fields]
        page = Page(())
        for key in keys:
            query = Query(terms=(Term(key, "is", name),), owners=_owners(record_type, actor))
            page = await self._threads.run(self._found, actor, record_type.key, query)
            if page.records:
                return page
        return page

    async def one_named(self, actor: Actor, type: str, name: str) -> Record:
        """The record with that id, uri or unique name; NotFound or BadInput with what to do."""
        if name.isascii() and name.isdigit():
            return await self.get(actor, Ref(type, int(name)))
        found = (await self._named(actor, type, name)).records
        label = _known(type).label
        if not found:
            raise NotFound(f"There is no {label} named {name!r}.")
        if len(found) > 1:
            ids = ", ".join(str(record.id) for record in found)
            raise BadInput(
                f"{len(found)} {label} records are named {name!r}; say which by its id: {ids}.",
                code="not-unique",
            )
        return found[0]

    async def get(self, actor: Actor, ref: Ref) -> Record:
        """The record; NotFound where there is none this actor may see."""
        return await self._threads.run(lambda: self._seen(actor, self._get(actor, ref)))

    def _get(self, actor: Actor, ref: Ref) -> Record:
        record_type = _known(ref.type)
        record = self._store.get(Ref(record_type.key, ref.id))
        if record is None or not ownership.may_look(actor, record, self._store.get):
            raise NotFound(f"There is no {record_type.label} {ref.id}.")
        return record

    async def create(
        self, actor: Actor, type: str, values: Mapping[str, Any], secrets: Mapping[str, str]
    ) -> Record:
        """A new record; BadInput names each field that cannot stand."""
        return await self._threads.run(self._create, actor, _known(type), values, secrets)

    def create_now(
        self,
        actor: Actor,
        type: str,
        values: Mapping[str, Any],
        secrets: Mapping[str, str] | None = None,
    ) -> Record:
        """``create`` for synchronous work that is part of a larger transaction."""
        return self._create(actor, _known(type), values, secrets or {})

    def _create(
        self,
        actor: Actor,
        record_type: type[RecordType],
        values: Mapping[str, Any],
        secrets: Mapping[str, str],
    ) -> Record:
        store = self._store.acting_as(actor)
        if record_type.has_owner and "owner__context" not in values:
            values = {**values, **_own(actor)}
        draft = Record(record_type.key, 0, values)
        self._may_change(actor, record_type, draft)
        self._check(record_type, values, values, secrets, set())
        with store.atomic():
            record = store.create(record_type.key, values)
            self._secrets.seal(record.ref, secrets)
            record = typed_keys.note(record, store, self._secrets)
        self._changed()
        return record

    async def save(
        self, actor: Actor, ref: Ref, values: Mapping[str, Any], secrets: Mapping[str, str]
    ) -> Record:
        """Change the named values; secrets left out or empty keep what they have."""
        return await self._threads.run(self._save, actor, ref, values, secrets)

    def _save(
        self, actor: Actor, ref: Ref, values: Mapping[str, Any], secrets: Mapping[str, str]
    ) -> Record:
        store = self._store.acting_as(actor)
        with store.atomic():
            before = self._get(actor, ref)
            record_type = _known(before.type)
            self._may_change(actor, record_type, before)
            merged = {**before.values, **values}
            self._may_change(actor, record_type, Record(before.type, before.id, merged))
            given = {key: value for key, value in secrets.items() if value}
            self._check(record_type, values, merged, given, set(self._secrets.set_at(before.ref)))
            record = store.update(before.ref, values)
            self._secrets.seal(record.ref, given)
            if given or any(before.get(key) != record.get(key) for key in SIGNS_WITH):
                record = typed_keys.note(record, store, self._secrets)
        self._changed()
        return record

    async def delete(self, actor: Actor, ref: Ref) -> None:
        """Remove it; what depends on it stands in the way, by name."""
        await self._threads.run(self._delete, actor, ref)

    def _delete(self, actor: Actor, ref: Ref) -> None:
        store = self._store.acting_as(actor)
        with store.atomic():
            record = self._get(actor, ref)
            self._may_change(actor, _known(record.type), record)
            store.delete(record.ref)
        self._changed()

    async def may_edit(self, actor: Actor, record: Record) -> bool:
        """Whether this actor may change the record."""
        return await self._threads.run(self._may_edit, actor, record)

    def _may_edit(self, actor: Actor, record: Record) -> bool:
        record_type = _known(record.type)
        if record_type.key in ADMINS_ONLY:
            own = record_type.key == "worker" and record.id == actor.worker_id
            return actor.is_admin or own
        if record_type.has_owner:
            return ownership.may_edit(actor, record)
        return (
            actor.is_admin
            or record_type.key not in {"behavior", "webhook_listener"}
            or (self._may_edit_bot_of(actor, record))
        )

    def _may_edit_bot_of(self, actor: Actor, record: Record) -> bool:
        bot_id = record.get("bot_id")
        bot = self._store.get(Ref("bot", int(bot_id))) if bot_id else None
        return bot is not None and ownership.may_edit(actor, bot)

    async def secrets_set_at(self, actor: Actor, ref: Ref) -> dict[str, float]:
        """Field → when it was last set; never the value."""
        record = await self.get(actor, ref)
        return await self._threads.run(self._secrets.set_at, record.ref)

    def _may_change(self, actor: Actor, record_type: type[RecordType], record: Record) -> None:
        owner = ownership.owner_of(record)
        if not self._may_edit(actor, record) or (
            record_type.has_owner and not ownership.may_own(actor, owner)
        ):
            raise Refused(
                f"You may not change this {record_type.label}; ask its owner or an admin.",
                code="not-allowed",
            )
        if record_type.key == "worker" and not actor.is_admin and record.get("is_admin"):
            raise Refused("Only an admin can make admins.", code="not-allowed")

    def _check(
        self,
        record_type: type[RecordType],
        values: Mapping[str, Any],
        merged: Mapping[str, Any],
        secrets: Mapping[str, str],
        sealed: set[str],
    ) -> None:
        unknown = unknown_keys(record_type, values)
        if unknown:
            raise BadInput(
                f"{record_type.label} has no field {unknown[0]!r}.", code="unknown-field"
            )
        typed = OURS & set(values)
        if typed:
            raise BadInput(f"{min(typed)!r} cannot be set by hand.", code="read-only-field")
        faults = record_type.faults(merged)
        faults |= self._link_faults(record_type, merged, faults.keys())
        faults |= self._scheme_faults(record_type, merged, set(secrets) | sealed)
        faults |= record_type.secret_faults(
            merged, {key for key in secrets if secrets[key]} | sealed
        )
        if faults:
            raise BadInput(" ".join(faults.values()), fields=faults)

    def _link_faults(
        self, record_type: type[RecordType], values: Mapping[str, Any], known: Collection[str]
    ) -> dict[str, str]:
        """Links to what is not there, among the fields that have no fault yet."""
        faults: dict[str, str] = {}
        for field in record_type.fields:
            to = getattr(field, "to", "")
            linked = values.get(field.key)
            if not to or not linked or field.key in known:
                continue
            if self._store.get(Ref(to, int(linked))) is None:
                faults[field.key] = f"{field.label}: there is no {_known(to).label} {linked}."
        return faults

    def _scheme_faults(
        self, record_type: type[RecordType], values: Mapping[str, Any], sealed: set[str]
    ) -> dict[str, str]:
        if record_type.key != "connected_service":
            return {}
        scheme = schemes.get(str(values.get("extension_id")))
        if scheme is None:
            return {"extension_id": f"There is no type {values.get('extension_id')!r}."}
        return _service_faults(scheme, values.get("params") or {}, sealed)


def _service_faults(
    scheme: type[Scheme], params: Mapping[str, Any], sealed: set[str]
) -> dict[str, str]:
    held = {**params, **dict.fromkeys(sealed, "set")}
    return scheme.service_fields.faults(held)


def _own(actor: Actor) -> dict[str, Any]:
    if actor.is_admin or actor.worker_id is None:
        return {"owner__context": "app", "owner_id": 0}
    return {"owner__context": "worker", "owner_id": actor.worker_id}


def _owners(record_type: type[RecordType], actor: Actor) -> tuple[Owner, ...] | None:
    owners = ownership.visible_in(record_type, actor)
    return None if owners is None else tuple(owners)


def _known(name: str) -> type[RecordType]:
    record_type = named(name)
    if record_type is None:
        raise NotFound(f"There is no record type {name!r}.", code="unknown-record-type")
    return record_type
