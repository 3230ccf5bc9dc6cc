"""A package of chosen records. It never holds a secret: the package asks for each one.

What belongs together is exported together: a bot with its behaviors, an account with its service,
a webhook with the bot that answers it. Records that are only pointed at become chooser prompts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from factotum.core.errors import BadInput, NotFound
from factotum.core.fields import Link
from factotum.core.ports import Query, SecretBox, Store, Term
from factotum.core.values import Record, Ref
from factotum.packages.kept_export import Originals
from factotum.packages.providers import ACCOUNT, SERVICE, fields_of, hosts, provider
from factotum.packages.references import References
from factotum.packages.shape import is_id
from factotum.records.record_type import named, record_types

NEEDS = "9.1.0"
"""The version of the format that exported packages ask for."""

_STATE = frozenset(
    {
        "linked_as", "remote_id", "linked_at", "scopes", "expires_at", "health", "health_reason",
        "last_used_at", "picture", "revision", "hosts", "guid",
    }
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
_PAGE = 1000


def export_package(
    refs: Sequence[Ref], store: Store, secrets: SecretBox, *, name: str = ""
) -> dict[str, Any]:
    """The package of these records; NotFound names one that is not there.

    ``name`` is the package's; else that of the package they all came from, else the first record's.
    """
    if not refs:
        raise BadInput("Name what to export, such as bot:1.", code="nothing-to-export")
    records = _together(refs, store)
    origins = {record.ref: list(store.origins(record.ref)) for record in records}
    sources = list(dict.fromkeys(package for pairs in origins.values() for package, _ in pairs))
    references = References(store, _uids(records, origins))
    originals = Originals(origins, store, references)
    exporting = _Exporting(store, secrets, references, originals)
    bots = [exporting.bot(record, records) for record in records if record.type == "bot"]
    others = [
        exporting.record(record)
        for record in records
        if record.type not in ("bot", "behavior") and not originals.is_in_a_section(record)
    ]
    sections = {"records": others, "bots": bots, **originals.sections()}
    own = name or (sources[0] if len(sources) == 1 else records[0].label)
    return {
        "package": _header(own, references),
        **{section: content for section, content in sections.items() if content},
    }


def _together(refs: Sequence[Ref], store: Store) -> list[Record]:
    """The records, and those that they cannot be without, each once."""
    found: dict[Ref, Record] = {}
    waiting = list(refs)
    while waiting:
        ref = waiting.pop(0)
        if ref in found:
            continue
        record = store.get(ref)
        if record is None:
            raise NotFound(f"There is no {ref.type.replace('_', ' ')} with the id {ref.id}.")
        found[ref] = record
        waiting += _belonging(record, store)
    return list(found.values())


def _belonging(record: Record, store: Store) -> Iterator[Ref]:
    if record.type == "bot":
        query = Query((Term("bot_id", "is", record.id),), limit=_PAGE)
        yield from (behavior.ref for behavior in store.find("behavior", query).records)
    elif record.type == "behavior":
        yield Ref("bot", int(record["bot_id"]))
    elif record.type == ACCOUNT and record.get("service_id"):
        yield Ref(SERVICE, int(record["service_id"]))
    elif record.type == "webhook_listener":
        behavior = str((record.get("extension_params") or {}).get("behavior_id") or "")
        if is_id(behavior) and store.get(Ref("behavior", int(behavior))):
            yield Ref("behavior", int(behavior))


def _uids(records: Sequence[Record], origins: dict[Ref, list[tuple[str, str]]]) -> dict[Ref, str]:
    """Each record's uid: the one it was imported with where no other has it, else a new one."""
    uids: dict[Ref, str] = {}
    for record in records:
        names = [uid for _, uid in origins[record.ref] if _NAME.match(uid)]
        wanted = [*names, f"{record.type}_{record.id}"]
        taken = set(uids.values())
        free = (uid for uid in wanted if uid not in taken)
        uids[record.ref] = next(free, f"{record.type}_{record.id}_{len(taken)}")
    return uids


