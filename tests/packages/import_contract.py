"""What importing does to a store, whichever store it is.

A test class inherits ``ImportContract`` and brings the fixtures ``store`` and ``secrets``:

    class TestOnTheRealStore(ImportContract):
        @pytest.fixture
        def store(self): …
"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.packages import samples

from factotum.auth.scheme import load_schemes
from factotum.core.errors import BadPackage
from factotum.core.ports import Query
from factotum.core.values import Actor, Moment, Ref
from factotum.packages.desk import Desk
from factotum.packages.exporter import export_package
from factotum.packages.importer import import_package
from factotum.records.record_type import load_record_types, record_types

ALL = Query(limit=1000)


def rows(store):
    """Every record of every type, for comparing before and after."""
    return {
        record.ref: dict(record.values)
        for key in record_types
        if key != "app"
        for record in store.find(key, ALL).records
    }


class ImportContract:
    @pytest.fixture(autouse=True)
    def _loaded(self):
        load_schemes()
        load_record_types()

    @pytest.fixture
    def desk(self, store, secrets):
        return Desk(
            store=store,
            secrets=secrets,
            actor=Actor.app(),
            moment=Moment.of(1_700_000_000, seed=7),
            base_url="https://factotum.example/",
        )

    @pytest.fixture
    def account(self, desk):
        result = import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
        return result.records["connected_account"]["account_chirper"]["id"]

    def test_a_first_request_gives_the_form_and_writes_nothing(self, desk, store):
        before = rows(store)
        for answers in (None, {}):
            result = import_package(json.dumps(samples.service()), answers, desk)
            assert result.status == "prompts"
            assert [q.key for q in result.prompts] == ["prompt_client_id", "prompt_client_secret"]
            assert [q.is_secret for q in result.prompts] == [False, True]
            assert [q.error for q in result.prompts] == ["", ""]
        assert rows(store) == before

    def test_an_empty_answer_gives_the_form_with_an_error_beside_its_field(self, desk, store):
        before = rows(store)
        answers = {"prompt_client_id": "key-1", "prompt_client_secret": " "}
        result = import_package(samples.service(), answers, desk)
        assert result.status == "prompts"
        assert [q.error for q in result.prompts] == ["", "Client Secret is empty."]
        assert rows(store) == before

    def test_a_service_and_its_account_are_made(self, desk, store):
        result = import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
        service = result.records["connected_service"]["service_chirper"]
        account = result.records["connected_account"]["account_chirper"]
        assert (result.status, service["label"], account["label"]) == (
            "imported", "Chirper", "Chirper",
        )  # fmt: skip
        assert account["url"] == f"/cards/connected_account/{account['id']}"
        stored = store.get(Ref("connected_account", account["id"]))
        assert stored["service_id"] == service["id"]
        assert (stored["owner__context"], stored["owner_id"]) == ("app", 0)
        hosts = store.get(Ref("connected_service", service["id"]))["hosts"]
        assert list(hosts) == ["api.chirper.example", "chirper.example"]

    def test_secrets_are_sealed_and_in_no_record(self, desk, store, secrets):
        result = import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
        ref = Ref("connected_service", result.records["connected_service"]["service_chirper"]["id"])
        assert secrets.open(ref)["client_secret"] == "s3cr3t-value"
        assert "client_secret" not in store.get(ref)["params"]
        assert store.get(ref)["params"]["client_id"] == "key-1"
        assert "s3cr3t-value" not in str(rows(store))
        assert "s3cr3t-value" not in str(result) + json.dumps(result.as_json())

    def test_uids_become_ids_everywhere(self, desk, store, account):
        result = import_package(samples.bot(), {"chirper_account_id": account}, desk)
        behaviors = {uid: r["id"] for uid, r in result.records["behavior"].items()}
        menu = store.get(Ref("behavior", behaviors["behavior_15"]))
        offer = menu["nodes"][0]["params"]["actions"][0]
        assert offer["behavior_id"] == str(behaviors["behavior_23"])
        call = store.get(Ref("behavior", behaviors["behavior_19"]))
        request = call["nodes"][0]["params"]["actions"][0]
        assert request["auth_connected_account_id"] == str(account)
        assert request["http_body"] == "text={{var_text|url_encode}}"
        handle = store.get(Ref("behavior", behaviors["behavior_23"]))
        action = handle["nodes"][0]["params"]["actions"][0]
        assert action["behavior_id"] == str(behaviors["behavior_19"])
        assert {menu["bot_id"], call["bot_id"]} == {result.records["bot"]["bot_2"]["id"]}
        assert "900000000000" not in str(rows(store))

    def test_both_repairs_are_reported_with_their_place(self, desk, account):
        result = import_package(samples.bot(), {"chirper_account_id": account}, desk)
        assert [repair.partition(": ")[0] for repair in result.repairs] == [
            "bots[0].behaviors[0].nodes[0].params.actions[0].behavior_id",
            "bots[0].behaviors[2].nodes[0].params.actions[0].behavior_id",
        ]

    def test_a_chosen_record_can_be_read_in_templates(self, desk, store, account):
        package = samples.bot()
        name = (
            "{{{chirper_account__label}}}/{{{chirper_account_service_name}}}/"
            "{{{chirper_account_owner__label}}}/{{{chirper_account_service__label}}}"
        )
        package["bots"][0]["name"] = name
        result = import_package(package, {"chirper_account_id": account}, desk)
        assert result.records["bot"]["bot_2"]["label"] == "Chirper/Chirper/Factotum/Chirper"

    def test_records_come_in_any_order(self, desk, store):
        package = samples.service()
        package["records"].reverse()
        result = import_package(package, samples.SERVICE_ANSWERS, desk)
        assert store.get(
            Ref("connected_account", result.records["connected_account"]["account_chirper"]["id"])
        )

    def test_a_webhook_points_at_its_behavior(self, desk, store):
        result = import_package(samples.webhook(), None, desk)
        listener = store.get(
            Ref("webhook_listener", result.records["webhook_listener"]["webhook_1"]["id"])
        )
        behavior_id = result.records["behavior"]["behavior_43"]["id"]
        assert listener["extension_params"] == {"behavior_id": str(behavior_id)}
        assert len(listener["guid"]) == 40
        assert listener["guid"] == listener["guid"].lower()

    def test_a_plan_says_what_would_happen_and_writes_nothing(self, desk, store, account):
        before = rows(store)
        result = import_package(samples.bot(), {"chirper_account_id": account}, desk, plan=True)
        assert result.status == "planned"
        assert result.records["bot"]["bot_2"] == {
            "id": None, "label": "Chirper bot for Chirper", "url": "", "verb": "create",
        }  # fmt: skip
        assert result.reach.calls == ("api.chirper.example",)
        assert "core.va.action.http_request" in result.reach.actions
        assert rows(store) == before

    def test_a_second_import_changes_the_records_of_the_first(self, desk, store, account):
        first = import_package(samples.bot(), {"chirper_account_id": account}, desk)
        package = samples.bot()
        package["bots"][0]["name"] = "Renamed"
        package["bots"][0]["behaviors"][1]["title"] = "New title"
        before = set(rows(store))
        second = import_package(package, {"chirper_account_id": account}, desk)
        assert set(rows(store)) == before
        assert second.records["bot"]["bot_2"]["id"] == first.records["bot"]["bot_2"]["id"]
        assert second.records["bot"]["bot_2"]["verb"] == "update"
        assert second.records["bot"]["bot_2"]["label"] == "Renamed"
        assert second.records["behavior"]["behavior_19"]["label"] == "New title"

    def test_a_second_import_may_skip_what_is_there(self, desk, store, account):
        import_package(samples.bot(), {"chirper_account_id": account}, desk)
        package = samples.bot()
        package["bots"][0]["name"] = "Renamed"
        added = {**package["bots"][0]["behaviors"][1], "uid": "behavior_99"}
        package["bots"][0]["behaviors"].append(added)
        result = import_package(package, {"chirper_account_id": account}, desk, on_existing="skip")
        assert result.records["bot"]["bot_2"]["label"] == "Chirper bot for Chirper"
        assert result.records["behavior"]["behavior_99"]["verb"] == "create"
        made = store.get(Ref("behavior", result.records["behavior"]["behavior_99"]["id"]))
        assert made["bot_id"] == result.records["bot"]["bot_2"]["id"]

    def test_a_second_import_may_make_everything_anew(self, desk, account):
        first = import_package(samples.bot(), {"chirper_account_id": account}, desk)
        second = import_package(
            samples.bot(), {"chirper_account_id": account}, desk, on_existing="new"
        )
        assert second.records["bot"]["bot_2"]["id"] != first.records["bot"]["bot_2"]["id"]

    def test_a_second_import_leaves_what_people_have_set(self, desk, store, secrets):
        first = import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
        account = Ref(
            "connected_account", first.records["connected_account"]["account_chirper"]["id"]
        )
        service = Ref(
            "connected_service", first.records["connected_service"]["service_chirper"]["id"]
        )
        store.update(account, {"params": {"screen_name": "alice"}, "linked_as": "@alice"})
        secrets.seal(account, {"oauth_token": "t"})
        store.update(service, {"hosts": ["api.chirper.example", "mine.example"]})
        import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
        assert store.get(account)["params"] == {"screen_name": "alice"}
        assert store.get(account)["linked_as"] == "@alice"
        assert secrets.open(account) == {"oauth_token": "t"}
        assert "mine.example" in store.get(service)["hosts"]

    def test_a_second_import_keeps_a_webhooks_address(self, desk, store):
        first = import_package(samples.webhook(), None, desk)
        ref = Ref("webhook_listener", first.records["webhook_listener"]["webhook_1"]["id"])
        guid = store.get(ref)["guid"]
        import_package(samples.webhook(), None, desk)
        assert store.get(ref)["guid"] == guid

    def test_a_record_that_was_deleted_is_made_again(self, desk, store):
        first = import_package(samples.webhook(), None, desk)
        store.delete(Ref("webhook_listener", first.records["webhook_listener"]["webhook_1"]["id"]))
        second = import_package(samples.webhook(), None, desk)
        assert second.records["webhook_listener"]["webhook_1"]["verb"] == "create"

    def test_a_taken_webhook_address_is_a_fault(self, desk, store):
        package = samples.webhook()
        package["records"][0]["guid"] = "abc"
        import_package(package, None, desk)
        before = rows(store)
        with pytest.raises(BadPackage) as caught:
            import_package(package, None, desk, on_existing="new")
        assert caught.value.faults[0].path == "records[0].guid"
        assert rows(store) == before

    def test_nodes_are_added_to_a_behavior_and_once_only(self, desk, store):
        first = import_package(samples.webhook(), None, desk)
        behavior_id = first.records["behavior"]["behavior_43"]["id"]
        package = {
            "package": {
                "name": "A step",
                "configure": {
                    "prompts": [
                        {
                            "type": "chooser", "key": "behavior_id", "label": "Behavior",
                            "hidden": True, "params": {"context": "behavior", "single": True},
                        },
                        {"type": "text", "key": "title", "label": "Title", "params": {}},
                    ]
                },
            },
            "behavior_nodes": [
                {
                    "uid": "node_1", "behavior_id": "{{{behavior_id}}}", "parent_id": "0",
                    "type": "action", "title": "{{{title}}}", "status": "live",
                    "params": {"actions": [{"action": "_exit"}]},
                }
            ],
        }  # fmt: skip
        for title in ("Leave", "Leave now"):
            answers = {"behavior_id": behavior_id, "title": title}
            result = import_package(package, answers, desk)
            assert result.status == "imported"
            nodes = store.get(Ref("behavior", behavior_id))["nodes"]
            assert [node["title"] for node in nodes] == ["Answer", title]

    def test_sections_that_are_not_used_yet_are_kept_and_exported_again(self, desk, store, secrets):
        package = samples.webhook() | {"workspaces": [{"uid": "w", "name": "Mail"}]}
        result = import_package(package, None, desk)
        assert any("workspaces" in warning for warning in result.warnings)
        bot = Ref("bot", result.records["bot"]["bot_hook"]["id"])
        assert export_package([bot], store, secrets)["workspaces"] == [{"uid": "w", "name": "Mail"}]

    def test_records_of_a_type_that_is_not_used_yet_are_kept(self, desk, store):
        package = samples.tasks()
        package["records"].append(
            {"uid": "page", "_context": "workspace_page", "name": "Mail", "x": 1}
        )
        result = import_package(package, None, desk)
        ref = Ref("custom", result.records["custom"]["page"]["id"])
        assert store.get(ref)["kind"] == "workspace_page"
        assert store.get(ref)["document"] == {"name": "Mail", "x": 1}

    def test_nothing_is_left_behind_where_writing_fails_half_way(self, desk, store):
        class FullDisk:
            def seal(self, ref, values):
                assert store.get(ref) is not None  # the service is written by now
                raise OSError("the disk is full")

        before = rows(store)
        with pytest.raises(OSError, match="disk"):
            import_package(
                samples.service(), samples.SERVICE_ANSWERS, replace(desk, secrets=FullDisk())
            )
        assert rows(store) == before
        again = import_package(samples.service(), samples.SERVICE_ANSWERS, desk)
        assert again.records["connected_service"]["service_chirper"]["verb"] == "create"

    def test_a_secret_written_out_in_a_package_is_sealed_and_not_kept(self, desk, store, secrets):
        package = samples.service()
        package["records"][0]["params"]["client_secret"] = "written-out"
        result = import_package(package, samples.SERVICE_ANSWERS, desk)
        ref = Ref("connected_service", result.records["connected_service"]["service_chirper"]["id"])
        assert secrets.open(ref)["client_secret"] == "written-out"
        assert "written-out" not in str(rows(store))
