"""A strict provider of OAuth 2.0, whose checks are authlib's.

Callbacks must be registered, PKCE is required and S256, codes work once, refresh tokens rotate, and
one that is used again kills all tokens of its person, as at X. Consent is given over HTTP: a GET
shows a page with two buttons, a POST with ``decision`` allow or deny redirects to the callback.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Error, OAuth2Request, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from tests.servers.loopback import Answered, Asked, LoopbackServer

INSECURE = "AUTHLIB_INSECURE_TRANSPORT"
SCOPES = {"tweet.read", "tweet.write", "users.read", "offline.access"}


@dataclass
class Client:
    id: str
    secret: str
    callbacks: tuple[str, ...]
    auth_method: str

    def get_client_id(self):
        return self.id

    def get_default_redirect_uri(self):
        return self.callbacks[0]

    def get_allowed_scope(self, scope):
        return scope or ""

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in self.callbacks

    def check_client_secret(self, client_secret):
        return client_secret == self.secret

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.auth_method

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return True


@dataclass
class Code:
    code: str
    client_id: str
    redirect_uri: str
    scope: str
    user: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope


@dataclass
class Token:
    client_id: str
    user: str
    scope: str
    access_token: str
    refresh_token: str
    ends_at: float
    is_used: bool = False

    def check_client(self, client):
        return client.id == self.client_id

    def get_scope(self):
        return self.scope


@dataclass
class Memory:
    clients: dict[str, Client] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: list[Token] = field(default_factory=list)


class ArrivedRequest(OAuth2Request):
    def __init__(self, asked: Asked) -> None:
        headers = {name.title(): value for name, value in asked.headers.items()}
        super().__init__(asked.method, asked.url, headers=headers)
        self.asked = asked
        self.payload = BasicOAuth2Payload(asked.query | asked.form)

    @property
    def args(self):
        return self.asked.query

    @property
    def form(self):
        return self.asked.form


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")

    def save_authorization_code(self, code, request):
        asked = request.payload.data
        self.server.memory.codes[code] = Code(
            code,
            request.client.id,
            asked["redirect_uri"],
            asked.get("scope", ""),
            request.user,
            asked["code_challenge"],
            asked["code_challenge_method"],
        )

    def query_authorization_code(self, code, client):
        kept = self.server.memory.codes.get(code)
        return kept if kept and kept.client_id == client.id else None

    def delete_authorization_code(self, authorization_code):
        del self.server.memory.codes[authorization_code.code]

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class RefreshGrant(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "none")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        memory = self.server.memory
        kept = next((t for t in memory.tokens if t.refresh_token == refresh_token), None)
        if kept and kept.is_used:
            memory.tokens = [token for token in memory.tokens if token.user != kept.user]
            return None
        return kept

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.is_used = True
        refresh_token.access_token = ""


class ClientGrant(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")


class Server(AuthorizationServer):
    def __init__(self, memory: Memory, lifetime: int) -> None:
        super().__init__(scopes_supported=SCOPES)
        self.memory = memory
        self.register_grant(CodeGrant, [CodeChallenge(required=True)])
        self.register_grant(RefreshGrant)
        self.register_grant(ClientGrant)
        self.register_token_generator(
            "default",
            BearerTokenGenerator(
                lambda **_: generate_token(42), lambda **_: generate_token(48), lambda *_: lifetime
            ),
        )

    def query_client(self, client_id):
        return self.memory.clients.get(client_id)

    def save_token(self, token, request):
        self.memory.tokens.append(
            Token(
                request.client.id,
                request.user or request.client.id,
                token.get("scope", ""),
                token["access_token"],
                token.get("refresh_token", ""),
                time.time() + token["expires_in"],
            )
        )

    def create_oauth2_request(self, request):
        return request if isinstance(request, OAuth2Request) else ArrivedRequest(request)

    def send_signal(self, name, *args, **kwargs):
        pass

    def handle_response(self, status, body, headers):
        text = body if isinstance(body, str) else json.dumps(body)
        return Answered(status, text, dict(headers))


class OAuth2Provider(LoopbackServer):
    """Paths ``/authorize``, ``/token``, ``/me`` and any other, which want a good token.

    ``/me`` answers ``{"data": {"id", "username"}}`` as X does, others ``{"user", "scope"}``.
    """

    def __init__(self, issuer: str = "", lifetime: int = 7200) -> None:
        super().__init__()
        self.issuer = issuer
        self.memory = Memory()
        self._oauth = Server(self.memory, lifetime)

    def register(
        self, *callbacks: str, auth_method: str = "client_secret_basic", secret: str = ""
    ) -> dict[str, str]:
        """A new app; returns the service params that belong to it."""
        client = Client(generate_token(24), secret or generate_token(40), callbacks, auth_method)
        self.memory.clients[client.id] = client
        return {
            "grant_type": "authorization_code",
            "client_id": client.id,
            "client_secret": client.secret,
            "authorization_url": f"{self.base_url}/authorize",
            "access_token_url": f"{self.base_url}/token",
            "resource_owner_url": f"{self.base_url}/me",
            "scope": "tweet.read users.read offline.access",
        }

    def __enter__(self):
        self._before = os.environ.get(INSECURE)
        os.environ[INSECURE] = "1"  # authlib's servers want TLS otherwise
        return super().__enter__()

    def __exit__(self, *exc: object) -> None:
        super().__exit__(*exc)
        if self._before is None:
            del os.environ[INSECURE]
        else:
            os.environ[INSECURE] = self._before

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/authorize":
            return self._authorize(asked)
        if asked.path == "/token":
            return self._oauth.create_token_response(asked)
        return self._resource(asked)

    def _authorize(self, asked: Asked) -> Answered:
        if asked.query.get("code_challenge_method") != "S256":
            return Answered(400, "PKCE with S256 is required")
        request = ArrivedRequest(asked)
        try:
            grant = self._oauth.get_consent_grant(request, end_user="alice")
        except OAuth2Error as refusal:
            return self._oauth.handle_error_response(request, refusal)
        if asked.method == "GET":
            return Answered(200, CONSENT_PAGE, {"Content-Type": "text/html"})
        is_allowed = asked.form.get("decision") == "allow"
        user = asked.form.get("user", "alice") if is_allowed else None
        answered = self._oauth.create_authorization_response(request, user, grant)
        return self._with_issuer(answered)

    def _with_issuer(self, answered: Answered) -> Answered:
        location = answered.headers.get("Location", "")
        if not self.issuer or not location:
            return answered
        return Answered(answered.status, "", {"Location": f"{location}&iss={self.issuer}"})

    def _resource(self, asked: Asked) -> Answered:
        kind, _, sent = asked.headers.get("authorization", "").partition(" ")
        found = (t for t in self.memory.tokens if sent and t.access_token == sent)
        token = next(found, None)
        if kind != "Bearer" or token is None or token.ends_at < time.time():
            return Answered(401, '{"title": "Unauthorized", "status": 401}')
        who = {"data": {"id": f"id-of-{token.user}", "username": token.user, "name": "A. Person"}}
        seen = who if asked.path == "/me" else {"user": token.user, "scope": token.scope}
        return Answered(200, json.dumps(seen), {"Content-Type": "application/json"})


CONSENT_PAGE = """<!doctype html><title>Authorize</title><form method="post">
<button name="decision" value="allow">Authorize app</button>
<button name="decision" value="deny">Cancel</button></form>"""
