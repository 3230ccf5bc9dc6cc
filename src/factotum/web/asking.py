"""How a page asks the product: who asks, and the answer waited for.

Pages are ordinary functions in threads of their own; what they ask runs on the server's event loop,
where the connections to other services live.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponseBase

from factotum.bootstrap import get_app
from factotum.core.errors import Refused
from factotum.core.values import Actor
from factotum.usecases.app import App

P = ParamSpec("P")
R = TypeVar("R")


def app() -> App:
    """The product."""
    return get_app()


def result(asked: Coroutine[Any, Any, R]) -> R:
    """The answer to ``app().find(…)`` and its like."""

    async def wait() -> R:
        return await asked

    return async_to_sync(wait)()


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person, as the use-cases want to know them."""
    worker = request.user
    return Actor(
        worker_id=worker.pk,
        name=worker.get_username(),
        is_admin=bool(getattr(worker, "is_admin", False)),
        via="page",
    )


def admins_only(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Refuse everyone else, in words."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not actor_of(request).is_admin:
            raise Refused("This page is for admins. Ask one to do it or to make you one.")
        return view(request, *args, **kwargs)

    return guarded
