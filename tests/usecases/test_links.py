"""Linking: what comes back has to be this person's, now, and for the first time."""

import asyncio

import pytest
from tests.servers.desk import THE_APP, office

from factotum.core.errors import LinkFailed, NotFound, Refused
from factotum.core.values import Ref

pytestmark = pytest.mark.django_db(transaction=True)


def params_of(address):
    from urllib.parse import parse_qsl, urlsplit

    return dict(parse_qsl(urlsplit(address).query))


async def started(desk, imported, actor=THE_APP):
    return await desk.app.link_start(actor, Ref("connected_account", imported["account"]))


async def account(desk, imported):
    return await desk.app.get(THE_APP, Ref("connected_account", imported["account"]))


async def test_the_callback_links_as_who_consented(desk, imported):
    consent = await started(desk, imported)

    record, _ = await desk.app.link_finish(THE_APP, params_of(desk.consented(consent.url, "bob")))

    assert record["linked_as"] == "@bob"
    assert record["health"] == "ok"


async def test_the_consent_page_is_where_a_browser_finds_it(desk, imported):
    consent = await started(desk, imported)

    assert consent.url.startswith(f"{desk.sandbox.url}/oauth/authenticate?oauth_token=")


async def refused(desk, imported, code, params, actor=THE_APP):
    before = await account(desk, imported)
    with pytest.raises(LinkFailed) as failed:
        await desk.app.link_finish(actor, params)
    assert failed.value.code == code
    after = await account(desk, imported)
    assert after.values == before.values
    return failed.value.sentence


async def test_a_forged_callback_links_nothing(desk, imported):
    await started(desk, imported)

    forged = {"oauth_token": "made-up", "oauth_verifier": "made-up"}
    assert "not belong" in await refused(desk, imported, "callback-forged", forged)


async def test_a_callback_works_once(desk, linked):
    consent = await started(desk, linked)
    params = params_of(desk.consented(consent.url))
    await desk.app.link_finish(THE_APP, params)

    assert "used already" in await refused(desk, linked, "callback-replayed", params)


async def test_of_two_tabs_one_links(desk, imported):
    consent = await started(desk, imported)
    params = params_of(desk.consented(consent.url))

    ended = await asyncio.gather(
        *(desk.app.link_finish(THE_APP, params) for _ in range(4)), return_exceptions=True
    )

    failed = [one for one in ended if isinstance(one, LinkFailed)]
    assert len(failed) == 3
    assert {one.code for one in failed} == {"callback-replayed"}
    assert len(desk.seen("POST", "/oauth/access_token")) == 1


async def test_a_callback_of_another_person_links_nothing(desk, imported, ada, bob):
    mine = await desk.app.create(
        bob,
        "connected_account",
        {
            "name": "Mine",
            "service_id": (await account(desk, imported))["service_id"],
            "owner__context": "worker",
            "owner_id": bob.worker_id,
        },
        {},
    )
    consent = await desk.app.link_start(bob, mine.ref)
    params = params_of(desk.consented(consent.url))

    await refused(desk, imported, "callback-not-yours", params, actor=ada)
    record, _ = await desk.app.link_finish(bob, params)
    assert record["linked_as"] == "@alice"


async def test_consent_denied_has_its_own_words(desk, imported):
    consent = await started(desk, imported)
    params = params_of(desk.consented(consent.url, allow=False))

    sentence = await refused(desk, imported, "consent-denied", params)
    assert "denied" in sentence or "refused" in sentence or "not allowed" in sentence.lower()


async def test_a_link_expires(desk, imported, monkeypatch):
    from factotum.linking import pending

    monkeypatch.setattr(pending, "LIFETIME", -1.0)  # begun long ago
    consent = await started(desk, imported)
    params = params_of(desk.consented(consent.url))

    assert "ten minutes" in await refused(desk, imported, "callback-expired", params)


async def test_a_wrong_consumer_secret_is_told(desk, imported):
    next(iter(desk.sandbox.state.apps.values())).consumer_secret = "another"

    with pytest.raises(LinkFailed) as failed:
        await started(desk, imported)

    assert failed.value.code == "client-refused" or "secret" in failed.value.sentence.lower()


