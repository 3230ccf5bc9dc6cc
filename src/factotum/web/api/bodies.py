"""How a request's body is read: strict JSON, and what is wrong with one in words that fit the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from factotum.core.errors import BadInput, BadPackage
from factotum.packages.decoding import decode


class StrictJson(Parser):
    """A key may stand once in an object, numbers are finite, nesting is limited."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The value; BadInput (``bad-json``) where there is none."""
        try:
            value = decode(request.body)
        except BadPackage as error:
            fault = error.faults[0]
            raise BadInput(
                f"The request's body cannot be read: {fault.sentence}", code=_code(fault.code)
            ) from error
        if not isinstance(value, dict):
            raise BadInput("Send a JSON object as the request's body.", code="bad-json")
        return value


def _code(code: str) -> str:
    return code if code == "too-large" else "bad-json"
