"""A store and its box on the test's database."""

import pytest

from factotum.store.records_store import RecordsStore
from factotum.store.secret_box import SealedBox


@pytest.fixture
def box(root_key):
    return SealedBox(root_key)


@pytest.fixture
def store(box):
    return RecordsStore(box)


@pytest.fixture
def service(store):
    return store.create("connected_service", {"name": "X", "extension_id": "some.scheme"})


@pytest.fixture
def account(store, service):
    return store.create("connected_account", {"name": "@ada", "service_id": service.id})


@pytest.fixture
def bot(store):
    return store.create("bot", {"name": "Bot"})
