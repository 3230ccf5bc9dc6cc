"""What touches the database and the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from factotum.clock import SystemClock
from factotum.config import Config
from factotum.core.ports import Sender
from factotum.linking.connection import Connections
from factotum.net.door import Door
from factotum.net.stand_in import StandIn
from factotum.preparation import make_folder
from factotum.store.records_store import RecordsStore
from factotum.store.root_key import load as load_root_key
from factotum.store.runs_store import RunsStore
from factotum.store.secret_box import SealedBox
from factotum.store.threads import StoreThreads
from factotum.telemetry.counted_runs import CountedRuns
from factotum.telemetry.telemetry import Telemetry

now = SystemClock()


@dataclass(frozen=True, slots=True)
class Outside:
    """What touches the database and the network."""

    config: Config
    store: RecordsStore
    box: SealedBox
    threads: StoreThreads
    runs: RunsStore
    door: Door
    sender: Sender
    browser_address: Callable[[str], str]
    connections: Connections
    telemetry: Telemetry


def open_outside(config: Config) -> Outside:
    """For these settings; nothing is connected yet."""
    make_folder(config)
    box = SealedBox(load_root_key(config))
    store = RecordsStore(box)
    door = Door(allow_hosts=config.allow_hosts, timeout=config.http_timeout)
    sender, browser_address = _reaching(config, door)
    threads = StoreThreads()
    telemetry = Telemetry(config, threads, now)
    return Outside(
        config=config,
        store=store,
        box=box,
        threads=threads,
        runs=CountedRuns(telemetry.meters),
        door=door,
        sender=telemetry.sender(sender),
        browser_address=browser_address,
        connections=Connections(store, box),
        telemetry=telemetry,
    )


def _reaching(config: Config, door: Door) -> tuple[Sender, Callable[[str], str]]:
    """What sends requests, and where a browser finds an address of a service."""
    if not config.sandbox_url:
        return door, lambda url: url
    stand_in = StandIn(door, config.sandbox_url)
    return stand_in, stand_in.address
