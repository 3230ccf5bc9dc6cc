"""OAuth 2.0 with PKCE: codes and refresh tokens work once, scopes are kept."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlencode

import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from .conftest import CALLBACK, FORM, send, steer

SCOPES = "tweet.read tweet.write users.read offline.access"


@pytest.fixture
def link(url, app):
    return Link(url, app)


class Link:
    def __init__(self, url, app):
        self.url, self.app = url, app
        self.verifier = generate_token(48)

    def address(self, **more):
        asked = {
            "response_type": "code",
            "client_id": self.app.client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "state": "xyz",
            "code_challenge": create_s256_code_challenge(self.verifier),
            "code_challenge_method": "S256",
            **more,
        }
        kept = {key: value for key, value in asked.items() if value is not None}
        return f"{self.url}/i/oauth2/authorize?{urlencode(kept)}"

    def consent(self, allow=True, username="alice", **more):
        address = self.address(**more)
        said = steer(self.url, "consent", authorize_url=address, username=username, allow=allow)
        return Location(said["location"])

    def token(self, basic=True, path="/2/oauth2/token", **fields):
        headers = dict(FORM)
        if basic:
            headers |= self.basic()
        return send(self.url + path, "POST", headers, urlencode(fields))

    def basic(self):
        pair = f"{self.app.client_id}:{self.app.client_secret}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def swap(self, code, **more):
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            **more,
        }
        return self.token(**fields)

    def refresh(self, token, **more):
        return self.token(grant_type="refresh_token", refresh_token=token, **more)

    def tokens(self, **more):
        return self.swap(self.consent(**more)["code"]).json

    def call(self, token, path="/2/users/me", method="GET", value=None):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return send(self.url + path, method, headers, json.dumps(value) if value else None)


def Location(address):  # noqa: N802
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(address).query))


def test_it_links_an_account_with_pkce(link):
    sent_back = link.consent(username="bob")
    assert sent_back["state"] == "xyz"
    answer = link.swap(sent_back["code"])
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 7200)
    assert tokens["scope"].split() == SCOPES.split()
    assert link.call(tokens["access_token"]).json["data"]["username"] == "bob"


def test_it_gives_a_refresh_token_only_for_offline_access(link):
    assert "refresh_token" in link.tokens()
    assert "refresh_token" not in link.tokens(scope="tweet.read users.read")


def test_it_swaps_a_code_once_and_kills_what_a_replayed_one_gave(link):
    code = link.consent()["code"]
    tokens = link.swap(code).json
    again = link.swap(code)
    assert (again.status, again.json["error"]) == (400, "invalid_request")
    assert link.call(tokens["access_token"]).status == 401
    assert link.refresh(tokens["refresh_token"]).status == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"code_verifier": "another" * 8},
        {"redirect_uri": CALLBACK + "/"},
        {"code": "guessed"},
        {"code_verifier": ""},
    ],
)
def test_it_refuses_a_code_with_anything_wrong(link, wrong):
    assert link.swap(**{"code": link.consent()["code"], **wrong}).status == 400


def test_it_refuses_a_code_after_its_time(link, clock):
    code = link.consent()["code"]
    clock.ahead = 31
    assert link.swap(code).status == 400


def test_it_refuses_the_code_of_another_app(link, state):
    code = link.consent()["code"]
    link.app = state.add_app("Another", [CALLBACK])
    assert link.swap(code).status == 400


def test_it_wants_the_secret_of_a_confidential_client(link):
    code = link.consent()["code"]
    answer = link.swap(code, basic=False, client_id=link.app.client_id)
    assert (answer.status, answer.json["error"]) == (401, "unauthorized_client")
    link.app = link.app.__class__(**{**vars(link.app), "client_secret": "wrong"})
    assert link.swap(code).status == 401


def test_it_wants_only_the_id_of_a_public_client(link):
    link.app.client_type = "public"
    answer = link.swap(link.consent()["code"], basic=False, client_id=link.app.client_id)
    assert answer.status == 200


def test_it_refuses_an_access_token_after_two_hours(link, clock):
    tokens = link.tokens()
    clock.ahead = 7199
    assert link.call(tokens["access_token"]).status == 200
    clock.ahead = 7201
    assert link.call(tokens["access_token"]).status == 401
    fresh = link.refresh(tokens["refresh_token"]).json
    assert link.call(fresh["access_token"]).status == 200


def test_it_lets_a_refresh_token_work_once_and_kills_the_family_on_reuse(link):
    first = link.tokens()
    second = link.refresh(first["refresh_token"]).json
    third = link.refresh(second["refresh_token"]).json
    assert link.call(third["access_token"]).status == 200
    assert len({first["refresh_token"], second["refresh_token"], third["refresh_token"]}) == 3
    reused = link.refresh(first["refresh_token"])
    assert (reused.status, reused.json["error"]) == (400, "invalid_request")
    assert link.call(third["access_token"]).status == 401
    assert link.refresh(third["refresh_token"]).status == 400


def test_it_leaves_other_families_alone(link):
    one, two = link.tokens(), link.tokens(username="bob")
    link.refresh(one["refresh_token"])
    link.refresh(one["refresh_token"])
    assert link.call(two["access_token"]).status == 200


def test_it_refuses_a_refresh_token_that_another_app_presents(link, state):
    tokens = link.tokens()
    own, link.app = link.app, state.add_app("Another", [CALLBACK])
    assert link.refresh(tokens["refresh_token"]).status == 400
    link.app = own
    assert link.refresh(tokens["refresh_token"]).status == 200


def test_it_grants_no_more_on_refresh_than_was_asked_for(link):
    tokens = link.tokens(scope="tweet.read users.read offline.access")
    wider = link.refresh(tokens["refresh_token"], scope=SCOPES)
    assert (wider.status, wider.json["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"scope": "tweet.read everything"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_it_sends_a_faulty_request_back_to_the_app(link, wrong, error):
    answer = send(link.address(**wrong))
    assert answer.status == 302
    assert answer.headers["location"].startswith(f"{CALLBACK}?")
    assert answer.query["error"] == error


@pytest.mark.parametrize(
    "wrong",
    [
        {"redirect_uri": CALLBACK + "?a=b"},
        {"redirect_uri": "http://elsewhere.example/"},
        {"redirect_uri": None},
        {"client_id": "nobody"},
        {"client_id": None},
    ],
)
def test_it_sends_nobody_to_an_address_the_app_did_not_list(link, wrong):
    answer = send(link.address(**wrong))
    assert answer.status == 400
    assert "location" not in answer.headers


def test_it_tells_the_app_when_somebody_says_no(link):
    assert link.consent(allow=False) == {"error": "access_denied", "state": "xyz"}


def test_it_enforces_scopes(link):
    reader = link.tokens(scope="tweet.read users.read")["access_token"]
    assert link.call(reader, "/2/tweets/search/recent?query=a").status == 200
    refused = link.call(reader, "/2/tweets", "POST", {"text": "hello"})
    assert (refused.status, refused.json["status"]) == (403, 403)
    assert "tweet.write" in refused.headers["x-sandbox-reason"]
    writer = link.tokens()["access_token"]
    assert link.call(writer, "/2/tweets", "POST", {"text": "hello"}).status == 201


def test_it_keeps_oauth2_users_out_of_version_1(link):
    token = link.tokens()["access_token"]
    assert link.call(token, "/1.1/users/show.json?screen_name=bob").status == 403


def test_it_revokes_one_access_token_or_with_the_refresh_token_all(link):
    tokens = link.tokens()
    revoked = link.token(path="/2/oauth2/revoke", token=tokens["access_token"])
    assert (revoked.status, revoked.json) == (200, {"revoked": True})
    assert link.call(tokens["access_token"]).status == 401
    fresh = link.refresh(tokens["refresh_token"]).json
    link.token(path="/2/oauth2/revoke", token=fresh["refresh_token"])
    assert link.call(fresh["access_token"]).status == 401
    assert link.refresh(fresh["refresh_token"]).status == 400


def test_it_revokes_nothing_for_another_app(link, state):
    tokens = link.tokens()
    link.app = state.add_app("Another", [CALLBACK])
    link.token(path="/2/oauth2/revoke", token=tokens["access_token"])
    assert link.call(tokens["access_token"]).status == 200


@pytest.mark.parametrize("path", ["/oauth2/token", "/2/oauth2/token"])
@pytest.mark.parametrize("pair", ["consumer", "client"])
def test_it_gives_an_app_only_token(link, path, pair):
    key = link.app.consumer_key if pair == "consumer" else link.app.client_id
    secret = link.app.consumer_secret if pair == "consumer" else link.app.client_secret
    basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}", **FORM}
    answer = send(link.url + path, "POST", headers, "grant_type=client_credentials")
    assert (answer.status, answer.json["token_type"]) == (200, "bearer")
    token = answer.json["access_token"]
    assert link.call(token, "/2/users/by/username/bob").status == 200
    assert link.call(token, "/1.1/users/show.json?screen_name=bob").status == 200
    for_somebody = link.call(token, "/2/users/me")
    assert (for_somebody.status, for_somebody.json["title"]) == (
        403,
        "Unsupported Authentication",
    )
    assert link.call(token, "/2/tweets", "POST", {"text": "hello"}).status == 403


def test_it_gives_no_app_only_token_without_the_secret(link):
    fields = {"grant_type": "client_credentials", "user": "alice", "client": "x"}
    answer = link.token(basic=False, path="/oauth2/token", **fields)
    assert (answer.status, answer.code) == (403, 99)
    with_odd_fields = link.token(path="/oauth2/token", **fields)
    assert with_odd_fields.status == 200


def test_it_refuses_other_grants(link):
    for grant in ("password", "implicit", ""):
        assert link.token(grant_type=grant, username="a", password="b").status == 400
