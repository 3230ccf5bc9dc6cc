"""A script reaches no Python, no file, no network, and ends."""

from __future__ import annotations

import pytest

from factotum.core.errors import ScriptFault
from factotum.scripting import Limits, Scripts


class Secretive:
    """An object of ours that got into the values by mistake."""

    secret = "hunter2"

    def method(self) -> str:
        return self.secret

    def __str__(self) -> str:
        return "<Secretive at 0xdeadbeef>"

    __repr__ = __str__


def values() -> dict[str, object]:
    return {"o": Secretive(), "f": len, "c": Secretive, "s": "text", "m": {"a": 1}, "l": [1]}


@pytest.mark.parametrize(
    "path",
    ["__class__", "__init__.__globals__", "__class__.__mro__.1.__subclasses__", "secret", "method",
     "__dict__", "__self__", "__func__", "__code__", "__reduce_ex__", "__str__", "items", "append",
     "format", "format_map", "gi_frame", "f_globals", "mro", "keys", "__builtins__"],
)  # fmt: skip
@pytest.mark.parametrize("value", ["o", "f", "c", "s", "m", "l", "_self", "loop", "''", "[]", "5"])
def test_no_attribute_of_python_can_be_read(render, value: str, path: str) -> None:
    first = path.split(".", maxsplit=1)[0]
    script = f"[{{{{ ({value}).{path} }}}}{{{{ ({value})['{first}'] }}}}{{{{ attribute({value}, '{first}') }}}}]"
    assert render(script, **values()) == "[]"


@pytest.mark.parametrize(
    "script",
    [
        "{{ o }}", "{{ f }}", "{{ c }}", "{{ o ~ f ~ c }}", "{{ o|json_encode }}", "{{ [o]|join }}",
        "{{ {a: o}|url_encode }}", "{{ '%s'|format(o) }}", "{{ o|upper }}", "{{ o|default('') }}",
        "{{ v => v }}", "{% set x = v => v %}{{ x }}{{ x|json_encode }}", "{{ _self }}",
        "{{ o|date('U') }}", "{{ o|escape }}{{ o|trim }}{{ o|md5 }}", "{{ [o, f]|sort|join }}",
    ],
)  # fmt: skip
def test_nothing_of_an_object_is_ever_shown(render, script: str) -> None:
    shown = render(script, **values())
    for word in ("hunter2", "0x", "<", "Secretive", "function", "lambda", "built-in"):
        assert word not in shown


@pytest.mark.parametrize(
    "script",
    [
        "{{ f('x') }}", "{{ o.method() }}", "{{ s.upper() }}", "{{ m.items() }}", "{{ c() }}",
        "{{ ''.__class__.mro() }}", "{{ cycler() }}", "{{ lipsum() }}", "{{ namespace() }}",
        "{{ dict() }}", "{{ joiner() }}", "{{ open('/etc/passwd') }}", "{{ include('x') }}",
        "{{ source('/etc/passwd') }}", "{{ constant('PHP_VERSION') }}", "{{ dump() }}",
        "{{ s|attr('x') }}", "{{ l|map('upper') }}", "{{ l|map('system') }}", "{{ l|filter(f) }}",
        "{{ l|reduce(o) }}", "{{ l|sort('system') }}", "{{ l|sort(f) }}", "{{ l|map(o) }}",
        "{% import 'os' as os %}", "{% from 'os' import system %}", "{% extends 'x' %}",
        "{% block a %}{% endblock %}", "{% include '/etc/passwd' %}", "{% embed 'x' %}",
        "{% use 'x' %}", "{% sandbox %}{% endsandbox %}", "{% raw %}", "{% call f() %}",
        "{% set a.b = 1 %}", "{% set o.secret = 1 %}", "{% set _self = 1 %}", "{{ __import__('os') }}",
        "{{ dns_get_record('x', 'a') }}", "{{ l[f()] }}",
    ],
)  # fmt: skip
def test_nothing_of_python_can_be_called(render, script: str) -> None:
    with pytest.raises(ScriptFault):
        render(script, **values())


