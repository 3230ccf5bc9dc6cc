"""OAuth 1.0a: requests signed for a person, who consented once (RFC 5849).

https://www.rfc-editor.org/rfc/rfc5849
https://docs.x.com/fundamentals/authentication/oauth-1-0a/obtaining-user-access-tokens
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from hmac import compare_digest
from typing import Any, ClassVar

from factotum.auth.answers import Answer, read_answer
from factotum.auth.failures import failed
from factotum.auth.oauth1_problems import access_failure, request_failure
from factotum.auth.oauth1_signature import (
    FORM,
    SIGNATURE_METHODS,
    Pair,
    form_pairs,
    percent_encode,
    signature_base_string,
    signing_key,
)
from factotum.auth.scheme import (
    Consent,
    Credentials,
    Dialogue,
    Linked,
    Scheme,
    host_of,
    schemes,
    with_query,
)
from factotum.core.errors import Refused
from factotum.core.fields import Choice, Fields, LongSecret, Secret, Text, Url
from factotum.core.http import Request
from factotum.core.values import Moment

DEFAULT_METHOD = "HMAC-SHA1"
OUT_OF_BAND = "oob"
"""The callback address of a person who types in a PIN instead (RFC 5849, 2.1)."""

_NONCE_LENGTH = 30  # hexadecimal digits: 120 bits, and oauthlib's servers take 20 to 30


@schemes.add("cerb.service.provider.oauth1")
class OAuth1(Scheme):
    """Consumer key and secret in the service, token and token secret in the account."""

    key: ClassVar[str] = "cerb.service.provider.oauth1"
    label: ClassVar[str] = "OAuth 1.0a"
    is_linkable: ClassVar[bool] = True
    service_fields: ClassVar[Fields] = Fields(
        Text(
            key="client_id",
            label="Client ID",
            required=True,
            placeholder="(paste your Client ID)",
            help="Also called consumer key or API key.",
        ),
        Secret(
            key="client_secret",
            label="Client Secret",
            required=True,
            placeholder="(paste your Client Secret)",
            help="Also called consumer secret or API key secret.",
        ),
        Url(
            key="request_token_url",
            label="Request Token URL",
            required=True,
            placeholder="https://api.x.com/oauth/request_token",
        ),
        Url(
            key="authentication_url",
            label="Authentication URL",
            required=True,
            placeholder="https://api.x.com/oauth/authenticate",
            help="Where a person is sent to consent.",
        ),
        Url(
            key="access_token_url",
            label="Access Token URL",
            required=True,
            placeholder="https://api.x.com/oauth/access_token",
        ),
        Choice(
            key="signature_method",
            label="Signature Method",
            options={"": f"Default ({DEFAULT_METHOD})"}
            | {name: name for name in SIGNATURE_METHODS},
        ),
        LongSecret(
            key="rsa_private_key",
            label="RSA Private Key",
            placeholder="-----BEGIN PRIVATE KEY-----",
            help="For RSA-SHA1 only: PEM, without a passphrase.",
        ),
        Text(key="realm", label="Realm", help="Sent with each request where a provider wants it."),
    )
    account_fields: ClassVar[Fields] = Fields(
        Secret(key="oauth_token", label="Access Token", help="Comes with linking."),
        Secret(key="oauth_token_secret", label="Access Token Secret", help="Comes with linking."),
    )

    def is_linked(self, credentials: Credentials) -> bool:
        """Whether there is a token."""
        return bool(credentials.account.get("oauth_token"))

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with ``Authorization: OAuth …`` over its query and form parameters."""
        protocol = [("oauth_token", percent_encode(self.held(credentials, "oauth_token")))]
        token_secret = credentials.account.get("oauth_token_secret") or ""
        return signed(request, credentials.service, moment, protocol, token_secret)

    def start_link(
        self, credentials: Credentials, callback_url: str, moment: Moment
    ) -> Dialogue[Consent]:
        """Ask for a request token (RFC 5849, 2.1); ``callback_url`` ``oob`` is for typing a PIN."""
        self.check_service(credentials)
        service = credentials.service
        protocol = [("oauth_callback", percent_encode(callback_url))]
        request = Request("POST", service["request_token_url"])
        response = yield signed(request, service, moment, protocol)
        answer = read_answer(response, _secrets(credentials))
        token, token_secret = _token_of(answer)
        if not token:
            raise request_failure(answer, host_of(request.url), moment, callback_url)
        if answer.text("oauth_callback_confirmed").lower() != "true":
            raise failed("callback-not-confirmed", host=host_of(request.url))
        return Consent(
            url=with_query(service["authentication_url"], {"oauth_token": token}),
            state=token,
            kept={"oauth_token": token, "oauth_token_secret": token_secret},
        )

    def finish_link(
        self,
        credentials: Credentials,
        kept: Mapping[str, str],
        callback: Mapping[str, str],
        callback_url: str,
        moment: Moment,
    ) -> Dialogue[Linked]:
        """Trade the verifier for the access token (RFC 5849, 2.3), signed with both secrets."""
        self.check_service(credentials)
        service = credentials.service
        request = Request("POST", service["access_token_url"])
        protocol = [
            ("oauth_token", percent_encode(kept["oauth_token"])),
            ("oauth_verifier", percent_encode(_verifier(service, kept, callback, callback_url))),
        ]
        response = yield signed(request, service, moment, protocol, kept["oauth_token_secret"])
        answer = read_answer(response, [*_secrets(credentials), *kept.values()])
        if not _token_of(answer)[0]:
            raise access_failure(answer, host_of(request.url), moment)
        return _linked(answer, moment)


