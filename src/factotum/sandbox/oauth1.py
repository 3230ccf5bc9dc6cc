"""OAuth 1.0a (RFC 5849), verified by oauthlib: nothing passes that oauthlib would not pass.

oauthlib asks the ``Validator`` what the sandbox knows and computes the signatures itself. It
needs PyJWT for RSA; that one comparison is made with cryptography over oauthlib's base string.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from oauthlib.oauth1 import (
    AccessTokenEndpoint,
    AuthorizationEndpoint,
    RequestTokenEndpoint,
    ResourceEndpoint,
)
from oauthlib.oauth1.rfc5849 import signature

from factotum.sandbox import errors
from factotum.sandbox.model import RequestToken, User, UserToken
from factotum.sandbox.oauth1_validator import OUT_OF_BAND, Validator

if TYPE_CHECKING:
    from factotum.sandbox.state import State

READABLE = "%=&;:+~,*@!()/?'$"  # what oauthlib takes unencoded in a query or form


@dataclass(frozen=True)
class Signed:
    """A request as it arrived: ``uri`` as the client addressed it, ``body`` only of a form."""

    method: str
    uri: str
    headers: dict[str, str]
    body: str = ""

    def arguments(self) -> tuple[str, str, str, dict[str, str]]:
        """Spell it out for oauthlib, which wants every odd character percent-encoded."""
        address, _, query = self.uri.partition("?")
        uri = f"{address}?{quote(query, safe=READABLE)}" if query else address
        return uri, self.method, quote(self.body, safe=READABLE), self.headers


class _RsaToo:
    """Adds RSA-SHA1 to an endpoint of oauthlib without PyJWT."""

    request_validator: Validator

    def _check_signature(self, request: Any, is_token_request: bool = False) -> bool:
        if request.signature_method == "RSA-SHA1":
            return _rsa_sha1_fits(
                request, self.request_validator.get_rsa_key(request.client_key, request)
            )
        checked: bool = super()._check_signature(request, is_token_request)  # type: ignore[misc]
        return checked


def _rsa_sha1_fits(request: Any, public_key: str) -> bool:
    base_string = signature.signature_base_string(
        request.http_method,
        signature.base_string_uri(request.uri),
        signature.normalize_parameters(request.params),
    )
    try:
        key = load_pem_public_key(public_key.encode())
        signed = base64.b64decode(request.signature, validate=True)
        if not isinstance(key, rsa.RSAPublicKey):
            return False
        key.verify(signed, base_string.encode(), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  # the scheme's own hash
    except (ValueError, binascii.Error, InvalidSignature):
        return False
    return True


class _RequestTokens(_RsaToo, RequestTokenEndpoint):  # type: ignore[misc]
    def validate_request_token_request(self, request: Any) -> tuple[bool, Any]:
        valid, request = super().validate_request_token_request(request)
        return valid or _refuse(request.validator_log), request


class _AccessTokens(_RsaToo, AccessTokenEndpoint):  # type: ignore[misc]
    def validate_access_token_request(self, request: Any) -> tuple[bool, Any]:
        valid, request = super().validate_access_token_request(request)
        return valid or _refuse(request.validator_log), request


class _Resources(_RsaToo, ResourceEndpoint):  # type: ignore[misc]
    pass


def _refuse(log: dict[str, bool]) -> bool:
    """Raise what X would answer; ``log`` tells which of oauthlib's checks passed."""
    if log.get("client") is False:
        raise errors.could_not_authenticate("oauth_consumer_key is not one of this sandbox")
    if log.get("resource_owner") is False:
        raise errors.invalid_token("oauth_token is unknown, revoked, used, expired or not allowed")
    if log.get("verifier") is False:
        raise errors.could_not_authenticate("oauth_verifier does not belong to this oauth_token")
    if log.get("signature") is False:
        raise errors.could_not_authenticate("oauth_signature does not match")
    raise errors.could_not_authenticate("OAuth parameters are missing or cannot be used")


def _token() -> str:
    return secrets.token_urlsafe(20)


def _pin() -> str:
    return f"{secrets.randbelow(10**7):07d}"


def request_token(state: State, signed: Signed) -> str:
    """Answer POST /oauth/request_token: a form with the token, or a Refusal."""
    return _issue(_RequestTokens(Validator(state), _token).create_request_token_response, signed)


def access_token(state: State, signed: Signed) -> str:
    """Answer POST /oauth/access_token: a form with the token and whose it is, or a Refusal."""
    return _issue(_AccessTokens(Validator(state), _token).create_access_token_response, signed)


def _issue(create: Callable[..., tuple[Any, str | None, int]], signed: Signed) -> str:
    try:
        _, body, status = create(*signed.arguments())
    except ValueError as error:  # oauthlib cannot read the parameters at all
        raise errors.bad_authentication_data(str(error)) from error
    if status == 200 and body is not None:
        return body
    said = parse_qs(body or "").get("error_description", [""])[0]
    if "callback" in said:
        raise errors.callback_not_approved("")
    raise errors.bad_authentication_data(said)


def verify(state: State, signed: Signed) -> UserToken:
    """Find whose token signed a request to the API, or raise a Refusal."""
    validator = Validator(state)
    try:
        valid, request = _Resources(validator).validate_protected_resource_request(
            *signed.arguments()
        )
    except ValueError as error:
        raise errors.bad_authentication_data(str(error)) from error
    if request is None:
        raise errors.bad_authentication_data("no OAuth parameters, or some of them twice")
    if not valid:
        _refuse(request.validator_log)
    validator.remember_nonce(request)
    return state.user_tokens[request.resource_owner_key]


def allow(state: State, token: RequestToken, user: User) -> str:
    """Record a consent; gives the address to send the browser to, or the PIN when out of band."""
    generator = _pin if token.callback == OUT_OF_BAND else _token
    headers, body, _ = AuthorizationEndpoint(
        Validator(state, user), generator
    ).create_authorization_response(f"http://sandbox/?oauth_token={quote(token.token)}")
    if token.callback == OUT_OF_BAND:
        pin: str = parse_qs(body)["oauth_verifier"][0]
        return pin
    location: str = headers["Location"]
    return location


def deny(state: State, token: RequestToken) -> str:
    """Drop a request token; gives the address to send the browser to, empty when out of band."""
    state.request_tokens.pop(token.token, None)
    state.save()
    if token.callback == OUT_OF_BAND:
        return ""
    joint = "&" if urlsplit(token.callback).query else "?"
    return f"{token.callback}{joint}denied={quote(token.token)}"
