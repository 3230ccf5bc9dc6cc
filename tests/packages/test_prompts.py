from __future__ import annotations

import pytest
from tests.packages import samples

from factotum.core.errors import BadPackage
from factotum.core.values import Actor, Moment
from factotum.packages.desk import Desk
from factotum.packages.importer import import_package
from factotum.packages.prompt_reading import read_prompts
from factotum.packages.shape import Part


def package_asking(*prompts, **task):
    package = samples.tasks(**task)
    package["package"]["configure"] = {"prompts": list(prompts)}
    return package


def text(key="name", **params):
    return {"type": "text", "key": key, "label": "Name:", "params": params}


def picklist(options, **params):
    return {
        "type": "picklist",
        "key": "size",
        "label": "Size",
        "params": {"options": options, **params},
    }


def chooser(**params):
    given = {"context": "cerberusweb.contexts.worker", "single": True, **params}
    return {"type": "chooser", "key": "who_id", "label": "Who", "params": given}


def answer(desk, package, answers):
    return import_package(package, answers, desk)


def error_of(desk, package, answers):
    result = answer(desk, package, answers)
    assert result.status == "prompts"
    return next(question.error for question in result.prompts if question.error)


@pytest.mark.parametrize("value", ["0", "x", " y ", 0, 7])
def test_a_text_that_is_not_empty_will_do(desk, value):
    assert (
        answer(desk, package_asking(text(), title="a{{{name}}}"), {"name": value}).status
        == "imported"
    )


@pytest.mark.parametrize(
    ("value", "error"),
    [("", "Name is empty."), ("  ", "Name is empty."), (None, "Name is empty."),
     ({}, "Name must be a text."), ([1], "Name must be a text.")],
)  # fmt: skip
def test_an_empty_text_is_told_beside_its_field(desk, value, error):
    assert error_of(desk, package_asking(text()), {"name": value}) == error


@pytest.mark.parametrize("options", [["S", "M"], {"Small": "S", "Middle": "M"}])
def test_a_picklist_takes_its_options_only(desk, store, options):
    package = package_asking(picklist(options), title="{{{size}}}")
    assert "not one of" in error_of(desk, package, {"size": "XL"})
    assert error_of(desk, package, {"size": ""}) == "Choose Size."
    assert answer(desk, package, {"size": "M"}).records["task"]["task_1"]["label"] == "M"


def test_a_picklist_of_numbers_takes_them_as_texts_too(desk):
    package = package_asking(picklist({"Low": 25, "High": 75}), importance="{{{size}}}")
    for value in (75, "75"):
        assert answer(desk, package, {"size": value}).status == "imported"


def test_a_picklist_may_take_several(desk):
    package = package_asking(picklist(["S", "M", "L"], multiple=True), title="{{{size|join('+')}}}")
    result = answer(desk, package, {"size": ["S", "L"]})
    assert result.records["task"]["task_1"]["label"] == "S+L"
    single = package_asking(picklist(["S", "M"]))
    assert error_of(desk, single, {"size": ["S", "M"]}) == "Choose one."


def test_a_picklist_shows_its_labels(desk):
    result = answer(desk, package_asking(picklist({"Small": "S"})), None)
    assert [(c.value, c.label) for c in result.prompts[0].choices] == [("S", "Small")]


def test_a_chooser_offers_what_its_query_leaves(desk, store):
    for name in ("alice", "bob", "carol"):
        store.create("worker", {"name": name, "is_disabled": name == "carol"})
    offered = {
        query: [choice.label for choice in answer(
            desk, package_asking(chooser(query=query)), None).prompts[0].choices]
        for query in ("", "name:ali", "bob", "name:ali OR name:bob", "isDisabled:y", 'name:"bob"',
                      "sort:name", "id:2", "(name:a* AND isDisabled:n)", 'name:"b')
    }  # fmt: skip
    assert offered == {
        "": ["alice", "bob", "carol"],
        "name:ali": ["alice"],
        "bob": ["bob"],
        "name:ali OR name:bob": ["alice", "bob"],
        "isDisabled:y": ["carol"],
        'name:"bob"': ["bob"],
        "sort:name": ["alice", "bob", "carol"],
        "id:2": ["bob"],
        "(name:a* AND isDisabled:n)": ["alice"],
        'name:"b': ["bob"],
    }


