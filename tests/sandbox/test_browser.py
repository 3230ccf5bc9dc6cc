"""The pages in a real browser: the guide's first section, the consent, and how they look."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import Signer

LOOKS = ((1280, "light"), (390, "dark"))


@pytest.fixture
def tab(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    context.close()


@pytest.fixture
def callback():
    """The address of somebody who waits to be called back, and what they got."""
    got = []

    class Waiting(BaseHTTPRequestHandler):
        def do_GET(self):
            got.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"Thanks")

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Waiting) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/oauth/callback", got
        server.shutdown()
        thread.join()


def test_somebody_follows_the_guide_and_is_sent_back(tab, url, state, callback):
    address, got = callback
    tab.goto(url + "/app/new")
    tab.get_by_label("Name").fill("Cerb for Your Company Name")
    tab.get_by_label("Description").fill("Connects your Twitter account with Cerb Helpdesk")
    tab.get_by_label("Website").fill("https://example.cerb.me")
    tab.get_by_label("Callback URL").fill(address)
    tab.get_by_role("button", name="Create your Twitter application").click()
    tab.get_by_role("link", name="Keys and Access Tokens", exact=True).click()
    app = next(iter(state.apps.values()))
    expect(tab.get_by_text(app.consumer_key, exact=True)).to_be_visible()
    expect(tab.get_by_text(app.consumer_secret, exact=True)).to_be_visible()

    signer = Signer(url, app)
    token = signer.request_token(address).form
    tab.goto(f"{url}/oauth/authenticate?oauth_token={token['oauth_token']}")
    tab.get_by_text("@cerb_demo").click()
    tab.get_by_role("button", name="Authorize app").click()
    tab.get_by_text("Thanks").wait_for()
    verifier = next(path for path in got if "oauth_verifier" in path).partition("verifier=")[2]
    assert signer.swap(token, verifier).form["screen_name"] == "cerb_demo"
    assert [line for line in tab.complaints if "Policy" in line] == []


def test_the_keyboard_alone_is_enough_to_write_a_tweet(tab, url, state):
    tab.goto(url + "/login")
    tab.get_by_role("radio").first.focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.get_by_label("What's happening?").focus()
    tab.keyboard.type("typed by bob")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.get_by_text("Your Tweet was sent.").wait_for()
    assert [state.users[t.user_id].username for t in state.tweets.values()] == ["bob"]


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_fits_and_is_accessible(chromium, alice, url, state, width, scheme):
    alice.post_json("/2/tweets", {"text": "@bob see https://example.com/" + "long" * 40})
    token = alice.request_token().form["oauth_token"]
    app = f"/app/{alice.app.id}"
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(url + "/login")
    page.get_by_role("button", name="Sign in").click()
    page.goto(url + "/switches")
    page.get_by_role("button", name="Turn on").click()
    addresses = [
        "/",
        "/alice",
        "/login",
        "/apps",
        "/app/new",
        app,
        f"{app}/settings",
        f"{app}/keys",
        f"{app}/permissions",
        "/switches",
        "/settings/connected_apps",
        f"/oauth/authorize?oauth_token={token}",
        "/oauth/authorize?oauth_token=guessed",
        "/nowhere/at/all",
    ]
    for address in addresses:
        page.goto(url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
    context.close()
