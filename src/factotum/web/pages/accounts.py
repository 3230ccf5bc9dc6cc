"""Linking an account by consent: start, paste the address back, cancel, unlink.

The provider is another origin, so the browser is sent there by script (``HX-Redirect``) or, without
script, by a link: a redirect after a form would be stopped by our own ``form-action`` rule.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from factotum.core.errors import FactotumError, NotFound, Refused
from factotum.core.values import Record, Ref
from factotum.web.asking import actor_of, app, result
from factotum.web.pages import card_forms, linking
from factotum.web.pages.cards import scheme_of, service_of


def link(request: HttpRequest, id: int) -> HttpResponseBase:
    """GET: the block as it is now (a waiting card looks every few seconds). POST: ask for consent."""
    account = _account(request, id)
    if request.method != "POST":
        return _looked_at(request, account)
    service = service_of(actor_of(request), account)
    card_forms.keep_typed(request, account, scheme_of(service))
    came_from = _return_to(request, account)
    try:
        consent = result(app().link_start(actor_of(request), account.ref, return_to=came_from))
    except (NotFound, Refused):
        raise
    except FactotumError as error:
        linking.failed(request, account.id, error.sentence)
        return _block(request, account)
    if not consent.url:  # nobody had to be asked: client credentials, for example
        return _changed(_block(request, _account(request, id)))
    linking.started(
        request,
        account,
        state=consent.state,
        url=consent.url,
        return_to=came_from,
        expires_at=consent.expires_at,
    )
    if request.POST.get("by") == "paste":
        return _block(request, account)
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(consent.url)
    return render(request, "cards/go_to_provider.html", {"url": consent.url, "service": service})


@require_POST
def paste(request: HttpRequest, id: int) -> HttpResponseBase:
    """The address the provider sent the browser to (or the PIN it showed), pasted by hand."""
    account = _account(request, id)
    typed = request.POST.get("callback_url", "").strip()
    try:
        account = result(app().link_paste(actor_of(request), account.ref, typed))
    except (NotFound, Refused):
        raise
    except FactotumError as error:
        return _block(request, account, paste_fault=error.sentence, typed=typed)
    linking.ended(request, account.id)
    return _changed(_block(request, account))


@require_POST
def cancel(request: HttpRequest, id: int) -> HttpResponseBase:
    """Stop waiting; what the account had stays."""
    account = _account(request, id)
    linking.ended(request, account.id)
    return _block(request, account)


def unlink(request: HttpRequest, id: int) -> HttpResponseBase:
    """GET asks whether to; POST forgets the credentials."""
    account = _account(request, id)
    if request.method != "POST":
        return _block(request, account, asks_unlink=True)
    account = result(app().unlink(actor_of(request), account.ref))
    linking.ended(request, account.id)
    return _changed(_block(request, account))


def _account(request: HttpRequest, id: int) -> Record:
    return result(app().get(actor_of(request), Ref("connected_account", id)))


def _block(request: HttpRequest, account: Record, **more: object) -> HttpResponse:
    """The link block alone for htmx; without script the whole card, in its edit state."""
    if request.headers.get("HX-Request") != "true":
        return redirect(f"/cards/connected_account/{account.id}/edit")
    service = service_of(actor_of(request), account)
    context = {**linking.context(request, account, service), "may_edit": True, **more}
    return render(request, "cards/link_block.html", context)


def _looked_at(request: HttpRequest, account: Record) -> HttpResponse:
    service = service_of(actor_of(request), account)
    if linking.context(request, account, service)["waiting"]:
        return HttpResponse(status=204)
    return _changed(_block(request, account))


def _changed(response: HttpResponse) -> HttpResponse:
    trigger_client_event(response, "recordChanged")
    return response


def _return_to(request: HttpRequest, account: Record) -> str:
    """The page the person is on, with this card open in its edit state."""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    card = f"connected_account/{account.id}"
    if not here.path or here.path.startswith("/cards/"):
        return f"/cards/{card}/edit"
    query = f"{here.query}&" if here.query else ""
    return f"{here.path}?{query}{urlencode({'card': card, 'edit': 1}, safe='/')}"