@pytest.mark.parametrize("fault", ["500", "503", "garbage", "cut-before"])
async def test_a_provider_in_trouble_is_told_in_words_of_its_own(desk, imported, fault):
    desk.fail(fault, path="/oauth/request_token")

    with pytest.raises(LinkFailed) as failed:
        await started(desk, imported)

    assert len(failed.value.sentence) > 20
    assert "<" not in failed.value.sentence


async def test_each_trouble_has_its_own_code(desk, imported):
    codes = []
    for fault in ("500", "garbage", "cut-before"):
        desk.sandbox.state.switches.clear()
        desk.fail(fault, path="/oauth/request_token")
        with pytest.raises(LinkFailed) as failed:
            await started(desk, imported)
        codes.append(failed.value.code)

    assert len(set(codes)) == 3


async def test_a_provider_that_is_down_is_told(tmp_path, sandbox, transactional_db):
    from tests.guide import packages
    from tests.servers.product import free_port

    async with office(tmp_path, sandbox) as desk:
        service = packages.service(host=f"http://127.0.0.1:{free_port()}")
        result = await desk.app.import_package(THE_APP, service, {"the_id": "i", "the_secret": "s"})
        imported = {"account": result.records["connected_account"]["the_account"]["id"]}

        with pytest.raises(LinkFailed) as failed:
            await started(desk, imported)

    assert failed.value.code == "no-connection"


async def test_pasting_links_too(desk, imported):
    consent = await started(desk, imported)
    ref = Ref("connected_account", imported["account"])

    record = await desk.app.link_paste(THE_APP, ref, f"  {desk.consented(consent.url)}\n")

    assert record["linked_as"] == "@alice"


async def test_a_pin_links_too(desk, imported):
    ref = Ref("connected_account", imported["account"])
    consent = await desk.app.link_start(THE_APP, ref, callback_url="oob")
    from factotum.sandbox.steering import consent as decide

    state = desk.sandbox.state
    pin = decide(state, consent.url, state.user_named("alice"))["pin"]

    assert (await desk.app.link_paste(THE_APP, ref, pin))["linked_as"] == "@alice"


async def test_pasting_the_consent_page_itself_is_told(desk, imported):
    consent = await started(desk, imported)

    with pytest.raises(LinkFailed) as failed:
        await desk.app.link_paste(
            THE_APP, Ref("connected_account", imported["account"]), consent.url
        )

    assert failed.value.code == "not-a-callback"


async def test_unlinking_forgets_the_credentials(desk, linked):
    ref = Ref("connected_account", linked["account"])

    await desk.app.unlink(THE_APP, ref)

    assert await desk.app.secrets_set_at(THE_APP, ref) == {}
    assert not (await account(desk, linked))["linked_as"]


async def test_a_worker_may_not_link_what_is_not_theirs(desk, imported, bob):
    with pytest.raises(Refused):  # everybody sees the app's account
        await started(desk, imported, actor=bob)
    carol = await desk.worker("carol")
    ref = Ref("connected_account", imported["account"])
    await desk.app.save(THE_APP, ref, {"owner__context": "worker", "owner_id": carol.worker_id}, {})
    with pytest.raises(NotFound):
        await started(desk, imported, actor=bob)


async def test_linking_again_as_somebody_else_is_asked_about(desk, linked):
    consent = await started(desk, linked)

    with pytest.raises(LinkFailed) as failed:
        await desk.app.link_finish(THE_APP, params_of(desk.consented(consent.url, "bob")))

    assert failed.value.code == "other-person"
    assert (await account(desk, linked))["linked_as"] == "@alice"


async def test_a_provider_that_is_slow_is_told(desk, imported, monkeypatch):
    from factotum.linking import conversation

    monkeypatch.setattr(conversation, "ANSWER_SECONDS", 0.3)
    desk.fail("slow", path="/oauth/request_token", seconds=2)

    with pytest.raises(LinkFailed) as failed:
        await started(desk, imported)

    assert failed.value.code == "timeout"
    assert "did not answer in time" in failed.value.sentence
