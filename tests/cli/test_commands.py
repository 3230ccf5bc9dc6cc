"""What commands do and print: packages, lists, calls, runs, people."""

import json
import os
import pty
import subprocess
import sys

import pytest
from tests.cli.conftest import refused
from tests.guide import packages
from tests.servers.echo import Echo
from tests.servers.product import serving


@pytest.fixture(scope="module")
def echo():
    with Echo() as served:
        yield served


@pytest.fixture(scope="module")
def made(product, sandbox):
    """Service, linked account and bot, all made on the command line."""
    keys = sandbox.state.ensure_app("Help desk", [f"{product.url}/oauth/callback"])
    (product.folder / "service.json").write_text(json.dumps(packages.service()))
    (product.folder / "bot.json").write_text(json.dumps(packages.bot()))
    done = product.command(
        "import", "service.json", "--json",
        "--set", f"the_id={keys.consumer_key}", "--set", f"the_secret={keys.consumer_secret}",
    )  # fmt: skip
    assert done.code == 0, done.err
    account = done.json()["records"]["connected_account"]["the_account"]["id"]
    done = product.command("import", "bot.json", "--set", f"the_account={account}", "--json")
    assert done.code == 0, done.err
    behaviors = done.json()["records"]["behavior"]
    link(product, sandbox)
    return {"account": account, **{uid: one["id"] for uid, one in behaviors.items()}}


def link(product, sandbox, *options, username="alice", allow=True):
    """``factotum link`` with the callback pasted back; (code, stdout, stderr)."""
    from factotum.sandbox.steering import consent

    process = subprocess.Popen(
        [sys.executable, "-m", "factotum", "link", "Twitter", *options],
        env=product.environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=product.folder,
    )
    stream = process.stderr if "--json" in options else process.stdout
    address = next((line for line in stream if line.startswith("http")), "").strip()
    state = sandbox.state
    user = state.user_named(username) if allow else None
    pasted = consent(state, address, user)["location"]
    out, err = process.communicate(f"{pasted}\n", timeout=60)
    return process.returncode, out, err


def test_linking_by_pasting_says_as_whom(product, made, sandbox):
    code, out, _ = link(product, sandbox)

    assert (code, out.strip()) == (0, "Linked as @alice.")


def test_linking_with_json_prints_json_alone(product, made, sandbox):
    code, out, _ = link(product, sandbox, "--json")

    assert code == 0
    assert json.loads(out)["linked_as"] == "@alice"


def test_consent_denied_is_told(product, made, sandbox):
    code, out, err = link(product, sandbox, allow=False)

    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "keeps what it had" in err or "nothing was changed" in err.lower() or "not" in err


def test_a_package_asks_and_imports_nothing_without_answers(product, made):
    done = product.command("import", "service.json", "--plan")

    assert done.code == 1
    assert "the_id: Client ID" in done.out
    assert "--set" in done.err


def test_a_plan_writes_nothing(product):
    (product.folder / "other.json").write_text(json.dumps(packages.service(name="Planned")))

    done = product.command(
        "import", "other.json", "--plan", "--json", "--set", "the_id=i", "--set", "the_secret=s"
    )

    assert done.json()["status"] == "planned"
    assert product.command("services", "list", "name:Planned", "--json").json() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no package"),
        ("{", "ends too early"),
        ("[]", "object"),
        ('{"package": {"name": "x"}, "records": [{"uid": "a", "_context": "teapot"}]}', "teapot"),
    ],
)
def test_a_faulty_package_is_told_with_its_place(product, text, words):
    done = product.command("import", "-", given=text)

    assert done.code == 1
    assert done.out == ""
    assert words in done.err
    assert "Traceback" not in done.err


def test_a_package_that_is_nowhere_names_the_library(product):
    refused(product.command("import", "nothing.json"), "nothing.json", "github")


def answered(stream, question, terminal, answer):
    """Wait for a question, then type."""
    asked = b""
    while question not in asked:
        piece = os.read(stream.fileno(), 1024)
        assert piece, asked
        asked += piece
    os.write(terminal, answer)


