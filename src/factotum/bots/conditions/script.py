"""``_custom_script {tpl, oper, value}``: what a script prints, compared as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factotum.bots.conditions.comparing import compare_text
from factotum.bots.conditions.condition_type import ConditionType, Verdict, condition_types

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


@condition_types.add("_custom_script")
class CustomScript(ConditionType):
    """The script's output without white space around it."""

    key = "_custom_script"
    label = "Custom script"

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """Render the script, compare what it prints."""
        printed = yield from execution.render(execution.param("tpl"))
        return compare_text(oper, printed.strip(), execution.param("value"), execution)
