"""OAuth 2.0: authorization code with PKCE, client credentials, refresh with rotation.

https://www.rfc-editor.org/rfc/rfc6749  https://www.rfc-editor.org/rfc/rfc7636 (PKCE)
https://www.rfc-editor.org/rfc/rfc9207 (iss)  https://www.rfc-editor.org/rfc/rfc9700 (security)
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any, ClassVar

from factotum.auth.answers import Answer, plain_message, read_answer
from factotum.auth.bearer import authorization
from factotum.auth.failures import failed
from factotum.auth.identity import who
from factotum.auth.oauth2_problems import (
    callback_failure,
    refresh_failure,
    token_failure,
)
from factotum.auth.oauth2_tokens import BASIC, NONE, POST, ask_token, brings_token, linked
from factotum.auth.scheme import (
    Consent,
    Credentials,
    Dialogue,
    Linked,
    Scheme,
    host_of,
    lines_of,
    schemes,
    with_query,
)
from factotum.core.errors import RelinkNeeded
from factotum.core.fields import Choice, Fields, Lines, Secret, Text, Url
from factotum.core.http import Request
from factotum.core.values import Moment

AUTHORIZATION_CODE = "authorization_code"
CLIENT_CREDENTIALS = "client_credentials"


@schemes.add("cerb.service.provider.oauth2")
class OAuth2(Scheme):
    """Client ID and secret in the service, access and refresh token in the account."""

    key: ClassVar[str] = "cerb.service.provider.oauth2"
    label: ClassVar[str] = "OAuth 2.0"
    is_linkable: ClassVar[bool] = True
    service_fields: ClassVar[Fields] = Fields(
        Choice(
            key="grant_type",
            label="Grant Type",
            default=AUTHORIZATION_CODE,
            options={
                AUTHORIZATION_CODE: "Authorization code (a person consents)",
                CLIENT_CREDENTIALS: "Client credentials (the app itself)",
            },
        ),
        Text(
            key="client_id",
            label="Client ID",
            required=True,
            placeholder="(paste your Client ID)",
        ),
        Secret(
            key="client_secret",
            label="Client Secret",
            required=True,
            placeholder="(paste your Client Secret)",
        ),
        Url(
            key="authorization_url",
            label="Authorization URL",
            required=True,
            placeholder="https://x.com/i/oauth2/authorize",
            help="Where a person is sent to consent.",
        ),
        Url(
            key="access_token_url",
            label="Access Token URL",
            required=True,
            placeholder="https://api.x.com/2/oauth2/token",
        ),
        Url(
            key="resource_owner_url",
            label="Resource Owner URL",
            placeholder="https://api.x.com/2/users/me",
            help="Asked after linking to show who the account is.",
        ),
        Text(
            key="scope",
            label="Scope",
            placeholder="tweet.read tweet.write users.read offline.access",
            help="Sent as it stands here, with the provider's separator.",
        ),
        Text(key="approval_prompt", label="Approval Prompt", placeholder="auto"),
        Lines(
            key="authorize_params",
            label="Extra Authorization Parameters",
            placeholder="access_type=offline",
            help="A name=value a line, added to the Authorization URL.",
        ),
        Url(
            key="issuer",
            label="Issuer",
            placeholder="https://accounts.example.com",
            help="Where set, the callback has to name it as iss (RFC 9207).",
        ),
        Choice(
            key="token_endpoint_auth_method",
            label="Client Authentication",
            options={
                "": "Find out",
                POST: "In the body",
                BASIC: "HTTP Basic",
                NONE: "None (public client)",
            },
        ),
    )
    account_fields: ClassVar[Fields] = Fields(
        Secret(key="access_token", label="Access Token", help="Comes with linking."),
        Secret(key="refresh_token", label="Refresh Token", help="Comes with linking."),
    )

    def is_linked(self, credentials: Credentials) -> bool:
        """Whether there is a token."""
        return bool(credentials.account.get("access_token"))

    def needs_consent(self, credentials: Credentials) -> bool:
        """False for client credentials, which ``refresh`` brings alone."""
        return credentials.service.get("grant_type") != CLIENT_CREDENTIALS

    def can_refresh(self, credentials: Credentials) -> bool:
        """Whether there is a refresh token, or no person to ask."""
        has_token = bool(credentials.account.get("refresh_token"))
        return has_token or not self.needs_consent(credentials)

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with ``Authorization: Bearer …`` (RFC 6750, 2.1)."""
        token = self.held(credentials, "access_token")
        return request.with_header("Authorization", authorization("Bearer", token))

    def start_link(
        self, credentials: Credentials, callback_url: str, moment: Moment
    ) -> Dialogue[Consent]:
        """Where the person consents; nothing is asked before."""
        yield from ()
        self.check_service(credentials)
        service = credentials.service
        state, verifier = _random(moment, "state"), _random(moment, "code_verifier")
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        parameters = {
            "response_type": "code",
            "client_id": service["client_id"],
            "redirect_uri": callback_url,
            "scope": service.get("scope") or "",
            "approval_prompt": service.get("approval_prompt") or "",
            **_extra(service),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        given = {name: value for name, value in parameters.items() if value}
        return Consent(
            url=with_query(service["authorization_url"], given),
            state=state,
            kept={"state": state, "code_verifier": verifier},
        )

    def finish_link(
        self,
        credentials: Credentials,
        kept: Mapping[str, str],
        callback: Mapping[str, str],
        callback_url: str,
        moment: Moment,
    ) -> Dialogue[Linked]:
        """Trade the code for tokens (RFC 6749, 4.1.3)."""
        self.check_service(credentials)
        form = {
            "grant_type": AUTHORIZATION_CODE,
            "code": _code(credentials.service, kept, callback, callback_url),
            "redirect_uri": callback_url,
            "code_verifier": kept["code_verifier"],
        }
        answer, method = yield from ask_token(credentials, form)
        if not brings_token(answer):
            host = host_of(credentials.service["access_token_url"])
            raise token_failure(answer, host, callback_url)
        return linked(answer, credentials, method, moment)

    def refresh(self, credentials: Credentials, moment: Moment) -> Dialogue[Linked]:
        """Fresh tokens; a provider that rotates sends a new refresh token, else the old one stays.

        RelinkNeeded where the provider says no for good, RetryLater where it is down or busy,
        LinkFailed where the service itself is set up wrongly.
        """
        self.check_service(credentials)
        if not self.can_refresh(credentials):
            raise RelinkNeeded("This account's access cannot be renewed. Link the account again.")
        answer, method = yield from ask_token(credentials, self._refresh_form(credentials))
        if not brings_token(answer):
            raise refresh_failure(answer, host_of(credentials.service["access_token_url"]))
        return linked(answer, credentials, method, moment)

    def _refresh_form(self, credentials: Credentials) -> dict[str, str]:
        if self.needs_consent(credentials):
            token = credentials.account["refresh_token"]
            return {"grant_type": "refresh_token", "refresh_token": token}
        scope = credentials.service.get("scope")
        return {"grant_type": CLIENT_CREDENTIALS} | ({"scope": scope} if scope else {})

    def who_am_i(self, credentials: Credentials, moment: Moment) -> Dialogue[tuple[str, str]]:
        """Asked at the Resource Owner URL, where the service has one."""
        url = credentials.service.get("resource_owner_url")
        if not url:
            return "", ""
        request = Request("GET", url, (("Accept", "application/json"),))
        answer = read_answer((yield self.sign(request, credentials, moment)))
        return who(answer) if answer.is_good else ("", "")


def _code(
    service: Mapping[str, Any],
    kept: Mapping[str, str],
    callback: Mapping[str, str],
    callback_url: str,
) -> str:
    """The callback's code, once it is sure that it answers this link and comes from this issuer."""
    host = host_of(service["authorization_url"])
    if not compare_digest(callback.get("state", "").encode(), kept["state"].encode()):
        raise failed("callback-forged", host=host)
    issuer = service.get("issuer")
    if issuer and callback.get("iss") != issuer:
        raise failed("wrong-issuer", host=host)
    if error := callback.get("error"):
        said = plain_message(callback.get("error_description", ""), kept.values())
        raise callback_failure(Answer(0, code=error, message=said), host, callback_url)
    if not callback.get("code"):
        raise failed("verifier-missing", host=host)
    return callback["code"]


def _random(moment: Moment, purpose: str) -> str:
    """43 characters that only this moment's seed gives away; both purposes differ."""
    digest = sha256(f"{purpose} {moment.seed}".encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _extra(service: Mapping[str, Any]) -> dict[str, str]:
    """``["access_type=offline"]`` → ``{"access_type": "offline"}``."""
    pairs = (line.partition("=") for line in lines_of(service.get("authorize_params")))
    return {name.strip(): value.strip() for name, _, value in pairs}
