"""Record types that a package declares itself, and values of custom fields."""

from __future__ import annotations

import pytest
from tests.fakes.memory_store import MemorySecretBox, MemoryStore
from tests.packages import samples
from tests.packages.conftest import new_desk

from factotum.core.errors import BadPackage
from factotum.core.values import Ref
from factotum.packages.exporter import export_package
from factotum.packages.importer import import_package

BOATS = {
    "package": {"name": "Boats", "requires": {"cerb_version": "8.2.8"}},
    "records": [
        {"uid": "type_boat", "_context": "custom_record", "name": "Boat", "uri": "boat"},
        {"uid": "length", "_context": "custom_field", "context": "boat", "name": "Length"},
        {
            "uid": "boat_ada",
            "_context": "boat",
            "name": "Ada",
            "custom_{{{uid.length}}}": "12",
            "sister": "{{{uid.boat_eve}}}",
        },
        {"uid": "boat_eve", "_context": "boat", "name": "Eve", "sister": "{{{uid.boat_ada}}}"},
    ],
}


def test_a_type_that_the_package_declares_is_kept_under_its_name(desk, store):
    made = import_package(BOATS, None, desk).records["custom"]
    ada = store.get(Ref("custom", made["boat_ada"]["id"]))
    assert ada["kind"] == "boat"
    assert ada["document"][f"custom_{made['length']['id']}"] == "12"
    assert ada["document"]["sister"] == str(made["boat_eve"]["id"])


def test_a_type_that_an_earlier_package_declared_will_do(desk):
    more = {"package": {"name": "More"}, "records": [{"uid": "b", "_context": "boat", "name": "B"}]}
    with pytest.raises(BadPackage) as caught:
        import_package(more, None, desk)
    assert caught.value.faults[0].code == "unknown-record-type"
    import_package(BOATS, None, desk)
    assert import_package(more, None, desk).records["custom"]["b"]["label"] == "B"


def test_records_that_point_to_each_other_do_so_after_export_and_import(desk):
    made = import_package(BOATS, None, desk).records["custom"]
    refs = [Ref("custom", each["id"]) for each in made.values()]
    package = export_package(refs, desk.store, desk.secrets)
    there = MemoryStore()
    for _ in range(5):  # so that the ids are others there
        there.create("custom", {"name": "x", "kind": "x"})
    again = import_package(package, None, new_desk(there, MemorySecretBox(there))).records["custom"]
    eve = there.get(Ref("custom", again["boat_eve"]["id"]))
    assert eve["document"]["sister"] == str(again["boat_ada"]["id"])


def test_a_custom_field_of_the_package_may_be_set_on_a_record_we_have(desk, store):
    package = samples.tasks(**{"custom_{{{uid.length}}}": "long"})
    package["records"].append({"uid": "length", "_context": "custom_field", "name": "Length"})
    made = import_package(package, None, desk).records
    (task,) = made["task"].values()
    values = store.get(Ref("task", task["id"])).values
    assert {key: value for key, value in values.items() if key.startswith("custom_")} == {
        f"custom_{made['custom']['length']['id']}": "long"
    }


def test_a_custom_field_without_an_id_is_told(desk):
    with pytest.raises(BadPackage) as caught:
        import_package(samples.tasks(**{"custom_{{{nothing}}}": "x"}), None, desk)
    assert caught.value.faults[0].code == "wrong-key"


def test_a_file_of_the_format_belongs_to_nobody_and_here_to_the_app(desk, store):
    package = samples.tasks()
    package["records"].append(
        {"uid": "file", "_context": "attachment", "name": "a.txt", "content": "hello"}
    )
    result = import_package(package, None, desk)
    file = store.get(Ref("attachment", result.records["attachment"]["file"]["id"]))
    assert file["owner__context"] == "app"
    assert "has no field 'content' here" in result.warnings[0]
