"""Lists of which people decide one by one: what runs ask them for, what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from factotum.core.errors import BadInput, Refused

LIMIT = 20


def decisions(
    request: HttpRequest,
    template: str,
    items: Mapping[str, Any],
    cursor: str,
    error: BadInput | Refused | None = None,
) -> HttpResponse:
    """Items by key, each with a form of its own.

    What is wrong with what was said stands beside its item (422); that it is too late to say it, on
    top of what is left (409).
    """
    key = request.POST.get("key", "")
    is_beside = isinstance(error, BadInput) and key in items
    context = {
        "items": items.values(),
        "cursor": cursor,
        "after": request.GET.get("after", ""),
        "fault": error.sentence if error and not is_beside else "",
        "faulty": key if is_beside else "",
        "beside": error.sentence if error and is_beside else "",
        "is_late": isinstance(error, Refused),
        "typed": request.POST,
    }
    status = 200 if error is None else 422 if isinstance(error, BadInput) else 409
    return render(request, template, context, status=status)
