"""Values that a bot keeps between runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.effects import GetKey, SetKey
from factotum.bots.variables import whole_number
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps

KEY = Text(key="key", label="Key", required=True)


def _key(execution: Execution) -> Steps[str]:
    key = (yield from execution.fill("key")).strip()
    if not key:
        raise BadInput("No key is named.")
    return key


@action_types.add("_set_key")
class SetPersistentKey(ActionType):
    """An empty value forgets the key; ``expires_at`` is a date as a person writes it."""

    key = "_set_key"
    label = "Set persistent key"
    fields: ClassVar[Fields] = Fields(
        KEY, LongText(key="value", label="Value"), Text(key="expires_at", label="Expires")
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Keep the value."""
        key = yield from _key(execution)
        value = yield from execution.fill("value")
        expires = yield from execution.timestamp((yield from execution.fill("expires_at")))
        yield SetKey(path=execution.path, key=key, value=value, expires_at=whole_number(expires))
        return None


@action_types.add("_get_key")
class GetPersistentKey(ActionType):
    """Empty where there is none, or where it has expired."""

    key = "_get_key"
    label = "Get persistent key"
    fields: ClassVar[Fields] = Fields(
        KEY, Text(key="var", label="Save to a placeholder", required=True)
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Read the value into a placeholder."""
        key = yield from _key(execution)
        value = yield GetKey(path=execution.path, key=key)
        execution.filled["value"] = value
        execution.set(execution.param("var").strip() or "_key", value)
        return None
