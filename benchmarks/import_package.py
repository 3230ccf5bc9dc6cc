"""How long it takes to import a bot's package: read, checked, planned, written, committed.

    python -m benchmarks.import_package [--rounds 20]

The published Twitter Bot where ``../shared/packages`` holds it, else the X package of the library.
Every round makes its records anew. It runs in a process of its own with a database of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import environment

from factotum import preparation
from factotum.cli.session import ACTOR, ask
from factotum.usecases.app import App

SHARED = Path(__file__).parent.parent.parent / "shared" / "packages"
LIBRARY = "x"


def run(rounds: int = 20) -> None:
    """Measure in a process of its own and print."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "benchmarks.import_package", "--here", "--rounds", str(rounds)],
            env=environment({"FACTOTUM_DATA": folder}),
            check=True,
        )


def _measure(rounds: int) -> None:
    preparation.migrate()
    name, took = ask(lambda app: _import(app, rounds))
    first, rest = took[0], took[1:]
    print(f"{name}: {median(rest):.0f} ms (first {first:.0f}, best {min(rest):.0f})")


async def _import(app: App, rounds: int) -> tuple[str, list[float]]:
    name, package, answers = await _package(app)
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        result = await app.import_package(ACTOR, package, answers, on_existing="new")
        took.append((time.perf_counter() - begin) * 1000)
        if result.status != "imported":
            raise SystemExit(f"The package was not imported: {result}")
    return name, took


async def _package(app: App) -> tuple[str, str, dict[str, Any]]:
    """Its name, its JSON and the answers to what it asks."""
    keys = {"prompt_client_id": "benchmark", "prompt_client_secret": "benchmark-secret"}
    published = SHARED / "twitter-bot.json"
    if not published.is_file():
        package = app.library_package(LIBRARY)
        return "the library's X package", json.dumps(package), keys
    service = (SHARED / "twitter-service.json").read_text()
    made = await app.import_package(ACTOR, service, keys)
    (account,) = made.records["connected_account"].values()
    return "Twitter Bot", published.read_text(), {"twitter_account_id": account["id"]}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=20)
    arguments.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    (_measure if given.here else run)(given.rounds)


if __name__ == "__main__":
    main()
