"""Many posts while processes are killed and frozen and connections are cut: each arrives once.

``python -m tests.crash.chaos --posts 1000 --processes 4 --database postgresql`` prints what came of it.
A post that is wanted is submitted until some process says that it has it; its key makes it one run.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.servers.linked import linked_bot
from tests.servers.postgresql import OwnPostgreSQL, own_postgresql
from tests.servers.product import (
    Product,
    free_port,
    installation,
    started,
    wait_until_it_answers,
)
from tests.servers.warm import WarmProcess

from factotum.sandbox.server import Running, running
from factotum.sandbox.state import State
from factotum.sandbox.switches import turn_off, turn_on

POST = "/1.1/statuses/update.json"
WANTERS = 8  # some of them stand before a process that stands still
ENOUGH = 100_000
WINDOWS = ("POST /1.1/statuses/update.json", "GET /2/users/:id/tweets", "GET /2/users/me")
CUTS = ("cut-before", "cut-after")  # the connection, before the post is made and after it
MOST = 0.9  # of the posts arrive while things happen, the rest in peace
ENDED = ("done", "failed", "cancelled")


@dataclass
class Process:
    """One serving process of the installation, on a port of its own."""

    product: Product
    port: int
    process: WarmProcess | None = None

    def start(self) -> None:
        self.process = started(self.product, "serve", "--port", str(self.port))

    def answers(self) -> None:
        assert self.process is not None
        wait_until_it_answers(f"http://127.0.0.1:{self.port}", self.process)

    def send(self, what: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(what)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)


@dataclass
class Chaos:
    """What happens to the processes and the service while posts are wanted.

    ``calm`` is how many seconds lie between two blows, for a fleet has to come to its work.
    """

    fleet: list[Process]
    sandbox: Running
    luck: random.Random
    calm: float
    database: OwnPostgreSQL | None = None
    cuts: Sequence[str] = CUTS
    longest_freeze: float = 8.0
    stopped: threading.Event = field(default_factory=threading.Event)
    done: Counter[str] = field(default_factory=Counter)

    def rage(self) -> None:
        """Every act as often as every other, in an order that luck deals."""
        hand: list[str] = []
        while not self.stopped.wait(self.luck.uniform(0.5, 1.5) * self.calm):
            hand = hand or self.luck.sample(self.deck(), len(self.deck()))
            act = hand.pop()
            getattr(self, act)()
            self.done[act] += 1

    def deck(self) -> list[str]:
        """What may happen; a cut connection twice as often."""
        acts = ["kill", "freeze", "cut", "cut", "be_unwell"]
        return acts if self.database is None else [*acts, "restart_database"]

    def kill(self) -> None:
        one = self.luck.choice(self.fleet)
        one.kill()
        one.start()
        with contextlib.suppress(AssertionError):
            one.answers()

    def freeze(self) -> None:
        one = self.luck.choice(self.fleet)
        one.send(signal.SIGSTOP)
        self.stopped.wait(self.luck.uniform(1, self.longest_freeze))
        one.send(signal.SIGCONT)

    def cut(self) -> None:
        fault = self.luck.choice(self.cuts)
        turn_on(self.sandbox.state, fault, path=POST, times=self.luck.randint(1, 3))

    def be_unwell(self) -> None:
        turn_on(self.sandbox.state, "503", path="/2/", times=2)

    def restart_database(self) -> None:
        assert self.database is not None
        self.database.stop(self.luck.choice(["fast", "immediate"]))
        self.stopped.wait(self.luck.choice([0, 0, 1, 3]))
        self.database.start()


def want(fleet: list[Process], product: Product, behavior: int, number: int) -> str:
    """The id of the run that posts this number; asks until a process has it on disk."""
    body = {"vars": {"var_text": f"Post {number}"}, "wait": False}
    ports = itertools.cycle(random.sample(fleet, len(fleet)))
    while True:
        one = Product(product.folder, f"http://127.0.0.1:{next(ports).port}", product.environ)
        one.tokens = product.tokens
        try:
            answer = one.api(
                "POST",
                f"/behaviors/{behavior}/run",
                body,
                headers={"Idempotency-Key": f"post-{number}"},
            )
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            continue
        if answer.status == 202:
            return str(answer.json()["id"])
        time.sleep(0.2)


def settled(product: Product, run_ids: list[str], seconds: float) -> dict[str, dict[str, Any]]:
    """Every run as it ended, or as it is when the time is over."""
    told: dict[str, dict[str, Any]] = {}
    until = time.monotonic() + seconds
    while len(told) < len(run_ids) and time.monotonic() < until:
        for run_id in run_ids:
            if run_id not in told:
                with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
                    run = product.api("GET", f"/runs/{run_id}").json()
                    if run.get("status") in ENDED:
                        told[run_id] = run
        time.sleep(0.5)
    for run_id in set(run_ids) - set(told):
        told[run_id] = product.api("GET", f"/runs/{run_id}").json()
    return told


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    wanted: int
    arrived: int
    twice: list[str]
    statuses: Counter[str]
    unknown: int
    acts: Counter[str]
    seconds: float
    left: list[dict[str, Any]] = field(repr=False, default_factory=list)
    """The runs that are not done, and those of posts that arrived twice."""

    def __str__(self) -> str:
        return (
            f"{self.arrived} of {self.wanted} posts arrived, {len(self.twice)} twice; "
            f"runs {dict(self.statuses)}, {self.unknown} unknown effects; "
            f"{dict(self.acts)} in {self.seconds:.0f} s"
        )


def chaos(
    folder: Path,
    *,
    posts: int,
    processes: int = 1,
    database: OwnPostgreSQL | None = None,
    seed: int = 0,
    every: float = 0.1,
    calm: float = 2.0,
    cuts: Sequence[str] = CUTS,
    longest_freeze: float = 8.0,
    wait: float,
) -> Outcome:
    """Want a post of a fleet in chaos ``every`` seconds; what came of them once there was peace."""
    luck = random.Random(seed)
    settings = {"ALLOW_HOSTS": "127.0.0.1/32", "HTTP_TIMEOUT": "5"}
    if database is not None:
        settings["DATABASE_URL"] = database.url
    with running(State()) as sandbox:
        sandbox.state.settings.limits = dict.fromkeys(WINDOWS, ENOUGH)
        sandbox.state.settings.duplicate_window = 0  # what is sent twice is to be seen
        product = installation(folder, SANDBOX_URL=sandbox.url, **settings)
        first = int(product.url.rpartition(":")[2])
        fleet = [Process(product, port) for port in (first, *_ports(processes - 1))]
        for one in fleet:
            one.start()
            one.answers()
        try:
            behavior = linked_bot(product, sandbox.state, "Chaos")["b_post"]
            trouble = Chaos(fleet, sandbox, luck, calm, database, cuts, longest_freeze)
            return _raged(trouble, product, behavior, posts, every, wait)
        finally:
            for one in fleet:
                one.send(signal.SIGCONT)
                one.kill()


def _raged(
    trouble: Chaos, product: Product, behavior: int, posts: int, every: float, wait: float
) -> Outcome:
    began = time.monotonic()
    fleet, sandbox = trouble.fleet, trouble.sandbox
    raging = threading.Thread(target=trouble.rage)
    raging.start()
    with ThreadPoolExecutor(WANTERS) as pool:
        wanted = []
        for number in range(posts):
            wanted.append(pool.submit(want, fleet, product, behavior, number))
            time.sleep(every)
        run_ids = [each.result() for each in wanted]
    _until_most_have_arrived(trouble, posts, wait)
    trouble.stopped.set()
    raging.join()
    turn_off(sandbox.state)
    told = settled(product, run_ids, wait)
    texts = Counter(tweet.text for tweet in sandbox.state.tweets.values())
    unknown = product.api("GET", "/effects/unknown").json()["items"]
    twice = [text for text, count in texts.items() if count > 1]
    doubled = {run_ids[int(text.removeprefix("Post "))] for text in twice}
    return Outcome(
        wanted=posts,
        arrived=sum(texts[f"Post {number}"] > 0 for number in range(posts)),
        twice=twice,
        statuses=Counter(run["status"] for run in told.values()),
        unknown=len(unknown),
        acts=trouble.done,
        seconds=time.monotonic() - began,
        left=[run for run_id, run in told.items() if run["status"] != "done" or run_id in doubled],
    )


def _until_most_have_arrived(trouble: Chaos, posts: int, seconds: float) -> None:
    """And everything has happened once."""
    until = time.monotonic() + seconds
    tweets = trouble.sandbox.state.tweets
    while len(tweets) < MOST * posts or set(trouble.deck()) - set(trouble.done):
        if time.monotonic() > until:
            return
        time.sleep(0.1)


def _ports(count: int) -> list[int]:
    return [free_port() for _ in range(count)]


def main() -> None:
    """Rage, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--every", type=float, default=0.1)
    parser.add_argument("--calm", type=float, default=2.0)
    parser.add_argument("--wait", type=float, default=600.0)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="factotum-chaos-"))
    (folder / "data").mkdir()
    with contextlib.ExitStack() as stack:
        database = None
        if asked.database == "postgresql":
            database = stack.enter_context(own_postgresql())
        processes = asked.processes if database else 1
        print(f"{asked.database}, {processes} processes, seed {asked.seed}, {folder}")  # noqa: T201
        outcome = chaos(
            folder / "data",
            posts=asked.posts,
            processes=processes,
            database=database,
            seed=asked.seed,
            every=asked.every,
            calm=asked.calm,
            wait=asked.wait,
        )
    print(outcome)  # noqa: T201
    for run in outcome.left[:5]:
        print(json.dumps(run, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
