from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.memory_store import MemorySecretBox, MemoryStore

from factotum.auth.scheme import load_schemes
from factotum.core.values import Actor, Moment
from factotum.packages.desk import Desk
from factotum.records.record_type import load_record_types

SHARED = Path(__file__).parents[3] / "shared" / "packages"


@pytest.fixture(scope="session", autouse=True)
def loaded():
    load_schemes()
    load_record_types()


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def secrets(store):
    return MemorySecretBox(store)


def new_desk(store, secrets):
    return Desk(
        store=store,
        secrets=secrets,
        actor=Actor.app(),
        moment=Moment.of(1_700_000_000, seed=7),
        base_url="https://factotum.example/",
    )


@pytest.fixture
def desk(store, secrets):
    return new_desk(store, secrets)
