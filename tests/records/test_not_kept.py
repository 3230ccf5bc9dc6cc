import pytest

from factotum.records.not_kept import RECORD_TYPES, known_record_type
from factotum.records.record_type import load_record_types, named


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ticket", "ticket"),
        ("tickets", "ticket"),
        ("cerberusweb.contexts.ticket", "ticket"),
        ("cerberusweb.contexts.workspace.page", "workspace_page"),
        ("cerberusweb.contexts.calendar_event.recurring", "calendar_recurring_event"),
        ("cerberusweb.contexts.mail.html_template", "html_template"),
        ("wgm.freshbooks.contexts.client", "freshbooks_client"),
        ("tikcet", ""),
        ("cerberusweb.contexts.", ""),
        ("task", ""),
        ("", ""),
    ],
)
def test_a_type_is_known_by_each_of_its_names(name, known):
    assert known_record_type(name) == known


def test_no_type_is_kept_and_not_kept():
    load_record_types()
    assert [name for name in RECORD_TYPES if named(name) is not None] == []
