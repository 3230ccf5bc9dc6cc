"""Before anything runs: settings, folder, database, port. What is in the way is a plain sentence."""

import importlib
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from click.testing import CliRunner
from tests.cli.conftest import refused
from tests.servers.product import free_port, serving

from factotum.cli.main import FAMILIES, factotum

COMMANDS = (
    "accounts", "approvals", "approve", "behaviors", "bots", "call", "demo", "doctor", "export",
    "import", "link", "migrate", "run", "runs", "sandbox", "schedules", "serve", "services",
    "token", "user", "webhooks", "worker",
)  # fmt: skip


def test_a_new_installation_needs_no_preparation(fresh):
    done = fresh.command("services", "--json")

    assert (done.code, done.json()) == (0, [])
    assert (fresh.folder / "data" / "root.key").stat().st_mode & 0o777 == 0o600
    assert (fresh.folder / "data").stat().st_mode & 0o077 == 0


def test_migrating_says_what_it_did(fresh):
    first, second = fresh.command("migrate", "--json"), fresh.command("migrate")

    assert "store.0001_initial" in first.json()["applied"]
    assert (second.code, second.out) == (0, "Nothing to do.\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    done = CliRunner().invoke(factotum, [command, "--help"], prog_name="factotum")

    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: factotum {command}")


def test_it_lists_its_commands(fresh):
    out = fresh.command("--help").out

    assert all(f"  {command} " in out for command in COMMANDS)


def test_every_family_has_the_commands_that_are_named_for_it():
    for family, names in FAMILIES.items():
        commands = importlib.import_module(f"factotum.cli.{family}").COMMANDS
        assert tuple(command.name for command in commands) == names


@pytest.mark.parametrize("arguments", [["--help"], ["link", "--help"], ["serve", "--help"]])
def test_usage_is_told_without_loading_the_product(arguments):
    told = (
        "import sys; from click.testing import CliRunner; from factotum.cli.main import factotum;"
        f"print(CliRunner().invoke(factotum, {arguments}).exit_code);"
        "print({'django', 'aiohttp', 'jinja2', 'uvicorn', 'factotum.bootstrap'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert done.stdout == "0\nset()\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("sing",),
        ("run",),
        ("accounts", "show"),
        ("run", "1", "--set", "x"),
        ("call", "1", "GET"),
        ("call", "1", "POST", "https://x.example/", "-d", "a", "-F", "a=b"),
        ("call", "1", "POST", "https://x.example/", "-F", "ab"),
        ("call", "1", "POST", "https://x.example/", "-d", "@no-such-file"),
        ("call", "1", "GET", "https://x.example/", "-H", "no colon"),
        ("export",),
        ("export", "teapot:1"),
        ("serve", "--port", "99999"),
        ("import", "x", "--existing", "eat"),
    ],
)
def test_wrong_usage_is_2(fresh, arguments):
    done = fresh.command(*arguments)

    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"FACTOTUM_DATEN": "x"}, "Did you mean FACTOTUM_DATA"),
        ({"FACTOTUM_LOG": "xml"}, "json"),
        ({"FACTOTUM_BASE_URL": "bots.example.com"}, "https://"),
        ({"FACTOTUM_HTTP_TIMEOUT": "soon"}, "FACTOTUM_HTTP_TIMEOUT"),
        ({"FACTOTUM_RETAIN_DAYS": "-1"}, "FACTOTUM_RETAIN_DAYS"),
        ({"FACTOTUM_ALLOW_HOSTS": "127.0.0.1/99"}, "127.0.0.1/99"),
        ({"FACTOTUM_DATABASE_URL": "mysql://x"}, "postgresql://"),
        ({"FACTOTUM_ROOT_KEY": "short"}, "FACTOTUM_ROOT_KEY"),
        ({"FACTOTUM_ROOT_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
        ({"FACTOTUM_DATA": "/proc/nothing"}, "FACTOTUM_DATA"),
        ({"FACTOTUM_DATABASE_URL": "postgresql://u:sekret@127.0.0.1:1/x"}, "cannot be used"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_hint(fresh, settings, words):
    done = fresh.command("serve", "--port", str(free_port()), **settings)

    refused(done, words)
    assert "sekret" not in done.err


def test_another_database_s_root_key_is_refused(fresh):
    fresh.command("import", "x", "--set", "prompt_client_id=i", "--set", "prompt_client_secret=s")

    done = fresh.command("migrate", FACTOTUM_ROOT_KEY="ab" * 32)

    refused(done, "root key")


@pytest.mark.parametrize("command", ["serve", "sandbox", "demo"])
def test_a_port_in_use_is_told(fresh, command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        done = fresh.command(command, "--port", port)

    refused(done, port, "in use", "--port")


def test_the_demos_sandbox_port_in_use_is_told(fresh):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        done = fresh.command("demo", "--port", str(free_port()), "--sandbox-port", port)

    refused(done, port, "--sandbox-port")


def test_a_state_file_that_is_none_is_told_and_kept(fresh):
    file = fresh.folder / "state.json"
    file.write_text("{")

    done = fresh.command("sandbox", "--port", str(free_port()), "--state", str(file))

    assert done.code == 1
    assert "does not hold the state of a sandbox" in done.err
    assert "Traceback" not in done.err
    assert file.read_text() == "{"


def test_it_runs_as_a_module_and_as_a_command(fresh):
    assert fresh.command("--version").out.startswith("factotum, version ")


def started(product, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "factotum", *arguments],
        env=product.environ,
        cwd=product.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process, words):
    """The lines of a process up to one with these words."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError(f"it never said {words}: {lines} {process.stderr.read()}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_prints_a_link_and_stops_cleanly(fresh, number):
    port = str(free_port())
    process = started(fresh, "serve", "--port", port)
    said(process, "/sign-in/link/")
    until_it_listens(int(port))

    process.send_signal(number)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_the_demo_stops_its_sandbox_too(fresh):
    port, sandbox_port = free_port(), free_port()
    process = started(fresh, "demo", "--port", str(port), "--sandbox-port", str(sandbox_port))
    lines = said(process, "/sign-in/link/")
    assert any(f":{sandbox_port}/" in line for line in lines)
    [settings] = [line.partition("export ")[2] for line in lines if "export " in line]
    told = dict(each.split("=", 1) for each in shlex.split(settings))
    assert told["FACTOTUM_SANDBOX_URL"] == f"http://127.0.0.1:{sandbox_port}"
    assert told["FACTOTUM_ALLOW_HOSTS"].endswith(f"127.0.0.1:{sandbox_port}")
    assert told["FACTOTUM_DATA"] == fresh.environ["FACTOTUM_DATA"]
    until_it_listens(port)

    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)

    assert process.returncode == 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", sandbox_port), 2)


def test_the_demo_can_be_started_again_on_another_port(fresh):
    for _ in range(2):
        port, sandbox_port = free_port(), free_port()
        fresh.environ["FACTOTUM_BASE_URL"] = f"http://127.0.0.1:{port}"
        process = started(fresh, "demo", "--port", str(port), "--sandbox-port", str(sandbox_port))
        said(process, "Sandbox:")
        apps = fetched(f"http://127.0.0.1:{sandbox_port}/_sandbox/apps")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert [app["callback_urls"] for app in apps] == [
            [f"http://127.0.0.1:{port}/oauth/callback"]
        ]


def fetched(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def until_it_listens(port):
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it does not listen")


def test_the_log_is_json_where_that_is_wanted(fresh):
    fresh.environ["FACTOTUM_LOG"] = "json"
    with serving(fresh):
        pass

    lines = (fresh.folder / "serve.log").read_text().splitlines()
    logged = [json.loads(line) for line in lines if line.startswith("{")]
    assert any("root key" in line["message"] for line in logged)
    assert os.environ.get("FACTOTUM_LOG") is None
