"""Who has an account from the start."""

from __future__ import annotations

from factotum.sandbox.model import User

MARCH_2018 = 1520000000.0


def ready_users() -> list[User]:
    """Make the users that every sandbox has; ids and dates are always the same."""
    return [
        User(
            id="1712345678901234567",
            username="alice",
            name="Alice",
            created_at=MARCH_2018,
            description="Runs the help desk. Posts about what was mended today.",
            location="Lisbon",
        ),
        User(
            id="1712345678901234568",
            username="bob",
            name="Bob",
            created_at=MARCH_2018 + 86400,
            description="A customer with questions.",
            location="Oslo",
        ),
        User(
            id="1712345678901234569",
            username="cerb_demo",
            name="Cerb Demo",
            created_at=MARCH_2018 + 2 * 86400,
            description="The account that a bot speaks for.",
        ),
    ]
