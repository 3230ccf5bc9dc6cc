"""The API as OpenAPI describes it: the library's document, and on every operation how it fails."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from factotum.web.api.answers import components, ref
from factotum.web.api.problems import MEDIA_TYPE

FAILED = {
    "description": "It was refused or did not work",
    "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
}


class Described(NinjaAPI):
    """Adds the answers, and operation ids that are the functions' own names."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """``import_package``, as it is called in the code."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The whole document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        document["components"]["schemas"] |= components()
        for path in document["paths"].values():
            for method, operation in path.items():
                path[method] = _described(method, operation)
        return document


def _described(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    # one function answers every method of the proxy, but an operation's id is its own
    own = "_proxy" if operation["operationId"] == "proxy" else ""
    return {
        **operation,
        "operationId": f"{method}{own}" if own else operation["operationId"],
        "responses": {**operation["responses"], "default": FAILED},
    }
