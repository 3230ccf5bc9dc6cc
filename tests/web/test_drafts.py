"""What was typed and not saved waits in the session, but for secrets."""

from __future__ import annotations

from types import SimpleNamespace

from django.http import QueryDict

from factotum.auth.http_basic import HttpBasic
from factotum.core.values import Record, Ref
from factotum.records.record_type import load_record_types
from factotum.web.pages import card_forms, drafts

load_record_types()
ACCOUNT = Record("connected_account", 7, {"name": "Was", "service_id": 1})


def request(session, **typed):
    posted = QueryDict(mutable=True)
    posted.update(typed)
    return SimpleNamespace(POST=posted, session=session)


def test_what_was_typed_is_there_until_it_is_dropped():
    session = {}
    asking = request(session, name="Is", uri="is", csrfmiddlewaretoken="t")
    card_forms.keep_typed(asking, ACCOUNT, None)

    assert drafts.kept(asking, ACCOUNT.ref).dict() == {"name": "Is", "uri": "is"}
    assert drafts.kept(asking, Ref("connected_account", 8)) is None
    drafts.drop(asking, ACCOUNT.ref)
    assert drafts.kept(asking, ACCOUNT.ref) is None


def test_no_secret_is_kept():
    session = {}
    typed = {"param_username": "me", "param_password": "s3cr3t", "name": "Is"}
    asking = request(session, **typed)
    card_forms.keep_typed(asking, ACCOUNT, HttpBasic)

    assert drafts.kept(asking, ACCOUNT.ref).dict() == {"name": "Is", "param_username": "me"}
    assert "s3cr3t" not in str(session)


def test_a_huge_form_and_an_old_one_are_not_kept():
    session = {}
    huge = request(session, name="x" * (drafts.LARGEST + 1))
    drafts.keep(huge, ACCOUNT.ref, ["name"])
    assert drafts.kept(huge, ACCOUNT.ref) is None

    drafts.keep(request(session, name="Is"), ACCOUNT.ref, ["name"])
    session[drafts.KEY][str(ACCOUNT.ref)]["at"] -= drafts.SECONDS
    assert drafts.kept(huge, ACCOUNT.ref) is None
