"""What was sent, as a person reads it."""

import pytest

from factotum.web.templatetags.factotum import sent

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "headers", "read"),
    [
        ("status=a+b&id=7", {}, "status: a b\nid: 7"),
        ('{"a": "b=c&d"}', JSON, '{\n  "a": "b=c&d"\n}'),
        ('{"a": "b=c&d"}', {}, '{\n  "a": "b=c&d"\n}'),
        ("", {}, ""),
    ],
)
def test_forms_are_read_by_field_and_json_indented_even_where_it_is_called_a_form(
    body, headers, read
):
    assert sent({"body": body, "headers": headers}) == read
