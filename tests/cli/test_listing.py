"""Lists and cards of records, people, the doctor; and no secret in any of it."""

import pytest
from tests.cli.conftest import refused


def test_lists_and_cards_name_by_id_uri_and_name(product, made):
    listed = product.command("accounts", "list", "--json").json()
    assert product.command("accounts", "--json").json() == listed
    assert product.command("accounts", "--json", "list").json() == listed
    assert "Twitter" in product.command("accounts").out

    by_id = product.command("accounts", "show", str(made["account"]), "--json").json()
    by_name = product.command("accounts", "show", "Twitter", "--json").json()
    assert by_id == by_name
    assert "linked_as: @alice" in product.command("accounts", "show", "Twitter").out


@pytest.mark.parametrize("family", ["services", "accounts", "bots", "behaviors", "runs"])
def test_every_family_lists_as_json_and_says_what_is_not_there(product, made, family):
    assert isinstance(product.command(family, "--json").json(), list)
    refused(product.command(family, "show", "nobody"), "no")


def test_an_unknown_search_word_is_told(product, made):
    refused(product.command("accounts", "list", "colour:red"), "colour")


def test_people_and_tokens(product):
    done = product.command("user", "add", "gina", "--json")
    assert done.json()["sign_in_link"].startswith(f"{product.url}/sign-in/link/")
    refused(product.command("user", "add", "gina"), "already")
    refused(product.command("user", "add", "hans", "--password-stdin", given="short\n"), "short")
    assert (
        product.command(
            "user", "add", "hans", "--admin", "--password-stdin", given="a few unusual words\n"
        ).out.strip()
        == "Added hans."
    )

    token = product.command("token", "create", "--scope", "read", "--user", "gina", "--json").json()
    assert token["token"].startswith("fct_")
    refused(product.command("token", "create", "--scope", "sing"), "sing")
    refused(product.command("token", "create", "--user", "nobody"), "nobody")


def test_the_doctor_looks_at_everything(product, made):
    done = product.command("doctor", "--json")

    checks = {check["code"]: check for check in done.json()}
    assert "/oauth/callback" in checks["callback-address"]["sentence"]
    assert done.code in {0, 1}
    text = product.command("doctor")
    assert text.out.startswith("ok    Callback address: ")


def test_no_command_prints_a_secret(product, made, sandbox):
    keys = next(iter(sandbox.state.apps.values()))
    secrets = [keys.consumer_secret]
    secrets += [token.secret for token in sandbox.state.user_tokens.values()]
    run = product.command("run", "User", "--set", "var_name=alice", "--json").json()["id"]
    printed = [
        product.command(*arguments)
        for arguments in (
            ("services", "--json"), ("services", "show", "1"), ("accounts", "--json"),
            ("accounts", "show", "1", "--json"), ("runs", "show", run, "--json"), ("doctor",),
        )
    ]  # fmt: skip

    for secret in secrets:
        assert not any(secret in done.out + done.err for done in printed)