class _Exporting:
    """Writes one record after the other."""

    def __init__(
        self, store: Store, secrets: SecretBox, references: References, originals: Originals
    ) -> None:
        self.store = store
        self.secrets = secrets
        self.references = references
        self.originals = originals

    def bot(self, bot: Record, records: Sequence[Record]) -> dict[str, Any]:
        """A bot with its behaviors, as the section ``bots`` has it."""
        written = self.references.written
        entry = {
            "uid": self.references.uids[bot.ref],
            "name": written(bot["name"]),
            "owner": {
                "context": _full_id(bot["owner__context"]),
                "id": self._owner_id(bot),
            },
            "is_disabled": bot["is_disabled"],
            "params": {key: written(bot[key]) for key in ("config", "events", "actions")},
            "image": written(bot["image"]),
            "behaviors": [
                self._behavior(record)
                for record in records
                if record.type == "behavior" and record["bot_id"] == bot.id
            ],
        }
        return entry | ({"uri": written(bot["uri"])} if bot["uri"] else {})

    def record(self, record: Record) -> dict[str, Any]:
        """A record as the section ``records`` has it."""
        uid = self.references.uids[record.ref]
        if record.type == "custom":
            return {"uid": uid, "_context": record["kind"], **self.originals.document(record)}
        entry: dict[str, Any] = {"uid": uid, "_context": record.type}
        for key, value in record.values.items():
            if key not in _STATE and not _says_nothing(record, key, value):
                entry[key] = self._field(record, key, value)
        if record.type in (SERVICE, ACCOUNT):
            entry["params"] = self._params(record)
            self._add_hosts(record, entry)
        if record.type == "webhook_listener":
            entry["guid"] = self.references.random(f"{uid}_guid", 40)
        return entry | self._secrets(record)

    def _secrets(self, record: Record) -> dict[str, Any]:
        """A question for each secret of the record's own that is set."""
        fields, sealed = record_types[record.type].fields, self.secrets.set_at(record.ref)
        uid = self.references.uids[record.ref]
        return {
            key: self.references.ask(f"prompt_{uid}_{key}", f"{record.label}: {fields[key].label}")
            for key in sorted(fields.secret_keys & sealed.keys())
        }

    def _field(self, record: Record, key: str, value: Any) -> Any:
        record_type = record_types[record.type]
        declared = next((field for field in record_type.fields if field.key == key), None)
        if isinstance(declared, Link):
            return self.references.pointer(Ref(declared.to, int(value))) if value else value
        if record_type.has_owner and key == "owner__context":
            return _full_id(value)
        if record_type.has_owner and key == "owner_id":
            return self._owner_id(record)
        return self.references.written(value, key)

    def _owner_id(self, record: Record) -> Any:
        owner = Ref(record["owner__context"], record["owner_id"])
        return 0 if owner.type == "app" else self.references.pointer(owner)

    def _behavior(self, behavior: Record) -> dict[str, Any]:
        written = self.references.written
        entry = {
            "uid": self.references.uids[behavior.ref],
            "title": written(behavior["title"]),
            "is_disabled": behavior["is_disabled"],
            "is_private": behavior["is_private"],
            "priority": behavior["priority"],
            "event": {key: written(behavior[f"event_{key}"]) for key in ("key", "label", "params")},
            "variables": written(behavior["variables"]),
            "nodes": written(behavior["nodes"]),
        }
        return entry | ({"uri": written(behavior["uri"])} if behavior["uri"] else {})

    def _params(self, record: Record) -> dict[str, Any]:
        scheme = provider(self._extension_of(record))
        is_linked = record.type == ACCOUNT and bool(record.get("linked_at"))
        params = {} if is_linked else dict(self.references.written(record.get("params") or {}))
        if scheme is None or (record.type == ACCOUNT and scheme.is_linkable):
            return params
        sealed = self.secrets.set_at(record.ref)
        for field in fields_of(record.type, scheme):
            if field.is_secret and (field.key in sealed or field.required):
                key = f"prompt_{self.references.uids[record.ref]}_{field.key}"
                params[field.key] = self.references.ask(key, f"{record.label}: {field.label}")
        return params

    def _extension_of(self, record: Record) -> str:
        if record.type == SERVICE:
            return str(record["extension_id"])
        service = self.store.get(Ref(SERVICE, record["service_id"]))
        return str(service["extension_id"]) if service else ""

    def _add_hosts(self, record: Record, entry: dict[str, Any]) -> None:
        """Only hosts that a person has changed: others follow from the addresses."""
        scheme = provider(record.get("extension_id"))
        if scheme and list(record["hosts"]) != hosts(scheme, record["params"], {}):
            entry["hosts"] = self.references.written(list(record["hosts"]))


def _says_nothing(record: Record, key: str, value: Any) -> bool:
    """Whether a value is empty, or of a webhook what every webhook has by itself."""
    if value in ("", None, [], {}):
        return True
    fields = record_types[record.type].fields
    if record.type != "webhook_listener" or key not in fields or fields[key].required:
        return False
    return value is False or bool(value == fields[key].default)


def _full_id(owner_type: str) -> str:
    record_type = named(owner_type)
    return record_type.full_id if record_type else owner_type


def _header(name: str, references: References) -> dict[str, Any]:
    return {
        "name": name,
        "revision": 1,
        "requires": {"cerb_version": NEEDS, "plugins": []},
        "configure": {
            "prompts": list(references.prompts.values()),
            "placeholders": list(references.placeholders.values()),
        },
    }
