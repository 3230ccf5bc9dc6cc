"""Carrying a plan out: every record of it in one transaction, or none."""

from __future__ import annotations

from typing import Any

from factotum.auth import typed_keys
from factotum.core.errors import BadInput, BadPackage, NotFound
from factotum.core.ports import SecretBox, Store
from factotum.core.values import Record, Ref
from factotum.packages.built import faults_of
from factotum.packages.kept import keep
from factotum.packages.nodes import Attachment, attached, attachments
from factotum.packages.plan import FIRST_STAND_IN, Plan, Step, with_ids
from factotum.packages.providers import ACCOUNT, SERVICE

_LEFT = ("owner__context", "owner_id", "guid")
"""What a second import leaves as it is: people move records, and have given addresses out."""


def write(plan: Plan, store: Store, secrets: SecretBox) -> dict[str, Record]:
    """Uid → record of everything the plan makes or finds; all is undone on any fault.

    Ids are known only once a record is there. So each record is made after those it points to,
    and those whose texts name a later one are filled again at the end.
    """
    with store.atomic():
        writing = _Writing(plan, store, secrets)
        for step in plan.steps:
            writing.put(step)
        for step in plan.steps:
            writing.settle(step)
        writing.note_keys()
        writing.attach_nodes()
        keep(plan.document, store)
        return writing.records


class _Writing:
    """One transaction's work."""

    def __init__(self, plan: Plan, store: Store, secrets: SecretBox) -> None:
        self.plan = plan
        self.store = store
        self.secrets = secrets
        self.records: dict[str, Record] = {}
        self._ids = plan.filling.names.ids
        self._early: dict[str, Step] = {}

    def put(self, step: Step) -> None:
        """Make, change or find one record, and give its uid its id."""
        uid = step.draft.uid
        if step.verb == "skip" and step.ref is not None:
            self.records[uid] = self._found(step, step.ref)
            return
        if step.mentions:
            step = with_ids(self.plan, step)
        if not step.mentions <= self.records.keys():
            self._early[uid] = step
        try:
            record = self._stored(step)
        except BadInput as error:
            raise BadPackage(faults_of(step.draft, error)) from error
        self.records[uid] = record
        self._ids[uid] = record.id
        self.store.remember_origin(self.plan.document.name, uid, record.ref)
        if step.built.secrets:
            self.secrets.seal(record.ref, step.built.secrets)

    def settle(self, step: Step) -> None:
        """Fill a record again that was made before one whose id stands in it."""
        early = self._early.get(step.draft.uid)
        if early is None:
            return
        final = with_ids(self.plan, step)
        record = self.records[step.draft.uid]
        changed = {
            key: value
            for key, value in final.built.values.items()
            if early.built.values.get(key) != value and not _is_left(step, key)
        }
        if changed:
            self.records[step.draft.uid] = self.store.update(record.ref, changed)
        if final.built.secrets != early.built.secrets:
            self.secrets.seal(record.ref, final.built.secrets)

    def note_keys(self) -> None:
        """Say of accounts that came with their keys that they have them."""
        for uid, record in self.records.items():
            if record.type == ACCOUNT and not record.get("health"):
                self.records[uid] = typed_keys.note(record, self.store, self.secrets)

    def attach_nodes(self) -> None:
        """Add the nodes of the section ``behavior_nodes`` to their behaviors."""
        added, _ = attachments(self.plan.nodes, self.plan.filling, self.plan.node_ids)
        by_behavior: dict[int, list[Attachment]] = {}
        for each in added:
            by_behavior.setdefault(each.behavior_id, []).append(each)
        for behavior_id, nodes in by_behavior.items():
            ref = Ref("behavior", behavior_id)
            behavior = self.store.get(ref)
            if behavior is not None:
                record = self.store.update(ref, {"nodes": attached(behavior["nodes"], nodes)})
                uid = next((u for u, r in self.records.items() if r.ref == ref), nodes[0].uid)
                self.records[uid] = record

    def _stored(self, step: Step) -> Record:
        if step.ref is None:
            values = {key: item for key, item in step.built.values.items() if not _stands_in(key)}
            return self.store.create(step.draft.type.key, values)
        return self.store.update(step.ref, _update(step, self._found(step, step.ref)))

    def _found(self, step: Step, ref: Ref) -> Record:
        record = self.store.get(ref)
        if record is None:
            raise NotFound(f"{step.label} has been deleted meanwhile; import the package again.")
        return record


def _update(step: Step, before: Record) -> dict[str, Any]:
    """The values that a second import of a record sets."""
    values = {
        key: value
        for key, value in step.built.values.items()
        if not (_is_left(step, key) or _stands_in(key))
    }
    if step.draft.type.key == ACCOUNT:
        values["params"] = {**before.get("params", {}), **values.get("params", {})}
    if step.draft.type.key == SERVICE:
        values["hosts"] = list(dict.fromkeys([*before.get("hosts", []), *values.get("hosts", [])]))
    return values


def _stands_in(key: str) -> bool:
    """Whether the key is that of a custom field whose id is not known yet; it is set at the end."""
    return key.startswith("custom_") and int(key.removeprefix("custom_")) >= FIRST_STAND_IN


def _is_left(step: Step, key: str) -> bool:
    return step.ref is not None and key in _LEFT