def test_on_a_terminal_it_asks(product):
    (product.folder / "asked.json").write_text(json.dumps(packages.service(name="Asked")))
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "factotum", "import", "asked.json"],
        env=product.environ,
        cwd=product.folder,
        stdin=follower,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    answered(process.stdout, b"Client ID: ", leader, b"my-id\n")
    answered(process.stderr, b"Client Secret: ", leader, b"my-s3cret\n")
    out, err = process.communicate(timeout=60)
    os.close(leader)
    os.close(follower)

    assert process.returncode == 0, err
    assert b"Imported connected_account" in out
    assert b"my-s3cret" not in out + err


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


def test_exported_packages_hold_no_secret_and_import_again(product, made, sandbox):
    keys = next(iter(sandbox.state.apps.values()))
    service = product.command("services", "--json").json()[0]["id"]

    done = product.command("export", f"service:{service}", f"account:{made['account']}", "--json")

    assert done.code == 0
    assert keys.consumer_secret not in done.out
    assert done.json()["records"]
    (product.folder / "again.json").write_text(done.out)
    asked = product.command("import", "again.json", "--json")
    assert asked.json()["status"] == "prompts"


def test_calling_prints_the_body_and_fails_with_the_service(product, made):
    url = "https://api.twitter.com/1.1/users/show.json?screen_name="

    good = product.command("call", "Twitter", "GET", f"{url}alice")
    bad = product.command("call", "Twitter", "GET", f"{url}nobody_at_all")

    assert json.loads(good.out)["screen_name"] == "alice"
    assert bad.code == 1
    assert "errors" in bad.out
    assert bad.err == "The service answered 404.\n"


def test_calling_posts_forms_json_and_headers(product, made, sandbox):
    done = product.command(
        "call", "Twitter", "post", "https://api.twitter.com/1.1/statuses/update.json",
        "-d", "status=From+the+command+line", "-H", "X-Tag: one", "--json",
    )  # fmt: skip
    assert done.json()["status"] == 200
    assert done.json()["run"]
    assert "From the command line" in [tweet.text for tweet in sandbox.state.tweets.values()]

    (product.folder / "tweet.json").write_text('{"text": "From a file"}')
    done = product.command(
        "call", "Twitter", "POST", "https://api.x.com/2/tweets",
        "-d", "@tweet.json", "-H", "Content-Type: application/json",
    )  # fmt: skip
    assert done.code == 0, done.err
    assert json.loads(done.out)["data"]["text"] == "From a file"


def test_calling_sends_multipart(product, echo):
    package = {
        "package": {"name": "Echo", "revision": 1},
        "records": [
            {
                "uid": "s",
                "_context": "connected_service",
                "name": "Echo",
                "extension_id": "cerb.service.provider.http.basic",
                "params": {"base_url": f"{echo.url}/"},
            },
            {
                "uid": "a",
                "_context": "connected_account",
                "name": "Echo",
                "service_id": "{{{uid.s}}}",
                "owner__context": "app",
                "owner_id": 0,
                "params": {"username": "u", "password": "p4ssw0rd-echo"},
            },
        ],
    }
    assert product.command("import", "-", given=json.dumps(package)).code == 0
    (product.folder / "face.png").write_bytes(b"\x89PNG\0\xff")

    done = product.command(
        "call", "Echo", "POST", f"{echo.url}/upload", "-F", "name=Ada", "-F", "face=@face.png"
    )

    assert done.code == 0, done.err
    came = echo.came[-1]
    kind = {name.lower(): value for name, value in came["headers"]}["content-type"]
    import base64
    from email.parser import BytesParser

    body = base64.b64decode(came["body"])
    parsed = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    parts = {
        part.get_param("name", header="content-disposition"): part for part in parsed.get_payload()
    }
    assert parts["name"].get_payload(decode=True) == b"Ada"
    assert parts["face"].get_payload(decode=True) == b"\x89PNG\0\xff"
    assert parts["face"].get_filename() == "face.png"
    binary = product.command("call", "Echo", "GET", f"{echo.url}/binary", "--json").json()
    assert base64.b64decode(binary["body_base64"])[:3] == b"\0\1\2"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "GET", "https://api.x.com/"), "nobody"),
        (("Twitter", "GET", "https://elsewhere.example/"), "elsewhere.example"),
        (("Twitter", "GET", "http://169.254.169.254/"), "169.254.169.254"),
        (("Twitter", "GET", "ftp://api.x.com/"), "http"),
        (("Twitter", "G T", "https://api.x.com/"), "method"),
        (("Twitter", "GET", "https://api.x.com/", "-H", "X-A: b\r\nX-C: d"), "line break"),
    ],
)
def test_what_may_not_be_called_is_told(product, made, arguments, words):
    refused(product.command("call", *arguments), words)


