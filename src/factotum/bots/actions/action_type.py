"""What every action is: its id, its fields, and ``run``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from factotum.core.fields import Fields
from factotum.core.registry import Registry

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step


class ActionType(ABC):
    """One action. ``key`` is its id in the file format; ``fields`` are its params.

    ``run`` yields effects and returns ``After.LEAVE`` where the rest of the node must not run.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    description: ClassVar[str] = ""
    fields: ClassVar[Fields] = Fields()

    def not_available(self, step: Step, behavior: Behavior) -> str:
        """Why this step of that behavior cannot be done yet although the action can, or ``""``."""
        del step, behavior
        return ""

    @abstractmethod
    def run(self, execution: Execution) -> Steps[After | None]:
        """Do it. BadInput (ScriptFault, BehaviorFault …) stops the run at this step."""


action_types: Registry[ActionType] = Registry("action")

_loaded = False


def load_actions() -> None:
    """Import every action of this folder and of installed plug-ins, once."""
    global _loaded  # noqa: PLW0603 - importing is done once per process
    if not _loaded:
        action_types.find_in("factotum.bots.actions")
        action_types.find_entry_points("factotum.actions")
        _loaded = True


def action_for(key: str) -> ActionType | None:
    """The action with that id, or None; ``var_…`` sets that variable."""
    load_actions()
    action = action_types.find("var_*" if key.startswith("var_") else key)
    return None if action is None else action()
