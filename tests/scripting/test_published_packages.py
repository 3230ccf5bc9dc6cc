"""Every script of the packages that were published, and ones like them for where those are absent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from factotum.scripting import PACKAGE, Scripts

FOLDER = Path(__file__).parents[3] / "shared" / "packages"
VALUES = {
    "message": "Friday noon", "worker_first_name": "Kina", "prompt_number": "42", "var_query": "a b",
    "response_json": {"id_str": "1234567890123456789"}, "http_params": {"from": "+1", "body": "Hi"},
    "_records_workers": {"1": {"id": 1, "_label": "Kina"}}, "worker": {"id": 1, "_label": "Kina"},
    "uid": {"x": 1}, "behavior_bot_config": {"account_sid": "AC1"}, "_behavior": {"response_json": {}},
}  # fmt: skip


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(key)
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def published() -> list[str]:
    found: dict[str, None] = {}
    for path in sorted(FOLDER.glob("*.json")):
        found.update(dict.fromkeys(texts(json.loads(path.read_text("utf-8")))))
    return [text for text in found if not Scripts().syntax.is_plain(text)]


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the published packages are not here")
def test_every_script_of_the_published_packages_renders(scripts, now) -> None:
    packages = Scripts(PACKAGE)
    found = published()
    assert found
    for text in found:
        packages.check(text)
        filled = packages.render(text, VALUES, now=now)
        scripts.check(filled)
        scripts.names(filled)
        shown = scripts.render(filled, VALUES, now=now)
        assert "{{" not in shown
        assert "{%" not in shown


def test_a_number_is_asked_for_until_it_is_one(render) -> None:
    validate = (
        "{% if message is not numeric %}\nPlease enter a valid number.\n"
        "{% elseif prompt_number < 1 or prompt_number > 100 %}\nBetween 1 and 100.\n{% endif %}"
    )
    number = "{{message|replace({',':''})|number_format(0, '.', '')}}"
    for message, complaint in [
        ("42", ""),
        ("x", "Please enter a valid number.\n"),
        ("500", "Between 1 and 100.\n"),
    ]:
        filled = render(number, message=message)
        assert render(validate, message=message, prompt_number=filled) == complaint
    assert render(number, message="1,234") == "1234"


def test_a_date_is_asked_for_until_it_is_one_in_the_future(render) -> None:
    validate = (
        "{% if 0 == prompt_date %}\nNo date.\n"
        "{% elseif prompt_date < 'now'|date('U') %}\nNot past.\n{% endif %}"
    )
    for message, complaint in [
        ("Friday noon", ""),
        ("blah", "No date.\n"),
        ("yesterday", "Not past.\n"),
    ]:
        filled = render("{{message|date('U')}}", message=message)
        assert render(validate, prompt_date=filled) == complaint


def test_an_address_is_asked_for_until_it_is_one(render) -> None:
    validate = (
        "{% set email = message|parse_emails|first %}\n{% if prompt_email is empty %}\nBad.\n"
        "{% elseif email.host == 'localhost' %}\nBad host.\n{% endif %}"
    )
    for message, email, complaint in [
        ("Kina <kina@cerb.example>", "kina@cerb.example", ""),
        ("kina", "kina@localhost", "Bad host.\n"),
        ("??? !!", "", "Bad.\n"),
    ]:
        filled = render("{{message|parse_emails|first.email}}", message=message)
        assert filled == email
        assert render(validate, message=message, prompt_email=filled) == complaint


def test_a_file_is_asked_for_until_it_is_a_small_image(render) -> None:
    validate = (
        "{% if prompt_file_size > 250000 %}\nToo big.\n"
        "{% elseif not (prompt_file_mime_type starts with 'image/') %}\nNo image.\n{% endif %}"
    )
    assert render(validate, prompt_file_size=300000) == "Too big.\n"
    assert (
        render(validate, prompt_file_size="1000", prompt_file_mime_type="text/plain")
        == "No image.\n"
    )
    assert render(validate, prompt_file_size=1000, prompt_file_mime_type="image/png") == ""


def test_a_task_is_built_key_by_key(render) -> None:
    script = (
        "{% set json = {} %}\n{% set json = dict_set(json, 'title', 'Report: ' ~ worker._label) %}\n"
        "{% set json = dict_set(json, 'due', 'today 08:30'|date('U')) %}\n"
        "{% set json = dict_set(json, 'owner_id', worker.id) %}\n{{json|json_encode|json_pretty}}"
    )
    assert json.loads(render(script, worker={"id": 7, "_label": "Kina"})) == {
        "title": "Report: Kina", "due": "1513067400", "owner_id": 7,
    }  # fmt: skip


def test_a_form_body_is_built_from_a_map_with_a_trailing_comma(render) -> None:
    script = '{% set params = {\n\t"channel": var_channel,\n\t"text": var_message,\n\t"n": "C",\n} %}\n{{params|url_encode}}'
    assert (
        render(script, var_channel="#a", var_message="é & b")
        == "channel=%23a&text=%C3%A9%20%26%20b&n=C"
    )


def test_an_address_may_stand_below_a_comment(render) -> None:
    script = "{# See: https://api.example/docs #}\nhttps://api.example/x?q={{q|url_encode}}"
    assert render(script, q="a b") == "https://api.example/x?q=a%20b"


def test_xml_is_escaped_where_asked(render) -> None:
    script = '{% set msg = "Hi " ~ http_params.from ~ "! You said: " ~ http_params.body %}\n<M>{{msg|escape}}</M>'
    shown = render(script, http_params={"from": "<Bob>", "body": "a & b"})
    assert shown == "<M>Hi &lt;Bob&gt;! You said: a &amp; b</M>"


def test_what_was_answered_is_told_back(render) -> None:
    script = (
        "* {{prompt_number|number_format(0, '.', ',')}}\n* {{prompt_date|date('F d, Y g:ia')}}\n"
        "* {{prompt_yesno ? 'yes' : 'no'}}\n* {{prompt_worker__label}} (#{{prompt_worker_id}})\n"
    )
    shown = render(
        script, prompt_number="4200", prompt_date="1513339200", prompt_yesno="0", prompt_worker_id=3
    )
    assert shown == "* 4,200\n* December 15, 2017 12:00pm\n* no\n*  (#3)\n"


def test_one_of_several_sentences_is_chosen(render) -> None:
    script = '{% set r = [\n"Ok! Let\'s recap...",\n"Checking my notes...",\n] %}\n{{random(r)}}'
    assert {render(script, seed=seed) for seed in range(20)} == {
        "Ok! Let's recap...",
        "Checking my notes...",
    }
