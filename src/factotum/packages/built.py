"""A draft with its templates filled: the values as they are kept, the secrets apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.core.errors import BadInput, BadPackage, Fault
from factotum.core.fields import Choice
from factotum.packages.drafts import Draft
from factotum.packages.providers import ACCOUNT, SERVICE, fields_of, hosts, provider
from factotum.packages.templates import Filling
from factotum.records.ownership import owner_type
from factotum.records.values import is_extra, stored


@dataclass(frozen=True, slots=True)
class Built:
    """What one record would be with the ids known so far.

    ``values`` holds no secret. ``given`` are the filled values before they took the form in which
    they are kept, for checks; it holds secrets and is never printed.
    """

    draft: Draft
    values: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)
    given: Mapping[str, Any] = field(repr=False)

    @property
    def label(self) -> str:
        """What a person calls this record."""
        return self.draft.type.label_of(self.values) or self.draft.uid


def filled(draft: Draft, filling: Filling) -> dict[str, Any]:
    """The draft's values with the templates filled, as the document has them."""
    values = {
        _key(draft, key, filling): filling.fill(value, draft.place(key))
        for key, value in draft.values.items()
    }
    return {key: _whole_choice(draft, key, value) for key, value in values.items() if key}


def _key(draft: Draft, key: str, filling: Filling) -> str:
    """``custom_{{{uid.field}}}`` with its id, "" (and a fault) where it has none."""
    whole = str(filling.fill(key, draft.place(key)))
    if whole == key or is_extra(whole):
        return whole
    sentence = f"A custom field is named by its id, such as 'custom_5', not {whole!r}."
    filling.faults.append(Fault("wrong-key", draft.place(key), sentence, "", draft.uid))
    return ""


def built(draft: Draft, given: Mapping[str, Any], extension_id: object) -> Built:
    """The record that checked values make; ``extension_id`` is the provider of a service or account."""
    public = dict(given)
    secrets: dict[str, str] = {}
    if draft.type.key in (SERVICE, ACCOUNT):
        scheme = provider(extension_id)
        params = given.get("params") or {}
        if scheme is not None:
            public["params"], secrets = fields_of(draft.type.key, scheme).split(params)
            if draft.type.key == SERVICE and not public.get("hosts"):
                public["hosts"] = hosts(scheme, params, {})
    else:
        public, secrets = draft.type.fields.split(public)
    if draft.type.has_owner and owner_type(str(public.get("owner__context"))) == "app":
        public["owner_id"] = 0
    return Built(draft, stored(draft.type, public), secrets, given)


def faults_of(draft: Draft, error: BadInput) -> list[Fault]:
    """What a record or the store refuses, with the places of the values it names."""
    if isinstance(error, BadPackage):
        return error.faults
    places = error.fields or {"": error.sentence}
    return [
        Fault(error.code, draft.place(key) if key else draft.path, sentence, "", draft.uid)
        for key, sentence in places.items()
    ]


def _whole_choice(draft: Draft, key: str, value: Any) -> Any:
    """Packages shorten a choice to its first letter: a task's status ``o`` is ``open``."""
    declared = next((each for each in draft.type.fields if each.key == key), None)
    if not isinstance(declared, Choice) or value in declared.options or not value:
        return value
    meant = [option for option in declared.options if option.startswith(str(value).lower())]
    return meant[0] if len(meant) == 1 else value
