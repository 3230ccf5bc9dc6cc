"""Actions that read and change records of any type."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import ChangeRecord, FindRecords, LoadRecord
from factotum.bots.record_names import as_scripts_read, known_type, not_kept
from factotum.bots.scope import ref_to
from factotum.bots.tree import is_on
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, Flag, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.behavior import Behavior
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps
    from factotum.bots.nodes import Step

TYPE = Text(key="context", label="Record type", required=True)
ID = Text(key="id", label="ID", required=True)
QUERY = Text(key="query", label="Query", required=True)
EXPAND = Text(key="expand", label="Expand")
CHANGES = LongText(key="changeset_json", label="Fields, as JSON", required=True)
SIMULATE = Flag(key="run_in_simulator", label="Also in the simulator")
RESULT = Text(key="object_placeholder", label="Save to a placeholder", default="_record")


class _RecordAction(ActionType):
    """An action on records of one type, whose result goes into a placeholder."""

    placeholder: ClassVar[str] = "_record"

    def not_available(self, step: Step, behavior: Behavior) -> str:
        """Records of types that are not kept here."""
        del behavior
        return not_kept(str(step.params.get("context") or ""))

    def run(self, execution: Execution) -> Steps[After | None]:
        """Do it and keep the result."""
        context = yield from execution.fill("context")
        if sentence := not_kept(context):
            raise BadInput(sentence, code="unknown-record-type")
        kind = known_type(context)
        result = yield from self.result(kind, execution)
        target = execution.param("object_placeholder").strip() or self.placeholder
        execution.set(target, result)
        if execution.simulate and self.is_change and not _also_simulated(execution):
            execution.status = "not-sent"
        return None

    is_change: ClassVar[bool] = True

    @abstractmethod
    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """What the placeholder gets."""


@action_types.add("core.bot.action.record.create")
class RecordCreate(_RecordAction):
    """A new record."""

    key = "core.bot.action.record.create"
    label = "Record create"
    fields: ClassVar[Fields] = Fields(TYPE, CHANGES, SIMULATE, RESULT)

    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """The new record."""
        values = yield from _changes(execution)
        return (yield _change("create", type, execution, values=values))


@action_types.add("core.bot.action.record.update")
class RecordUpdate(_RecordAction):
    """Changes the named fields of a record."""

    key = "core.bot.action.record.update"
    label = "Record update"
    fields: ClassVar[Fields] = Fields(TYPE, ID, CHANGES, SIMULATE, RESULT)

    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """The record after it."""
        given = yield from _id(type, execution)
        values = yield from _changes(execution)
        return (yield _change("update", type, execution, id=given, values=values))


@action_types.add("core.bot.action.record.upsert")
class RecordUpsert(_RecordAction):
    """Changes the record that a search finds, or makes one."""

    key = "core.bot.action.record.upsert"
    label = "Record upsert"
    fields: ClassVar[Fields] = Fields(TYPE, QUERY, CHANGES, SIMULATE, RESULT)

    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """The record after it."""
        query = yield from execution.fill("query")
        values = yield from _changes(execution)
        return (yield _change("upsert", type, execution, query=query, values=values))


@action_types.add("core.bot.action.record.delete")
class RecordDelete(_RecordAction):
    """Removes a record."""

    key = "core.bot.action.record.delete"
    label = "Record delete"
    fields: ClassVar[Fields] = Fields(TYPE, ID, SIMULATE)

    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """What is left of it: nothing."""
        given = yield from _id(type, execution)
        return (yield _change("delete", type, execution, id=given))


@action_types.add("core.bot.action.record.retrieve")
class RecordRetrieve(_RecordAction):
    """Reads one record; an empty result where there is none."""

    key = "core.bot.action.record.retrieve"
    label = "Record retrieve"
    fields: ClassVar[Fields] = Fields(TYPE, ID, EXPAND, RESULT)
    is_change = False

    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """The record's placeholders."""
        ref = ref_to(type, (yield from execution.fill("id")))
        if ref is None:
            return {}
        return as_scripts_read(type, (yield LoadRecord(path=execution.path, ref=ref)))


@action_types.add("core.bot.action.record.search")
class RecordSearch(_RecordAction):
    """Finds records by a search query (``isDisabled:n``)."""

    key = "core.bot.action.record.search"
    label = "Record search"
    fields: ClassVar[Fields] = Fields(TYPE, QUERY, EXPAND, RESULT)
    is_change = False
    placeholder = "_records"

    def result(self, type: str, execution: Execution) -> Steps[Any]:
        """Id → placeholders."""
        query = yield from execution.fill("query")
        expand = tuple(part.strip() for part in (yield from execution.fill("expand")).split(","))
        found = yield FindRecords(
            path=execution.path, type=type, query=query, expand=tuple(filter(None, expand))
        )
        return {str(key): as_scripts_read(type, record) for key, record in found.items()}


def _change(
    verb: str,
    type: str,
    execution: Execution,
    *,
    id: int | None = None,
    query: str = "",
    values: Mapping[str, Any] | None = None,
) -> ChangeRecord:
    return ChangeRecord(
        path=execution.path,
        verb=verb,
        type=type,
        id=id,
        query=query,
        values=values or {},
        run_in_simulator=_also_simulated(execution),
    )


def _also_simulated(execution: Execution) -> bool:
    return is_on(execution.params.get("run_in_simulator"))


def _id(type: str, execution: Execution) -> Steps[int]:
    given = yield from execution.fill("id")
    ref = ref_to(type, given)
    if ref is None:
        raise BadInput(f"“{given}” is no ID of a {type}.", code="bad-id")
    return ref.id


def _changes(execution: Execution) -> Steps[dict[str, Any]]:
    text = yield from execution.fill("changeset_json")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"The fields are not JSON: {error}.", code="bad-json") from None
    if values == []:  # PHP's empty object
        return {}
    if not isinstance(values, dict):
        raise BadInput("The fields must be a JSON object: {…}.", code="bad-json")
    return values
