"""The search language of lists, choosers and scripts, read into a ``core.ports.Query``.

===========================  =====================================================
written                      finds
===========================  =====================================================
``twitter``                  the label contains it; several words must all be there
``"two words"``              the label contains both, side by side
``name:twitter``             the name contains it
``name:"Twitter"``           the name is exactly that
``name:twit*``               the name begins so; ``*`` stands for anything
``isDisabled:n``             y or n, yes or no, true or false, 1 or 0
``id:5``, ``id:[5,8]``       that number, one of those
``importance:>50``           a number above (``>``) or below (``<``) it
``!name:x``, ``name:!x``     the opposite
``sort:-name limit:10``      order and how many
===========================  =====================================================

All conditions must hold. (Cerb's groups with OR and parentheses are not read yet.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from factotum.core.errors import BadInput
from factotum.core.fields import Field, Number
from factotum.core.ports import Query, Term
from factotum.core.values import Owner
from factotum.records.record_type import RecordType

MOST = 1000  # records on one page, whatever ``limit:`` says

TOKEN = re.compile(
    r"""\s*(?P<not>!)?
        (?:(?P<word>[A-Za-z_][\w.]*):)?
        (?P<not_value>!)?
        (?:"(?P<quoted>(?:[^"\\]|\\.)*)"
          |\[(?P<list>[^\]]*)\]
          |(?P<bare>[^\s"\[\]()]+))
        (?=\s|$)""",
    re.VERBOSE | re.DOTALL,
)

YES = {"y", "yes", "true", "1"}
NO = {"n", "no", "false", "0"}

_ID = Number(key="id", label="Id")


def parse(
    record_type: type[RecordType],
    text: str,
    *,
    sort: str = "id",
    limit: int = 50,
    after: str = "",
    owners: Sequence[Owner] | None = None,
) -> Query:
    """What the text asks for; BadInput says what of it cannot be understood.

    ``sort``, ``limit`` and ``after`` (a page's cursor) hold where the text has no word for them.
    """
    terms: list[Term] = []
    for token in _tokens(text):
        word, value = token["word"], token["bare"] or ""
        if word == "sort" and value:
            sort = _sort_key(record_type, value)
        elif word == "limit" and value:
            limit = _whole("limit", value)
        else:
            terms.append(_term(record_type, token))
    return Query(tuple(terms), sort, max(1, min(limit, MOST)), after, owners)


def _tokens(text: str) -> list[re.Match[str]]:
    tokens: list[re.Match[str]] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        token = TOKEN.match(text, at)
        if token is None or _is_beyond_us(token):
            raise _fault(
                f"The search cannot be read from here on: {text[at:].strip()[:40]!r}. Write "
                "conditions one after another, such as name:twitter isDisabled:n, and put text with "
                "spaces, brackets or colons in double quotes."
            )
        tokens.append(token)
        at = token.end()
    return tokens


def _is_beyond_us(token: re.Match[str]) -> bool:
    """A word between conditions, or a search word with nothing behind it."""
    bare = token["bare"] or ""
    return token["word"] is None and (bare in {"OR", "AND", "||", "&&"} or bare.endswith(":"))


def _term(record_type: type[RecordType], token: re.Match[str]) -> Term:
    is_not = bool(token["not"]) != bool(token["not_value"])
    key = _key(record_type, token["word"])
    field = _ID if key == "id" else record_type.fields[key]
    oper, value = _condition(field, token)
    return Term(key, f"!{oper}" if is_not else oper, value)


def _key(record_type: type[RecordType], word: str | None) -> str:
    """The field that a search word looks at; without a word, the label's."""
    if word is None:
        return record_type.label_field
    for known, key in record_type.words.items():
        if known.lower() == word.lower():
            return key
    raise _fault(
        f"{record_type.plural} have no search word {word!r}; there are: "
        f"{', '.join(record_type.words)}.",
        code="unknown-search-word",
    )


def _condition(field: Field, token: re.Match[str]) -> tuple[str, Any]:
    word = token["word"] or ""
    if token["list"] is not None:
        items = [item.strip().strip('"') for item in token["list"].split(",") if item.strip()]
        return "in", [_value(field, word, item) for item in items]
    if token["quoted"] is not None:
        quoted = re.sub(r"\\(.)", r"\1", token["quoted"], flags=re.DOTALL)
        return ("is" if word else "has"), _value(field, word, quoted)
    bare: str = token["bare"]
    if field.kind in {"number", "link", "moment"}:
        if bare[0] in "<>":
            return ("gt" if bare[0] == ">" else "lt"), _whole(word, bare[1:])
        return "is", _whole(word, bare)
    if field.kind in {"flag", "choice"}:
        return "is", _value(field, word, bare)
    return ("like" if "*" in bare else "has"), bare


def _value(field: Field, word: str, text: str) -> Any:
    if field.kind in {"number", "link", "moment"}:
        return _whole(word, text)
    if field.kind != "flag":
        return text
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise _fault(f"{word}: is y or n, not {text!r}.")


def _sort_key(record_type: type[RecordType], value: str) -> str:
    sign = "-" if value.startswith("-") else ""
    name = value.removeprefix("-")
    if name in {"created_at", "updated_at"} or name in record_type.fields:
        return sign + name
    return sign + _key(record_type, name)


def _whole(word: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise _fault(f"{word}: takes a whole number, not {text!r}.") from None


def _fault(sentence: str, code: str = "bad-search") -> BadInput:
    return BadInput(sentence, code=code)
