"""Whether an account has what it signs with, though it was not used yet: its keys were typed in.

What consent brings, and how a service took a signed request, ``linking`` notes as the account's health.
Keys that are typed in or imported say nothing of either, so until the first answer the account is
``ready``.
"""

from __future__ import annotations

from collections.abc import Collection

from factotum.auth.scheme import Credentials, schemes
from factotum.core.ports import SecretBox, Store
from factotum.core.values import Record, Ref

ACCOUNT = "connected_account"
READY = "ready"


def is_complete(account: Record, service: Record, sealed: Collection[str]) -> bool:
    """Whether its values, and secrets under the names in ``sealed``, are enough to sign."""
    scheme = schemes.get(str(service.get("extension_id")))
    held = {**(account.get("params") or {}), **dict.fromkeys(sealed, "set")}
    return scheme is not None and scheme().is_linked(Credentials(service.get("params") or {}, held))


def note(account: Record, store: Store, secrets: SecretBox) -> Record:
    """Write down how an account is whose keys have just been typed in; others stay as they are."""
    if account.type != ACCOUNT or account.get("linked_at"):
        return account
    service = store.get(Ref("connected_service", int(account.get("service_id") or 0)))
    has_keys = service is not None and is_complete(account, service, secrets.set_at(account.ref))
    health = READY if has_keys else ""
    if (account.get("health") or "") == health:
        return account
    return store.update(account.ref, {"health": health, "health_reason": ""})
