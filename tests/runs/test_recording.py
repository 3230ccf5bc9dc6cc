"""What a run recorded is given again in order, as far as it reached the disk."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from factotum.runs.recording import Recording, joined, opened
from factotum.runs.run import Recorded


class Turned:
    """Seals by turning bytes round, which anybody can tell from sealing nothing."""

    def seal(self, clear):
        return clear[::-1]

    def unseal(self, sealed):
        return sealed[::-1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
STEPS = st.lists(st.builds(Recorded, st.text(), JSON), max_size=8)


def pieces_of(steps, cuts, task=1, first=0):
    """The pieces of these steps, each as long as the next of ``cuts`` says."""
    recording = Recording("run", task, first, Turned())
    pieces, left = [], list(steps)
    for size in (*cuts, len(left)):
        for each in left[:size]:
            recording.add(each)
        left = left[size:]
        pieces.append(recording.piece())
    return [piece for piece in pieces if piece]


@given(STEPS, st.lists(st.integers(0, 4), max_size=6))
def test_what_was_recorded_in_pieces_is_given_again_whole(steps, cuts):
    found = opened(pieces_of(steps, cuts), Turned())
    assert joined([], found.get(1, {})) == steps


@given(STEPS, STEPS, st.integers(0, 8))
def test_a_later_task_goes_on_behind_what_it_kept(first, second, keep):
    kept = first[:keep]
    pieces = pieces_of(first, [2, 2]) + pieces_of(second, [1, 3], task=2, first=len(kept))
    found = opened(pieces, Turned())
    assert joined(joined([], found.get(1, {}))[:keep], found.get(2, {})) == kept + second


@given(STEPS, st.integers(0, 7))
def test_nothing_is_given_behind_a_piece_that_is_missing(steps, missing):
    pieces = pieces_of(steps, [1] * len(steps))
    found = opened(pieces[:missing] + pieces[missing + 1 :], Turned())
    assert joined([], found.get(1, {})) == steps[:missing]


def test_nothing_new_is_no_piece():
    recording = Recording("run", 1, 0, Turned())
    assert recording.piece() is None
    recording.add(Recorded("0#0 GetKey", ""))
    assert recording.is_new
    assert recording.piece().first == 0
    assert recording.piece() is None


def test_a_piece_shows_nothing_of_what_is_in_it():
    recording = Recording("run", 1, 0, Turned())
    recording.add(Recorded("0#0 GetKey", "secret"))
    piece = recording.piece()
    assert "secret" not in repr(piece)
    assert "secret" not in piece.sealed
