"""Errors as problem details (RFC 9457): ``type``, ``title``, ``status``, ``detail`` and a stable ``code``."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db.utils import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.deprecation import MiddlewareMixin
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from factotum.core import errors
from factotum.core.database_trouble import AGAIN, AWAY, StoreAway
from factotum.store.away import known_trouble

MEDIA_TYPE = "application/problem+json"

STATUS: tuple[tuple[type[errors.FactotumError], HTTPStatus], ...] = (
    (errors.BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.NotFound, HTTPStatus.NOT_FOUND),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.Refused, HTTPStatus.FORBIDDEN),
    (errors.LinkFailed, HTTPStatus.CONFLICT),
    (errors.RelinkNeeded, HTTPStatus.CONFLICT),
    (errors.RetryLater, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.NoAnswer, HTTPStatus.BAD_GATEWAY),
)


NO_ROOM = {
    "rate-limited": HTTPStatus.TOO_MANY_REQUESTS,
    "day-limit": HTTPStatus.TOO_MANY_REQUESTS,
    "month-cap": HTTPStatus.TOO_MANY_REQUESTS,
    "over-budget": HTTPStatus.TOO_MANY_REQUESTS,
    "out-of-credits": HTTPStatus.PAYMENT_REQUIRED,
}
"""Why there is no room → the status that says so."""


def problem(status: int, code: str, detail: str, **members: Any) -> JsonResponse:
    """One problem document.

    >>> problem(404, "not-found", "There is no run 7.").content
    b'{"type": "about:blank", "title": "Not Found", "status": 404, ...
    """
    document = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
    return JsonResponse(document, status=status, content_type=MEDIA_TYPE)


def of_error(error: errors.FactotumError) -> JsonResponse:
    """The problem an error of ours is answered with."""
    status = next((known for kind, known in STATUS if isinstance(error, kind)), 500)
    if isinstance(error, errors.RetryLater):
        status = NO_ROOM.get(error.code, status)
    members: dict[str, Any] = {}
    if isinstance(error, errors.BadPackage):
        members["faults"] = [
            {"code": f.code, "path": f.path, "sentence": f.sentence, "hint": f.hint}
            for f in error.faults
        ]
    if isinstance(error, errors.BadInput) and error.fields:
        members["fields"] = error.fields
    if isinstance(error, errors.NoAnswer):
        members["sent"] = error.sent
    if isinstance(error, errors.BehaviorFault) and error.node:
        members["node"] = error.node
    response = problem(status, error.code, error.sentence, **members)
    if isinstance(error, errors.RetryLater):
        response["Retry-After"] = str(max(1, round(error.after)))
    return response


def of_trouble(away: StoreAway) -> JsonResponse:
    """503 while the database cannot be used."""
    response = problem(HTTPStatus.SERVICE_UNAVAILABLE, away.code, away.sentence)
    response["Retry-After"] = str(round(AGAIN))
    return response


CODES = {
    400: ("bad-request", "This request cannot be read."),
    404: ("not-found", "There is nothing at this address; /api/docs shows what there is."),
    405: ("method-not-allowed", "This address does not take that method."),
    500: ("internal", "Something broke here; the log says more. Look before you try again."),
    503: ("database-away", AWAY),
}
"""What Django and the library answer by themselves."""


class Problems(MiddlewareMixin):
    """Everything under ``/api/`` that fails is a problem document, whoever answered it."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The same answer, told as a problem where it is none yet and no service's own."""
        if response.status_code < 400 or not request.path.startswith("/api/"):
            return response
        media_type = response.headers.get("Content-Type", "").partition(";")[0]
        if media_type == MEDIA_TYPE or "X-Factotum-Run" in response.headers:
            return response
        status = response.status_code
        code, detail = CODES.get(status, ("bad-request", HTTPStatus(status).description))
        told = problem(status, code, detail)
        if "Retry-After" in response.headers:
            told["Retry-After"] = response.headers["Retry-After"]
        if "Allow" in response.headers:
            told["Allow"] = response.headers["Allow"]
        return told


def _told(fault: Mapping[str, Any]) -> str:
    """The library's sentence, where it speaks of JSON and not of Python."""
    if fault.get("type") in {"dict_type", "model_attributes_type"}:
        return "Input should be an object"
    return str(fault["msg"])


def register(api: NinjaAPI) -> None:
    """Answer every error of this API as a problem document."""

    @api.exception_handler(errors.FactotumError)
    def ours(request: HttpRequest, error: errors.FactotumError) -> HttpResponse:  # noqa: ARG001
        return of_error(error)

    @api.exception_handler(StoreAway)
    def away(request: HttpRequest, error: StoreAway) -> HttpResponse:  # noqa: ARG001
        return of_trouble(error)

    @api.exception_handler(DatabaseError)
    def database_error(request: HttpRequest, error: DatabaseError) -> HttpResponse:  # noqa: ARG001
        trouble = known_trouble(error)
        if trouble is None:
            raise error
        return of_trouble(trouble)

    @api.exception_handler(AuthenticationError)
    def unknown_token(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001
        response = problem(
            401,
            "token-missing",
            "Send a valid token: Authorization: Bearer …; make one with: factotum token create",
        )
        response["WWW-Authenticate"] = 'Bearer realm="Factotum"'
        return response

    @api.exception_handler(ValidationError)
    def wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
        faults = [
            {"path": ".".join(map(str, fault["loc"][1:])), "sentence": _told(fault)}
            for fault in error.errors
        ]
        first = faults[0] if faults else {"path": "", "sentence": "The request cannot be read."}
        detail = f"{first['path']}: {first['sentence']}." if first["path"] else first["sentence"]
        return problem(422, "bad-request", detail, faults=faults)

    @api.exception_handler(HttpError)
    def library_error(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
        if isinstance(error.__cause__, errors.FactotumError):
            return of_error(error.__cause__)  # what our parser found
        return problem(error.status_code, "bad-request", str(error))

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:  # noqa: ARG001
        return problem(413, "too-large", "The request's body is larger than 32 MB.")
