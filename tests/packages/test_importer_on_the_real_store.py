"""The contract of importing, on the store that people's records are in."""

from __future__ import annotations

import pytest
from tests.packages.import_contract import ImportContract
from tests.packages.test_shelf import imported

from factotum.packages.shelf import load, shelf
from factotum.store.records_store import RecordsStore
from factotum.store.secret_box import SealedBox


@pytest.mark.django_db(transaction=True)
class TestOnTheRealStore(ImportContract):
    @pytest.fixture
    def secrets(self, root_key):
        return SealedBox(root_key)

    @pytest.fixture
    def store(self, secrets):
        return RecordsStore(secrets)

    @pytest.mark.parametrize("name", [package.name for package in shelf()])
    def test_the_librarys_packages_import(self, desk, name):
        assert imported(desk, load(name)).status == "imported"
