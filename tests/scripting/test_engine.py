from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

import pytest

from factotum.core.errors import NotFound, ScriptFault
from factotum.scripting import PACKAGE, Limits, NeedsRecord, Scripts


class Lazy(Mapping[str, object]):
    """Values that note what is read and know one record by its prefix."""

    def __init__(self, **known: object) -> None:
        self.known, self.read = known, []

    def __getitem__(self, name: str) -> object:
        self.read.append(name)
        if name.startswith("worker_"):
            raise NeedsRecord("worker_")
        if name.startswith("gone_"):
            raise NotFound("That record is gone.")
        return self.known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)


def test_a_placeholder_is_looked_up_only_when_the_script_comes_to_it(scripts, now) -> None:
    values = Lazy(a=0)
    script = "{% if a %}{{ worker_name }}{% endif %}{{ a ? gone_x : 'ok' }}{{ a and worker_id }}"
    assert scripts.render(script, values, now=now) == "ok"
    assert set(values.read) == {"a"}


@pytest.mark.parametrize("script", ["{{ worker_name }}", "{{ [1]|map(v => worker_id)|join }}",
    "{{ (worker_x ?? 1)|default(2) }}", "{% for a in worker_xs %}{% endfor %}"])  # fmt: skip
def test_a_request_for_a_record_passes_through_unchanged(scripts, now, script: str) -> None:
    with pytest.raises(NeedsRecord) as caught:
        scripts.render(script, Lazy(), now=now)
    assert caught.value.prefix == "worker_"


def test_an_error_of_the_product_passes_through_unchanged(scripts, now) -> None:
    with pytest.raises(NotFound, match="That record is gone"):
        scripts.render("{{ gone_name }}", Lazy(), now=now)


def test_a_lazy_mapping_inside_the_values_is_read_the_same_way(scripts, now) -> None:
    assert scripts.render("{{ bot.key }}{{ bot.none }}", {"bot": Lazy(key="v")}, now=now) == "v"


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("plain", set()),
        ("{{ a.b.c|default(d) }}", {"a", "d"}),
        ("{% set a = b %}{{ a }}", {"b"}),
        ("{% set a = a ~ 1 %}", {"a"}),
        ("{% if c %}{% set d = 1 %}{% endif %}{{ d }}", {"c", "d"}),
        ("{% if c %}{% set d = 1 %}{% else %}{% set d = 2 %}{% endif %}{{ d }}", {"c"}),
        ("{% for x in xs if x.y %}{{ x.q ~ z }}{{ loop.index }}{% endfor %}{{ x }}", {"xs", "z", "x"}),
        ("{{ xs|map((v, k) => v ~ w) }}", {"xs", "w"}),
        ("{% with {a: b} %}{{ a ~ c }}{% endwith %}", {"b", "c"}),
        ("{% with {a: b} only %}{{ a ~ c }}{% endwith %}", {"b"}),
        ("{% macro m(a) %}{{ a ~ b }}{% endmacro %}{{ m(c) }}", {"c"}),
        ('{{ "x #{e.f}" }}{% apply replace({x: g}) %}{{ h }}{% endapply %}', {"e", "g", "h"}),
        ("{{ a is defined }}{{ b.c is defined }}", {"a", "b"}),
    ],
)  # fmt: skip
def test_the_placeholders_a_script_reads_are_known_before_it_runs(scripts, script, names) -> None:
    assert scripts.names(script) == names


def test_package_scripts_leave_ordinary_ones_for_run_time(now) -> None:
    scripts = Scripts(PACKAGE)
    text = (
        "{{{uid.x}}} {{ later }} {% if a %}{{% if b %}}b{{% endif %}}{% endif %}{{# gone #}}{# k #}"
    )
    values = {"uid": {"x": "7"}, "b": 1}
    assert scripts.render(text, values, now=now) == "7 {{ later }} {% if a %}b{% endif %}{# k #}"
    assert scripts.names(text) == {"uid", "b"}
    assert scripts.render("{{ a }}{% b %}{# c #}", {}, now=now) == "{{ a }}{% b %}{# c #}"
    assert scripts.render("{{{ {a: {b: 1}}|json_encode }}}", {}, now=now) == '{"a":{"b":1}}'


def test_chance_is_the_same_for_the_same_seed(render) -> None:
    script = "{{ random(1000000) }} {{ random_string(12) }} {{ shuffle(1..9)|join }}"
    assert render(script, seed=5) == render(script, seed=5) != render(script, seed=6)
    assert render("{{ random(['a']) }}{{ random('b') }}{{ random_string(3)|length }}") == "ab3"


def test_values_are_never_changed_by_a_script(render) -> None:
    data = {"a": {"b": [1, 2]}}
    shown = render(
        "{% set d = dict_set(data, 'a.b.[]', 3) %}{% set d = d|merge({c: 1}) %}{{ d|json_encode }}",
        data=data,
    )
    assert shown == '{"a":{"b":[1,2,3]},"c":1}'
    assert data == {"a": {"b": [1, 2]}}


def test_many_threads_may_render_at_once(scripts, now) -> None:
    wrong: list[str] = []

    def work(mine: int) -> None:
        for turn in range(200):
            script = "{% for i in 1..3 %}{{ me }}{% endfor %}" + "." * (turn % 7)
            shown = scripts.render(script, {"me": mine}, now=now)
            if not shown.startswith(str(mine) * 3):
                wrong.append(shown)

    threads = [threading.Thread(target=work, args=(one,)) for one in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []


def test_limits_are_the_caller_s_to_set(now) -> None:
    small = Scripts(limits=Limits(characters=10, items=5, depth=3))
    for script in (
        "{{ 'x'|repeat(11) }}",
        "{{ (1..6)|join }}",
        "{% for i in 1..4 %}xxx{% endfor %}",
    ):
        with pytest.raises(ScriptFault) as caught:
            small.render(script, {}, now=now)
        assert caught.value.code == "script-limit"


def test_an_unknown_time_zone_is_a_fault_only_where_a_date_needs_it(render) -> None:
    assert render("{{ 1 }}", timezone="Nowhere/Land") == "1"
    with pytest.raises(ScriptFault, match='no time zone "Nowhere/Land"'):
        render("{{ 'now'|date('Y') }}", timezone="Nowhere/Land")


def test_output_is_always_text_that_can_be_written(render) -> None:
    assert render("{{ '/w=='|base64_decode }}") == "\ufffd"
    assert render("{{ '/w=='|base64_decode|base64_encode }}") == "/w=="


def test_bytes_stay_what_they_are_for_who_sends_them_on(scripts, now) -> None:
    text = scripts.render("é{{ '/w8A'|base64_decode }}", {}, now=now, keeps_bytes=True)
    assert text.encode("utf-8", "surrogateescape") == b"\xc3\xa9\xff\x0f\x00"
