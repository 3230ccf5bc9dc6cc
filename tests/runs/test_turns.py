"""Bots take turns where runs have to queue."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.turns import SPREAD, Turns

LINES = st.lists(st.sampled_from("abc"), max_size=60)


def served(queue: list[tuple[int, str]]) -> list[str]:
    """The lines in the order in which their tasks begin."""
    return [
        line for _, _, line in sorted((rank, at, line) for at, (rank, line) in enumerate(queue))
    ]


def found(queue: list[tuple[int, str]]) -> list[tuple[str, int, int]]:
    """What a look at the queue finds."""
    ranks: dict[tuple[int, str], list[int]] = {}
    for rank, line in queue:
        ranks.setdefault((rank // SPREAD, line), []).append(rank)
    return [(line, min(each), max(each)) for (_, line), each in ranks.items()]


def test_one_run_beside_a_thousand_goes_next_but_one():
    turns = Turns()
    queue = [(turns.rank(100, "much"), "much") for _ in range(1000)]
    queue.append((turns.rank(100, "little"), "little"))
    assert served(queue).index("little") == 1


def test_a_line_begins_where_the_queue_stands_and_not_before_all_who_waited():
    turns = Turns()
    queue = [(turns.rank(100, line), line) for line in "aaabbb"]
    left = sorted(queue)[4:]  # two of each have begun
    turns.learn(turns.look(), found(left))
    left.append((turns.rank(100, "c"), "c"))
    assert sorted(served(left)[:3]) == ["a", "b", "c"]


def test_priority_comes_before_turns():
    turns = Turns()
    later = [turns.rank(101, "a"), turns.rank(101, "b")]
    assert max(turns.rank(100, "a") for _ in range(50)) < min(later)


def test_an_empty_queue_forgets_who_had_much():
    turns = Turns()
    for _ in range(1000):
        turns.rank(100, "much")
    turns.learn(turns.look(), [])
    assert turns.rank(100, "much") == turns.rank(100, "little")


def test_what_is_queued_while_one_looks_is_not_forgotten():
    turns = Turns()
    number = turns.look()
    first = turns.rank(100, "a")
    turns.learn(number, [])
    assert turns.rank(100, "a") == first + 1


def test_a_queue_beyond_all_measure_keeps_its_priorities():
    turns = Turns()
    turns.learn(turns.look(), [("a", 100 * SPREAD, 101 * SPREAD - 1)])
    assert turns.rank(100, "a") == 101 * SPREAD - 1
    assert turns.rank(1000, "a") < 2**31


@given(LINES, st.integers(0, 60), LINES)
def test_a_line_keeps_its_order_and_is_not_passed_for_long(earlier, begun, later):
    turns = Turns()
    queue = [(turns.rank(100, line), line) for line in earlier]
    left = sorted(queue, key=lambda task: task[0])[begun:]
    turns.learn(turns.look(), found(left))
    left += [(turns.rank(100, line), line) for line in later]
    for line in "abc":
        ranks = [rank for rank, whose in left if whose == line]
        assert ranks == sorted(set(ranks))
    order = served(left)
    for line in "abc":
        places = [place for place, whose in enumerate(order) if whose == line]
        for place, following in pairwise(places):
            between = Counter(order[place + 1 : following])
            assert max(between.values(), default=0) <= 2  # its turn, and the next one's
