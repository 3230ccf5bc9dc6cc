from __future__ import annotations

from tests.packages import samples

from factotum.core.values import Ref
from factotum.packages.importer import import_package
from factotum.packages.kept import kept_package, without_secrets


def test_secrets_written_out_are_left_out_and_templates_stay():
    document = {
        "records": [
            {"params": {"client_secret": "abc", "client_id": "id", "token": "{{{prompt}}}"}}
        ]
    }
    assert without_secrets(document) == {
        "records": [{"params": {"client_secret": "", "client_id": "id", "token": "{{{prompt}}}"}}]
    }
    assert document["records"][0]["params"]["client_secret"] == "abc"


def test_the_document_of_the_last_import_is_kept(desk, store):
    import_package(samples.webhook(), None, desk)
    package = samples.webhook()
    package["package"]["revision"] = 3
    import_package(package, None, desk)
    kept = kept_package("Hook", store)
    assert kept["revision"] == 3
    assert kept["document"] == package
    assert store.get(Ref("package", 2)) is None


def test_a_revision_that_is_no_number_is_no_fault(desk, store):
    package = samples.webhook()
    package["package"]["revision"] = "1.2-beta"
    import_package(package, None, desk)
    assert kept_package("Hook", store)["revision"] == 0
