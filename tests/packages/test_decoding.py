from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factotum.core.errors import BadPackage
from factotum.packages.decoding import MAX_BYTES, MAX_DEPTH, check, decode, join

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def fault_of(source):
    with pytest.raises(BadPackage) as caught:
        decode(source)
    return caught.value.faults[0]


def attempt(source):
    try:
        return decode(source), []
    except BadPackage as error:
        return None, error.faults


@given(JSON)
def test_it_reads_what_json_can_say(value):
    text = json.dumps(value)
    assert decode(text) == value
    assert decode(text.encode()) == value
    assert decode(b"\xef\xbb\xbf" + text.encode()) == value


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused_with_a_place(source):
    _, faults = attempt(source)
    assert all(fault.path and fault.sentence for fault in faults)


@given(JSON.map(json.dumps), st.integers(min_value=1))
def test_a_file_that_is_cut_off_is_refused_unless_a_whole_value_is_left(text, cut):
    value, faults = attempt(text[: cut % len(text)])
    assert isinstance(value, int | float) or faults[0].path  # 12 of 123


@pytest.mark.parametrize(
    ("source", "code", "path", "word"),
    [
        ("", "empty", "$", "Paste"),
        ("   \n", "empty", "$", "Paste"),
        ('{"a": {', "cut-off", "line 1 column 8", "Copy the whole"),
        ('{"a": "b', "cut-off", "line 1 column 7", "Copy the whole"),
        ('{"a": tru', "cut-off", "line 1 column 7", "Copy the whole"),
        ('{"a":\n 1,}', "not-json", "line 2 column 4", "comma"),
        ("{'a': 1}", "not-json", "line 1 column 2", "double quotes"),
        ("{“a”: 1}", "not-json", "line 1 column 2", "double quotes"),
        ('{"a": 1 // one\n}', "not-json", "line 1 column 9", "comments"),
        ("<html><body>", "not-json", "$", "package's text"),
        ("hello", "not-json", "line 1 column 1", "commas"),
        ('{"a": 1} and more', "trailing-text", "line 1 column 10", "'and more'"),
        ('{"a": NaN}', "not-a-number", "a", "number"),
        ('{"a": [1, -Infinity]}', "not-a-number", "a[1]", "number"),
        ('{"a": 1e999}', "not-a-number", "a", "number"),
        ("1" * 5000, "not-json", "$", "text"),
        ('{"a": {"b": 1, "b": 2}}', "duplicate-key", "a.b", "Keep one"),
        ('{"a": "\\ud800"}', "bad-character", "a", "Delete"),
        ('{"a": ["\\u0000"]}', "bad-character", "a[0]", "Delete"),
        ('{"a\\u0000": 1}', "bad-character", '["a\\u0000"]', "Delete"),
        (b'{"a":\n"\xff"}', "not-utf8", "line 2", "UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "not-utf8", "$", "UTF-8"),
        ("[" * 100_000, "too-deep", f"line 1 column {MAX_DEPTH + 1}", "Flatten"),
        ('{"a":' * 5_000, "too-deep", None, "Flatten"),
        (" " * (MAX_BYTES + 1), "too-large", "$", "Split"),
        (b"[" * (2 * MAX_BYTES), "too-large", "$", "Split"),
    ],
)
def test_it_says_where_and_what_to_do(source, code, path, word):
    fault = fault_of(source)
    assert fault.code == code
    assert path is None or fault.path == path
    assert word in fault.hint


def test_brackets_inside_texts_do_not_count_as_depth():
    text = json.dumps({"a": "[{" * 500 + '\\"'})
    assert decode(text) == json.loads(text)


def test_every_repeated_key_is_named():
    with pytest.raises(BadPackage) as caught:
        decode('{"a": 1, "a": 2, "b": [{"c": 1, "c": 1}]}')
    assert [fault.path for fault in caught.value.faults] == ["a", "b[0].c"]


def test_already_decoded_json_is_checked_the_same_way():
    deep = value = []
    for _ in range(MAX_DEPTH + 5):
        value.append([])
        value = value[0]
    for bad in ({"a": float("nan")}, {"a": "\ud800"}, deep):
        with pytest.raises(BadPackage):
            check(bad)
    assert check({"a": [1]}) == {"a": [1]}


def test_paths_are_written_as_people_read_them():
    assert join("", "bots") == "bots"
    assert join("bots", 0) == "bots[0]"
    assert join("bots[0]", "uid") == "bots[0].uid"
    assert join("a", "b c") == 'a["b c"]'
