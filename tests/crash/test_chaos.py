"""A small chaos run, on either database; ``python -m tests.crash.chaos`` is the large one."""

import contextlib

import pytest
from tests.crash.chaos import chaos
from tests.servers.databases import IS_POSTGRESQL
from tests.servers.postgresql import own_postgresql

POSTS = 20


@pytest.fixture
def database():
    """A PostgreSQL that may be killed, too, where the tests run on that; else None."""
    with own_postgresql() if IS_POSTGRESQL else contextlib.nullcontext() as database:
        yield database


def test_every_post_arrives_once_while_all_that_it_needs_is_killed_and_frozen(tmp_path, database):
    """Posts at the service = posts wanted, and nobody is left to ask, after all that can happen."""
    outcome = chaos(
        tmp_path,
        posts=POSTS,
        processes=2 if database else 1,
        database=database,
        seed=4,
        every=0.4,
        calm=0.7,
        cuts=["cut-after"],  # what is cut before it is made is looked for for half a minute
        longest_freeze=3.0,
        wait=120,
    )

    assert (outcome.arrived, outcome.twice) == (POSTS, []), outcome
    assert outcome.statuses == {"done": POSTS}, outcome.left
    assert outcome.unknown == 0
    assert outcome.acts.keys() >= {"kill", "freeze", "cut"}
