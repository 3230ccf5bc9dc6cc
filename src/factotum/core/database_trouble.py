"""Tells a database that cannot be used now from a statement that is wrong.

Looks at what the drivers raise, by name, so that nothing here needs them: ``sqlite3`` and ``psycopg``.
"""

from __future__ import annotations

import sqlite3

AWAY = "The database does not answer, and nothing is begun until it does. Try again in a moment."
FULL = (
    "The database's disk is full, and what cannot be written down is not begun. Make room there; what "
    "waits goes on by itself then."
)
AGAIN = 1.0  # seconds after which it may be tried again
_TROUBLED = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
}
_CONNECTION, _RESOURCES, _ROLLED_BACK, _OPERATOR, _SYSTEM = "08", "53", "40", "57", "58"
_TROUBLES = (_CONNECTION, _RESOURCES, _ROLLED_BACK, _OPERATOR, _SYSTEM, "25P03")  # of SQLSTATE
_STATEMENT_CANCELLED = "57014"
_DISK_FULL = "53100"


class StoreAway(Exception):
    """The database cannot be used now. What was asked of it may be asked again ``AGAIN`` seconds later.

    Not an error of ours (``core.errors``): no behavior handles it, and no run ends with it that can wait.
    """

    def __init__(self, sentence: str = AWAY, *, code: str = "database-away") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


def store_away(error: BaseException | None) -> StoreAway | None:
    """The error of ours for a driver's; None where another statement would not have failed.

    >>> store_away(sqlite3.OperationalError("no such table: bots")) is None
    True
    """
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if not kinds & {"OperationalError", "InterfaceError"}:
        return None
    state = getattr(error, "sqlstate", None)
    if state is None:
        return StoreAway()  # there is, or was, no connection
    if state == _DISK_FULL:
        return StoreAway(FULL, code="disk-full")
    is_away = state.startswith(_TROUBLES) and state != _STATEMENT_CANCELLED
    return StoreAway() if is_away else None


def _of_sqlite(error: sqlite3.Error) -> StoreAway | None:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # its kind, less details
    if code == sqlite3.SQLITE_FULL:
        return StoreAway(FULL, code="disk-full")
    return StoreAway() if code in _TROUBLED else None
