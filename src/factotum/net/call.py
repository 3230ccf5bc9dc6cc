"""One call of the door: hop after hop until there is an answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

from aiohttp import ClientResponseError, ClientSession
from yarl import URL

from factotum.core.errors import Refused
from factotum.core.http import Request, Response
from factotum.core.ports import SendOptions
from factotum.net import answers, redirects, targets
from factotum.net.connector import Attempt
from factotum.net.guard import Guard
from factotum.net.headers import outgoing

_ONE_WRITE = 512 * 1024
"""A larger body is written piece by piece, so that other requests go on meanwhile."""

Sign = Callable[[Request], Request]


class Call:
    """Follows redirects. The request it carries stays unsigned; each hop is signed for itself."""

    def __init__(
        self, session: ClientSession, guard: Guard, options: SendOptions, attempt: Attempt
    ) -> None:
        self._session = session
        self._guard = guard
        self._options = options
        self._attempt = attempt
        self._sign: Sign | None = options.sign

    async def answer_to(self, request: Request, url: URL) -> Response:
        """The last answer; Refused (``too-many-redirects``) where the last one allowed redirects."""
        for hops in range(self._options.follow + 1):
            if request.url != (sent := str(url)):
                request = replace(request, url=sent)
            response, location = await self._hop(request, url)
            if not location:
                return replace(response, is_redirected=True) if hops else response
            request = redirects.next_request(request, response.status, location)
            url, request = self._head_for(request)
        raise Refused(
            f"{self._attempt.origin} redirects more than {self._options.follow} times.",
            code="too-many-redirects",
        )

    def _head_for(self, request: Request) -> tuple[URL, Request]:
        """Another scheme, host or port gets no credentials, now or when it redirects back."""
        url, origin = targets.read(request.url)
        if origin != self._attempt.origin:
            self._sign = None
            request = redirects.without_credentials(request)
        self._attempt.head_for(origin)
        return url, request

    async def _hop(self, request: Request, url: URL) -> tuple[Response, str]:
        """The answer to one request, and where it redirects to ("" where it does not)."""
        attempt, options = self._attempt, self._options
        self._guard.check_origin(attempt.origin)
        signed = self._sign(request) if self._sign else request
        if signed.url != request.url:
            url = _signed_url(signed, attempt)
        attempt.may_repeat = signed.is_safe
        headers = outgoing(signed.headers, attempt.origin)
        if options.host_header:
            headers["Host"] = options.host_header
        answer = await self._session.request(
            signed.method,
            url,
            headers=headers,
            data=_body(signed.body),
            allow_redirects=False,
            ssl=options.verify_tls,
        )
        try:
            if answer.status < 200:  # RFC 9110, 15.2.2: it would go on in another protocol
                raise ClientResponseError(answer.request_info, (), status=answer.status)
            if options.follow and answer.status in redirects.STATUSES:
                location = answer.headers.get("Location", "")
                if location:
                    return Response(answer.status), location
            return await answers.read(answer, request.url, options.max_bytes), ""
        finally:
            answer.release()


def _signed_url(signed: Request, attempt: Attempt) -> URL:
    """The URL that signing made; it may add parameters and must not lead elsewhere."""
    url, origin = targets.read(signed.url)
    if origin != attempt.origin:
        raise Refused("Signing led the request to another host.", code="host-not-allowed")
    return url


def _body(body: bytes) -> bytes | io.BytesIO | None:
    if not body:
        return None
    return body if len(body) <= _ONE_WRITE else io.BytesIO(body)
