"""What is said of a durable run that is to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factotum.bots.behavior import Behavior
from factotum.core.queueing import NORMAL
from factotum.core.values import Actor


@dataclass(frozen=True, slots=True)
class Submission:
    """The same ``run_id`` again is the same run.

    ``payload`` is what the trigger's ``values`` takes, ``variables`` a person's inputs; after
    ``deadline``, in seconds since 1970, it does nothing more.
    """

    behavior: Behavior
    run_id: str
    trigger: str
    by: Actor
    title: str = ""
    payload: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    priority: int = NORMAL
    deadline: float | None = None