TWINS = (
    "{% set a = [1] %}{% set b = [1] %}" + "{% set a = [a, a] %}{% set b = [b, b] %}" * 35
)  # two values that are alike and, written out, enormous


@pytest.mark.parametrize(
    "script",
    [
        "{{ 'x'|repeat(999999999) }}",
        "{{ 1..999999999 }}",
        "{{ range(0, 1, 0.0000001)|length }}",
        "{{ '%9999s'|format('x')|repeat(9999) }}",
        "{% set x = 'xxxxxxxxxx' %}" + "{% set x = x ~ x ~ x ~ x %}" * 40,
        "{% set a = [1] %}" + "{% set a = a|merge(a) %}" * 40,
        "{% set a = [1] %}" + "{% set a = [a, a] %}" * 35 + "{{ a|json_encode }}",
        TWINS + "{{ a == b }}",
        TWINS + "{{ a is same as(b) }}",
        "{% set a = [1] %}" + "{% set a = [a, a] %}" * 35 + "{{ {a: a}|url_encode }}",
        "{% set a = 1 %}" + "{% set a = {a: a} %}" * 500 + "{{ a|json_encode }}",
        "{% for a in 1..1000 %}{% for b in 1..1000 %}{% for c in 1..1000 %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in 1..99999 %}{{ 'x'|repeat(9999) }}{% endfor %}",
        "{% set q %}{% for a in 1..99999 %}{{ 'x'|repeat(9999) }}{% endfor %}{% endset %}",
        "{% macro f() %}{{ _self.f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ _self.f() ~ _self.f() }}{% endmacro %}{{ f() }}",
        "{{ [1]|map(v => (1..99999)|map(w => (1..99999)|map(x => 1)|length)|length)|join }}",
        ("{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'|regexp('/^(a+)+$/') }}"
        "{{ ('a'|repeat(5000)) matches '/(a|aa)+(a|aa)+(a|aa)+$b/' }}"),
        "{{ 'a' matches '/(?:(?:a{999}){999}){999}/' }}",
        "{{ 'a' matches '/a{99999999}/' }}",
        "{{ ('a'|repeat(100000)) matches '/(?R)?a/' }}",
        "{{ 'x'|replace({x: 'y'|repeat(9999)})|replace({y: 'z'|repeat(9999)}) }}",
        "{{ 'ab'|repeat(99999)|replace({a: 'y'|repeat(999), b: 'w'|repeat(999)}) }}",
        "{{ random_string(999999999) }}",
        "{{ 'x'|indent('y'|repeat(9999))|nl2br|repeat(9999) }}",
        "{{ [1]|batch(99999999, 1) }}",
        "{{ '# x'|repeat(999999)|markdown_to_html }}",
        "{{ 'now'|date('l'|repeat(900000)) }}",
        "{{ 'x,'|repeat(200000)|split(',')|length }}",
        ("{{ '<!--'|repeat(900000)|striptags }}{{ ('<' ~ 'a'|repeat(3000000))|striptags }}"
        "{% set a = 'x'|repeat(3000000) %}{% for i in 1..9999 %}{% set a = a|upper|lower %}{% endfor %}"),
        ("{% set m = {} %}{% set big = 'x'|repeat(3000000) %}"
        "{% for i in 1..9999 %}{% set m = m|merge([big ~ i]) %}{% endfor %}"),
        "{% set big = 'x'|repeat(3000000) %}{{ (1..99999)|map(v => big)|json_encode }}",
        "{% set big = ' x'|repeat(900000) %}{{ [(1..9999)|map(v => big)]|csv }}",
        "{% set big = 'x'|repeat(3000000) %}{{ {(big): 1..9999}|url_encode }}",
        "{{ '9'|repeat(390)|number_format(0, '', 'x'|repeat(3000000)) }}",
        "{{ ('a'|repeat(999999))|trim((1..2000)|join) }}{{ 'a,'|repeat(9)|replace((1..5000)) }}",
        "{{ regexp_match_all('/' ~ '('|repeat(400) ~ 'x+' ~ ')'|repeat(400) ~ '/', 'x'|repeat(900000)) }}",
        "{{ 'x-'|repeat(900000)|permalink('y'|repeat(9999)) }}",
        "{{ '&'|repeat(900000)|alphanum('', 'y'|repeat(9999)) }}",
        "{{ [1,2]|join('x'|repeat(3000000))|length }}{{ (1..1000)|join('x'|repeat(9999)) }}",
    ],
)  # fmt: skip
def test_a_bomb_is_stopped(now, script: str) -> None:
    scripts = Scripts(limits=Limits(seconds=0.5))
    with pytest.raises(ScriptFault) as caught:
        scripts.render(script, {}, now=now)
    assert caught.value.code in {"script-limit", "script-fault"}
    assert "Traceback" not in caught.value.sentence