def test_running_shows_the_steps(product, made):
    done = product.command("run", "User", "--set", "var_name=alice")

    assert done.code == 0, done.err
    assert "GET api.twitter.com" in done.out
    as_json = product.command("run", "User", "--set", "var_name=alice", "--json").json()
    assert as_json["placeholders"]["answer"]["screen_name"] == "alice"
    shown = product.command("runs", "show", as_json["id"], "--json").json()
    assert shown["id"] == as_json["id"]


def test_a_webhooks_behavior_is_tried_with_what_would_come_in(product, tmp_path):
    package = tmp_path / "echo.json"
    package.write_text(json.dumps(packages.echoing_webhook()))
    assert product.command("import", str(package)).code == 0

    done = product.command(
        "run", "Say it back", "--simulate", "--json",
        "--event", "body=Body=HELP", "--event", "method=PUT",
    )  # fmt: skip

    assert done.json()["placeholders"]["_http_response_body"] == "PUT HELP"
    refused(product.command("run", "Say it back", "--event", "bodi=x"), "has no 'bodi'")


def test_a_run_that_fails_is_1_with_its_reason(product, made, sandbox):
    from factotum.sandbox.switches import turn_on

    turn_on(sandbox.state, "401", path="/1.1/users/show.json", times=1)

    done = product.command("run", "User", "--set", "var_name=alice")

    assert done.code == 1
    assert done.err.startswith("Failed: ")


def test_a_run_of_nothing_or_with_an_unknown_variable_is_told(product, made):
    refused(product.command("run", "Nothing"), "Nothing")
    refused(product.command("run", "User", "--set", "var_x=1"), "var_x")
    refused(product.command("run", "Nothing", "--no-wait"), "Nothing")


def test_a_run_nobody_waits_for_prints_its_id_and_goes_on(product, made):
    done = product.command("run", "User", "--set", "var_name=alice", "--no-wait")

    run_id = done.out.strip()
    assert (done.code, len(run_id)) == (0, 32)
    assert "start `factotum serve`" in done.err
    assert product.command("runs", "show", run_id, "--json").json()["status"] == "queued"
    with serving(product):
        again = product.command("run", "User", "--set", "var_name=alice", "--no-wait")
        assert (again.code, again.err) == (0, "")
        for each in (run_id, again.out.strip()):
            assert until_ended(product, each) == "done"


def until_ended(product, run_id):
    for _ in range(60):
        status = product.command("runs", "show", run_id, "--json").json()["status"]
        if status not in {"queued", "running"}:
            break
    return status


def test_nobody_waits_for_a_simulation(product, made):
    done = product.command("run", "User", "--simulate", "--no-wait")

    assert done.code == 2
    assert "leave out --no-wait" in done.err


def test_simulating_is_marked(product, made):
    done = product.command("run", "User", "--simulate", "--json", "--set", "var_name=alice")

    assert done.json()["driver"] == "simulated"


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
    run = product.command("runs", "--json").json()[0]["id"]
    printed = [
        product.command(*arguments)
        for arguments in (
            ("services", "--json"), ("services", "show", "1"), ("accounts", "--json"),
            ("accounts", "show", "1", "--json"), ("runs", "show", run, "--json"), ("doctor",),
        )
    ]  # fmt: skip

    for secret in secrets:
        assert not any(secret in done.out + done.err for done in printed)
