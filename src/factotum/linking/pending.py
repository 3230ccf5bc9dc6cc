"""The rules of a pending link: whose it is, once, and for ten minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from factotum.auth.scheme import Consent
from factotum.core.errors import FactotumError, LinkFailed
from factotum.core.values import Actor
from factotum.linking.connection import Connection
from factotum.linking.ports import PendingLink, PendingLinks

LIFETIME = 600.0
"""Seconds until a pending link expires; it is remembered for a day more, to tell why it is refused."""
_REMEMBERED = 24 * 3600.0

_OURS = "factotum."
"""Before our own entries among what the scheme wants kept, sealed together with it."""

_FAILURES = {
    "callback-forged": "This answer does not belong to any link that was started here, so it was "
    "not used. Start again with the account's Link button.",
    "callback-not-yours": "This link was started by somebody else, so it was not used for you. "
    "Start your own with the account's Link button.",
    "callback-replayed": "This answer was used already and counts only once. Where the account is "
    "not linked, start again with its Link button.",
    "callback-expired": "This link was started more than ten minutes ago and has expired. Start "
    "again with the account's Link button.",
    "callback-other-account": "This address belongs to the link of another account. Paste it there.",
    "nothing-pending": "No link is waiting for a PIN here. Start with the account's Link button.",
    "pin-not-expected": "This link waits for an address, not for a PIN. Copy the whole address that "
    "the provider sent the browser to.",
}


def failed(code: str) -> LinkFailed:
    """The error for a code of this module."""
    return LinkFailed(_FAILURES[code], code=code)


@dataclass(frozen=True, slots=True)
class Started:
    """A pending link as the flow sees it; ``kept`` is the scheme's own again."""

    state: str = field(repr=False)
    account_id: int
    scheme: str
    callback_url: str
    kept: Mapping[str, str] = field(repr=False)
    return_to: str = ""
    may_be_another_person: bool = False


def remember(
    links: PendingLinks,
    actor: Actor,
    connection: Connection,
    consent: Consent,
    started: Started,
    at: float,
) -> float:
    """Keep a link that was just started; returns when it expires."""
    links.forget_before(at - _REMEMBERED)
    ours = {
        f"{_OURS}state": consent.state,
        f"{_OURS}return_to": started.return_to,
        f"{_OURS}another": "1" if started.may_be_another_person else "",
    }
    pending = PendingLink(
        account_id=connection.account.id,
        worker_id=actor.worker_id,
        scheme=connection.scheme.key,
        callback_url=started.callback_url,
        kept={**consent.kept, **ours},
        created_at=at,
        expires_at=at + LIFETIME,
    )
    links.save(consent.state, pending)
    return pending.expires_at


def take(
    links: PendingLinks,
    actor: Actor,
    states: Sequence[str],
    at: float,
    account_id: int | None = None,
) -> Started:
    """The link that one of these states names, from now on used; LinkFailed tells why it is not.

    Nothing is used up by somebody else's attempt, or by one at another account than ``account_id``.
    """
    found = next(((s, link) for s in states if (link := links.get(s)) is not None), None)
    if found is None:
        raise failed("callback-forged")
    state, pending = found
    if not _is_theirs(actor, pending):
        raise failed("callback-not-yours")
    if account_id not in {None, pending.account_id}:
        raise failed("callback-other-account")
    if pending.taken_at is not None:
        raise failed("callback-replayed")
    if pending.expires_at <= at:
        raise failed("callback-expired")
    if not links.take(state, at):
        raise failed("callback-replayed")
    return _started(state, pending)


def waiting_for_pin(links: PendingLinks, actor: Actor, account_id: int, out_of_band: str) -> str:
    """The state of this account's link that waits for a PIN."""
    pending = links.latest(account_id, actor.worker_id)
    if pending is None:
        raise failed("nothing-pending")
    if pending.callback_url != out_of_band:
        raise failed("pin-not-expected")
    return pending.kept[f"{_OURS}state"]


def note_failure(links: PendingLinks, state: str, error: FactotumError) -> None:
    """Keep why a link that came back did not link, in place of what the scheme wanted kept."""
    pending = links.get(state)
    if pending is not None:
        kept = {f"{_OURS}code": error.code, f"{_OURS}sentence": error.sentence}
        links.save(state, replace(pending, kept=kept))


def check(links: PendingLinks, actor: Actor, state: str) -> None:
    """For whoever waits for a link: LinkFailed as soon as it came back and did not link."""
    pending = links.get(state)
    if pending is None or not _is_theirs(actor, pending):
        return
    sentence = pending.kept.get(f"{_OURS}sentence")
    if sentence:
        raise LinkFailed(sentence, code=pending.kept[f"{_OURS}code"])


def _is_theirs(actor: Actor, pending: PendingLink) -> bool:
    """A link begun on the command line may come back in any admin's browser."""
    if pending.worker_id is None:
        return actor.is_admin
    return pending.worker_id == actor.worker_id


def _started(state: str, pending: PendingLink) -> Started:
    ours = {key: value for key, value in pending.kept.items() if key.startswith(_OURS)}
    return Started(
        state=state,
        account_id=pending.account_id,
        scheme=pending.scheme,
        callback_url=pending.callback_url,
        kept={key: value for key, value in pending.kept.items() if key not in ours},
        return_to=ours.get(f"{_OURS}return_to", ""),
        may_be_another_person=bool(ours.get(f"{_OURS}another")),
    )
