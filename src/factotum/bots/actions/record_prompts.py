"""Prompts whose answer is a record: a chooser, a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import action_types
from factotum.bots.actions.prompt import FORMAT, VALIDATE, VAR, Prompt
from factotum.bots.record_names import type_of
from factotum.bots.tree import is_on
from factotum.bots.variables import ids_in
from factotum.core.fields import Choice, Fields, Flag, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


class RecordPrompt(Prompt):
    """The answer is one record or several; ``var`` called ``<p>_id`` makes ``<p>_FIELD`` readable."""

    def keep_record(self, name: str, answer: Mapping[str, Any], execution: Execution) -> None:
        """Say what type of record ``<p>_id`` names; keep its fields where they came along."""
        if not name.endswith("_id"):
            return
        prefix = name.removesuffix("id")
        execution.scope[f"{prefix}_context"] = self.context(execution)
        if isinstance(answer.get("record"), Mapping):
            execution.scope.load(prefix, answer["record"])

    def context(self, execution: Execution) -> str:
        """The type of the records."""
        return execution.param("context")


@action_types.add("prompt_chooser")
class PromptChooser(RecordPrompt):
    """Records of one type; ``selection`` is single or multiple."""

    key = "prompt_chooser"
    label = "Prompt with chooser"
    fields: ClassVar[Fields] = Fields(
        Text(key="context", label="Record type", required=True),
        Text(key="query", label="Query"),
        Choice(
            key="selection", label="Selection", options={"single": "One", "multiple": "Several"}
        ),
        Flag(key="autocomplete", label="Autocomplete"),
        VAR,
        FORMAT,
        VALIDATE,
    )
    kind = "chooser"
    templates = ("query",)
    plain = ("context", "selection")
    empty = "Please choose one."

    def params(self, execution: Execution) -> Steps[dict[str, Any]]:
        """With the record type's key."""
        found = yield from super().params(execution)
        found["type"] = type_of(execution.param("context"))
        found["autocomplete"] = is_on(execution.params.get("autocomplete"))
        return found

    def message(self, answer: Mapping[str, Any]) -> str:
        """The ids, with commas."""
        return ",".join(str(one) for one in ids_in(answer.get("ids") or super().message(answer)))

    def value(self, message: str, execution: Execution) -> Any:
        """One id, or a list of them."""
        ids = ids_in(message)
        if execution.param("selection") == "multiple":
            return ids
        return ids[0] if ids else 0


@action_types.add("prompt_file")
class PromptFile(RecordPrompt):
    """A file, which is kept as an attachment."""

    key = "prompt_file"
    label = "Prompt with file upload"
    fields: ClassVar[Fields] = Fields(VAR, FORMAT, VALIDATE)
    kind = "file"
    empty = "Please choose a file."

    def message(self, answer: Mapping[str, Any]) -> str:
        """The attachment's id."""
        ids = ids_in(answer.get("file_id") or super().message(answer))
        return str(ids[0]) if ids else ""

    def complaint(self, message: str, _params: Mapping[str, Any]) -> str:
        """There must be a file: a script that looks at its size cannot tell that there is none."""
        return "" if message else self.empty

    def context(self, _execution: Execution) -> str:
        """Always an attachment."""
        return "cerberusweb.contexts.attachment"
