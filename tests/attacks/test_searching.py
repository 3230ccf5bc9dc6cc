"""A search never takes longer than the text it looks at is worth."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factotum.core.ports import Query, Term
from factotum.records.record_type import load_record_types
from factotum.store.records_store import RecordsStore
from factotum.store.secret_box import SealedBox

load_record_types()

pytestmark = pytest.mark.django_db

LIKE = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def store(root_key):
    return RecordsStore(SealedBox(root_key))


def found(store, pattern):
    return store.find("org", Query((Term("name", "like", pattern),))).total


@pytest.mark.parametrize("stars", [1, 7, 40, 400])
def test_many_stars_end(store, stars):
    store.create("org", {"name": "a" * 2000})

    assert found(store, "*a" * stars + "*") == 1
    assert found(store, "*a" * stars + "*b") == 0


@LIKE
@given(
    st.text("ab.(", max_size=8),
    st.text("ab.(*", max_size=8),
)
def test_stars_find_what_they_found_before(store, name, pattern):
    store.create("org", {"name": f"-{name}"})
    record = store.find("org", Query(sort="-id", limit=1)).records[0]

    matches = store.find(
        "org", Query((Term("name", "like", f"-{pattern}"), Term("id", "is", record.id)))
    )

    assert bool(matches.total) is fnmatchcase(f"-{name}", f"-{pattern}")
