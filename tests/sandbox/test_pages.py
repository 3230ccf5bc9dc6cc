"""The pages, without a browser: forms, sessions, and what must not work."""

from __future__ import annotations

import pytest

from .conftest import CALLBACK, Signer, send

DETAILS = {
    "name": "Cerb for Example",
    "description": "Connects your Twitter account with Cerb Helpdesk",
    "website": "https://example.cerb.me",
    "callback_urls": CALLBACK,
}
PAGES = ["/", "/login", "/apps", "/app/new", "/switches", "/bob", "/?q=cats", "/nowhere/at/all"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_scripts_and_frames(url, path):
    answer = send(url + path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script" not in answer.body
    assert "style=" not in answer.body


def test_a_developer_creates_an_application_and_sees_its_keys(browser, url, state):
    created = browser.submit("/app/new", **DETAILS)
    assert created.status == 303
    app = next(iter(state.apps.values()))
    shown = browser.get(created.headers["location"]).body
    assert "Keys and Access Tokens" in shown
    keys = browser.get(f"/app/{app.id}/keys").body
    assert app.consumer_key in keys
    assert app.consumer_secret in keys
    assert app.client_id in keys
    assert Signer(url, app).link("alice").call("/2/users/me").status == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("description", ""),
        ("website", "example.com"),
        ("callback_urls", "localhost/callback"),
        ("callback_urls", "javascript://alert(1)"),
        ("callback_urls", "https://example.com/#part"),
    ],
)
def test_a_faulty_application_is_refused_beside_the_field(browser, state, field, value):
    answer = browser.submit("/app/new", **{**DETAILS, field: value})
    assert answer.status == 422
    assert f'id="{field}-fault"' in answer.body
    assert not state.apps


def test_a_developer_adds_callbacks_and_changes_settings(browser, app, state):
    second = "http://localhost:9000/back"
    saved = browser.submit(
        f"/app/{app.id}/settings",
        **{**DETAILS, "callback_urls": f"{CALLBACK}\r\n{second}\r\n", "client_type": "public"},
    )
    assert saved.status == 303
    assert app.callback_urls == [CALLBACK, second]
    assert (app.client_type, app.v1_open) == ("public", False)
    wrong = browser.submit(f"/app/{app.id}/settings", **DETAILS, rsa_public_key="mine")
    assert wrong.status == 422


def test_a_developer_changes_the_permission_and_makes_new_keys(browser, app):
    browser.submit(f"/app/{app.id}/permissions", permission="read")
    assert app.permission == "read"
    old = (app.consumer_key, app.client_secret)
    page = f"/app/{app.id}/keys"
    browser.submit(page, f"{page}/consumer")
    browser.submit(page, f"{page}/client")
    assert app.consumer_key != old[0]
    assert app.client_secret != old[1]


def test_a_developer_makes_an_access_token_without_the_consent_page(browser, app, url, state):
    page = f"/app/{app.id}/keys"
    user = state.user_named("bob")
    browser.submit(page, f"{page}/token", user_id=user.id)
    token = next(iter(state.user_tokens.values()))
    assert token.token in browser.get(page).body
    assert Signer(url, app, token.token, token.secret).call("/2/users/me").status == 200


@pytest.mark.parametrize(
    "path", ["/", "/login", "/app/new", "/switches", "/settings/connected_apps"]
)
def test_a_form_without_this_sessions_token_does_nothing(browser, state, path):
    browser.get("/login")
    assert browser.post(path, do="on", fault="500", **DETAILS).status == 403
    assert browser.post(path, csrf="guessed", **DETAILS).status == 403
    assert not state.apps
    assert not state.switches


