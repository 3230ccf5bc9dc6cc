"""A strict provider of OAuth 1.0a: every signature, nonce, time and verifier is checked by oauthlib.

Tokens work once where they should, callbacks must be registered, and errors look like X's. Consent
is given over HTTP: a GET shows a page with two buttons, a POST with ``decision`` allow or deny
redirects to the callback (or shows the PIN).
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from oauthlib.common import generate_token
from oauthlib.oauth1 import RequestValidator, WebApplicationServer
from oauthlib.oauth1.rfc5849 import signature
from tests.servers.loopback import Answered, Asked, LoopbackServer

CALLBACK_REFUSED = {
    "errors": [{"code": 415, "message": "Callback URL not approved for this client application."}]
}
NOT_AUTHENTICATED = {"errors": [{"code": 32, "message": "Could not authenticate you."}]}


@dataclass
class Client:
    secret: str
    callbacks: tuple[str, ...]
    rsa_public_key: str = ""


@dataclass
class Token:
    client_id: str
    secret: str
    callback: str = ""
    verifier: str = ""
    user: str = ""


@dataclass
class Memory(RequestValidator):
    clients: dict[str, Client] = field(default_factory=dict)
    request_tokens: dict[str, Token] = field(default_factory=dict)
    access_tokens: dict[str, Token] = field(default_factory=dict)
    used_nonces: set[tuple[str, ...]] = field(default_factory=set)

    enforce_ssl = False
    timestamp_lifetime = 300
    realms = ("Photos",)
    dummy_client = "dummyclientdummyclient"
    dummy_request_token = "dummytokendummytoken"
    dummy_access_token = "dummytokendummytoken"

    def get_client_secret(self, client_key, request):
        return self.clients[client_key].secret if client_key in self.clients else "dummy"

    def get_request_token_secret(self, client_key, token, request):
        return self.request_tokens[token].secret if token in self.request_tokens else "dummy"

    def get_access_token_secret(self, client_key, token, request):
        return self.access_tokens[token].secret if token in self.access_tokens else "dummy"

    def get_rsa_key(self, client_key, request):
        return self.clients[client_key].rsa_public_key

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def get_redirect_uri(self, token, request):
        return self.request_tokens[token].callback

    def invalidate_request_token(self, client_key, request_token, request):
        del self.request_tokens[request_token]

    def validate_client_key(self, client_key, request):
        return client_key in self.clients

    def validate_request_token(self, client_key, token, request):
        kept = self.request_tokens.get(token)
        return kept is not None and kept.client_id == client_key

    def validate_access_token(self, client_key, token, request):
        kept = self.access_tokens.get(token)
        return kept is not None and kept.client_id == client_key

    def validate_timestamp_and_nonce(
        self, client_key, timestamp, nonce, request, request_token=None, access_token=None
    ):
        use = (client_key, timestamp, nonce, request_token or access_token or "")
        if use in self.used_nonces:
            return False
        self.used_nonces.add(use)
        return True

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        client = self.clients.get(client_key)
        return client is not None and redirect_uri in (*client.callbacks, "oob")

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_verifier(self, client_key, token, verifier, request):
        kept = self.request_tokens.get(token)
        return kept is not None and bool(kept.verifier) and kept.verifier == verifier

    def verify_request_token(self, token, request):
        return token in self.request_tokens

    def verify_realms(self, token, realms, request):
        return True

    def save_request_token(self, token, request):
        self.request_tokens[token["oauth_token"]] = Token(
            request.client_key, token["oauth_token_secret"], request.redirect_uri
        )

    def save_access_token(self, token, request):
        user = self.request_tokens[request.resource_owner_key].user
        self.access_tokens[token["oauth_token"]] = Token(
            request.client_key, token["oauth_token_secret"], user=user
        )

    def save_verifier(self, token, verifier, request):
        self.request_tokens[token].verifier = verifier["oauth_verifier"]


class _Endpoints(WebApplicationServer):
    """oauthlib's, but for RSA-SHA1: oauthlib wants PyJWT there only to call cryptography."""

    def _check_signature(self, request, is_token_request=False):
        if request.signature_method != "RSA-SHA1":
            return super()._check_signature(request, is_token_request)
        pem = self.request_validator.get_rsa_key(request.client_key, request)
        base_string = signature.signature_base_string(
            request.http_method,
            signature.base_string_uri(request.uri),
            signature.normalize_parameters(request.params),
        )
        try:
            load_pem_public_key(pem.encode()).verify(
                b64decode(request.signature), base_string.encode(), PKCS1v15(), SHA1()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


class OAuth1Provider(LoopbackServer):
    """Paths ``/oauth/request_token``, ``/oauth/authenticate``, ``/oauth/access_token``, ``/api/…``.

    ``/api/…`` answers ``{"user", "method", "url", "body"}`` to what is signed well, 401 otherwise.
    """

    def __init__(self) -> None:
        super().__init__()
        self.memory = Memory()
        self._oauth = _Endpoints(self.memory)

    def register(
        self, *callbacks: str, secret: str = "", rsa_public_key: str = ""
    ) -> dict[str, str]:
        """A new app; returns the service params that belong to it."""
        client_id, secret = generate_token(), secret or generate_token(40)
        self.memory.clients[client_id] = Client(secret, callbacks, rsa_public_key)
        return {
            "client_id": client_id,
            "client_secret": secret,
            "request_token_url": f"{self.base_url}/oauth/request_token",
            "authentication_url": f"{self.base_url}/oauth/authenticate",
            "access_token_url": f"{self.base_url}/oauth/access_token",
        }

    def answer(self, asked: Asked) -> Answered:
        step = {
            "/oauth/request_token": self._request_token,
            "/oauth/authenticate": self._authenticate,
            "/oauth/access_token": self._access_token,
        }
        return step.get(asked.path, self._resource)(asked)

    def _request_token(self, asked: Asked) -> Answered:
        headers, body, status = self._oauth.create_request_token_response(*_plain(asked))
        if status == 401:
            named = _protocol(asked)
            client = self.memory.clients.get(named.get("oauth_consumer_key", ""))
            is_strange = client and named.get("oauth_callback") not in (*client.callbacks, "oob")
            return _error(403, CALLBACK_REFUSED) if is_strange else _error(401, NOT_AUTHENTICATED)
        # X labels its forms as HTML
        return Answered(status, body, headers | {"Content-Type": "text/html;charset=utf-8"})

    def _authenticate(self, asked: Asked) -> Answered:
        token = asked.query.get("oauth_token", "")
        kept = self.memory.request_tokens.get(token)
        if kept is None:
            return Answered(400, "<html><h1>This page is no longer valid.</h1></html>")
        if asked.method == "GET":
            return Answered(200, CONSENT_PAGE, {"Content-Type": "text/html"})
        if asked.form.get("decision") != "allow":
            return Answered(302, "", {"Location": f"{kept.callback}?denied={token}"})
        kept.user = asked.form.get("user", "alice")
        headers, body, status = self._oauth.create_authorization_response(
            f"{asked.url.partition('?')[0]}?oauth_token={token}", "POST", "", {}
        )
        return Answered(status, body or "", headers)

    def _access_token(self, asked: Asked) -> Answered:
        kept = self.memory.request_tokens.get(_protocol(asked).get("oauth_token", ""))
        who = kept.user if kept else ""
        headers, body, status = self._oauth.create_access_token_response(
            *_plain(asked), credentials={"user_id": f"id-of-{who}", "screen_name": who}
        )
        return Answered(status, body or "", headers)

    def _resource(self, asked: Asked) -> Answered:
        good, request = self._oauth.validate_protected_resource_request(*_plain(asked))
        if not good:
            return _error(401, NOT_AUTHENTICATED)
        seen = {
            "user": self.memory.access_tokens[request.resource_owner_key].user,
            "method": asked.method,
            "url": asked.url,
            "body": asked.body.decode("latin-1"),
        }
        return Answered(200, json.dumps(seen), {"Content-Type": "application/json"})


CONSENT_PAGE = """<!doctype html><title>Authorize</title><form method="post">
<button name="decision" value="allow">Authorize app</button>
<button name="decision" value="deny">Cancel</button></form>"""


def _plain(asked: Asked) -> tuple[str, str, str, dict[str, str]]:
    headers = {name.title(): value for name, value in asked.headers.items()}
    url = asked.url.replace("[", "%5B").replace("]", "%5D")  # sent by many, unread by oauthlib
    return url, asked.method, asked.body.decode("latin-1"), headers


def _protocol(asked: Asked) -> dict[str, str]:
    header = {"Authorization": asked.headers.get("authorization", "")}
    return dict(signature.collect_parameters(headers=header, exclude_oauth_signature=False))


def _error(status: int, error: object) -> Answered:
    return Answered(status, json.dumps(error), {"Content-Type": "application/json"})