@pytest.mark.parametrize("value", [2, "2", "bob", ["2"]])
def test_a_chooser_takes_an_id_or_a_name_that_only_one_has(desk, store, value):
    store.create("worker", {"name": "alice", "first_name": "Alice"})
    store.create("worker", {"name": "bob", "first_name": "Bob"})
    package = package_asking(chooser(), title="{{{who_id}}} {{{who_first_name}}} {{{who__label}}}")
    result = answer(desk, package, {"who_id": value})
    assert result.records["task"]["task_1"]["label"] == "2 Bob Bob"


@pytest.mark.parametrize(
    ("value", "error"),
    [("99", "There is no worker '99' that you may use."), ("", "Choose Who."), (0, "Choose Who."),
     ([1, 2], "Choose one."), ("twin", "There is no worker 'twin' that you may use.")],
)  # fmt: skip
def test_a_chooser_that_names_nothing_is_told_beside_its_field(desk, store, value, error):
    store.create("worker", {"name": "alice"})
    assert error_of(desk, package_asking(chooser()), {"who_id": value}) == error


def test_a_chooser_may_take_several(desk, store):
    for name in ("alice", "bob"):
        store.create("worker", {"name": name})
    package = package_asking(chooser(single=False), title="{{{who_id|join(',')}}}")
    result = answer(desk, package, {"who_id": ["1", "2"]})
    assert result.records["task"]["task_1"]["label"] == "1,2"


def test_records_that_may_not_be_used_are_neither_offered_nor_taken(store, secrets):
    service = store.create("connected_service", {"name": "S", "extension_id": "x"})
    alice, bob = (store.create("worker", {"name": name}).id for name in ("alice", "bob"))
    for worker in (alice, bob):
        store.create("connected_account", {
            "name": f"of {worker}", "service_id": service.id,
            "owner__context": "worker", "owner_id": worker,
        })  # fmt: skip
    package = package_asking(
        chooser(context="connected_account", query=""), owner_id="0", title="{{{who__label}}}"
    )
    desk = Desk(store=store, secrets=secrets, actor=Actor(bob, "Bob"), moment=Moment.of(0, 1))
    assert [c.label for c in answer(desk, package, None).prompts[0].choices] == [f"of {bob}"]
    assert "may use" in error_of(desk, package, {"who_id": "1"})
    result = answer(desk, package, {"who_id": "2"})
    assert result.records["task"]["task_1"]["label"] == f"of {bob}"


def test_who_may_use_what_can_be_said_by_the_caller(store, secrets):
    store.create("worker", {"name": "alice"})
    desk = Desk(
        store=store, secrets=secrets, actor=Actor.app(), moment=Moment.of(0, 1),
        may_use=lambda _actor, _record: False,
    )  # fmt: skip
    assert answer(desk, package_asking(chooser()), None).prompts[0].choices == ()


def test_a_hidden_prompt_is_not_shown_and_must_be_supplied(desk, store):
    hidden = {**text("secret_name"), "hidden": True}
    with pytest.raises(BadPackage) as caught:
        answer(desk, package_asking(hidden, title="{{{secret_name}}}"), None)
    assert caught.value.faults[0].path == "prompts.secret_name"
    both = package_asking(hidden, text(), title="{{{secret_name}}}{{{name}}}")
    assert [q.key for q in answer(desk, both, {"secret_name": "a"}).prompts] == ["name"]
    result = answer(desk, both, {"secret_name": "a", "name": "b"})
    assert result.records["task"]["task_1"]["label"] == "ab"


