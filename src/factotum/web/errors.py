"""What a person sees when something does not work: the error's own sentence and a way on."""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from factotum.core.database_trouble import AGAIN, StoreAway
from factotum.core.errors import (
    BadInput,
    Conflict,
    FactotumError,
    LinkFailed,
    NoAnswer,
    NotFound,
    Refused,
    RelinkNeeded,
    RetryLater,
)
from factotum.store.away import known_trouble

log = logging.getLogger(__name__)

STATUS: tuple[tuple[type[FactotumError], int, str], ...] = (
    (NotFound, 404, "Not found"),
    (Conflict, 409, "Not as things stand now"),
    (Refused, 403, "Not allowed"),
    (BadInput, 400, "That cannot be done as it stands"),
    (LinkFailed, 400, "Linking did not work"),
    (RelinkNeeded, 409, "An account has to be linked again"),
    (RetryLater, 503, "Not now"),
    (NoAnswer, 502, "No answer"),
    (FactotumError, 500, "That did not work"),
)


class DomainErrors(MiddlewareMixin):
    """Turns the product's errors into pages; a fragment's request gets a fragment."""

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """A page for an error of ours; anything else is Django's to report."""
        away = known_trouble(exception)
        if away is not None and not request.path.startswith("/api/"):
            return not_now(away)
        if not isinstance(exception, FactotumError) or request.path.startswith("/api/"):
            return None
        status, title = next(
            (status, title) for kind, status, title in STATUS if isinstance(exception, kind)
        )
        return problem(request, status, title, exception.sentence)


def problem(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """The page (or, inside a card or the chat, the fragment) that says what happened."""
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "parts/problem.html" if is_fragment else "problem.html"
    context = {"title": title, "sentence": sentence, "status": status}
    return render(request, template, context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: say so, and show where things are."""
    del exception
    return problem(request, 404, "Not found", f"There is nothing at {request.path}.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 that Django raises itself."""
    del exception
    return problem(request, 403, "Not allowed", "You may not do this. Ask an admin.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: a request that cannot be read, such as a form that is far too large."""
    too_large = type(exception).__name__ == "RequestDataTooBig"
    sentence = (
        "What was sent is larger than 32 MB, so nothing was read and nothing changed."
        if too_large
        else "This request cannot be read, and nothing changed. Go back and try again."
    )
    return problem(request, 400, "That cannot be read", sentence)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; what the person was doing may or may not have been saved."""
    away = known_trouble(sys.exc_info()[1])
    if away is not None:
        return not_now(away)
    sentence = (
        "This is a fault of Factotum, and its log says more. Go back and look whether your change "
        "is there before you try again."
    )
    try:
        return problem(request, 500, "Something broke here", sentence)
    except Exception:  # the page around it needs the database, which may be what broke
        log.exception("the page that tells of a fault could not be drawn")
        return HttpResponse(sentence, status=500, content_type="text/plain; charset=utf-8")


def not_now(away: StoreAway) -> HttpResponse:
    """503, without the page around it, which needs the database."""
    log.error("answered 503: %s", away)
    response = HttpResponse(away.sentence, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(round(AGAIN))
    return response


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token: most often a page left open over a sign-in."""
    log.info("refused a form on %s: %s", request.path, reason)
    return problem(
        request,
        403,
        "This page was open too long",
        "Nothing changed. Reload the page and try again.",
    )
