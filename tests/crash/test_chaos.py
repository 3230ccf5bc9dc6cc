"""A small chaos run on each database; ``python -m tests.crash.chaos`` is the large one."""

from tests.crash.chaos import chaos
from tests.servers.postgresql import own_postgresql

POSTS = 20
QUICK = {
    "posts": POSTS,
    "every": 0.4,
    "calm": 0.7,
    "cuts": ["cut-after"],  # what is cut before it is made is looked for for half a minute
    "longest_freeze": 3.0,
    "wait": 120,
}


def check(outcome):
    """Posts at the service = posts wanted, and nobody is left to ask, after all that can happen."""
    assert (outcome.arrived, outcome.twice) == (POSTS, []), outcome
    assert outcome.statuses == {"done": POSTS}, outcome.left
    assert outcome.unknown == 0
    assert outcome.acts.keys() >= {"kill", "freeze", "cut"}


def test_every_post_arrives_once_while_the_server_is_killed_and_frozen(tmp_path):
    check(chaos(tmp_path, seed=4, **QUICK))


def test_every_post_arrives_once_while_processes_and_their_database_are_killed(tmp_path):
    with own_postgresql() as database:
        check(chaos(tmp_path, processes=2, database=database, seed=4, **QUICK))
