"""Looks come as the service says, then ever more seldom, the last one late."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.lateness import looks_until


@given(
    st.floats(0.1, 3600),
    st.lists(st.integers(1, 3600), min_size=1, unique=True).map(sorted),
)
def test_the_looks_that_were_said_come_first_and_the_last_is_late(patience, said):
    looks = looks_until(patience, said)

    assert list(looks[: len(said)]) == said
    assert looks[-1] == max(patience, said[-1])
    assert all(sooner < later <= 2 * sooner for sooner, later in pairwise(looks[len(said) - 1 :]))
