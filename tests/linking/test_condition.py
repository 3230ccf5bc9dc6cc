"""Using an account tells when it was last used and whether it still works."""

from dataclasses import dataclass, field
from types import SimpleNamespace

from factotum.core.values import Moment, Record
from factotum.linking.condition import Condition


@dataclass
class Written:
    """Keeps what would be stored, in the order it came."""

    notes: list = field(default_factory=list)

    def note_use(self, connection, at, health, reason):
        self.notes.append((connection.account.id, at, health, bool(reason)))


class Here:
    """Does the work at once."""

    async def run(self, work, *args):
        return work(*args)


def account(health="ok"):
    return SimpleNamespace(account=Record("connected_account", 7, {"health": health}))


def condition_at(times):
    written = Written()
    clock = iter(Moment.of(time) for time in times)
    return Condition(written, Here(), lambda: next(clock)), written


async def test_it_notes_use_at_most_once_a_minute():
    condition, written = condition_at([1000, 1030, 1061])

    for _ in range(3):
        condition.answered(account(), 200)
    await condition.settled()

    assert written.notes == [(7, 1000, "ok", False), (7, 1061, "ok", False)]


async def test_a_401_is_told_at_once_and_so_is_that_it_works_again():
    condition, written = condition_at([1000, 1001, 1002])

    condition.answered(account(), 200)
    condition.answered(account(), 401)
    condition.answered(account(), 200)
    await condition.settled()

    assert [note[2:] for note in written.notes] == [
        ("ok", False),
        ("failing", True),
        ("ok", False),
    ]


async def test_a_refusal_that_is_not_about_credentials_says_nothing_of_its_health():
    condition, written = condition_at([1000, 1001, 1002])

    condition.answered(account("failing"), 401)
    condition.answered(account("failing"), 404)
    condition.answered(account("failing"), 500)
    await condition.settled()

    assert [note[2] for note in written.notes] == ["failing"]
