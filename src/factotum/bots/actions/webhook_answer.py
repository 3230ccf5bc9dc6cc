"""What a webhook answers: status, headers, body."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from factotum.bots.actions.action_type import ActionType, action_types
from factotum.bots.header_lines import checked
from factotum.core.errors import BadInput
from factotum.core.fields import Fields, LongText, Text

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import After, Steps

STATUS, HEADERS, BODY = "_http_status", "_http_response_headers", "_http_response_body"


@action_types.add("set_http_status")
class SetHttpStatus(ActionType):
    """A number from 200 to 599."""

    key = "set_http_status"
    label = "Set HTTP status"
    fields: ClassVar[Fields] = Fields(Text(key="value", label="Status", required=True))

    def run(self, execution: Execution) -> Steps[After | None]:
        """Remember the status."""
        text = (yield from execution.fill("value")).strip()
        if not re.fullmatch(r"[2-5][0-9][0-9]", text):
            raise BadInput(f"“{text}” is no HTTP status. Use a number from 200 to 599.")
        execution.set(STATUS, int(text))
        return None


@action_types.add("set_http_header")
class SetHttpHeader(ActionType):
    """A header of the same name is replaced."""

    key = "set_http_header"
    label = "Set HTTP header"
    fields: ClassVar[Fields] = Fields(
        Text(key="name", label="Name", required=True), Text(key="value", label="Value")
    )

    def run(self, execution: Execution) -> Steps[After | None]:
        """Remember the header."""
        name, value = checked(
            (yield from execution.fill("name")), (yield from execution.fill("value"))
        )
        headers = execution.scope.get(HEADERS)
        kept: Mapping[str, Any] = headers if isinstance(headers, Mapping) else {}
        others = {key: one for key, one in kept.items() if key.lower() != name.lower()}
        execution.set(HEADERS, {**others, name: value})
        return None


@action_types.add("set_http_body")
class SetHttpBody(ActionType):
    """The whole body; a later one replaces it."""

    key = "set_http_body"
    label = "Set HTTP response body"
    fields: ClassVar[Fields] = Fields(LongText(key="value", label="Body"))

    def run(self, execution: Execution) -> Steps[After | None]:
        """Remember the body."""
        execution.set(BODY, (yield from execution.fill("value")))
        return None
