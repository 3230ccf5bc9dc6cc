"""An installation as the guide leaves it: a service, an account linked as @alice, a bot that posts."""

from __future__ import annotations

from typing import Any

from tests.guide import packages
from tests.servers.product import Product

from factotum.sandbox.state import State
from factotum.sandbox.steering import consent


def imported(product: Product, package: Any, answers: Any) -> dict[str, Any]:
    """The records that importing a package made, by type and uid."""
    answer = product.api("POST", "/packages/import", {"package": package, "prompts": answers})
    assert answer.status == 200, answer.text
    return answer.json()["records"]  # type: ignore[no-any-return]  # JSON


def linked_bot(product: Product, state: State, app: str) -> dict[str, int]:
    """The ids of the account, the bot and its behaviors, by uid; ``app`` is its name at the sandbox."""
    keys = state.ensure_app(app, [f"{product.url}/oauth/callback"])
    answers = {"the_id": keys.consumer_key, "the_secret": keys.consumer_secret}
    made = imported(product, packages.service(), answers)
    account = made["connected_account"]["the_account"]["id"]
    started = product.api("POST", f"/accounts/{account}/link").json()
    address = consent(state, started["authorize_url"], state.user_named("alice"))
    body = {"callback_url": address["location"]}
    pasted = product.api("POST", f"/accounts/{account}/link/paste", body)
    assert pasted.status == 200, pasted.text
    made = imported(product, packages.bot(), {"the_account": account})
    behaviors = {uid: record["id"] for uid, record in made["behavior"].items()}
    return {"account": account, "bot": made["bot"]["b"]["id"], **behaviors}
