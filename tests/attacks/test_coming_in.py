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
    assert len(cookies) == 2
    for cookie in cookies:
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_attempts_on_one_name_are_limited_wherever_they_say_they_come_from(product):
    told = []
    for number in range(7):
        person = Person(product)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', person.get("/sign-in").text)[1]
        typed = {"login": "bob", "password": "wrong", "csrfmiddlewaretoken": token}
        answer = person._send("POST", "/sign-in", typed, {"X_Forwarded_For": f"10.0.0.{number}"})
        told.append("Too many" in answer.text)

    assert told[0] is False
    assert told[-1] is True


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
