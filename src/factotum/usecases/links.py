"""Linking accounts for pages, programs and the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from factotum.core.values import Actor, Record, Ref
from factotum.linking.flow import Linking, LinkStart


class Links:
    """Start, finish, paste, unlink. ``browser_address`` is where a browser finds a consent page."""

    def __init__(
        self,
        linking: Linking,
        callback_url: str,
        browser_address: Callable[[str], str],
        changed: Callable[[], None],
    ) -> None:
        self._linking = linking
        self._callback_url = callback_url
        self._browser_address = browser_address
        self._changed = changed

    async def start(
        self,
        actor: Actor,
        account: Ref,
        return_to: str = "",
        *,
        callback_url: str = "",
        another_person: bool = False,
    ) -> LinkStart:
        """Where to send the person; ``callback_url`` ``oob`` asks for a PIN."""
        started = await self._linking.start(
            account,
            actor,
            callback_url or self._callback_url,
            return_to=return_to,
            another_person=another_person,
        )
        self._changed()
        return replace(started, url=self._browser_address(started.url))

    async def finish(self, actor: Actor, params: Mapping[str, str]) -> tuple[Record, str]:
        """The linked account, and the page to return to."""
        ended = await self._linking.finish(actor, params)
        self._changed()
        return ended.account, ended.return_to

    async def paste(self, actor: Actor, account: Ref, text: str) -> Record:
        """The account, linked by the address or the PIN that a person pasted."""
        ended = await self._linking.paste(actor, account, text)
        self._changed()
        return ended.account

    async def check(self, actor: Actor, state: str) -> None:
        """LinkFailed once the consent that ``start`` gave this state came back and did not link."""
        await self._linking.check(actor, state)

    async def unlink(self, actor: Actor, account: Ref) -> Record:
        """The account without its credentials."""
        record = await self._linking.unlink(actor, account)
        self._changed()
        return record
