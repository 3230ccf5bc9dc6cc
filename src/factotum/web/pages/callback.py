"""``/oauth/callback``: where providers send the person back to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from factotum.core.errors import FactotumError
from factotum.web.asking import actor_of, app, result
from factotum.web.errors import problem
from factotum.web.pages import linking


def callback(request: HttpRequest, extension_id: str = "") -> HttpResponseBase:
    """Finish the link this person started, and go back to where they were, its card open."""
    del extension_id  # the pending link knows its scheme; both addresses mean the same
    params = {key: str(value) for key, value in request.GET.items()}
    pending = linking.of_callback(request, params)
    try:
        account, return_to = result(app().link_finish(actor_of(request), params))
    except FactotumError as error:
        return _failed(request, pending, error)
    linking.ended(request, account.id)
    messages.success(request, f"{account.label} is linked as {account.get('linked_as') or 'you'}.")
    return redirect(_own(return_to) or f"/cards/connected_account/{account.id}/edit")


def _failed(
    request: HttpRequest, pending: tuple[int, str] | None, error: FactotumError
) -> HttpResponseBase:
    """Back to the card, which tells what happened; a callback nobody here began gets a page."""
    if pending is None:
        return problem(request, 400, "Linking did not work", error.sentence)
    account_id, return_to = pending
    linking.failed(request, account_id, error.sentence)
    return redirect(_own(return_to) or f"/cards/connected_account/{account_id}/edit")


def _own(url: str) -> str:
    """The address where it is one of ours, else ""."""
    return url if url_has_allowed_host_and_scheme(url, allowed_hosts=None) else ""