@pytest.mark.parametrize(
    "script",
    [
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
        "{{ " + "[" * 500 + "]" * 500 + " }}",
        "{{ " + "-" * 5000 + "1 }}",
        "{{ " + "not " * 5000 + "1 }}",
        "{{ a" + ".b" * 5000 + " }}",
        "{{ a" + "|upper" * 5000 + " }}",
        "{{ 1" + " + 1" * 5000 + " }}",
        "{{ 1" + " ? 1 : 1" * 5000 + " }}",
        "{{ 1" + " ** 1" * 5000 + " }}",
        "{% if 1 %}" * 500 + "{% endif %}" * 500,
        "{% for a in b %}" * 50 + "{% endfor %}" * 50,
        "{{ v => " * 100 + "1" + " }}" * 100,
        '{{ "' + '#{"' * 300 + '"}' * 300 + '" }}',
        "x" * 600_000 + "{{ a }}",
    ],
)
def test_a_script_nested_beyond_sense_is_refused(scripts, script: str) -> None:
    with pytest.raises(ScriptFault):
        scripts.check(script)


def test_a_long_flat_script_is_fine(render) -> None:
    assert render("{{ 'a'" + " ~ 'a'" * 2000 + " }}") == "a" * 2001
    assert render("{{ a }}\n" * 2000, a=1) == "1\n" * 2000
    assert render("{{ 1" + " + 1" * 40 + " }}{{ 0" + " or 0" * 40 + " }}") == "41"
    branches = "".join(f"{{% elseif x == {n} %}}{n}" for n in range(300))
    assert render("{% if 0 %}" + branches + "{% endif %}", x=299) == "299"


@pytest.mark.parametrize("name", ["class", "None", "lambda", "self", "run", "text", "open", "context",
    "environment", "filters", "__builtins__", "operators", "tick", "read"])  # fmt: skip
def test_a_name_of_python_is_just_a_placeholder(render, name: str) -> None:
    if name == "None":
        return
    assert render(f"{{% set x = {name} %}}{{{{ x }}}}{{{{ {name}.{name} }}}}") == ""
    assert render(f"{{% set {name} = 1 %}}{{{{ {name} }}}}") == "1"
    assert render(f"{{% macro m({name}) %}}{{{{ {name} }}}}{{% endmacro %}}{{{{ m(2) }}}}") == "2"


def test_strings_of_a_script_cannot_break_out_of_the_compiled_code(render) -> None:
    nasty = r"""'"\ {{% \n \x00 ''' \"\"\" #"""
    assert render("{{ x['a\\'b\"c'] }}{{ \"\\\\\" }}", x={"a'b\"c": 1}) == "1\\"
    assert render("{% verbatim %}" + nasty + "{% endverbatim %}") == nasty
