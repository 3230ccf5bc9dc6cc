"""Ctrl-C and SIGTERM, from the first moment of a server's life to its last."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn


class Stop:
    """Before there is a server they end the program; from then on they end the server, cleanly.

    An exception that a signal's handler raises is lost where Python happens to be in a callback of
    its own, so the wish is remembered too.
    """

    def __init__(self) -> None:
        self._server: uvicorn.Server | None = None
        self._is_wanted = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)

    def ends(self, server: uvicorn.Server) -> None:
        """From now on this is what is stopped."""
        self._server = server
        server.should_exit = self._is_wanted

    @property
    def has_begun(self) -> bool:
        """Whether requests are taken."""
        return self._server is not None and self._server.started

    def serve(self, listener: socket.socket) -> None:
        """Serve until stopped, or not at all."""
        if self._server is not None and not self._is_wanted:
            self._server.run(sockets=[listener])

    def _stop(self, _number: int, _frame: object) -> None:
        self._is_wanted = True
        if self._server is None:
            raise KeyboardInterrupt
        self._server.should_exit = True
