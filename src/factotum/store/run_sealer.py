"""Seals what durable runs keep: fulfils ``runs.ports.Sealer``. One data key, wrapped like all others."""

from __future__ import annotations

from factotum.core.values import Ref
from factotum.records.ownership import APP
from factotum.store.envelope import seal, unseal
from factotum.store.secret_box import SealedBox, context_of

RUNS = Ref("run", 0)
_PLACE = context_of(RUNS, APP, "kept")


class RunSealer:
    """Opens and seals; the key is read once and kept by the process, as the root key is."""

    def __init__(self, box: SealedBox) -> None:
        self._box = box
        self._key = b""

    def open(self) -> None:
        """Get the key, or make it; reads the database."""
        if not self._key:
            self._key = self._box.data_key(RUNS)

    def seal(self, clear: bytes) -> bytes:
        """Sealed; opens again with ``unseal``."""
        return seal(self._key, clear, _PLACE)

    def unseal(self, sealed: bytes) -> bytes:
        """In clear; SealBroken where it was not sealed here."""
        return unseal(self._key, sealed, _PLACE)
