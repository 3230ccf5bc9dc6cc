"""The action that sets a placeholder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.tree import is_on
from factotum.core.fields import Choice, Fields, Flag, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps


@action_types.add("_set_custom_var")
class SetPlaceholder(ActionType):
    """``format`` json decodes the value; what is not JSON becomes null, as in the format."""

    key = "_set_custom_var"
    label = "Set a custom placeholder"
    description = "Renders a script and keeps what it prints under a name."
    fields: ClassVar[Fields] = Fields(
        LongText(key="value", label="Value"),
        Choice(key="format", label="Format", options={"": "Text", "json": "JSON"}),
        Flag(key="is_simulator_only", label="Only in the simulator"),
        Text(key="var", label="Placeholder", required=True),
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Set it; an empty template leaves the old value."""
        name = execution.param("var").strip()
        only_simulated = is_on(execution.params.get("is_simulator_only"))
        if not name or not execution.param("value") or (only_simulated and not execution.simulate):
            execution.status = "skipped"
            return None
        text = yield from execution.fill("value")
        execution.filled["var"] = name
        if execution.param("format") != "json":
            execution.set(name, text)
            return None
        value = _decoded(text)
        if value is None:
            execution.interpreter.answers.is_no_json(execution.origins)
        execution.set(name, value)
        return None


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
