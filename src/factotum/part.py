"""One of several processes that serve at one address: what it is told by the one that began it.

``factotum serve --processes N`` begins N of them, numbered from 1, each a whole product with an
interpreter of its own. What they share of what a process keeps in memory stands in a folder that lasts
as long as they serve.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "_FACTOTUM_PART"
"""The variable of the environment that tells it; not a setting, for nobody else sets it."""

READY = b"r"
"""Told once the database is at this version: the others may begin."""
SERVES = b"s"
"""Told once it takes requests."""


@dataclass(frozen=True, slots=True)
class Part:
    """``listener`` and ``tells`` are open file descriptors, ``folder`` is shared by all ``of`` them.

    ``is_beginning`` for the one that brings the database to this version and prints the address.
    """

    number: int
    of: int
    folder: str
    listener: int
    tells: int
    is_beginning: bool = False

    @property
    def shared(self) -> Path:
        """The folder."""
        return Path(self.folder)

    def environ(self) -> dict[str, str]:
        """What tells it."""
        return {NAME: json.dumps(asdict(self))}

    def tell(self, what: bytes) -> None:
        """Say how far this process has come."""
        with suppress(BrokenPipeError):  # whoever would hear it has gone
            os.write(self.tells, what)


def part_in(environ: Mapping[str, str]) -> Part | None:
    """Which part this process is; None where it serves alone, or does something else.

    >>> part_in(Part(2, 4, "/tmp/shared", 5, 6).environ()).number
    2
    """
    told = environ.get(NAME)
    return Part(**json.loads(told)) if told else None
