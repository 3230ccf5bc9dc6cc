"""Whether filled values can become records: every fault of a package before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.core.errors import Fault
from factotum.core.fields import Link
from factotum.core.ports import Query, Store, Term
from factotum.core.values import Actor, Owner, Ref
from factotum.packages import providers
from factotum.packages.behaviors import behavior_findings
from factotum.packages.drafts import Draft
from factotum.packages.shape import kind_of
from factotum.packages.spelling import did_you_mean
from factotum.packages.templates import uids_named
from factotum.records.ownership import may_own, owner_type

_OBJECTS = ("params", "extension_params", "config", "event_params", "variables")
_LARGEST = 2**63
OWNERS = ("app", "worker", "group", "role")


@dataclass(slots=True)
class Checks:
    """Looks at one record after the other; knows which ids the package itself will make.

    ``coming`` maps an id that stands for a record of this package to that record's type;
    ``services`` maps the id of a service of this package to its provider's id, ``types`` each uid
    to its record's type.
    """

    store: Store
    actor: Actor
    coming: Mapping[int, str]
    services: Mapping[int, str]
    types: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def look_at(self, draft: Draft, given: Mapping[str, Any], existing: Ref | None) -> None:
        """Note every fault of one record."""
        before = len(self.faults)
        self._look_at_fields(draft, given)
        if draft.type.has_owner:
            self.faults += self._owner_faults(draft, given)
        if len(self.faults) > before:
            return
        match draft.type.key:
            case providers.SERVICE:
                self._look_at_service(draft, given)
            case providers.ACCOUNT:
                self._look_at_account(draft, given)
            case "webhook_listener":
                self.faults += self._webhook_faults(draft, given, existing)
            case "behavior":
                findings = behavior_findings(draft, given)
                self.faults += findings.faults
                self.warnings += findings.warnings

    def extension_of(self, draft: Draft, given: Mapping[str, Any]) -> str:
        """The provider of a service or an account, ``""`` where it cannot be known."""
        if draft.type.key == providers.SERVICE:
            return str(given.get("extension_id") or "")
        service_id = _number(given.get("service_id"))
        if service_id in self.services:
            return self.services[service_id]
        record = self.store.get(Ref(providers.SERVICE, service_id)) if service_id else None
        return str(record.get("extension_id")) if record else ""

    def _look_at_fields(self, draft: Draft, given: Mapping[str, Any]) -> None:
        for key, sentence in draft.type.faults(given).items():
            missing = given.get(key) in (None, "")
            code = "missing-key" if missing else "wrong-value"
            self.faults.append(Fault(code, draft.place(key), sentence, "", draft.uid))
        self.faults += _object_faults(draft, given)
        for declared in draft.type.fields:
            if isinstance(declared, Link):
                self.faults += self._wrong_uids(draft, declared)
                self.faults += self._link_faults(draft, declared, given.get(declared.key))

    def _wrong_uids(self, draft: Draft, link: Link) -> Iterator[Fault]:
        for uid in uids_named(str(draft.values.get(link.key) or "")):
            if self.types.get(uid, link.to) != link.to:
                sentence = f"{link.label} must be a {link.to}, and {uid!r} is a {self.types[uid]}."
                yield Fault("wrong-uid", draft.place(link.key), sentence, "", draft.uid)

    def _link_faults(self, draft: Draft, link: Link, value: Any) -> Iterator[Fault]:
        wanted = _number(value)
        if not wanted:
            return
        coming = self.coming.get(wanted)
        if coming == link.to or (coming is None and self.store.get(Ref(link.to, wanted))):
            return
        what = f"a {coming} of this package" if coming else f"id {wanted}"
        sentence = f"{link.label} must be an existing {link.to}, and {what} is none."
        yield Fault("no-such-record", draft.place(link.key), sentence, "", draft.uid)

    def _owner_faults(self, draft: Draft, given: Mapping[str, Any]) -> Iterator[Fault]:
        context = str(given.get("owner__context") or "")
        place = draft.place("owner__context")
        if not context:
            hint = "Add 'owner__context': 'app'."
            yield Fault("missing-key", place, "The owner is missing.", hint, draft.uid)
            return
        owner = Owner(owner_type(context), _number(given.get("owner_id")))
        if owner.type not in OWNERS:
            hint = did_you_mean(context, OWNERS) or f"Use {', '.join(OWNERS)}."
            sentence = f"{context!r} cannot own anything."
            yield Fault("unknown-owner", place, sentence, hint, draft.uid)
        elif owner.type != "app" and not self._can_be(owner, draft):
            sentence = f"There is no {owner.type} with the id {owner.id} to own this."
            yield Fault("no-such-record", draft.place("owner_id"), sentence, "", draft.uid)
        elif not may_own(self.actor, owner):
            sentence = "You may make records for yourself only."
            hint = "Ask an admin to import it."
            yield Fault("not-allowed", draft.place("owner_id"), sentence, hint, draft.uid)

    def _can_be(self, owner: Owner, draft: Draft) -> bool:
        """Whether there is or will be such an owner."""
        uids = uids_named(str(draft.values.get("owner_id") or ""))
        if any(self.types.get(uid, owner.type) != owner.type for uid in uids):
            return False
        coming = self.coming.get(owner.id) == owner.type
        return coming or self.store.get(Ref(owner.type, owner.id)) is not None

    def _look_at_service(self, draft: Draft, given: Mapping[str, Any]) -> None:
        scheme = providers.provider(given["extension_id"])
        if scheme is None:
            place = draft.place("extension_id")
            self.faults.append(providers.unknown_provider(given["extension_id"], place, draft.uid))
            return
        params = given.get("params") or {}
        found = list(providers.service_faults(scheme, params, draft.place("params"), draft.uid))
        if scheme.unavailable:
            self.warnings.append(f"{draft.place('extension_id')}: {scheme.unavailable}")
            self.warnings += [str(fault) for fault in found]
        else:
            self.faults += found

    def _look_at_account(self, draft: Draft, given: Mapping[str, Any]) -> None:
        scheme = providers.provider(self.extension_of(draft, given))
        if scheme is None:
            return  # the service has said so already
        params = given.get("params") or {}
        self.faults += providers.account_faults(scheme, params, draft.place("params"), draft.uid)
        for note in providers.account_notes(scheme, params):
            self.warnings.append(f"{draft.path}: {given['name']} is made, but {note}.")

    def _webhook_faults(
        self, draft: Draft, given: Mapping[str, Any], existing: Ref | None
    ) -> Iterator[Fault]:
        query = Query((Term("guid", "is", str(given["guid"])),), limit=2)
        for record in self.store.find("webhook_listener", query).records:
            if record.ref != existing:
                sentence = f"The webhook {record.label!r} has this address already."
                hint = "Give it another guid, or import with update."
                yield Fault("taken", draft.place("guid"), sentence, hint, draft.uid)
        params = given.get("extension_params")
        behavior_id = _number(params.get("behavior_id")) if isinstance(params, Mapping) else 0
        behavior = Link(key="behavior_id", label="The webhook's behavior", to="behavior")
        for fault in self._link_faults(draft, behavior, behavior_id):
            place = f"{draft.place('extension_params')}.behavior_id"
            yield Fault(fault.code, place, fault.sentence, "", draft.uid)


def _object_faults(draft: Draft, given: Mapping[str, Any]) -> Iterator[Fault]:
    for key in _OBJECTS:
        value = given.get(key)
        if value and not isinstance(value, Mapping):
            sentence = f"{key!r} must be an object, not {kind_of(value)}."
            yield Fault("wrong-type", draft.place(key), sentence, "", draft.uid)


def duplicate_uids(places: Sequence[tuple[str, str]], uncertain: frozenset[str]) -> Iterator[Fault]:
    """A fault for each (uid, path) whose uid stands before; ``uncertain`` paths may be left out."""
    seen: dict[str, str] = {}
    for uid, path in places:
        first = seen.setdefault(uid, path)
        if first != path and not {first, path} & uncertain:
            sentence = f"The uid {uid!r} stands at {first} already."
            hint = "Give each record a uid of its own."
            yield Fault("duplicate-uid", f"{path}.uid", sentence, hint, uid)


def _number(value: Any) -> int:
    """An id, 0 where this is none that a database could hold."""
    try:
        number = int(value or 0)
    except (TypeError, ValueError, OverflowError):
        return 0
    return number if 0 < number < _LARGEST else 0
