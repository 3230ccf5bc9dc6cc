"""A port of our own, taken before anything else is done: in use is a sentence, not a traceback."""

from __future__ import annotations

import errno
import socket
from time import monotonic, sleep

from factotum.core.errors import Refused

WAITING = 2048  # connections that may wait to be accepted
LEAVING = 2.0  # seconds in which who has just been stopped or killed lets go of a port
LOOK = 0.1


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on; Refused where there is none to be had.

    Waits a moment, without a word, for a port in use: the processes of a supervisor that was killed end by themselves.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    until = monotonic() + LEAVING
    while True:
        try:
            return socket.create_server((host, port), family=family, backlog=WAITING)
        except (OSError, OverflowError) as error:
            is_in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
            if not is_in_use or monotonic() >= until:
                raise Refused(f"{_reason(error, host, port)} Choose another with --port.") from None
        sleep(LOOK)


def listen_with(first: socket.socket) -> socket.socket:
    """One more socket at the address of one of ours; the kernel spreads connections over them.

    The first was taken alone, so there is no stranger at this address; from now on it can be shared,
    by sockets of the same user.
    """
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    host, port = first.getsockname()[:2]
    try:
        return socket.create_server(
            (host, port), family=first.family, backlog=WAITING, reuse_port=True
        )
    except OSError as error:
        raise Refused(_reason(error, host, port)) from None


def check_free(host: str, port: int) -> None:
    """Refused where somebody listens there."""
    listen(host, port).close()


def _reason(error: OSError | OverflowError, host: str, port: int) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program."
    if number == errno.EACCES:
        return f"Port {port} needs rights that this user does not have."
    return f"Nothing can listen on port {port} of {host}: {error}."
