"""Signing in: no way to somebody else's session, to another site, or past the limit on attempts."""

import re

import pytest
from tests.servers.person import Person, signed_in
from tests.servers.product import installation, serving

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    with serving(installation(tmp_path_factory.mktemp("product"))) as served:
        for name in ("ada", "bob", "eve"):
            role = ["--admin"] if name == "ada" else []
            done = served.command("user", "add", name, *role, "--password-stdin", given=PASSWORD)
            assert done.code == 0, done.err
        yield served


def entered(product, name, query="", **fields):
    person = Person(product)
    typed = {"login": name, "password": PASSWORD, **fields}
    return person, person.post(f"/sign-in{query}", page="/sign-in", **typed)


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "\thttps://evil.example",
    ],
)
def test_signing_in_leads_to_no_other_site(product, elsewhere):
    for how in ({"query": f"?next={elsewhere.strip()}"}, {"next": elsewhere}):
        _, answer = entered(product, "ada", **how)
        assert answer.header("location") == "/"


def test_a_session_that_somebody_else_chose_is_not_kept(product):
    person = Person(product)
    person.get("/sign-in")
    person.cookies["factotum_session"] = "chosenbysomebodyelse000000000000"

    person.post("/sign-in", login="ada", password=PASSWORD)

    assert person.get("/").status == 200
    assert person.cookies["factotum_session"] != "chosenbysomebodyelse000000000000"


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(product):
    _, answer = entered(product, "ada")

    cookies = [value for name, value in answer.headers if name.lower() == "set-cookie"]
    assert len(cookies) == 3
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def attempt(product, name, password, address, person=None):
    """Signing in from an address that a proxy tells of."""
    person = person or Person(product)
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', person.get("/sign-in").text)[1]
    typed = {"login": name, "password": password, "csrfmiddlewaretoken": token}
    return person._send("POST", "/sign-in", typed, {"X_Forwarded_For": address})


def is_too_many(answer):
    return "Too many" in answer.text


def test_an_address_that_somebody_claims_is_not_believed(product):
    told = [
        is_too_many(attempt(product, "gus", "wrong", f"203.0.113.{number}")) for number in range(7)
    ]

    assert told[0] is False
    assert told[-1] is True


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory):
    made = installation(tmp_path_factory.mktemp("proxied"), TRUSTED_PROXIES="127.0.0.1")
    with serving(made) as served:
        for name in ("ann", "ben", "cleo"):
            done = served.command("user", "add", name, "--password-stdin", given=PASSWORD)
            assert done.code == 0, done.err
        yield served


def test_who_fails_somewhere_does_not_shut_out_who_knows_the_password_elsewhere(behind_a_proxy):
    answers = [attempt(behind_a_proxy, "ann", "wrong", "203.0.113.1") for _ in range(7)]

    assert is_too_many(answers[-1])
    assert is_too_many(attempt(behind_a_proxy, "ann", PASSWORD, "203.0.113.1"))
    assert attempt(behind_a_proxy, "ann", PASSWORD, "203.0.113.2").status == 302


def test_guessing_over_many_addresses_is_limited_and_shuts_out_no_known_browser(behind_a_proxy):
    known = Person(behind_a_proxy)
    assert attempt(behind_a_proxy, "ben", PASSWORD, "198.51.100.1", known).status == 302
    del known.cookies["factotum_session"]
    told = [
        is_too_many(attempt(behind_a_proxy, "ben", "wrong", f"203.0.113.{number}"))
        for number in range(10, 45)
    ]

    assert told == [False] * 30 + [True] * 5
    assert is_too_many(attempt(behind_a_proxy, "ben", PASSWORD, "203.0.113.200"))
    assert attempt(behind_a_proxy, "ben", PASSWORD, "203.0.113.201", known).status == 302


def test_a_known_browser_has_a_limit_too_and_is_known_for_its_own_name_only(behind_a_proxy):
    known = Person(behind_a_proxy)
    assert attempt(behind_a_proxy, "cleo", PASSWORD, "198.51.100.2", known).status == 302
    del known.cookies["factotum_session"]
    told = [
        is_too_many(attempt(behind_a_proxy, "cleo", "wrong", f"192.0.2.{number}", known))
        for number in range(7)
    ]

    assert told == [False] * 5 + [True] * 2
    assert not is_too_many(attempt(behind_a_proxy, "dora", "wrong", "192.0.2.100", known))
    known.cookies["factotum_browser"] += "x"
    assert attempt(behind_a_proxy, "cleo", PASSWORD, "192.0.2.101", known).status == 302


def test_the_old_password_is_not_guessed_in_a_session_that_was_left_open(product):
    person, answer = entered(product, "bob")
    assert answer.status == 302
    page = "/setup/security/password"
    guess = {"oldpassword": "a guess", "password1": "x" * 20, "password2": "x" * 20}

    statuses = [person.post(page, page=page, **guess).status for _ in range(7)]

    assert statuses == [200] * 5 + [429] * 2


def test_who_has_no_password_yet_chooses_the_first(product):
    person = signed_in(product, "flo")

    assert person.get("/setup/security/password").header("location") == "/welcome"


def test_who_is_disabled_gets_in_nowhere(product):
    admin = signed_in(product, "root", "--admin")
    eve, answer = entered(product, "eve")
    assert answer.status == 302
    token = product.token("--user", "eve")
    assert product.api("GET", "/accounts", token=token).status == 200
    workers = product.api("GET", "/records/worker?q=name:eve").json()["items"]

    admin.post(f"/setup/team/{workers[0]['id']}/change", page="/setup/team", what="disable")

    assert eve.get("/").status == 302
    assert product.api("GET", "/accounts", token=token).status == 401
    again, answer = entered(product, "eve")
    assert answer.status == 403
    assert "may not sign in any more" in answer.text
    assert again.get("/").status == 302


def test_a_token_may_do_only_what_was_ticked(product):
    admin = signed_in(product, "cyd", "--admin")
    page = "/setup/developers/api"

    nothing = admin.post(page, name="for nothing")
    unknown = admin.post(page, name="for everything", scope="everything")

    assert nothing.status == 422
    assert unknown.status == 400
    assert "fct_" not in nothing.text + unknown.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil"])
def test_a_name_that_is_not_ours_is_not_answered(product, host):
    assert product.ask("GET", "/sign-in", token="", headers={"Host": host}).status in {400, 421}
