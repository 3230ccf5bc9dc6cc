"""Filters and functions, most with the example of the documentation packages were written by."""

from __future__ import annotations

import pytest

from factotum.core.errors import ScriptFault
from factotum.scripting.registry import FILTERS, FUNCTIONS, TESTS, load_families

TEXT = [
    ("{{ -5|abs }}{{ '-2.5'|abs }}", "-52.5"),
    ("{{ '* Ignore all+1$2%3!'|alphanum }}|{{ 'a b!c'|alphanum(' !') }}|{{ 'a b'|alphanum('', '-') }}", "Ignoreall123|a b!c|a-b"),
    ("{{ 'a@x'|append('b@x', delimiter=', ') }}|{{ null|append('b', ', ') }}|{{ 'a, '|append('b', ', ') }}", "a@x, b@x|b|a, b"),
    ("{{ 'kINA'|capitalize }} {{ \"the bot's book\"|title }} {{ 'É'|lower }}", "Kina The Bot's Book é"),
    ("{{ '%s closed %d (%05.1f) %%'|format('Kina', '120', 2.26) }}", "Kina closed 120 (002.3) %"),
    ("{{ '%2$s-%1$s|%5s|%-5s|%\\'*5s|%x|%b|%+d'|format('a', 'b', 255, 5, 3, 7) }}", "b-a|    a|b    |**255|5|11|+7"),
    ("{{ \"a\nb\"|indent('> ') }}|{{ \"a\nb\"|indent('> ', 1) }}", "> a\n> b|a\n> b"),
    ('{{ "Hello.\n\nBye.\n"|quote }}', "> Hello.\n>\n> Bye."),
    ("{{ '*'|repeat(5) }}{{ '*'|repeat(-1) }}", "*****"),
    ("{{ 'I like %food%'|replace({'%food%': 'ice'}) }} {{ '1,234,5'|replace({',': ''}) }}", "I like ice 12345"),
    ("{{ 'ab'|replace({a: 'b', b: 'a'}) }}{{ 'abc'|replace({ab: 1, abc: 2}) }}{{ 'aa'|replace('a', 'b') }}", "ba2bb"),
    ("{{ 'Leo'|reverse }} {{ [1,2,3]|reverse|join }} {{ {a: 1, b: 2}|reverse|keys|join }}", "oeL 321 ba"),
    ("{{ 'abcdef'|slice(0, 4) }} {{ 'abc'|slice(-2) }} {{ 'abc'|slice(0, -1) }} {{ [1,2,3,4,5]|slice(2, 2)|json_encode }}", "abcd bc ab [3,4]"),
    ("{{ '1,2,3'|split(',')|json_encode }}{{ 'a-b-c'|split('-', 2)|join('|') }}{{ 'a-b-c'|split('-', -1)|join }}{{ 'abc'|split('')|length }}", '["1","2","3"]a|b-cab3'),
    ('{{ "red\r\n\n orange\rblue"|split_crlf|json_encode }}', '["red","orange","blue"]'),
    ("{{ 'BTC,   ETH   ,,LTC'|split_csv|json_encode }}", '["BTC","ETH","LTC"]'),
    ("{{ 'ABCHI'|str_pos(needle='hi', offset=0, ignoreCase=true) }} {{ 'a'|str_pos('z') }} {{ 'ABCDEFGHI'|str_sub(7, 9) }}", "3 -1 HI"),
    ("{{ \"> a\nb\"|strip_lines(prefixes='>') }}", "b"),
    ("{{ 'KATA (\"Key\") is'|tokenize|join(' ') }}", "kata key is"),
    ("[{{ '  x '|trim }}][{{ ' x '|trim(' ', 'left') }}][{{ ' x '|trim(' ', side='right') }}][{{ 'abxcc'|trim('a..c') }}]", "[x][x ][ x][x]"),
    ("{{ \"This string is longer than we'd prefer\"|truncate(11) }}|{{ 'short'|truncate(11) }}|{{ 'a bcd e'|truncate(3, true) }}", "This string...|short|a bcd..."),
    ("{{ 'This is the title!'|permalink|lower }}", "this-is-the-title"),
    ("{{ 'abc'|first }}{{ 'abc'|last }}{{ 'häß'|length }}{{ null|length }}{{ []|first }}", "ac30"),
    ("{{ ''|default('there') }}{{ 0|default('x') }}{{ []|default('e') }}{{ a.b.c|default('d') }}", "there0ed"),
]  # fmt: skip
NUMBERS = [
    ("{{ 16858|number_format(2, '.', ',') }} {{ '1234.5'|number_format }} {{ 'x'|number_format(0, '.', '') }}", "16,858.00 1,235 0"),
    ("{{ -0.4|number_format }} {{ 0.5|number_format }} {{ 1.005|number_format(2) }} {{ '12345678901234567890'|number_format(0, '', '') }}", "0 1 1.01 12345678901234567890"),
    ("{{ 3.14159|round }} {{ 3.14159|round(4) }} {{ 3.14151|round(4, 'ceil') }} {{ 2.5|round }} {{ 1234|round(-2) }} {{ 2.9|round(0, 'floor') }}", "3 3.1416 3.1416 3 1200 2"),
    ("{{ 123456789|base_convert(10, 16) }} {{ '75bcd15'|base_convert(16, 10) }}", "75bcd15 123456789"),
    ("{{ '123456789'|bytes_pretty(2) }} {{ 999|bytes_pretty }} {{ 2500|bytes_pretty }}", "123.46 MB 999 bytes 3 KB"),
    ("{{ '300'|secs_pretty }}|{{ '86400'|secs_pretty }}|{{ '604800'|secs_pretty() }}|{{ (60 * 142)|secs_pretty }}|{{ 3661|secs_pretty(1) }}", "5 mins|1 day|1 week|2 hours, 22 mins|1 hour"),
    ("{{ array_sum([1, '2', 3.5]) }}{{ [1, 2]|array_sum }}", "6.53"),
    ("{{ max([1, 9, 8]) }}{{ min(3, '2', 5) }}{{ max({a: 1, b: 4}) }}", "924"),
    ("{{ clamp_int(110, -90, 90) }} {{ clamp_float(-105.19, 0, 100) }}", "90 0"),
    ("{{ validate_number('20.f') ? 1 : 0 }}{{ validate_number('123.45') }}", "01"),
    ("{{ range(5, 15, 2)|json_encode }}{{ range(3, 1)|join }}", "[5,7,9,11,13,15]321"),
    ("{{ [1,2,3,4]|stat('median') }} {{ [1,2,2]|stat('mode') }} {{ [2,4,4,4,5,5,7,9]|stat('stdevp') }} {{ []|stat('mean') }} {{ [1,2]|stat('mean', 0) }}", "2.5 2 2 0 2"),
    ("{{ 9223372036854775807 + 1 }} {{ 10 ** 30 }} {{ 1e3 }} {{ 0.1 + 0.2 }} {{ 1.5e-7 }}", "9.2233720368548E+18 1.0E+30 1000 0.3 1.5E-7"),
    ("{{ 1234567890123456789 }} {{ 12345678901234567890123 }}", "1234567890123456789 12345678901234567890123"),
]  # fmt: skip
LISTS = [
    ("{{ array_column(people, 'name')|join }}{{ people|column('name', 'id')|json_encode }}", 'AnnBob{"1":"Ann","2":"Bob"}'),
    ("{{ array_combine(['a', 'b'], [1, 2])|json_encode }}", '{"a":1,"b":2}'),
    ("{{ array_count_values([1, 2, 1])|json_encode }}", '{"1":2,"2":1}'),
    ("{{ array_diff(['a', 'b'], ['a'])|join }}{{ array_intersect(['a', 'b'], ['b'])|join }}", "bb"),
    ("{{ array_extract_keys(people, ['name'])|json_encode }}", '[{"name":"Ann"},{"name":"Bob"}]'),
    ("{{ array_fill_keys(range(1, 2), true)|json_encode }}", '{"1":true,"2":true}'),
    ("{{ array_matches(['support@x', 'sales@x'], ['sales@*'])|join }}", "sales@x"),
    ("{{ array_sort_keys({z: 1, a: 2})|keys|join }}{{ array_unique([1, '1', 2])|values|join }}{{ array_values({a: 1})|json_encode }}", "az12[1]"),
    ("{{ ['red', 'blue', 'green']|batch(2, '-')|json_encode }}", '[["red","blue"],["green","-"]]'),
    ("{{ ['a', 'b', 'c']|join(', ', ' and ') }}{{ 'x'|join }}", "a, b and cx"),
    ("{{ [1]|merge([2], [3])|json_encode }}{{ {a: 1, b: 2}|merge({b: 3})|json_encode }}", '[1,2,3]{"a":1,"b":3}'),
    ("{{ {b: 2, a: 1}|sort|json_encode }}{{ [10, 9, '8']|sort|json_encode }}", '{"a":1,"b":2}["8",9,10]'),
    ("{{ cycle(['odd', 'even'], 3) }}{{ attribute({a: 5}, 'a') }}", "even5"),
    ("{{ array_count_values('a b a'|tokenize)|sort|reverse|json_encode }}", '{"a":2,"b":1}'),
]  # fmt: skip
JSON = [
    (r"{{ {a: 'x/y', b: 'é', c: 1.0, d: 0.1, e: null, f: [], g: {}}|json_encode }}", r'{"a":"x\/y","b":"\u00e9","c":1,"d":0.1,"e":null,"f":[],"g":{}}'),
    ("{{ {a: 'x/y'}|json_encode|json_pretty }}", '{\n    "a": "x/y"\n}'),
    ("{{ {a: 'x/y'}|json_encode(64) }}", '{"a":"x/y"}'),
    ("{{ 'no json'|json_pretty }} {{ nothing|json_pretty }} {{ '{}'|json_pretty }} {{ '[]'|json_pretty }}", "null null {} []"),
    ("{{ '{\"id\": 1234567890123456789, \"b\": {\"z\": 1, \"a\": [true]}}'|json_pretty }}", '{\n    "id": 1234567890123456789,\n    "b": {\n        "z": 1,\n        "a": [\n            true\n        ]\n    }\n}'),
    ("{{ 'cerberusweb.contexts.task'|context_name }} {{ 'ticket'|context_name('singular') }}", "tasks ticket"),
    ("{{ 'cerberusweb.contexts.org'|context_name }} {{ 'opportunity'|context_name }} {{ 'address'|context_name }}", "organizations opportunities email addresses"),
    ("{{ 'cerberusweb.contexts.project.board'|context_name('uri') }} {{ 'task'|context_name('id') }}[{{ nothing|context_name }}]", "project_board task[]"),
    ("{{ body|json_pretty }}", '{\n    "ok": true\n}'),
    ("{% set j = json_decode('{\"n\": {\"id\": 12}}') %}{{ j.n.id }}{{ json_decode('x') is null }}", "121"),
    ("{{ true|json_encode }}{{ null|json_encode }}{{ 'x'|json_encode }}{{ 5|json_encode }}", 'truenull"x"5'),
    ("{{ dict_set({}, 'a.b.c', 1)|json_encode }}{{ dict_set({}, 'a[0]', 1)|json_encode }}", '{"a":{"b":{"c":1}}}{"a":{"0":1}}'),
    ("{% set v = [1,2,[3,4,[5,6]]] %}{% set v = dict_set(v, '2.2.[]', 7) %}{{ dict_set(v, '2.3', 9)|json_encode }}", "[1,2,[3,4,[5,6,7],9]]"),
    ("{{ dict_set({}, 'a||b', 1, '||')|json_encode }}", '{"a":{"b":1}}'),
    ("{{ dict_unset({p: {n: {f: 1, l: 2}, a: 3}}, ['p.n.l', 'p.a'])|json_encode }}", '{"p":{"n":{"f":1}}}'),
    ("{% set j = json_decode('{\"t\":{\"g\":[]}}') %}{% set j = jsonpath_set(j, 't.g[]', 'S') %}{{ jsonpath_set(j, 't.g[]', 'T')|json_encode }}", '{"t":{"g":["S","T"]}}'),
]  # fmt: skip
BYTES = [
    ("{{ 'This was'|base64_encode }} {{ 'VGhpcyB3YXM='|base64_decode }} {{ 'VGhpcyB3YXM'|base64url_decode }}", "VGhpcyB3YXM= This was This was"),
    ("{{ '??>'|base64url_encode }}", "Pz8-"),
    ("{{ 'x'|md5 }} {{ 'x'|sha1 }}", "9dd4e461268c8034f5c8564e155c67a6 11f6ad8ec52a2984abaafd7c3b516503785c2072"),
    ("{{ 'x'|hash_hmac('k') }}", "c38edc8815c8489f64738978f44008f8596345545f0baa68ef6fcf5c53e57189"),
    ("{{ 'x'|hash_hmac('k', 'sha1', true)|base64_encode }}", "ywATH87GAqj8hEE6KnAVTYwGoNI="),
    ("{{ 'a b&c/é~'|url_encode }} {{ {a: '1 2', b: ['x', true], n: null}|url_encode }}", "a%20b%26c%2F%C3%A9~ a=1%202&b%5B0%5D=x&b%5B1%5D=1"),
    ("{{ 'a%20b+c%C3%A9'|url_decode }} {{ 'name=Kina&action=light_on'|url_decode('json') }}", 'a b cé {"name":"Kina","action":"light_on"}'),
    ("{{ 'https://u:p@cerb.ai:8080/s?q=o#f'|parse_url|json_encode(64) }}", '{"scheme":"https","host":"cerb.ai","port":8080,"user":"u","pass":"p","path":"/s","query":"q=o","fragment":"f"}'),
    ("{{ 'This has 😂 emoji'|convert_encoding('iso-8859-1', 'utf-8') }}", "This has ? emoji"),
    ("{{ 'kina@cerb.example, Milo Dade <MILO@cerb.example>, karl'|parse_emails|keys|join(' ') }}", "kina@cerb.example milo@cerb.example karl@localhost"),
    ("{% set e = '\"Dade, M\" <milo@cerb.example>'|parse_emails|first %}{{ e.email }} {{ e.personal }} {{ e.mailbox }} {{ e.host }}", "milo@cerb.example Dade, M milo cerb.example"),
    ("{{ 'not an address'|parse_emails is empty }}{{ 'x'|parse_emails|first.host }}{{ ''|parse_emails|first.email }}", "1localhost"),
    ("{{ validate_email('kina') ? 1 : 0 }}{{ validate_email('kina@cerb.example') }}", "01"),
]  # fmt: skip
MARKUP = [
    ("{{ '<b>&\"\\''|escape }} {{ 'a b'|e('url') }} {{ 'This is \"x\"'|escape('js') }}", "&lt;b&gt;&amp;&quot;&#039; a%20b This\\x20is\\x20\\x22x\\x22"),
    ("{{ 'a b'|e('html_attr') }} {{ 'a b'|e('css') }}", "a&#x20;b a\\20 b"),
    ("{{ '&quot;x&quot; &copy;'|unescape }} {{ 'a <b>c</b><!-- d --> 1 < 2'|striptags }} {{ '<b><i>x</i></b>'|striptags('<b>') }}", '"x" © a c 1 < 2 <b>x</b>'),
    ('{{ "a\nb"|nl2br }}', "a<br />\nb"),
    ("{{ 'This is **b** [l](https://cerb.ai/)'|markdown_to_html }}", '<p>This is <strong>b</strong> <a href="https://cerb.ai/">l</a></p>\n'),
    ("{{ '<script>x</script>[l](javascript:y)'|markdown_to_html|striptags|trim }}", "[l](javascript:y)"),
    ("{{ [{id: 1, s: 'Help with \"it\"'}]|csv }}", '1,"Help with ""it"""\n'),
    ("{{ '\"Person Name\",Email\n\"Kina H\",k@x\n'|parse_csv|json_encode }}", '[["Person Name","Email"],["Kina H","k@x"]]'),
    ("{{ 'Order #Z-12 shipped'|regexp('/Order #([A-Z0-9\\-]+)/', 1) }}{{ 'x'|regexp('/y/') }}{{ 'x'|regexp('/x/', 5) }}", "Z-12"),
    ("{{ regexp_match_all('#^(.*?): (.*?)$#m', \"A: 1\nB: 2\")|json_encode }}", '[["A: 1","B: 2"],["A","B"],["1","2"]]'),
    ("{{ regexp_match_all('/[a-z](\\\\d)/', 'a1 b2', 1)|join }}", "12"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "shown"), TEXT + NUMBERS + LISTS + JSON + BYTES + MARKUP)
