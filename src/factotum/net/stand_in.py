"""A sandbox that stands in for a service's own hosts, so that everything can be tried offline.

Requests for these hosts go to the sandbox instead, with the ``Host`` they were meant for, as if it
were behind a TLS proxy: what was signed for ``https://api.twitter.com/…`` is verified as that.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from factotum.core.errors import NoAnswer
from factotum.core.http import Request, Response
from factotum.core.ports import Sender, SendOptions
from factotum.net import targets
from factotum.net.hosts import is_listed

X_HOSTS = frozenset(
    {"api.twitter.com", "twitter.com", "upload.twitter.com", "api.x.com", "x.com", "upload.x.com"}
)
"""The hosts that the built-in sandbox knows."""

_PLAIN = SendOptions()


class StandIn:
    """A Sender that sends for ``hosts`` to the sandbox at ``origin``, and the rest as it is."""

    def __init__(self, sender: Sender, origin: str, hosts: Collection[str] = X_HOSTS) -> None:
        self._sender = sender
        self._origin = urlsplit(origin)
        self._hosts = hosts

    def address(self, url: str) -> str:
        """Where a browser finds the page that a URL names: at the sandbox, or where it says."""
        parts = urlsplit(url)
        if parts.hostname not in self._hosts:
            return url
        moved = parts._replace(scheme=self._origin.scheme, netloc=self._origin.netloc)
        return urlunsplit(moved)

    async def send(self, request: Request, options: SendOptions = _PLAIN) -> Response:
        """The answer; its URL is the one that was asked for."""
        _, origin = targets.read(request.url)
        listed = options.hosts is None or is_listed(origin, options.hosts)
        if origin.host not in self._hosts or not listed:  # the door refuses in its own words
            return await self._sender.send(request, options)
        if options.sign is not None:  # signed for the real address, before it is moved
            request = options.sign(request)
        parts = urlsplit(request.url)
        moved = replace(
            request.with_header("X-Forwarded-Proto", parts.scheme), url=self.address(request.url)
        )
        direct = replace(options, sign=None, hosts=None, follow=0, host_header=parts.netloc)
        try:
            response = await self._sender.send(moved, direct)
        except NoAnswer as error:
            raise self._told_of(origin, error) from error
        return replace(response, url=request.url)

    def _told_of(self, origin: targets.Origin, error: NoAnswer) -> NoAnswer:
        """The same of the host that was asked, whose address nobody has seen."""
        there = str(targets.read(self._origin.geturl())[1])
        asked = f"{origin} (the sandbox stands in for it)"
        sentence = error.sentence.replace(there, asked, 1)
        return NoAnswer(sentence, sent=error.sent, code=error.code)
