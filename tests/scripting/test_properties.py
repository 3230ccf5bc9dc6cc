from __future__ import annotations

import json
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from factotum.core.errors import ScriptFault
from factotum.scripting import PACKAGE, Limits, Scripts
from factotum.scripting.comparison import compare, equal
from factotum.scripting.registry import FILTERS, FUNCTIONS, TESTS
from factotum.scripting.values import text

NOW = datetime(2017, 12, 12, 11, 50, tzinfo=UTC)
SCRIPTS = Scripts(limits=Limits(seconds=1, characters=100_000, items=2_000, visits=20_000))
PACKAGES = Scripts(PACKAGE)
WORDS = [*FILTERS, *FUNCTIONS, *TESTS]
PIECES = [
    "{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-}}", "~%}", "if", "else", "elseif", "endif", "for",
    "in", "endfor", "set", "endset", "macro", "endmacro", "with", "only", "endwith", "apply",
    "endapply", "do", "verbatim", "endverbatim", "spaceless", "endspaceless", "is", "not", "and",
    "or", "matches", "starts with", "has some", "same as", "==", "!=", "<=>", "..", "...", "??",
    "?", ":", "?:", "=>", "=", "|", ".", ",", "(", ")", "[", "]", "{", "}", "~", "+", "-", "*", "/",
    "//", "%", "**", "'x'", '"y#{', '}"', "0", "1", "2.5", "a", "b", "_self", "loop", "null", "true",
    "'/a/'", "'+1 day'", "\n", "é", "\x00", "\\", *WORDS,
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def shown(script: str, **values: object) -> str | None:
    """What a script renders; None where it is refused. Any other exception fails the test."""
    try:
        return SCRIPTS.render(script, values, now=NOW)
    except ScriptFault:
        return None


@settings(deadline=None)
@given(st.text())
def test_any_text_renders_or_is_refused(script: str) -> None:
    shown(script, a=1)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25), st.booleans(), JSON)
def test_any_row_of_words_renders_or_is_refused(
    pieces: list[str], inside: bool, value: object
) -> None:
    body = " ".join(pieces)
    shown(f"{{{{ {body} }}}}" if inside else body, a=value, b=[value])


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(FILTERS)), JSON, st.lists(JSON, max_size=3))
def test_any_filter_takes_any_value_or_refuses_it(name: str, value: object, given: list) -> None:
    args = ", ".join(f"x{place}" for place in range(len(given)))
    script = f"{{{{ (v|{name}({args}))|json_encode }}}}"
    shown(script, v=value, **{f"x{place}": one for place, one in enumerate(given)})


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FUNCTIONS)), st.lists(JSON, max_size=4))
def test_any_function_takes_any_value_or_refuses_it(name: str, given: list) -> None:
    args = ", ".join(f"x{place}" for place in range(len(given)))
    shown(
        f"{{{{ {name}({args})|json_encode }}}}",
        **{f"x{place}": one for place, one in enumerate(given)},
    )


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["+", "-", "*", "/", "//", "%", "**", "~", "..", "==", "<", "<=>", "in", "and",
    "b-and", "starts with", "matches", "??"]), JSON, JSON)  # fmt: skip
def test_any_operator_takes_any_values_or_refuses_them(
    operator: str, one: object, two: object
) -> None:
    shown(f"{{{{ (a {operator} b)|json_encode }}}}{{{{ a {operator} b }}}}", a=one, b=two)


@settings(deadline=None)
@given(st.text())
def test_text_without_delimiters_comes_back_as_it_is(plain: str) -> None:
    for mark in ("{{", "{%", "{#"):
        plain = plain.replace(mark, "")
    if not any(mark in plain for mark in ("{{", "{%", "{#")):
        assert SCRIPTS.render(plain, {}, now=NOW) == plain
        assert PACKAGES.render(plain, {}, now=NOW) == plain


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_value_is_shown_unchanged(value: str) -> None:
    assert shown("{{ a }}", a=value) == value
    assert shown("{{ a ~ '' }}{{ [a].0 }}{{ {k: a}.k }}", a=value) == value * 3


@settings(deadline=None)
@given(JSON)
def test_json_comes_back_as_it_went(value: object) -> None:
    for script in (
        "{{ a|json_encode }}",
        "{{ a|json_encode|json_pretty }}",
        "{{ json_decode(t)|json_encode }}",
    ):
        assert json.loads(shown(script, a=value, t=json.dumps(value)) or "") == value


@settings(deadline=None)
@given(st.binary())
def test_base64_gives_every_byte_back(data: bytes) -> None:
    import base64

    encoded = base64.b64encode(data).decode()
    assert shown("{{ a|base64_decode|base64_encode }}", a=encoded) == encoded


@settings(deadline=None)
@given(JSON, JSON)
def test_order_and_equality_agree(one: object, two: object) -> None:
    from factotum.scripting.run import Run

    run = Run({}, Limits(), NOW, 0, "UTC")
    assert equal(run, one, two) == (compare(run, one, two) == 0)
    assert equal(run, one, one)
    if not isinstance(one, (list, dict)) and not isinstance(two, (list, dict)):
        assert compare(run, one, two) == -compare(run, two, one)


@settings(deadline=None)
@given(st.integers(-(10**30), 10**30))
def test_a_whole_number_keeps_every_digit(number: int) -> None:
    assert text(number) == str(number)
    assert shown("{{ a }} {{ a|number_format(0, '', '') }}", a=number) == f"{number} {number}"


@settings(deadline=None)
@given(st.integers(-(2**53), 2**53), st.integers(-(2**53), 2**53))
def test_arithmetic_on_whole_numbers_is_exact(one: int, two: int) -> None:
    assert shown("{{ a + b }} {{ a - b }}", a=one, b=two) == f"{one + two} {one - two}"
    if two:
        rest = abs(one) % abs(two)
        assert shown("{{ a % b }}", a=one, b=two) == str(-rest if one < 0 else rest)
