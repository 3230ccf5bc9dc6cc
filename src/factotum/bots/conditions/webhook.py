"""Conditions on the request that a webhook got; names compared as ``x_hub_signature``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from factotum.bots.conditions.comparing import as_text, compare_text
from factotum.bots.conditions.condition_type import ConditionType, Verdict, condition_types

if TYPE_CHECKING:
    from factotum.bots.execution import Execution
    from factotum.bots.flow import Steps


class _Named(ConditionType):
    """A value of a map of the request, by ``name``."""

    source: ClassVar[str]

    def run(self, oper: str, execution: Execution) -> Steps[Verdict | None]:
        """The named value compared as text."""
        name = execution.param("name").strip().lower().replace("-", "_")
        found = yield from execution.read(self.source)
        value = found.get(name) if isinstance(found, Mapping) else None
        return compare_text(oper, as_text(value), execution.param("value"), execution)


@condition_types.add("http_header")
class HttpHeader(_Named):
    """A header of the request."""

    key = "http_header"
    label = "HTTP header"
    source = "http_headers"


@condition_types.add("http_param")
class HttpParam(_Named):
    """A parameter of the request, from its address or its form."""

    key = "http_param"
    label = "HTTP parameter"
    source = "http_params"
