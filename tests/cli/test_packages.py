"""Packages on the command line: asked for, planned, imported, exported."""

import json
import os
import pty
import subprocess
import sys

import pytest
from tests.cli.conftest import refused
from tests.guide import packages


def test_a_package_asks_and_imports_nothing_without_answers(product, made):
    done = product.command("import", "service.json", "--plan")

    assert done.code == 1
    assert "the_id: Client ID" in done.out
    assert "--set" in done.err
    assert "Its accounts sign for: " in done.out


def test_a_plan_names_what_bots_do_as_the_pages_do(product):
    done = product.command("import", "x", "--plan")
    assert "Its bots do: " in done.out
    assert "Execute HTTP Request" in done.out.partition("Its bots do: ")[2]


def test_a_plan_says_what_is_made_and_what_it_may_reach(product):
    name = packages.service(name="Reaching")
    (product.folder / "reach.json").write_text(json.dumps(name))
    answers = ("--set", "the_id=i", "--set", "the_secret=s")

    first = product.command("import", "reach.json", "--plan", *answers)
    assert "Would import connected_service: Reaching" in first.out
    assert "Its accounts sign for: " in first.out

    product.command("import", "reach.json", *answers)
    again = product.command("import", "reach.json", "--plan", *answers)
    assert "Would update connected_service" in again.out


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
