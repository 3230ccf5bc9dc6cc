"""What browsers are told, on every kind of answer."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest


def ask(url, **headers):
    """(status, headers, text), redirects not followed."""
    request = urllib.request.Request(url, headers=headers)
    opener = urllib.request.build_opener(_Stay)
    try:
        answer = opener.open(request, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nothing-here", "/sign-in/link/none"])
def test_every_page_is_guarded(product, path):
    _, headers, _ = ask(product.url + path)
    policy = dict(
        part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "no-store" in headers["cache-control"]


def test_a_name_that_is_not_ours_gets_no_page(product):
    status, _, text = ask(f"{product.url}/sign-in", Host="evil.example")
    assert status == 421
    assert "FACTOTUM_BASE_URL" in text


def test_a_stranger_learns_nothing_from_an_unknown_address(product):
    status, _, text = ask(f"{product.url}/nothing-here")
    assert status == 404
    assert "Sign in" in text


def test_health_is_open_and_says_what_it_checked(product):
    status, headers, text = ask(f"{product.url}/healthz")
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert '"database": "ok"' in text


def test_a_form_without_its_token_changes_nothing(open_page):
    page = open_page("/setup/team")
    answer = page.request.post("/setup/team/add", form={"name": "eve", "role": "admin"})
    assert answer.status == 403
    page.reload()
    assert page.get_by_text("eve", exact=True).count() == 0
