"""Tokens and sign-in links: who they stand for, how long, and what they may."""

import pytest
from tests.servers.desk import BASE_URL, THE_APP

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.values import Ref

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_token_stands_for_the_product_or_a_person(desk, bob):
    ours = await desk.app.token_actor(await desk.app.create_token(THE_APP, name="cli"))
    bobs = await desk.app.token_actor(
        await desk.app.create_token(THE_APP, name="x", worker_name="bob")
    )

    assert (ours.worker_id, ours.is_admin) == (None, True)
    assert (bobs.worker_id, bobs.is_admin, bobs.via) == (bob.worker_id, False, "api")


async def test_a_disabled_persons_token_opens_nothing(desk, bob):
    token = await desk.app.create_token(bob, name="mine")
    await desk.app.save(THE_APP, Ref("worker", bob.worker_id), {"is_disabled": True}, {})

    assert await desk.app.token_actor(token) is None


async def test_a_revoked_token_opens_nothing(desk, bob):
    token = await desk.app.create_token(bob, name="mine")
    [kept] = await desk.app.tokens(bob)

    await desk.app.revoke_token(bob, kept.id)

    assert await desk.app.token_actor(token) is None
    assert token not in repr(kept)


async def test_nobody_revokes_a_colleagues_token(desk, bob):
    await desk.app.create_token(bob, name="mine")
    [kept] = await desk.app.tokens(bob)

    with pytest.raises(NotFound):
        await desk.app.revoke_token(await desk.worker("carol"), kept.id)


async def test_a_worker_makes_no_token_for_somebody_else(desk, ada, bob):
    with pytest.raises((Refused, NotFound)):
        await desk.app.create_token(bob, name="x", worker_name="ada")


async def test_an_unknown_scope_is_named(desk):
    with pytest.raises(BadInput) as refused:
        await desk.app.create_token(THE_APP, name="x", scopes=["sing"])

    assert "sing" in refused.value.sentence


async def test_a_sign_in_link_works_once(desk, bob):
    link = await desk.app.create_sign_in_link(THE_APP, bob.worker_id)
    token = link.removeprefix(f"{BASE_URL}/sign-in/link/")

    assert await desk.app.sign_in_link_worker(token) == bob.worker_id
    assert await desk.app.use_sign_in_link(token) == bob.worker_id
    with pytest.raises(NotFound) as refused:
        await desk.app.use_sign_in_link(token)
    assert refused.value.code == "link-used"


async def test_only_an_admin_makes_sign_in_links(desk, bob):
    with pytest.raises(Refused):
        await desk.app.create_sign_in_link(bob, bob.worker_id)


async def test_the_first_run_link_is_offered_until_somebody_can_sign_in(desk):
    first, second = await desk.app.first_run_link(THE_APP), await desk.app.first_run_link(THE_APP)

    assert first != second
    assert (await desk.app.find(THE_APP, "worker")).total == 1

    await desk.app.add_worker(THE_APP, "root", is_admin=True, password="a few unusual words")
    assert await desk.app.first_run_link(THE_APP) == ""


async def test_a_weak_password_makes_nobody(desk):
    with pytest.raises(BadInput) as refused:
        await desk.app.add_worker(THE_APP, "bob", password="short")

    assert refused.value.code == "weak-password"
    assert (await desk.app.find(THE_APP, "worker")).total == 0


async def test_a_token_without_a_scope_is_not_made_and_never_becomes_one_with_all(desk, ada):
    with pytest.raises(BadInput) as refused:
        await desk.app.create_token(ada, name="for nothing", scopes=())

    assert refused.value.code == "no-scope"
    assert not await desk.app.tokens(ada)


async def test_a_token_has_the_scopes_it_was_made_with_and_no_more(desk, ada):
    token = await desk.app.create_token(ada, name="to look", scopes=("read",))

    actor = await desk.app.token_actor(token)
    assert actor.scopes == {"read"}
