"""The developer's pages: making an application, its keys, callbacks and permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from factotum.sandbox.html import go, page
from factotum.sandbox.model import App
from factotum.sandbox.oauth1_validator import grant
from factotum.sandbox.sessions import posted, text
from factotum.sandbox.state import new_client_keys, new_consumer_keys

if TYPE_CHECKING:
    from factotum.sandbox.state import State

TABS = {
    "": "Details",
    "settings": "Settings",
    "keys": "Keys and Access Tokens",
    "permissions": "Permissions",
}
NOTHING: dict[str, str] = {"name": "", "description": "", "website": "", "callback_urls": ""}


async def applications(request: Request) -> Response:
    """GET /apps."""
    state: State = request.app.state.sandbox
    return page(request, "apps.html", apps=list(state.apps.values()))


async def new_application(request: Request) -> Response:
    """GET and POST /app/new."""
    state: State = request.app.state.sandbox
    if request.method == "GET":
        return page(request, "app_new.html", values=NOTHING, faults={})
    form = await posted(request)
    values = _details(form)
    faults = _faults(state, values, "")
    if faults:
        return page(request, "app_new.html", status=422, values=values, faults=faults)
    app = state.add_app(
        values["name"],
        values["callback_urls"].split(),
        description=values["description"],
        website=values["website"],
    )
    return go(request, f"/app/{app.id}", "Your application has been created.")


def _details(form: FormData) -> dict[str, str]:
    return {name: text(form, name) for name in NOTHING}


def _faults(state: State, values: dict[str, str], own_id: str) -> dict[str, str]:
    """Find what is wrong with an application's details: field → sentence."""
    faults: dict[str, str] = {}
    if not values["name"]:
        faults["name"] = "Give the application a name."
    elif any(app.name == values["name"] and app.id != own_id for app in state.apps.values()):
        faults["name"] = "Another application has that name already."
    if not values["description"]:
        faults["description"] = "Describe in a few words what it does."
    if not _is_web_address(values["website"]):
        faults["website"] = "Give a full address, such as https://example.com."
    wrong = [url for url in values["callback_urls"].split() if not _is_callback(url)]
    if wrong:
        faults["callback_urls"] = f"{wrong[0]} is not a full address, such as https://host/path."
    return faults


def _is_web_address(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_callback(address: str) -> bool:
    """Accept web addresses and an app's own scheme; never one that a browser would run."""
    parts = urlsplit(address)
    own_scheme = "://" in address and parts.scheme not in ("javascript", "data", "vbscript", "file")
    return "#" not in address and (_is_web_address(address) or (own_scheme and bool(parts.scheme)))


async def application(request: Request) -> Response:
    """GET /app/{id} and its tabs."""
    return _tab(request, _app(request), request.path_params.get("tab", ""))


def _app(request: Request) -> App:
    state: State = request.app.state.sandbox
    app = state.apps.get(str(request.path_params["id"]))
    if app is None:
        raise HTTPException(404)
    return app


def _tab(
    request: Request,
    app: App,
    tab: str,
    values: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response:
    if tab not in TABS:
        raise HTTPException(404)
    state: State = request.app.state.sandbox
    return page(
        request,
        f"app_{tab or 'details'}.html",
        status=422 if faults else 200,
        app=app,
        tab=tab,
        tabs=TABS,
        values=values or _values(app),
        faults=faults or {},
        users=list(state.users.values()),
        tokens=[
            (token, state.users[token.user_id])
            for token in state.user_tokens.values()
            if token.app_id == app.id
        ],
    )


def _values(app: App) -> dict[str, str]:
    return {
        "name": app.name,
        "description": app.description,
        "website": app.website,
        "callback_urls": "\n".join(app.callback_urls),
        "rsa_public_key": app.rsa_public_key,
    }


async def save_settings(request: Request) -> Response:
    """POST /app/{id}/settings."""
    state: State = request.app.state.sandbox
    app, form = _app(request), await posted(request)
    values = _details(form) | {"rsa_public_key": text(form, "rsa_public_key")}
    faults = _faults(state, values, app.id)
    if values["rsa_public_key"] and not _is_rsa_key(values["rsa_public_key"]):
        faults["rsa_public_key"] = "That is not an RSA public key in PEM form."
    if faults:
        return _tab(request, app, "settings", values, faults)
    app.name, app.description = values["name"], values["description"]
    app.website, app.rsa_public_key = values["website"], values["rsa_public_key"]
    app.callback_urls = values["callback_urls"].split()
    app.client_type = "public" if text(form, "client_type") == "public" else "confidential"
    app.v1_open = text(form, "v1_open") == "yes"
    state.save()
    return go(request, f"/app/{app.id}/settings", "The settings were saved.")


def _is_rsa_key(pem: str) -> bool:
    try:
        return isinstance(load_pem_public_key(pem.encode()), rsa.RSAPublicKey)
    except (ValueError, UnsupportedAlgorithm):
        return False


async def save_permission(request: Request) -> Response:
    """POST /app/{id}/permissions."""
    state: State = request.app.state.sandbox
    app, form = _app(request), await posted(request)
    app.permission = "read" if text(form, "permission") == "read" else "read-write"
    state.save()
    return go(
        request,
        f"/app/{app.id}/permissions",
        "The permission was saved. Access tokens keep the one they were given under.",
    )


def _regenerate(made: Callable[[], dict[str, str]], what: str) -> Callable[[Request], Any]:
    async def regenerate(request: Request) -> Response:
        state: State = request.app.state.sandbox
        app = _app(request)
        await posted(request)
        for name, value in made().items():
            setattr(app, name, value)
        state.save()
        return go(request, f"/app/{app.id}/keys", f"{what} are new; the old ones are dead.")

    return regenerate


async def make_access_token(request: Request) -> Response:
    """POST /app/{id}/keys/token: an access token without the consent page."""
    state: State = request.app.state.sandbox
    app, form = _app(request), await posted(request)
    user = state.users.get(text(form, "user_id"))
    if user is None:
        raise HTTPException(404)
    grant(state, app, user)
    return go(request, f"/app/{app.id}/keys", f"There is an access token for @{user.username}.")


ROUTES = [
    Route("/apps", applications, methods=["GET"]),
    Route("/app/new", new_application, methods=["GET", "POST"]),
    Route("/app/{id:int}", application, methods=["GET"]),
    Route("/app/{id:int}/{tab}", application, methods=["GET"]),
    Route("/app/{id:int}/settings", save_settings, methods=["POST"]),
    Route("/app/{id:int}/permissions", save_permission, methods=["POST"]),
    Route("/app/{id:int}/keys/token", make_access_token, methods=["POST"]),
    Route(
        "/app/{id:int}/keys/consumer",
        _regenerate(new_consumer_keys, "Consumer Key and Consumer Secret"),
        methods=["POST"],
    ),
    Route(
        "/app/{id:int}/keys/client",
        _regenerate(new_client_keys, "Client ID and Client Secret"),
        methods=["POST"],
    ),
]
