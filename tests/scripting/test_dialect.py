"""Where Twig is not Jinja2."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        # values and paths
        ("{{ a.b.c }}", "5"),
        ("{{ a['b'].c }}{{ a['b']['c'] }}", "55"),
        ("{{ xs.0 }}{{ xs[1] }}{{ xs['1'] }}{{ xs.0.a.b }}", "1020" + "20"),
        ("[{{ nothing }}{{ nothing.at.all }}{{ nothing[3].x }}{{ 5.x }}]", "[]"),
        ("{{ true }}|{{ false }}|{{ null }}|{{ 1.0 }}|{{ 0.5 }}|{{ [1] }}", "1|||1|0.5|Array"),
        # conditions
        ("{{ 'yes' == 'yes' ? 1 : 0 }}{{ 0 ? 'x' }}{{ 1 ? 'y' }}", "1y"),
        ("{{ '' ?: 'e' }}{{ 'v' ?: 'e' }}{{ nothing ?? 'n' }}{{ '' ?? 'n' }}{{ a.z ?? 'z' }}", "evnz"),
        ("{{ 1 ? 2 ? 'a' : 'b' : 'c' }}", "a"),
        ("{{ '0' ? 'yes' : 'no' }}{{ '0.0' ? 'yes' : 'no' }}{{ [] ? 'yes' : 'no' }}", "noyesno"),
        ("{% if 0 == null and '1' == 1 and null == '' and 'abc' != 0 %}ok{% endif %}", "ok"),
        ("{% if '10' == '1e1' and '01' == 1 and 'a' < 'b' and '9' < '10' %}ok{% endif %}", "ok"),
        ("{{ not '0' and not (1 > 2) }}{{ 1 xor 1 }}{{ 6 b-and 3 }}{{ 6 b-or 1 }}{{ 6 b-xor 3 }}", "1275"),
        ("{{ 2 <=> 1 }}{{ 'a' in ['a'] }}{{ 'z' not in 'abc' }}{{ '1' in [1] }}", "1111"),
        # operators
        ("{{ (1..4)|join(',') }}|{{ ('a'..'c')|join }}|{{ (3..1)|join }}", "1,2,3,4|abc|321"),
        ("{{ 7 / 2 }} {{ 6 / 2 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 2 ** -1 }}", "3.5 3 3 -1 1024 0.5"),
        ("{{ 'a' ~ 1 ~ true ~ null ~ 2.0 }}", "a112"),
        ("{{ '5 apples' + '2.5' }} {{ nothing + 1 }}", "7.5 1"),
        ("{{ 'Abc' matches '/^a/i' }}{{ 'abc' starts with 'ab' }}{{ 'abc' ends with 'bc' }}", "111"),
        ("{{ nothing starts with '' }}{{ 'a' starts with nothing }}", ""),
        ("{{ [1,2] has some v => v > 1 }}{{ [1,2] has every v => v > 0 }}", "11"),
        # tests
        ("{{ '' is empty }}{{ 0 is empty }}{{ '0' is empty }}{{ {} is empty }}", "11"),
        ("{{ 4 is divisible by(2) }}{{ 4 is divisible by 2 }}{{ 3 is not even }}", "111"),
        ("{{ 1 is same as('1') }}{{ 1 is same as(1) }}{{ [1] is same as([1]) }}", "11"),
        ("{{ xs is iterable }}{{ 'x' is not iterable }}{{ x is defined }}{{ a.b is defined }}", "111"),
        ("{{ a.z is not defined and nothing is null and nothing is not defined }}", "1"),
        ("{{ '1e3' is numeric }}{{ 'x1' is numeric }}{{ ' 1' is numeric }}{{ '' is numeric }}", "11"),
        ("{{ 'sales@x.y' is pattern('*@x.*', 'no') }}{{ 'ab' is prefixed('a') }}{{ 'ab' is suffixed('x', 'b') }}", "111"),
        ("{{ 'cerberusweb.contexts.task' is record type('task', 'ticket') }}", "1"),
        # texts
        (r"""{{ 'it\'s' }} {{ "a\tb\x41\"" }}{{ '\d' }}""", "it's a\tbA\"d"),
        ('{% set n = "Bob" %}{{ "hi #{n|upper ~ "!"} and #{1 + 1}" }} {{ "#x" }}', "hi BOB! and 2 #x"),
        # lists and maps
        ("{{ {a: 1, 'b': 2, (('c')): 3, 4: 5,}|keys|join }}", "abc4"),
        ("{% set k = 'z' %}{{ {(k ~ 1): 2}.z1 }}{% set q = 3 %}{{ {q}.q }}", "23"),
        ("{{ [1, 2, ...xs, 3,]|join(' ') }}", "1 2 10 20 3"),
        ("{{ 'abcdef'[1:3] }}{{ [1,2,3][1:]|join }}{{ [1,2,3][:2]|join }}", "bcd2312"),
        ("{{ xs|first }}{{ people|first.name }}{{ (people|last).name|upper }}", "10AnnBOB"),
    ],
)  # fmt: skip
def test_an_expression_means_what_it_means_in_twig(render, script: str, shown: str) -> None:
    people = [{"name": "Ann"}, {"name": "Bob"}]
    assert render(script, a={"b": {"c": 5}}, xs=[10, 20], people=people) == shown


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("{% for k, v in {a: 1, b: 2} %}{{ k }}={{ v }}{{ loop.last ? '' : ',' }}{% endfor %}", "a=1,b=2"),
        ("{% for x in [] %}x{% else %}none{% endfor %}{% for x in 5 %}x{% else %}none{% endfor %}", "nonenone"),
        ("{% for x in 1..6 if x is even %}{{ loop.index }}:{{ x }} {% endfor %}", "1:2 2:4 3:6 "),
        ("{% for i in 1..2 %}{% for j in 1..2 %}{{ loop.parent.loop.index }}{{ loop.index0 }} {% endfor %}{% endfor %}", "10 11 20 21 "),
        ("{% for x in [7] %}{{ loop.first }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.length }}{% endfor %}", "1101"),
        ("{% set t = 0 %}{% for i in 1..4 %}{% set t = t + i %}{% set u = i %}{% endfor %}{{ t }}{{ u }}{{ i }}", "10"),
        ("{% set i = 'kept' %}{% for i in 1..2 %}{% endfor %}{{ i }}", "kept"),
        ("{% set a, b = 1, 2 %}{% set a, b = b, a %}{{ a }}{{ b }}", "21"),
        ("{% set x %}[{{ 1 + 1 }}]{% endset %}{{ x }}{{ x }}", "[2][2]"),
        ("{% if 0 %}a{% elseif '0' %}b{% elseif 1 %}c{% else %}d{% endif %}", "c"),
        ("{% apply upper|replace({'A': 'b'}) %}a{{ 'c' }}{% endapply %}{% filter lower %}XY{% endfilter %}", "bCxy"),
        ("{% with {x: 2} %}{{ x }}{% set y = 3 %}{{ y }}{% endwith %}[{{ x }}{{ y }}]", "23[]"),
        ("{% with {x: 2} only %}{{ x }}{{ given }}{% endwith %}{{ given }}", "2G"),
        ("{% verbatim %}{{ x }}{% if %}{# no #}{% endverbatim %}", "{{ x }}{% if %}{# no #}"),
        ("{% spaceless %}<div>\n  <b> x </b>\n</div>{% endspaceless %}", "<div><b> x </b></div>"),
        ("{% do 1 + 1 %}{# comment {{ x }} #}.", "."),
        ("{{ _self.f(1) }}{{ f(1, b=3) }}{% macro f(a, b = 2) %}{{ a }}-{{ b }}{{ given }};{% endmacro %}", "1-2;1-3;"),
        ("{% macro f(n) %}{{ n }}{% if n > 0 %}{{ _self.f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "3210"),
        ("{% import _self as m %}{% from _self import f as g %}{{ m.f() }}{{ g() }}{% macro f() %}x{% endmacro f %}", "xx"),
        ("{{ [1,2,3]|map(v => v * 2)|join(',') }}{{ [1,2]|map((v, k) => k)|join }}", "2,4,601"),
        ("{{ [3,1,2]|sort|join }}{{ [3,1,2]|sort((a, b) => b <=> a)|join }}{{ [1,2]|reduce((c, v) => c + v, 1) }}", "1233214"),
        ("{% set n = 2 %}{{ [1,2,3]|filter(v => v > n)|json_encode }}{{ [1,2]|filter((v, k) => k < 1)|json_encode }}", '{"2":3}[1]'),
    ],
)  # fmt: skip
def test_a_tag_does_what_it_does_in_twig(render, script: str, shown: str) -> None:
    assert render(script, given="G") == shown


@pytest.mark.parametrize(
    ("script", "shown"),
    [
        ("a\n{% if 1 %}\nb\n{% endif %}\nc\n", "a\nb\nc\n"),
        ("{# note #}\r\nhttps://x\r\n", "https://x\r\n"),
        ("{{ 1 }}\n{{ 2 }}\n", "1\n2\n"),
        ("a  {{- 1 -}}  \n b", "a1b"),
        ("a \n {%- if 1 -%} \n b {%~ endif ~%} \nc", "ab\nc"),
        ("a \n {{~ 1 ~}} \n b", "a \n1\n b"),
        ("x {#- c -#} y", "xy"),
    ],
)
def test_white_space_goes_where_twig_drops_it(render, script: str, shown: str) -> None:
    assert render(script) == shown


@pytest.mark.parametrize(
    ("script", "line", "sentence"),
    [
        ("{{ a|uper }}", 1, 'There is no filter "uper"; did you mean "upper"?'),
        ("\n\n{{ nope() }}", 3, 'There is no function "nope".'),
        ("{% zzz %}", 1, 'There is no tag "zzz".'),
        ("{{ a is funny }}", 1, 'There is no test "funny".'),
        ("{% include 'x' %}", 1, 'There is no tag "include".'),
        ("{{ a.b() }}", 1, 'A value has no methods: "b()" cannot be called.'),
        ("\n{% if a %}", 2, '"if" is not closed with "endif".'),
        ("{% endif %}", 1, '"endif" has nothing to close here.'),
        ("{{ 'abc }}", 1, "A text in single quotes is not closed."),
        ("{{ (1 }}", 1, 'Unexpected "}".'),
        ("{{ a b }}", 1, 'Expected the end of the tag, found "b".'),
        ("{# x", 1, 'A comment is not closed with "#}".'),
        ("{{ 'x'|upper(1) }}", 1, 'The filter "upper" takes no arguments.'),
        ("{% set a, b = 1 %}", 1, "2 names are set to 1 values."),
        ("a\n{{ 'x'\n|date(form='Y') }}", 3, 'The filter "date" takes (format=None, timezone=None).'),
    ],
)  # fmt: skip
def test_a_faulty_script_is_refused_with_its_line_and_a_sentence(
    scripts, script: str, line: int, sentence: str
) -> None:
    from factotum.core.errors import ScriptFault

    with pytest.raises(ScriptFault) as caught:
        scripts.check(script)
    assert (caught.value.line, caught.value.sentence) == (line, f"Line {line}: {sentence}")


def test_a_fault_at_run_time_names_its_line(render) -> None:
    from factotum.core.errors import ScriptFault

    with pytest.raises(ScriptFault, match=r"^Line 3: A number is divided by zero\.$"):
        render("{% set a = 0 %}\n\n{{ 1 / a }}\n")
