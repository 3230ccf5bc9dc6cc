"""A disk that is full when a test says so: a real small one where we may mount it, else a limit.

The limit is the kernel's on the size of files (RLIMIT_FSIZE), set on the running process from outside: any
write to a file fails then, the log's too.
"""

from __future__ import annotations

import os
import resource
import subprocess
from contextlib import suppress
from pathlib import Path

MOUNT = "mount -t tmpfs -o size=48m,mode=0700 tmpfs"


class SmallDisk:
    """A file system of 48 MB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        subprocess.run([*MOUNT.split(), folder], check=True, stderr=subprocess.DEVNULL)

    def fill(self, pid: int) -> None:
        """No byte is left."""
        del pid
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        filler.write(os.urandom(size))
                except OSError:
                    continue

    def free(self, pid: int) -> None:
        """There is room again."""
        del pid
        (self.folder / "filler").unlink()

    def end(self) -> None:
        subprocess.run(["umount", "--lazy", self.folder], check=True)


class Limit:
    """What the process may write to any file: nothing, or all it wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pid: int) -> None:
        """Every write fails."""
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))

    def free(self, pid: int) -> None:
        """None does any more."""
        with suppress(ProcessLookupError):
            _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))

    def end(self) -> None:
        pass


def small_disk(folder: Path) -> SmallDisk | Limit:
    """The best there is here."""
    try:
        return SmallDisk(folder)
    except (OSError, subprocess.CalledProcessError):
        return Limit(folder)
