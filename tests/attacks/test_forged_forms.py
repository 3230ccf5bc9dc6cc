"""No address of the pages takes anything from a form that is not ours, or from somebody not signed in."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from factotum.store.models import Worker

pytestmark = pytest.mark.django_db

EXAMPLES = {"<str:type>": "bot", "<int:id>": "1", "<int:chat_id>": "1"}
OPEN = ("/healthz", "/sign-in", "/sign-out")


def addresses(patterns=None, before=""):
    """Every address of the pages, with an example in each of its places."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from addresses(pattern.url_patterns, route)
            continue
        for place, example in EXAMPLES.items():
            route = route.replace(place, example)
        route = route.replace("^", "").replace("$", "").replace("\\Z", "")
        route = route.replace("(?P<run_id>[0-9a-f]{32})", "0" * 32)
        parts = (part if "<" not in part else "x" for part in route.split("/"))
        yield f"/{'/'.join(parts)}"


PAGES = sorted({address for address in addresses() if not address.startswith("/api/")})


def test_there_are_pages_to_look_at():
    assert len(PAGES) > 40
    assert {"/cards/bot/1/edit", "/chat/1/send", "/setup/team/1/change"} <= set(PAGES)


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"})


@pytest.fixture
def admin(client):
    client.force_login(
        Worker.objects.create(name="ada", is_admin=True),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("page", PAGES)
def test_a_form_without_its_token_is_refused(admin, page, method):
    answer = getattr(admin, method)(page, {"name": "x"} if method == "post" else None)

    assert answer.status_code in {403, 405}


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith(OPEN)])
def test_nobody_sees_a_page_without_signing_in(client, page):
    answer = client.get(page)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith(OPEN)])
def test_a_fragment_sends_whoever_is_not_signed_in_to_our_own_page(client, page):
    elsewhere = {"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}

    answer = client.get(page, headers=elsewhere)

    assert answer["HX-Redirect"] == "/sign-in?next=%2F"
