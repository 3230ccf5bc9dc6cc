"""This process among those of its machine, and whether another of the same machine is still there."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def executor_id() -> str:
    """A name that no other process ever has: ``<machine>-<pid>-<start>-<random>``."""
    pid = os.getpid()
    return f"{_machine() or 'somewhere'}-{pid}-{_started(pid)}-{secrets.token_hex(4)}"


def is_gone(executor_id: str) -> bool:
    """Whether that was a process of this machine that has ended; False where that cannot be told."""
    machine, _, rest = executor_id.partition("-")
    pid, _, rest = rest.partition("-")
    started = rest.partition("-")[0]
    if not (machine and pid.isdigit() and started) or machine != _machine():
        return False
    return _started(int(pid)) != started


def _machine() -> str:
    """This boot of this machine, and this container of it: process ids mean something only there."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
        return f"{boot[:16]}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When the process with this id began, in the kernel's ticks; "" for none (or a dead one's rest)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
