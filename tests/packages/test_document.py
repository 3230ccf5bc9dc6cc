from __future__ import annotations

import json

import pytest
from tests.packages import samples

from factotum.core.errors import BadPackage
from factotum.packages.document import read


def faults_of(document):
    with pytest.raises(BadPackage) as caught:
        read(document)
    return {fault.path: fault for fault in caught.value.faults}


def test_it_reads_the_header_and_every_section():
    document = read(json.dumps(samples.bot()))
    assert (document.name, document.revision, document.cerb_version) == ("Chirper", "1", "9.1.0")
    assert [entry.path for entry in document.bots] == ["bots[0]"]
    assert [entry.inside for entry in document.behaviors] == ["bot_2"] * 3
    assert document.behaviors[1].path == "bots[0].behaviors[1]"


def test_programs_that_write_empty_objects_as_lists_are_understood():
    package = samples.bot()
    package["package"]["requires"] = []
    package["bots"][0]["params"] = []
    package["bots"][0]["behaviors"][0]["variables"] = []
    assert read(package).plugins == ()


@pytest.mark.parametrize("value", [[], "text", 3, None, True])
def test_a_package_that_is_no_object_is_refused(value):
    with pytest.raises(BadPackage, match="must be an object"):
        read(json.dumps(value))


@pytest.mark.parametrize(
    ("change", "path", "code", "hint"),
    [
        (
            lambda p: p.pop("package"),
            "package",
            "missing-key",
            "Add 'package': a package begins with {\"package\": …",
        ),
        (lambda p: p["package"].pop("name"), "package.name", "missing-key", "Add 'name'"),
        (lambda p: p.update(package=[1]), "package", "wrong-type", ""),
        (lambda p: p.update(bots={"a": 1}), "bots", "wrong-type", ""),
        (lambda p: p.update(bots=["x"]), "bots[0]", "wrong-type", ""),
        (lambda p: p["bots"][0].pop("uid"), "bots[0].uid", "missing-key", "Add 'uid'"),
        (lambda p: p["bots"][0].pop("owner"), "bots[0].owner", "missing-key", "Add 'owner'"),
        (lambda p: p["bots"][0].update(name={}), "bots[0].name", "wrong-type", ""),
        (lambda p: p["bots"][0].update(name=True), "bots[0].name", "wrong-type", ""),
        (
            lambda p: p["bots"][0].update(nmae=p["bots"][0].pop("name")),
            "bots[0].name",
            "missing-key",
            "Rename 'nmae' to 'name'.",
        ),
        (
            lambda p: p["bots"][0]["params"]["events"].update(mode="some"),
            "bots[0].params.events.mode",
            "wrong-value",
            "",
        ),
        (
            lambda p: p["bots"][0]["behaviors"][0].pop("event"),
            "bots[0].behaviors[0].event",
            "missing-key",
            "",
        ),
        (
            lambda p: p["bots"][0]["behaviors"][0].update(nodes="x"),
            "bots[0].behaviors[0].nodes",
            "wrong-type",
            "",
        ),
        (lambda p: p.update(recrods=[]), "recrods", "unknown-section", "Did you mean 'records'?"),
        (
            lambda p: p["package"].update(requiers=p["package"].pop("requires")),
            "package.requiers",
            "unknown-key",
            "Did you mean 'requires'?",
        ),
        (
            lambda p: p["package"].update(configure={"promts": []}),
            "package.configure.promts",
            "unknown-key",
            "Did you mean 'prompts'?",
        ),
    ],
)
def test_a_wrong_shape_is_named_with_its_path(change, path, code, hint):
    package = samples.bot()
    change(package)
    found = faults_of(package)
    assert found[path].code == code
    assert hint in found[path].hint


def test_all_faults_come_at_once():
    package = samples.bot()
    package["bots"][0].pop("uid")
    package["bots"][0]["behaviors"][2].pop("title")
    assert set(faults_of(package)) == {"bots[0].uid", "bots[0].behaviors[2].title"}


def test_a_package_of_a_library_may_have_only_its_name_there():
    assert read({"package": {"library": {"name": "Shelf", "uri": "u"}}}).name == "Shelf"
    assert read({"package": {"library": {"uri": "u"}}}).name == "u"


def test_sections_that_are_not_used_yet_are_kept():
    package = samples.bot() | {"workspaces": [{"uid": "w"}], "my_own_things": {"a": 1}}
    assert read(package).kept == {"workspaces": [{"uid": "w"}], "my_own_things": {"a": 1}}