def test_a_filter_or_function_gives_what_its_documentation_shows(render, script, shown) -> None:
    people = [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}]
    assert render(script, people=people, body={"ok": True}) == shown


def test_a_pattern_may_come_from_a_set_block(render) -> None:
    script = "{% set p %}\n#\\[.*?\\] (.*)#\n{% endset %}{{ '[ABC-1] Order'|regexp(p, 1) }}"
    assert render(script) == "Order"


@pytest.mark.parametrize("script", ["{{ 'x' matches 'x' }}", "{{ 'x' matches '/(/' }}",
    "{{ 'x' matches '/x/q' }}", "{{ 'x' matches '/x' }}", "{{ 'x' matches '' }}"])  # fmt: skip
def test_a_faulty_regular_expression_is_a_fault_of_the_script(render, script: str) -> None:
    with pytest.raises(ScriptFault, match="regular expression"):
        render(script)


LISTED_FILTERS = (
    "abs alphanum append array_sum base_convert base64_decode base64_encode base64url_decode "
    "base64url_encode batch bytes_pretty capitalize column convert_encoding csv date date_modify "
    "date_pretty default escape filter first format hash_hmac indent join json_encode json_pretty "
    "keys last length lower map markdown_to_html md5 merge nl2br number_format parse_csv "
    "parse_emails parse_url permalink quote reduce regexp repeat replace reverse round secs_pretty "
    "sha1 slice sort split split_crlf split_csv stat str_pos str_sub strip_lines striptags title "
    "tokenize trim truncate unescape upper url_decode url_encode values"
)
LISTED_FUNCTIONS = (
    "array_column array_combine array_count_values array_diff array_extract_keys array_fill_keys "
    "array_intersect array_matches array_sort_keys array_unique array_values attribute "
    "clamp_float clamp_int cycle date date_lerp dict_set dict_unset json_decode jsonpath_set max "
    "min random random_string range regexp_match_all shuffle validate_email validate_number"
)
LISTED_TESTS = "divisible by,empty,even,iterable,null,numeric,odd,pattern,prefixed,record type,same as,suffixed"


def test_every_word_of_the_language_that_needs_no_store_is_there() -> None:
    load_families()
    assert set(LISTED_FILTERS.split()) <= set(FILTERS)
    assert set(LISTED_FUNCTIONS.split()) <= set(FUNCTIONS)
    assert set(LISTED_TESTS.split(",")) <= set(TESTS)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="there is a filter 'upper' already"):
        FILTERS.add("upper")(lambda value: value)
