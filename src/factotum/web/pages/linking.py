"""Where a person stands with linking an account: not linked, waiting for consent, linked, failed.

What was started in this browser is kept in its session, by account: ``{"state", "url", "service",
"return_to", "started_at", "expires_at"}`` while consent is waited for, ``{"fault"}`` after a failure.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from factotum.auth.scheme import schemes
from factotum.core.values import Record

KEY = "linking"


def context(request: HttpRequest, account: Record, service: Record | None) -> dict[str, Any]:
    """What the link block of an account shows."""
    scheme = schemes.get(str(service["extension_id"])) if service else None
    kept = _kept(request).get(str(account.id), {})
    return {
        "account": account,
        "service_name": service.label if service else "its service",
        "scheme": scheme,
        "is_linkable": bool(scheme and scheme.is_linkable),
        "is_linked": bool(account.get("linked_at") or account.get("health")),
        "waiting": kept if _is_waiting(kept, account) else None,
        "link_fault": kept.get("fault", ""),
    }


def _is_waiting(kept: Mapping[str, Any], account: Record) -> bool:
    return (
        "url" in kept
        and kept["expires_at"] > time.time()
        and float(account.get("linked_at") or 0) < kept["started_at"]
    )


def started(request: HttpRequest, account: Record, **what: Any) -> None:
    """Remember that consent is waited for."""
    _keep(request, account.id, {**what, "started_at": time.time()})


def failed(request: HttpRequest, account_id: int, sentence: str) -> None:
    """Remember what went wrong, until the card has shown it."""
    _keep(request, account_id, {"fault": sentence})


def ended(request: HttpRequest, account_id: int) -> None:
    """Nothing is waited for any more."""
    _keep(request, account_id, None)


def of_callback(request: HttpRequest, params: Mapping[str, str]) -> tuple[int, str] | None:
    """(account id, where to return) of the link this callback answers, if begun in this browser."""
    named = {params.get(name, "") for name in ("state", "oauth_token", "denied")} - {""}
    for account_id, kept in _kept(request).items():
        if kept.get("state") in named:
            return int(account_id), kept["return_to"]
    return None


def _kept(request: HttpRequest) -> dict[str, dict[str, Any]]:
    kept: dict[str, dict[str, Any]] = request.session.get(KEY, {})
    return kept


def _keep(request: HttpRequest, account_id: int, what: dict[str, Any] | None) -> None:
    kept = {key: value for key, value in _kept(request).items() if key != str(account_id)}
    if what is not None:
        kept[str(account_id)] = what
    request.session[KEY] = kept
