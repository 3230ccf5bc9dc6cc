"""What every condition is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.core.registry import Registry

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a condition came out, before ``!`` turns it round: what was compared with what."""

    passed: bool
    actual: Any = ""
    expected: Any = ""


class ConditionType(ABC):
    """One condition. ``run`` reads its operands from the execution's params.

    ``oper`` is given without its ``!``: turning the verdict round is done for all of them.
    """

    key: ClassVar[str]
    label: str

    @abstractmethod
    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """The verdict; None where this operator or operand means nothing, which is false."""


condition_types: Registry[ConditionType] = Registry("condition")

UNAVAILABLE: Mapping[str, str] = {
    "_calendar_availability": "Calendar availability",
}
"""Conditions that the file format knows and that cannot be asked yet."""
