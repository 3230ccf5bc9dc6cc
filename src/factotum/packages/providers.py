"""Services and accounts in a package: their provider, their parameters, and which are secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factotum.auth.scheme import Credentials, Scheme, schemes
from factotum.core.errors import Fault
from factotum.core.fields import Fields
from factotum.packages.decoding import join
from factotum.packages.service_hosts import with_same_owner
from factotum.packages.spelling import closest, did_you_mean

SERVICE = "connected_service"
ACCOUNT = "connected_account"


def provider(extension_id: object) -> Scheme | None:
    """The scheme with this id, or None."""
    found = schemes.get(str(extension_id))
    return found() if found else None


def fields_of(record_type: str, scheme: Scheme) -> Fields:
    """The declared parameters of a service or of an account of this scheme."""
    return scheme.service_fields if record_type == SERVICE else scheme.account_fields


def unknown_provider(extension_id: object, path: str, uid: str) -> Fault:
    """The fault for a provider that does not exist."""
    sentence = f"There is no provider {str(extension_id)!r}."
    hint = (
        did_you_mean(str(extension_id), schemes)
        or "Use one such as 'cerb.service.provider.oauth2'."
    )
    return Fault("unknown-provider", path, sentence, hint, uid)


def service_faults(
    scheme: Scheme, params: Mapping[str, Any], path: str, uid: str
) -> Iterator[Fault]:
    """What this service lacks to be linked: a missing or a wrong parameter."""
    for key, sentence in scheme.service_fields.faults(params).items():
        near = closest(key, [given for given in params if given not in scheme.service_fields])
        hint = f"Rename {near!r} to {key!r}." if near else ""
        code = "missing-key" if params.get(key) in (None, "") else "wrong-value"
        yield Fault(code, join(path, key), sentence, hint, uid)


def account_notes(scheme: Scheme, params: Mapping[str, Any]) -> Iterator[str]:
    """What the account lacks to sign; a person can still fill it in on its card."""
    if scheme.is_linkable:
        return
    missing = [
        field.label
        for field in scheme.account_fields
        if field.required and params.get(field.key) in (None, "")
    ]
    if missing:
        yield f"it cannot sign requests before it has its {' and '.join(missing)}"


def account_faults(
    scheme: Scheme, params: Mapping[str, Any], path: str, uid: str
) -> Iterator[Fault]:
    """Parameters of an account that are there and cannot stand."""
    for key, sentence in scheme.account_fields.faults(params).items():
        if params.get(key) not in (None, ""):
            yield Fault("wrong-value", join(path, key), sentence, "", uid)


def hosts(scheme: Scheme, service: Mapping[str, Any], account: Mapping[str, Any]) -> list[str]:
    """The hosts that accounts of a service may sign for."""
    return with_same_owner(scheme.hosts(Credentials(service, account)))


def scopes(params: Mapping[str, Any]) -> list[str]:
    """The scopes that a service asks for when it is linked."""
    return str(params.get("scope") or "").replace(",", " ").split()