def test_somebody_signs_in_and_writes_a_tweet(browser, state):
    alice = state.user_named("alice")
    browser.submit("/login", user_id=alice.id)
    assert browser.submit("/", text="by hand <script>alert(1)</script> @bob").status == 303
    page = browser.get("/").body
    assert "by hand &lt;script&gt;" in page
    assert 'href="/bob"' in page
    assert browser.submit("/", text="").status == 422
    again = browser.submit("/", text="by hand <script>alert(1)</script> @bob")
    assert "You posted exactly that already" in again.body
    assert len(state.tweets) == 1
    assert "by hand" in browser.get("/alice").body
    assert "by hand" in browser.get(f"/alice/status/{next(iter(state.tweets))}").body
    assert "by hand" in browser.get("/?q=hand").body
    assert "by hand" not in browser.get("/?q=foot").body


def test_a_stranger_writes_nothing(browser, state):
    hidden = browser.submit("/login", user_id="")
    assert hidden.status == 303
    assert browser.submit("/login", "/", text="hello").headers["location"] == "/login"
    assert not state.tweets


def test_somebody_consents_on_the_page(browser, signer, state):
    token = signer.request_token().form
    page = f"/oauth/authenticate?oauth_token={token['oauth_token']}"
    shown = browser.get(page)
    assert "Authorize Help Desk to access your account?" in shown.body
    assert "Post and delete Tweets" in shown.body
    assert "form-action 'self' http://127.0.0.1:8000" in shown.headers["content-security-policy"]
    bob = state.user_named("bob")
    sent = browser.submit(page, decision="allow", user_id=bob.id)
    assert sent.status == 302
    assert sent.headers["location"].startswith(CALLBACK)
    assert signer.swap(token, sent.query["oauth_verifier"]).form["screen_name"] == "bob"
    assert browser.get(page).status == 403
    assert "@bob" in browser.get("/").body


def test_somebody_cancels_on_the_page(browser, signer):
    token = signer.request_token().form
    page = f"/oauth/authorize?oauth_token={token['oauth_token']}"
    sent = browser.submit(page, decision="deny", user_id="x")
    assert sent.query == {"denied": token["oauth_token"]}


def test_somebody_gets_a_pin(browser, signer, state):
    token = signer.request_token("oob").form
    page = f"/oauth/authorize?oauth_token={token['oauth_token']}"
    shown = browser.submit(page, decision="allow", user_id=state.user_named("alice").id)
    pin = state.request_tokens[token["oauth_token"]].verifier
    assert f"<code>{pin}</code>" in shown.body
    assert signer.swap(token, pin).status == 200


def test_a_consent_without_the_sessions_token_gives_nothing(browser, signer, state):
    token = signer.request_token().form
    page = f"/oauth/authorize?oauth_token={token['oauth_token']}"
    alice = state.user_named("alice")
    browser.get(page)
    fields = {"oauth_token": token["oauth_token"], "decision": "allow", "user_id": alice.id}
    assert browser.post(page, **fields).status == 403
    assert not state.request_tokens[token["oauth_token"]].user_id


def test_an_unknown_request_token_has_a_page_that_says_so(browser):
    answer = browser.get("/oauth/authorize?oauth_token=guessed")
    assert answer.status == 403
    assert "begin again" in answer.body


def test_somebody_takes_an_apps_access_back(browser, alice, state):
    browser.submit("/login", user_id=state.user_named("alice").id)
    assert "Help Desk" in browser.get("/settings/connected_apps").body
    browser.submit("/settings/connected_apps", app_id=alice.app.id)
    assert alice.call("/1.1/account/verify_credentials.json").code == 89
    assert "has not given any app access" in browser.get("/settings/connected_apps").body


def test_a_session_of_another_browser_is_not_adopted(url, state):
    answer = send(url + "/", headers={"Cookie": "x_sandbox_session=chosen"})
    assert "chosen" not in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]


def test_bodies_that_are_too_large_are_refused(url):
    answer = send(url + "/2/tweets", "POST", {"Content-Type": "application/json"}, "x" * 2_000_000)
    assert answer.status in {401, 413}
