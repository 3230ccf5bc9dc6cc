"""What a full database costs: the same product with many stored runs beside an empty one.

    python -m benchmarks.stored [--stored 100000] [--seconds 3] [--rounds 3] [--runs 200]

Both on SQLite, each served by a process of its own, their rounds alternating: attended runs, durable
runs of one request, a page of the run list. Then the old half is deleted while attended runs go on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter, sleep, time

from benchmarks.load import Round, measure
from benchmarks.processes import environment, free_port, running
from benchmarks.product import GUID

from factotum.runs.ports import EffectRow, Entry, Run, Step

AT_ONCE = 8
BATCH = 1000  # runs to a transaction while filling
DAYS = 30  # over which the stored runs are spread, the last an hour ago
HUGE = 20_000  # steps of the oldest of them
DONE = 'factotum_runs_ended_total{driver="durable",status="done"}'


@dataclass(frozen=True)
class Product:
    """One of the two, served; who may ask it, and what it answers to."""

    url: str
    settings: dict[str, str]
    token: str
    session: str
    behavior: int

    @property
    def webhook(self) -> str:
        return f"{self.url}/webhooks/{GUID}?q=1"

    def ask(self, path: str, body: object = None) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if self.session and not path.startswith("/api"):
            headers = {"Cookie": f"factotum_session={self.session}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def page(self, path: str) -> float:
        """Seconds until it is there."""
        began = perf_counter()
        text = self.ask(path)
        if b"Sign in" in text[:2000]:
            raise SystemExit(f"{path} asks for sign-in.")
        return perf_counter() - began

    def durable(self, runs: int) -> float:
        """Runs per second, from the first request to the last end."""
        before, path = self._ended(), f"/api/v1/behaviors/{self.behavior}/run"
        order = {"wait": False, "event": {"method": "GET", "query": "q=1"}}
        began = perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(lambda _: self.ask(path, order), range(runs)))
        while self._ended() - before < runs:
            sleep(0.05)
        return runs / (perf_counter() - began)

    def _ended(self) -> float:
        lines = self.ask("/metrics").decode().splitlines()
        return next(float(line.split()[-1]) for line in lines if line.startswith(DONE))


@contextmanager
def serving(folder: Path, upstream: str, stored: int) -> Iterator[Product]:
    """A product with so many stored runs."""
    settings = {"FACTOTUM_DATA": str(folder), "FACTOTUM_ALLOW_HOSTS": "127.0.0.1"}
    port = free_port()
    settings["FACTOTUM_BASE_URL"] = f"http://127.0.0.1:{port}"
    prepare = [sys.executable, "-m", "benchmarks.product", upstream]
    subprocess.run(prepare, env=environment(settings), check=True)
    if stored:
        _here(settings, "--fill", str(stored))
    token, session, behavior = _here(settings, "--prepare").split()
    with running(["-m", "factotum", "serve", "--port", str(port)], port, settings):
        url = settings["FACTOTUM_BASE_URL"]
        product = Product(url, settings, token, session, int(behavior))
        measure(product.webhook, AT_ONCE, 1.0)
        product.durable(16)
        product.page("/runs")
        yield product


def _here(settings: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "benchmarks.stored", *arguments]
    done = subprocess.run(
        command, env=environment(settings), check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def run(stored: int = 100_000, seconds: float = 3.0, rounds: int = 3, runs: int = 200) -> None:
    """Measure and print."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        stack.enter_context(running(["-m", "benchmarks.upstream", str(port)], port))
        upstream = f"http://127.0.0.1:{port}"
        (folder / "empty").mkdir()
        (folder / "full").mkdir()
        empty = stack.enter_context(serving(folder / "empty", upstream, 0))
        began = perf_counter()
        full = stack.enter_context(serving(folder / "full", upstream, stored))
        size = (folder / "full" / "factotum.sqlite3").stat().st_size
        print(f"{stored:,} runs stored: {size / 1e6:,.0f} MB, {size / stored / 1e3:.1f} kB each")
        print(f"  (written and served after {perf_counter() - began:.0f} s)\n")
        print(f"{'':34}{'empty':>12}{f'{stored:,}':>12}{'ratio':>9}")
        _compare(empty, full, seconds, rounds, runs)
        _delete(full, stored // 2, seconds)


def _compare(empty: Product, full: Product, seconds: float, rounds: int, runs: int) -> None:
    both = (empty, full)
    attended = [[measure(one.webhook, AT_ONCE, seconds) for one in both] for _ in range(rounds)]
    _row("attended runs", [[each.rate for each in pair] for pair in attended], "/s")
    durable = [[one.durable(runs) for one in both] for _ in range(rounds)]
    _row("durable runs, one request", durable, "/s")
    for name, path in (
        ("page of the run list", "/runs"),
        ("the same by the API, 50 runs", "/api/v1/runs"),
        ("runs that failed", "/api/v1/runs?status=failed"),
        ("metrics", "/metrics"),
    ):
        times = [[one.page(path) * 1000 for one in both] for _ in range(rounds * 10)]
        _row(name, times, " ms")


def _row(name: str, pairs: list[list[float]], unit: str) -> None:
    empty, full = (median(pair[number] for pair in pairs) for number in (0, 1))
    print(f"{name:34}{empty:>9.1f}{unit:3}{full:>9.1f}{unit:3}{full / empty:>9.0%}", flush=True)


def _delete(full: Product, kept: int, seconds: float) -> None:
    """Attended runs while a process of its own deletes the old half, in pieces."""
    before = [measure(full.webhook, AT_ONCE, 1.0) for _ in range(int(seconds) + 2)]
    command = [sys.executable, "-m", "benchmarks.stored", "--forget", str(kept)]
    deleting = subprocess.Popen(
        command, env=environment(full.settings), stdout=subprocess.PIPE, text=True
    )
    if deleting.stdout is None or deleting.stdout.readline() != "begun\n":
        raise SystemExit("Deleting did not begin.")
    beside: list[Round] = []
    while deleting.poll() is None:
        beside.append(measure(full.webhook, AT_ONCE, 1.0))
    count, took, longest = deleting.stdout.read().split()
    print(f"\n{int(count):,} runs deleted, the first with {HUGE:,} steps: {took}/s", end="")
    print(
        f"; longest piece, its own wait included, {longest} ms\n\n{'attended meanwhile':34}{'before':>12}{'beside':>12}{'ratio':>9}"
    )
    rates = [median(each.rate for each in rounds) for rounds in (before, beside)]
    print(f"{'  runs':34}{rates[0]:>9.1f}/s {rates[1]:>9.1f}/s{rates[1] / rates[0]:>10.0%}")
    for name, share, of in (("p50", 0.5, median), ("p99", 0.99, median), ("longest", 1.0, max)):
        ms = [of(each.percentile(share) for each in rounds) for rounds in (before, beside)]
        print(f"{f'  {name}':34}{ms[0]:>9.1f} ms{ms[1]:>9.1f} ms{ms[1] / ms[0]:>9.0%}")


# In processes of their own


def _fill(count: int) -> None:
    """Runs like the benchmark's own, one in ten with an unsafe request, one in fifty failed."""
    from factotum import bootstrap

    store = bootstrap._parts().outside.runs
    last = time() - 3600
    step = Step(1, "0.0", "action", "Ask", "ok", last, 1.5, {"body": "x" * 300})
    steps = [replace(step, number=number) for number in range(1, 5)]
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        store.write([_entry(n, last - DAYS * 86400 * (1 - n / count), steps) for n in numbers])
    oldest = _entry(0, last - DAYS * 86400, steps).run
    for start in range(5, HUGE, BATCH):
        each = [replace(step, number=number) for number in range(start, start + BATCH)]
        store.write([Entry(oldest, [one]) for one in each])


def _entry(number: int, at: float, steps: list[Step]) -> Entry:
    run = Run(
        id=f"{int(at * 1000):012x}{number:020x}",
        title="Benchmark",
        trigger="event.webhook.received",
        driver="attended",
        status="done" if number % 50 else "failed",
        started_at=at,
        behavior_id=number % 7 + 1,
        revision=1,
        bot_id=1,
        actor="webhook",
        ended_at=at + 0.01,
        placeholders={"_http_response": {"http_code": 200, "body": {"data": "y" * 200}}},
    )
    return Entry(run, steps, [_effect(run, at)] if number % 10 == 0 else [])


def _effect(run: Run, at: float) -> EffectRow:
    url = "https://api.x.com/2/tweets"
    return EffectRow(
        f"{run.id}:0:1", run.id, "0", "answered", "POST", url, "api.x.com", "f" * 64, at
    )


def _prepare() -> None:
    """Prints a token, the session of an admin and the behavior's id."""
    from factotum.cli.session import ACTOR, ask

    token = ask(lambda app: app.create_token(ACTOR, name="benchmark"))
    page = ask(lambda app: app.find(ACTOR, "behavior", ""))
    worker = ask(lambda app: app.add_worker(ACTOR, "ada", is_admin=True))
    print(token, _session(worker.id), page.records[0].id)


def _session(worker_id: int) -> str:
    from django.contrib.sessions.backends.db import SessionStore

    from factotum.store.models import Worker

    worker = Worker.objects.get(pk=worker_id)
    session = SessionStore()
    session["_auth_user_id"] = str(worker_id)
    session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    session["_auth_user_hash"] = worker.get_session_auth_hash()
    session.save()
    return str(session.session_key)


async def _forget(kept: int) -> None:
    """Prints that it has begun; then how many runs went, runs per second, and the longest piece in ms."""
    from factotum import bootstrap

    parts = bootstrap._parts()
    from factotum.bootstrap.outside import now
    from factotum.store.run_retention import StoredOldRuns
    from factotum.usecases.retention import Retention

    pieces: list[float] = []

    class Timed(StoredOldRuns):
        def forget_part(self, run_ids, rows):
            began = perf_counter()
            try:
                return super().forget_part(run_ids, rows)
            finally:
                pieces.append(perf_counter() - began)

    async with bootstrap.running():
        retention = Retention(
            runs=Timed(),
            engine=parts.background.durable._engine,
            days=3650,
            most=kept,
            threads=parts.outside.threads,
            clock=now,
        )
        print("begun", flush=True)
        began = perf_counter()
        count = await retention.once()
        print(count, round(count / (perf_counter() - began)), round(max(pieces) * 1000))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--stored", type=int, default=100_000)
    arguments.add_argument("--seconds", type=float, default=3.0, help="of each round")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--runs", type=int, default=200, help="durable runs of each round")
    for name in ("--fill", "--forget"):
        arguments.add_argument(name, type=int, help=argparse.SUPPRESS)
    arguments.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.fill:
        _fill(given.fill)
    elif given.forget:
        asyncio.run(_forget(given.forget))
    elif given.prepare:
        _prepare()
    else:
        run(given.stored, given.seconds, given.rounds, given.runs)


if __name__ == "__main__":
    main()
