"""Records by hand: what cannot stand is named, secrets are never given back, rights are kept."""

import pytest
from tests.servers.desk import THE_APP

from factotum.core.errors import BadInput, NotFound, Refused
from factotum.core.values import Ref

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_record_is_named_by_id_uri_or_unique_name(desk, imported):
    ref = Ref("connected_account", imported["account"])
    await desk.app.save(THE_APP, ref, {"uri": "twitter-main"}, {})

    for name in (str(ref.id), "twitter-main", "Twitter"):
        assert (await desk.app.one_named(THE_APP, "connected_account", name)).id == ref.id


async def test_a_name_that_is_not_unique_lists_the_ids(desk, imported):
    service = (await desk.app.find(THE_APP, "connected_service")).records[0]
    other = await desk.app.create(
        THE_APP, "connected_account", {"name": "Twitter", "service_id": service.id}, {}
    )

    with pytest.raises(BadInput) as refused:
        await desk.app.one_named(THE_APP, "connected_account", "Twitter")

    assert str(other.id) in refused.value.sentence
    assert str(imported["account"]) in refused.value.sentence


@pytest.mark.parametrize("name", ["", "nobody", "9" * 30, "-1", "²"])
async def test_a_name_that_is_nobodys_is_not_found(desk, name):
    with pytest.raises(NotFound):
        await desk.app.one_named(THE_APP, "connected_account", name)


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"name": "X", "colour": "red"}, "unknown-field", "colour"),
        ({"name": "X", "linked_as": "@me"}, "read-only-field", "linked_as"),
        ({"service_id": 1}, "bad-input", "Name"),
        ({"name": "X", "service_id": 99}, "bad-input", "99"),
        ({"name": "X", "service_id": "seven"}, "bad-input", "Service"),
        ({"name": "X", "service_id": [1]}, "bad-input", "Service"),
    ],
)
async def test_what_cannot_stand_is_named_and_nothing_is_made(desk, values, code, words):
    with pytest.raises(BadInput) as refused:
        await desk.app.create(THE_APP, "connected_account", values, {})

    assert refused.value.code == code
    assert words in refused.value.sentence
    assert (await desk.app.find(THE_APP, "connected_account")).total == 0


async def test_a_service_of_no_known_type_is_refused(desk):
    with pytest.raises(BadInput) as refused:
        await desk.app.create(
            THE_APP, "connected_service", {"name": "X", "extension_id": "no.such"}, {}
        )

    assert "no.such" in refused.value.sentence


async def test_an_unknown_type_is_named(desk):
    with pytest.raises(NotFound) as refused:
        await desk.app.find(THE_APP, "teapot")

    assert refused.value.code == "unknown-record-type"


async def test_an_empty_secret_keeps_what_is_there(desk, imported):
    service = (await desk.app.find(THE_APP, "connected_service")).records[0]
    before = await desk.app.secrets_set_at(THE_APP, service.ref)

    await desk.app.save(THE_APP, service.ref, {"name": "Bird"}, {"client_secret": ""})

    assert await desk.app.secrets_set_at(THE_APP, service.ref) == before
    assert "client_secret" in before


async def test_saving_a_name_never_loses_a_link(desk, linked):
    ref = Ref("connected_account", linked["account"])

    record = await desk.app.save(THE_APP, ref, {"name": "Main account"}, {})

    assert (record.label, record["linked_as"]) == ("Main account", "@alice")


async def test_workers_change_nothing_of_the_apps(desk, imported, bob):
    for ref in (Ref("connected_account", imported["account"]), Ref("bot", imported["bot"])):
        with pytest.raises(Refused):
            await desk.app.save(bob, ref, {"name": "Mine now"}, {})
        with pytest.raises(Refused):
            await desk.app.delete(bob, ref)
    with pytest.raises(Refused):
        await desk.app.save(bob, Ref("behavior", imported["b_post"]), {"title": "Mine now"}, {})


async def test_a_worker_cannot_give_an_account_to_somebody_else(desk, imported, bob):
    service = (await desk.app.find(THE_APP, "connected_service")).records[0]

    with pytest.raises(Refused):
        await desk.app.create(
            bob,
            "connected_account",
            {"name": "Theirs", "service_id": service.id, "owner__context": "app", "owner_id": 0},
            {},
        )


async def test_a_worker_cannot_make_themselves_an_admin(desk, bob):
    with pytest.raises(Refused):
        await desk.app.save(bob, Ref("worker", bob.worker_id), {"is_admin": True}, {})


async def test_only_admins_import_and_export(desk, bob):
    with pytest.raises(Refused):
        await desk.app.import_package(bob, "{}", {})
    with pytest.raises(Refused):
        await desk.app.export_package(bob, [])


async def test_lists_are_paged_without_a_gap(desk):
    for number in range(7):
        await desk.app.create(THE_APP, "task", {"title": f"Task {number}"}, {})

    seen, cursor = [], ""
    while True:
        page = await desk.app.find(THE_APP, "task", after=cursor, limit=3)
        seen += [record.label for record in page.records]
        cursor = page.cursor
        if not cursor:
            break

    assert seen == [f"Task {number}" for number in range(7)]


async def test_a_deleted_record_is_gone(desk, imported):
    ref = Ref("connected_account", imported["account"])

    await desk.app.delete(THE_APP, ref)

    with pytest.raises(NotFound):
        await desk.app.get(THE_APP, ref)


async def test_an_account_whose_keys_were_typed_in_is_ready_until_it_is_used(desk):
    bearer = {"name": "GitHub", "extension_id": "cerb.service.provider.token.bearer"}
    service = await desk.app.create(THE_APP, "connected_service", bearer, {})
    values = {"name": "GitHub", "service_id": service.id}

    account = await desk.app.create(THE_APP, "connected_account", values, {})
    assert account["health"] == ""

    account = await desk.app.save(THE_APP, account.ref, {}, {"token": "typed"})
    assert account["health"] == "ready"

    outside = desk.parts.outside
    await outside.threads.run(outside.store.update, account.ref, {"health": "failing"})
    account = await desk.app.save(THE_APP, account.ref, {"name": "Mine"}, {})
    assert account["health"] == "failing"  # another name changes nothing

    account = await desk.app.save(THE_APP, account.ref, {}, {"token": "another"})
    assert account["health"] == "ready"
