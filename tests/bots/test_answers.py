import pytest

from factotum.bots.answers import Answers, looks_at
from factotum.bots.effects import HttpResult

BAD = HttpResult(http_code=401, url="https://a.b/", body="{}")
GOOD = HttpResult(http_code=200, url="https://a.b/", body="x")


def test_a_failure_is_told_once_unless_something_looked_at_it():
    answers = Answers()
    first, second = answers.add(BAD), answers.add(BAD)
    answers.look_at({first})
    assert answers.tell() is answers.failure(second)
    assert answers.tell() is None


def test_a_good_answer_is_told_only_where_it_should_have_been_json():
    answers = Answers()
    number = answers.add(GOOD)
    assert answers.tell() is None
    answers.is_no_json({number})
    assert answers.tell().code == "not-json"


@pytest.mark.parametrize(
    "result",
    [
        HttpResult(http_code=204), HttpResult(http_code=205), HttpResult(is_simulated=True),
        HttpResult(http_code=200, body="null"), HttpResult(http_code=200, body=None),
    ],
)  # fmt: skip
def test_nothing_is_expected_to_be_json_where_there_is_no_body(result):
    answers = Answers()
    answers.is_no_json({answers.add(result)})
    assert answers.tell() is None


def test_a_failure_is_not_replaced_by_its_body_being_no_json():
    answers = Answers()
    number = answers.add(BAD)
    answers.is_no_json({number})
    assert answers.failure(number).status == 401


@pytest.mark.parametrize(
    ("script", "looks"),
    [
        ("{% if r.id %}a{% endif %}", True),
        ("{%- if not r %}a{% endif %}", True),
        ("{% if x %}a{% elseif r.ok %}b{% endif %}", True),
        ("{{ r.ok ? 'yes' : 'no' }}", True),
        ("{{ r.error }}", True),
        ("{{ r.errors[0].message }}", True),
        ("{{ r.info.http_code }}", True),
        ("{{ r['error'] }}", True),
        ("{{ r.body|json_pretty }}", False),
        ("{{ r.id ?? 'none' }}", False),
        ("{{ r.id ?: 'none' }}", False),
        ("{{ r.id ~ 'really?' }}", False),
        ("{% for x in r.items %}{% if x.open %}{{x.id}}{% endif %}{% endfor %}", False),
        ("{% if other.r %}a{% endif %}", False),
        ("{% if rr %}a{% endif %}", False),
        ("{% set x = r.body %}", False),
        ("Is r there? {{r.id}} errors", False),
    ],
)
def test_a_script_looks_at_an_answer_when_it_decides_by_it_or_reads_its_error(script, looks):
    assert looks_at(script, {"r"}) is looks


def test_no_script_looks_at_nothing():
    assert not looks_at("{% if r %}{% endif %}", set())
