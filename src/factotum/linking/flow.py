"""Linking: start → consent at the provider → callback → credentials.

Whatever goes wrong, the account keeps what it had, and each way to fail has its own code and words:
those of ``auth.failures`` for what a provider says, those of ``linking.pending`` for callbacks that
are not this person's, not now or not again, and those of the door for addresses that are not reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from factotum.auth.scheme import Credentials, Dialogue, Linked
from factotum.core.errors import FactotumError, LinkFailed, NoAnswer, NotFound, Refused
from factotum.core.ports import Clock, Sender, Threads
from factotum.core.values import Actor, Moment, Record, Ref
from factotum.linking import pending
from factotum.linking.callback import OUT_OF_BAND, read_pasted, states_of
from factotum.linking.connection import Connection, Connections
from factotum.linking.conversation import converse
from factotum.linking.pending import Started
from factotum.linking.ports import PendingLinks
from factotum.records import ownership

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class LinkStart:
    """Where to send the person, and until when (seconds since 1970) the answer is waited for.

    ``is_linked`` with an empty ``url``: nobody had to be asked (client credentials), it is done.
    """

    url: str
    state: str = field(repr=False)
    expires_at: float
    is_linked: bool = False


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """The linked account, and the page that ``start`` was told to return to."""

    account: Record
    return_to: str = ""


class Linking:
    """Links accounts for people who may change them."""

    def __init__(
        self,
        connections: Connections,
        links: PendingLinks,
        sender: Sender,
        threads: Threads,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._links = links
        self._sender = sender
        self._threads = threads
        self._clock = clock

    async def start(
        self,
        account_ref: Ref,
        actor: Actor,
        callback_url: str,
        *,
        return_to: str = "",
        another_person: bool = False,
    ) -> LinkStart:
        """Where the person consents.

        ``callback_url`` ``oob`` asks for a PIN (OAuth 1.0a). ``another_person`` allows that somebody
        else than before consents. Refused where this actor may not link this account or the service
        is not set up, LinkFailed where the provider does not want to.
        """
        connection = await self._threads.run(self._open, actor, account_ref)
        _check_linkable(connection)
        moment = self._clock()
        scheme, credentials = connection.scheme, connection.credentials
        if not scheme.needs_consent(credentials):
            await self._link(actor, connection, scheme.refresh(credentials, moment), another_person)
            return LinkStart("", "", float(moment.timestamp), is_linked=True)
        dialogue = scheme.start_link(credentials, callback_url, moment)
        consent = await self._ask(connection, dialogue)
        started = Started(
            consent.state, account_ref.id, scheme.key, callback_url, {}, return_to, another_person
        )
        expires_at = await self._threads.run(
            pending.remember,
            self._links,
            actor,
            connection,
            consent,
            started,
            moment.at.timestamp(),
        )
        return LinkStart(consent.url, consent.state, expires_at)

    async def finish(self, actor: Actor, params: Mapping[str, str]) -> LinkEnd:
        """The account that this callback links. LinkFailed tells why it does not."""
        return await self._finish(actor, params, states_of(params), None)

    async def paste(self, actor: Actor, account_ref: Ref, text: str) -> LinkEnd:
        """The same for an address that a person pasted, or the PIN that the provider showed."""
        await self._threads.run(self._open, actor, account_ref)
        pasted = read_pasted(text)
        if not pasted.pin:
            return await self._finish(
                actor, pasted.params, states_of(pasted.params), account_ref.id
            )
        state = await self._threads.run(
            pending.waiting_for_pin, self._links, actor, account_ref.id, OUT_OF_BAND
        )
        return await self._finish(actor, {"oauth_verifier": pasted.pin}, [state], account_ref.id)

    async def check(self, actor: Actor, state: str) -> None:
        """For whoever waits for a link they started: LinkFailed once it came back and failed."""
        await self._threads.run(pending.check, self._links, actor, state)

    async def unlink(self, actor: Actor, account_ref: Ref) -> Record:
        """Forget the account's credentials; it stays and can be linked again, to anybody."""
        connection = await self._threads.run(self._open, actor, account_ref)
        return await self._threads.run(self._connections.forget_link, actor, connection)

    async def _finish(
        self, actor: Actor, params: Mapping[str, str], states: list[str], account_id: int | None
    ) -> LinkEnd:
        moment = self._clock()
        started = await self._threads.run(
            pending.take, self._links, actor, states, moment.at.timestamp(), account_id
        )
        try:
            account = await self._conclude(actor, started, params, moment)
        except FactotumError as error:
            await self._threads.run(pending.note_failure, self._links, started.state, error)
            raise
        return LinkEnd(account, started.return_to)

    async def _conclude(
        self, actor: Actor, started: Started, params: Mapping[str, str], moment: Moment
    ) -> Record:
        ref = Ref("connected_account", started.account_id)
        connection = await self._threads.run(self._open, actor, ref)
        if connection.scheme.key != started.scheme:
            raise pending.failed("callback-expired")
        dialogue = connection.scheme.finish_link(
            connection.credentials, started.kept, params, started.callback_url, moment
        )
        return await self._link(actor, connection, dialogue, started.may_be_another_person)

    async def _link(
        self,
        actor: Actor,
        connection: Connection,
        dialogue: Dialogue[Linked],
        may_be_another_person: bool,
    ) -> Record:
        """Ask for the credentials, see whose they are, keep them."""
        linked = await self._ask(connection, dialogue)
        linked = await self._identified(connection, linked)
        if not may_be_another_person:
            _check_person(connection.account, linked)
        at = self._clock().timestamp
        return await self._threads.run(self._connections.keep_link, actor, connection, linked, at)

    async def _identified(self, connection: Connection, linked: Linked) -> Linked:
        """With who it is, asked for where the token's answer did not tell; linked also without."""
        if linked.linked_as and linked.remote_id:
            return linked
        account = {**connection.credentials.account, **linked.params, **linked.secrets}
        credentials = Credentials(connection.credentials.service, account)
        dialogue = connection.scheme.who_am_i(credentials, self._clock())
        try:
            name, remote_id = await converse(dialogue, connection, self._sender)
        except FactotumError:
            return linked
        return replace(
            linked,
            linked_as=linked.linked_as or name,
            remote_id=linked.remote_id or remote_id,
        )

    async def _ask(self, connection: Connection, dialogue: Dialogue[R]) -> R:
        try:
            return await converse(dialogue, connection, self._sender)
        except NoAnswer as error:
            raise LinkFailed(
                f"{error.sentence} The account keeps what it had; link again when the provider "
                "is back.",
                code=error.code,
            ) from error
        except Refused as error:
            raise LinkFailed(error.sentence, code=error.code) from error

    def _open(self, actor: Actor, ref: Ref) -> Connection:
        connection = self._connections.open(ref.id)
        if not ownership.may_see(actor, connection.account):
            raise NotFound(f"There is no Connected Account {ref.id}.")
        if not ownership.may_edit(actor, connection.account):
            raise Refused(
                f"You may not link {connection.account.label}; ask its owner or an admin.",
                code="not-allowed",
            )
        return connection


def _check_linkable(connection: Connection) -> None:
    scheme = connection.scheme
    if scheme.unavailable:
        raise Refused(scheme.unavailable, code="not-available-yet")
    if not scheme.is_linkable:
        raise Refused(
            f"Accounts of {connection.service.label} are not linked by consent. Enter what they "
            "need in the account's own fields.",
            code="not-linkable",
        )
    scheme.check_service(connection.credentials)


def _check_person(account: Record, linked: Linked) -> None:
    """The same person as before, by the provider's id for them."""
    before = str(account.get("remote_id") or "")
    if before and linked.remote_id and before != linked.remote_id:
        was = account.get("linked_as") or f"id {before}"
        now = linked.linked_as or f"id {linked.remote_id}"
        raise LinkFailed(
            f"{account.label} is linked as {was}, but {now} has consented, so nothing was changed. "
            f"Sign in at the provider as {was}, or confirm that another person is to be linked.",
            code="other-person",
        )