def test_a_value_that_lands_in_a_secret_field_is_asked_for_as_a_password(desk):
    package = samples.token()
    result = answer(desk, package, None)
    assert [(q.key, q.is_secret) for q in result.prompts] == [("prompt_token", True)]
    package["package"]["configure"]["prompts"].append(text("other"))
    result = answer(desk, package, {"prompt_token": "tok-123"})
    assert [(q.is_secret, q.value) for q in result.prompts] == [(True, None), (False, None)]
    assert "tok-123" not in str(result)


@pytest.mark.parametrize(
    ("prompt", "path", "hint"),
    [
        ({"type": "txet", "key": "a"}, "prompts[0].type", "Did you mean 'text'?"),
        ({"type": "slider", "key": "a"}, "prompts[0].type", "Use text, picklist, chooser."),
        ({"key": "a"}, "prompts[0].type", "Add 'type'."),
        ({"type": "text"}, "prompts[0].key", "Add 'key'."),
        ({"type": "text", "key": "uid"}, "prompts[0].key", ""),
        (
            {"type": "picklist", "key": "a", "params": {}},
            "prompts[0].params.options",
            "Give a list",
        ),
        ({"type": "chooser", "key": "a", "params": {}}, "prompts[0].params.context", "Add"),
        (
            {"type": "chooser", "key": "a", "params": {"context": "conected_account"}},
            "prompts[0].params.context",
            "Did you mean 'connected_account'?",
        ),
        ({"type": "text", "key": "a", "params": "x"}, "prompts[0].params", ""),
    ],
)
def test_a_faulty_prompt_is_named(prompt, path, hint):
    faults = []
    read_prompts([Part(prompt, "prompts[0]", faults)])
    assert faults[0].path == path
    assert hint in faults[0].hint


def test_two_prompts_with_one_key_are_refused(desk, store):
    before = store.rows()
    with pytest.raises(BadPackage, match="Two prompts have the key 'name'"):
        answer(desk, package_asking(text(), text()), None)
    assert store.rows() == before


def test_an_option_may_be_empty(desk):
    package = package_asking(
        picklist({"Open": "", "Left": "left"}, default=""), title="a{{{size}}}b"
    )
    result = answer(desk, package, {"size": ""})
    assert result.records["task"]["task_1"]["label"] == "ab"
    assert answer(desk, package, {"size": "left"}).status == "imported"
    assert error_of(desk, package, {"size": "right"}) == "'right' is not one of: , left."


def test_a_chooser_may_ask_for_a_record_that_is_kept_as_data(desk, store):
    page = store.create("custom", {"name": "Home", "kind": "workspace_page"})
    store.create("custom", {"name": "Other", "kind": "calendar"})
    asking = chooser(context="cerberusweb.contexts.workspace.page")
    package = package_asking(asking, title="On {{{who__label}}} {{{who_id}}}")
    form = import_package(package, None, desk)
    assert [choice.label for choice in form.prompts[0].choices] == ["Home"]
    result = answer(desk, package, {"who_id": "Home"})
    assert result.records["task"]["task_1"]["label"] == f"On Home {page.id}"
    assert error_of(desk, package, {"who_id": str(page.id + 1)}) == (
        f"There is no workspace_page '{page.id + 1}' that you may use."
    )


def test_the_ids_of_several_chosen_records_stand_where_their_name_does(desk, store):
    ids = [str(store.create("worker", {"name": name}).id) for name in ("ann", "bob")]
    package = package_asking(chooser(single=False), title="{{{who_id}}}")
    result = answer(desk, package, {"who_id": ids})
    assert result.records["task"]["task_1"]["label"] == ",".join(ids)
    assert len(result.repairs) == 1
    assert answer(desk, package, {"who_id": ids[:1]}).records["task"]["task_1"]["label"] == ids[0]
