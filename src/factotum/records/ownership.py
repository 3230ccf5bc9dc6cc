"""Who may see, use and change what has an owner.

========================  =======================  ===========================  ====================
who asks                  owned by the app         owned by that worker         owned by another
========================  =======================  ===========================  ====================
the app, its bots         see, use, edit           see, use, edit               see, use, edit
an admin                  see, use, edit           see, use, edit               see, edit
a worker, their bots      see, use                 see, use, edit               nothing
========================  =======================  ===========================  ====================

*Use* means that a request is signed with it (an account) or that it runs (a bot). An app-owned bot
may use every account; a worker-owned one acts as that worker, so it may use theirs and the app's.
An admin may see, rename, move or delete a colleague's account but never act under that colleague's
name: they would have to change its owner, which is on record. A bot's behaviors are seen by whoever
may see the bot, though what is inside (``records.inside``) only by who may edit it; a webhook, whose
address starts one, by admins. What a group or a role owns is an admin's to see and edit; those have
no members yet, so to everyone else it is nobody's.

These rules speak of workers who are signed in. Whoever calls them has made sure that a worker
exists and is not disabled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from factotum.core.fields import Link, Number, Text
from factotum.core.values import Actor, Owner, Record, Ref
from factotum.records.record_type import RecordType, named

OWNER_TYPE = Text(key="owner__context", label="Owner's type", default="app")
OWNER_ID = Number(key="owner_id", label="Owner", default=0)

APP = Owner()


def owner_of(record: Record) -> Owner:
    """Whose the record is; one without an owner is the app's."""
    if "owner__context" not in record.values:
        return APP
    return Owner(owner_type(record["owner__context"]), int(record.get("owner_id") or 0))


def owner_type(name: str) -> str:
    """The record type's key for a key or full id: ``cerberusweb.contexts.app`` → ``app``."""
    record_type = named(name) if name else None
    return record_type.key if record_type else name or "app"


def acting_for(owner: Owner, name: str = "", via: str = "bot") -> Actor | None:
    """Who a bot with this owner acts as: the app, or one worker without admin rights.

    None for an owner that nobody can act as (a group or a role): such a bot uses no account.
    """
    if owner.type == "app":
        return Actor.app(via)
    if owner.type == "worker":
        return Actor(owner.id, name or f"worker:{owner.id}", via=via)
    return None


def may_see(actor: Actor, record: Record) -> bool:
    """Whether the record may be shown; its secrets never are."""
    owner = owner_of(record)
    return actor.is_admin or owner.type == "app" or _is_own(actor, owner)


def may_look(actor: Actor, record: Record, load: Callable[[Ref], Record | None]) -> bool:
    """Like ``may_see``, for any type: also for what is a part of something that has an owner."""
    record_type = named(record.type)
    if actor.is_admin or record_type is None:
        return may_see(actor, record)
    if record_type.is_for_admins:
        return False
    if not record_type.part_of:
        return may_see(actor, record)
    whole = load(Ref(whole_of(record_type), int(record.get(record_type.part_of) or 0)))
    return whole is not None and may_look(actor, whole, load)


def whole_of(record_type: type[RecordType]) -> str:
    """The type of what records of this type are a part of."""
    link = record_type.fields[record_type.part_of]
    return link.to if isinstance(link, Link) else ""


def may_use(actor: Actor, record: Record) -> bool:
    """Whether requests may be signed with this account, or this bot may be run."""
    return may_use_of(actor, owner_of(record))


def may_use_of(actor: Actor, owner: Owner) -> bool:
    """The same for anything with this owner."""
    return _is_app(actor) or owner.type == "app" or _is_own(actor, owner)


def may_edit(actor: Actor, record: Record) -> bool:
    """Whether the record may be changed, linked, moved to another owner or deleted."""
    return actor.is_admin or _is_own(actor, owner_of(record))


def may_own(actor: Actor, owner: Owner) -> bool:
    """Whether this actor may give a record to that owner: workers only to themselves."""
    return actor.is_admin or _is_own(actor, owner)


def visible_owners(actor: Actor) -> Sequence[Owner] | None:
    """For ``Query.owners``: the owners whose records this actor may see, None for all."""
    if actor.is_admin:
        return None
    return (APP,) if actor.worker_id is None else (APP, Owner("worker", actor.worker_id))


def visible_in(record_type: type[RecordType], actor: Actor) -> Sequence[Owner] | None:
    """The same for one type: nobody's where it is for admins, None where it knows no owners."""
    if record_type.is_for_admins and not actor.is_admin:
        return ()
    has_owners = record_type.has_owner or record_type.part_of
    return visible_owners(actor) if has_owners else None


def _is_own(actor: Actor, owner: Owner) -> bool:
    return owner.type == "worker" and actor.worker_id is not None and owner.id == actor.worker_id


def _is_app(actor: Actor) -> bool:
    return actor.worker_id is None and actor.is_admin