def signed(
    request: Request,
    service: Mapping[str, Any],
    moment: Moment,
    protocol: list[Pair],
    token_secret: str = "",
) -> Request:
    """The request with its Authorization header; ``protocol`` holds this step's own parameters.

    Only a form body is signed with its parameters, JSON and multipart ones are not (RFC 5849,
    3.4.1.3.1). The nonce follows from the moment's seed, the method and the address, so each
    request wants a moment of its own.
    """
    name = signature_method(service)
    parameters = [
        ("oauth_consumer_key", percent_encode(str(service.get("client_id") or ""))),
        ("oauth_nonce", _nonce(request, moment)),
        ("oauth_signature_method", name),
        ("oauth_timestamp", str(moment.timestamp)),
        ("oauth_version", "1.0"),
        *protocol,
    ]
    body = form_pairs(request.body) if request.content_type == FORM else []
    base_string = signature_base_string(request.method, request.url, body, parameters)
    key = signing_key(str(service.get("client_secret") or ""), token_secret)
    signature = SIGNATURE_METHODS[name](base_string, key, service.get("rsa_private_key") or "")
    parameters.append(("oauth_signature", percent_encode(signature)))
    return request.with_header("Authorization", _header(parameters, service.get("realm")))


def signature_method(service: Mapping[str, Any]) -> str:
    """The service's method; packages of Cerb name it ``signature_method_``."""
    name = service.get("signature_method") or service.get("signature_method_") or DEFAULT_METHOD
    if name not in SIGNATURE_METHODS:
        raise Refused(
            f"The service's Signature Method must be one of {', '.join(SIGNATURE_METHODS)}.",
            code="unknown-signature-method",
        )
    return str(name)


def _nonce(request: Request, moment: Moment) -> str:
    fresh = f"{moment.seed} {request.method} {request.url}"
    return sha256(fresh.encode("utf-8", "replace")).hexdigest()[:_NONCE_LENGTH]


def _header(parameters: list[Pair], realm: str | None) -> str:
    """Section 3.5.1: the realm first, as a quoted string, then what is encoded already."""
    text = ", ".join([f'{name}="{value}"' for name, value in parameters])
    if not realm:
        return f"OAuth {text}"
    quoted = " ".join(realm.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'OAuth realm="{quoted}", {text}'


def _secrets(credentials: Credentials) -> list[str]:
    service = credentials.service
    return [str(service.get(key) or "") for key in OAuth1.service_fields.secret_keys]


def _token_of(answer: Answer) -> tuple[str, str]:
    """(token, its secret), ("", "") where the answer brings none; the secret may be empty."""
    if not answer.is_good or "oauth_token_secret" not in answer.values:
        return "", ""
    return answer.text("oauth_token"), answer.text("oauth_token_secret")


def _verifier(
    service: Mapping[str, Any],
    kept: Mapping[str, str],
    callback: Mapping[str, str],
    callback_url: str,
) -> str:
    """The callback's verifier, once it is sure that the callback answers *this* request token."""
    host = host_of(service["authentication_url"])
    is_denied = "denied" in callback or bool(callback.get("oauth_problem"))
    named = callback.get("oauth_token") or callback.get("denied") or ""
    is_typed = callback_url == OUT_OF_BAND and not named
    if not is_typed and not compare_digest(named.encode(), kept["oauth_token"].encode()):
        raise failed("callback-forged", host=host)
    if is_denied:
        raise failed("consent-denied", host=host)
    verifier = (callback.get("oauth_verifier") or "").strip()
    if not verifier:
        raise failed("verifier-missing", host=host)
    return verifier


def _linked(answer: Answer, moment: Moment) -> Linked:
    """What the access token's answer tells: the token, who it is for, and until when."""
    lifetime = answer.text("oauth_expires_in")
    name = answer.text("screen_name")
    return Linked(
        secrets=answer.secrets(),
        params=answer.params(),
        linked_as=f"@{name}" if name else answer.text("username", "fullname"),
        remote_id=answer.text("user_id", "user_nsid"),
        expires_at=moment.timestamp + int(lifetime) if lifetime.isdecimal() else None,
    )
