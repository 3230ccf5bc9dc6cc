"""What the guide's tests share: its package, the provider's app page, importing by the labels."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PACKAGES = Path(__file__).parents[3] / "shared" / "packages"

GUIDE_PACKAGE = json.dumps(
    {
        "package": {
            "name": "Twitter Connected Service",
            "revision": 1,
            "requires": {"cerb_version": "9.1.0", "plugins": []},
            "configure": {
                "placeholders": [],
                "prompts": [
                    {
                        "type": "text",
                        "label": f"Client {name}",
                        "key": f"prompt_client_{name.lower()}",
                        "params": {"default": "", "placeholder": f"(paste your Client {name})"},
                    }
                    for name in ("ID", "Secret")
                ],
            },
        },
        "records": [
            {
                "uid": "service_twitter",
                "_context": "connected_service",
                "name": "Twitter",
                "extension_id": "cerb.service.provider.oauth1",
                "params": {
                    "grant_type": "authorization_code",
                    "client_id": "{{{prompt_client_id}}}",
                    "client_secret": "{{{prompt_client_secret}}}",
                    "request_token_url": "https://api.twitter.com/oauth/request_token",
                    "authentication_url": "https://api.twitter.com/oauth/authenticate",
                    "access_token_url": "https://api.twitter.com/oauth/access_token",
                    "signature_method_": "HMAC-SHA1",
                },
            },
            {
                "uid": "account_twitter",
                "_context": "connected_account",
                "name": "Twitter",
                "service_id": "{{{uid.service_twitter}}}",
                "owner__context": "cerberusweb.contexts.app",
                "owner_id": "0",
                "params": {},
            },
        ],
    },
    indent=2,
)
"""The package as the guide prints it."""


@dataclass(frozen=True)
class ProviderApp:
    """What the provider's *Keys and Access Tokens* tab shows."""

    key: str
    secret: str = field(repr=False)


def published(name: str) -> str:
    """A package of the 9.1 era; the test is skipped where the folder is not there."""
    file = PACKAGES / f"{name}.json"
    if not file.is_file():
        pytest.skip("the published packages are not here")
    return file.read_text()


def make_app(page, product) -> ProviderApp:
    """The guide's first section, at the sandbox."""
    page.goto(f"{product.sandbox.url}/app/new")
    page.get_by_label("Name").fill(f"Cerb for {secrets.token_hex(4)}")
    page.get_by_label("Description").fill("Connects your Twitter account with Cerb Helpdesk")
    page.get_by_label("Website").fill("https://example.cerb.me")
    page.get_by_label("Callback URL").fill(f"{product.url}/oauth/callback")
    page.get_by_role("button", name="Create your Twitter application").click()
    page.get_by_role("link", name="Keys and Access Tokens", exact=True).click()
    shown = page.inner_text("body")
    key, secret = (
        re.search(rf"{label}[^\n]*\n+\s*(\S+)", shown)[1]
        for label in ("Consumer Key", "Consumer Secret")
    )
    return ProviderApp(key, secret)


def import_by_program(product, name: str, **prompts: str) -> dict[str, Any]:
    """Import a published package through the API; the records it made."""
    token = product.command("token", "create").strip()
    body = {"package": json.loads(published(name)), "prompts": prompts}
    answer = product.ask("POST", f"{product.url}/api/v1/packages/import", body, token)
    assert answer["status"] == "imported"
    return answer["records"]


def linked_account(product, username: str = "alice") -> int:
    """The guide done by programs: an app, the package, consent; the linked account's id."""
    sandbox, api = f"{product.sandbox.url}/_sandbox", f"{product.url}/api/v1"
    callback = f"{product.url}/oauth/callback"
    app = product.ask("POST", f"{sandbox}/apps", {"name": "Bots", "callback_urls": [callback]})
    token = product.command("token", "create").strip()
    prompts = {
        "prompt_client_id": app["consumer_key"],
        "prompt_client_secret": app["consumer_secret"],
    }
    body = {"package": json.loads(GUIDE_PACKAGE), "prompts": prompts}
    imported = product.ask("POST", f"{api}/packages/import", body, token)
    account = imported["records"]["connected_account"]["account_twitter"]["id"]
    begun = product.ask("POST", f"{api}/accounts/{account}/link", {}, token)
    wanted = {"authorize_url": begun["authorize_url"], "username": username, "allow": True}
    went = product.ask("POST", f"{sandbox}/consent", wanted)
    back = {"callback_url": went["location"]}
    product.ask("POST", f"{api}/accounts/{account}/link/paste", back, token)
    return account


def import_package(page, text: str, answers: dict[str, str] | None = None) -> None:
    """Import by the labels; an answer is typed or, in a list, chosen by what it shows."""
    page.goto("/setup/configure/import-package")
    page.get_by_label("Paste the package").fill(text)
    page.get_by_role("button", name="Import").click()
    if answers is None:
        return
    for label, value in answers.items():
        asked = page.get_by_label(label, exact=True)
        if asked.evaluate("element => element.tagName") == "SELECT":
            asked.select_option(label=value)
        else:
            asked.fill(value)
    page.get_by_role("button", name="Import").click()


def bubble(page, heading: str, name: str):
    """The bubble of that name under that heading of the summary."""
    group = page.locator("div", has=page.get_by_role("heading", name=heading, exact=True)).last
    return group.get_by_role("link", name=name, exact=True)
