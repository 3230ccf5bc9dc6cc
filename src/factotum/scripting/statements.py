"""Twig's tags as Jinja2's nodes: one function a tag, registered by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from jinja2 import nodes

from factotum.scripting.expressions import Expressions
from factotum.scripting.faults import OverLimit, Trouble, unknown
from factotum.scripting.lexer import Token, tokens
from factotum.scripting.stream import Stream
from factotum.scripting.syntax import Syntax
from factotum.scripting.terms import arrow, call_operator

Tag = Callable[["Script", int], "nodes.Node | None"]
TAGS: Final[dict[str, Tag]] = {}
_MAX_BLOCKS = 30
_MAX_LOOPS = 12
_MIDDLES: Final = {"elseif", "else"}


def parse(text: str, syntax: Syntax, limit: int) -> nodes.Template:
    """A whole script as a tree; raises Trouble with the line, also beyond so many tokens."""
    cut = tokens(text, syntax)
    if len(cut) > limit:
        raise OverLimit("The script is too long.", line=cut[limit].line)
    return Script(cut).template()


def tag(name: str) -> Callable[[Tag], Tag]:
    """Register the function that reads a tag, its name just read."""

    def register(reader: Tag) -> Tag:
        if name in TAGS:
            raise ValueError(f"there is a tag {name!r} already")
        TAGS[name] = reader
        return reader

    return register


class Script:
    """The statements of one script."""

    def __init__(self, cut: list[Token]) -> None:
        self.stream = Stream(cut)
        self.expressions = Expressions(self.stream)
        self.expressions.macros = self._macro_names()
        self.loops = 0
        self._blocks = 0

    def template(self) -> nodes.Template:
        """All of it."""
        body, _ = self.body(())
        return nodes.Template(body, lineno=1)

    def _macro_names(self) -> set[str]:
        """Macros may be called above the place where they stand."""
        names, place = set(), 0
        while (token := self.stream.ahead(place)).kind != "eof":
            if token.kind == "tag" and self.stream.ahead(place + 1).value == "macro":
                names.add(self.stream.ahead(place + 2).value)
            place += 1
        return names

    def body(
        self, ends: tuple[str, ...], opened: str = "", line: int = 0
    ) -> tuple[list[nodes.Node], str]:
        """Statements up to one of these tags, whose name is read and given back."""
        self._blocks += 1
        if self._blocks > _MAX_BLOCKS:
            raise OverLimit("Tags are nested too deeply.", line=line)
        found: list[nodes.Node] = []
        while True:
            token = self.stream.take()
            if token.kind == "eof":
                if ends:
                    raise Trouble(f'"{opened}" is not closed with "{ends[-1]}".', line=line)
                break
            if token.kind == "text":
                data = nodes.TemplateData(token.value, lineno=token.line)
                found.append(nodes.Output([data], lineno=token.line))
            elif token.kind == "value":
                shown = self.expressions.expression()
                self.stream.expect("end")
                found.append(nodes.Output([shown], lineno=token.line))
            else:
                name = self.stream.word().value
                if name in ends:
                    self._blocks -= 1
                    return found, name
                if (statement := self._statement(name, token.line)) is not None:
                    found.append(statement)
        self._blocks -= 1
        return found, ""

    def _statement(self, name: str, line: int) -> nodes.Node | None:
        reader = TAGS.get(name)
        if reader is not None:
            return reader(self, line)
        if name.startswith("end") or name in _MIDDLES:
            raise Trouble(f'"{name}" has nothing to close here.', line=line)
        raise unknown("tag", name, TAGS, line=line)

    def end(self) -> None:
        """The end of the tag."""
        self.stream.expect("end")

    def block(self, name: str, line: int) -> list[nodes.Node]:
        """The end of this tag, what it holds, and its closing tag."""
        self.end()
        body, _ = self.body((f"end{name}",), name, line)
        self.end()
        return body


@tag("if")
def read_if(script: Script, line: int) -> nodes.Node:
    """``{% if a %}…{% elseif b %}…{% else %}…{% endif %}``"""
    test = script.expressions.expression()
    script.end()
    body, after = script.body(("elseif", "else", "endif"), "if", line)
    branches: list[nodes.If] = []
    while after == "elseif":
        at = script.stream.line
        other = script.expressions.expression()
        script.end()
        inner, after = script.body(("elseif", "else", "endif"), "if", line)
        branches.append(nodes.If(other, inner, [], [], lineno=at))
    otherwise: list[nodes.Node] = []
    if after == "else":
        script.end()
        otherwise, _ = script.body(("endif",), "if", line)
    script.end()
    return nodes.If(test, body, branches, otherwise, lineno=line)


@tag("for")
def read_for(script: Script, line: int) -> nodes.Node:
    """``{% for v in xs %}…{% else %}…{% endfor %}``, ``{% for k, v in xs if v.a %}``"""
    stream = script.stream
    names = [stream.word().value]
    if stream.skip("punct", ","):
        names.append(stream.word().value)
    stream.expect("op", "in")
    rows = script.expressions.expression()
    if stream.skip("name", "if"):
        test = arrow(list(reversed(names)), script.expressions.expression(), line)
        rows = nodes.Filter(rows, "filter", [test], [], None, None, lineno=line)
    script.end()
    script.loops += 1
    if script.loops > _MAX_LOOPS:
        raise OverLimit("Loops are nested too deeply.", line=line)
    body, after = script.body(("else", "endfor"), "for", line)
    script.loops -= 1
    otherwise: list[nodes.Node] = []
    if after == "else":
        script.end()
        otherwise, _ = script.body(("endfor",), "for", line)
    script.end()
    target = nodes.Tuple([nodes.Name(name, "store") for name in names], "store", lineno=line)
    return nodes.For(target, rows, body, otherwise, None, False, lineno=line)


@tag("set")
def read_set(script: Script, line: int) -> nodes.Node:
    """``{% set a, b = 1, 2 %}`` or ``{% set a %}…{% endset %}``"""
    stream = script.stream
    names = [stream.word().value]
    while stream.skip("punct", ","):
        names.append(stream.word().value)
    if "_self" in names:
        raise Trouble('"_self" cannot be set.', line=line)
    target = nodes.Tuple([nodes.Name(name, "store") for name in names], "store", lineno=line)
    if not stream.skip("op", "="):
        if len(names) > 1:
            raise Trouble("A block can only be set to one name.", line=line)
        return nodes.AssignBlock(target, None, script.block("set", line), lineno=line)
    values = [script.expressions.expression()]
    while stream.skip("punct", ","):
        values.append(script.expressions.expression())
    if len(values) != len(names):
        raise Trouble(f"{len(names)} names are set to {len(values)} values.", line=line)
    script.end()
    return nodes.Assign(target, nodes.Tuple(values, "load", lineno=line), lineno=line)


@tag("do")
def read_do(script: Script, line: int) -> nodes.Node:
    """``{% do expression %}``"""
    value = script.expressions.expression()
    script.end()
    return nodes.ExprStmt(value, lineno=line)


@tag("with")
def read_with(script: Script, line: int) -> nodes.Node:
    """``{% with {a: 1} only %}…{% endwith %}``"""
    stream = script.stream
    extra: nodes.Expr = nodes.Dict([], lineno=line)
    if not stream.at("end") and not stream.at("name", "only"):
        extra = script.expressions.expression()
    only = nodes.Const(stream.skip("name", "only"))
    context = call_operator("scope", [extra, only], line)
    return nodes.OverlayScope(context, script.block("with", line), lineno=line)


@tag("apply")
def read_apply(script: Script, line: int) -> nodes.Node:
    """``{% apply upper|escape('html') %}…{% endapply %}``"""
    return _filtered(script, "apply", line)


@tag("filter")
def read_filter(script: Script, line: int) -> nodes.Node:
    """The older name of ``apply``."""
    return _filtered(script, "filter", line)


def _filtered(script: Script, name: str, line: int) -> nodes.Node:
    chain = script.expressions.filters(None)
    while script.stream.at("punct", "|"):
        chain = script.expressions.filters(chain)
    return nodes.FilterBlock(script.block(name, line), chain, lineno=line)


@tag("spaceless")
def read_spaceless(script: Script, line: int) -> nodes.Node:
    """``{% spaceless %}…{% endspaceless %}``: no white space between HTML tags."""
    chain = nodes.Filter(None, "spaceless", [], [], None, None, lineno=line)
    return nodes.FilterBlock(script.block("spaceless", line), chain, lineno=line)


@tag("macro")
def read_macro(script: Script, line: int) -> nodes.Node:
    """``{% macro name(a, b = 1) %}…{% endmacro %}``, called as ``_self.name(…)``."""
    stream = script.stream
    name = stream.expect("name").value
    params: list[nodes.Name] = []
    defaults: list[nodes.Expr] = []
    stream.expect("punct", "(")
    while not stream.skip("punct", ")"):
        params.append(nodes.Name(stream.expect("name").value, "param"))
        given = stream.skip("op", "=")
        defaults.append(script.expressions.expression() if given else nodes.Const(None))
        if not stream.at("punct", ")"):
            stream.expect("punct", ",")
    script.end()
    loops, script.loops = script.loops, 0
    body, _ = script.body(("endmacro",), "macro", line)
    script.loops = loops
    stream.skip("name", name)
    script.end()
    return nodes.Macro(name, params, defaults, body, lineno=line)


@tag("import")
def read_import(script: Script, line: int) -> None:
    """``{% import _self as x %}``: only this script's own macros, which need no import."""
    _own_macros(script, line)
    script.stream.expect("name", "as")
    script.expressions.modules.add(script.stream.expect("name").value)
    script.end()


@tag("from")
def read_from(script: Script, line: int) -> None:
    """``{% from _self import a, b as c %}``"""
    stream = script.stream
    _own_macros(script, line)
    stream.expect("name", "import")
    while not stream.skip("end"):
        name = stream.expect("name").value
        spoken = stream.expect("name").value if stream.skip("name", "as") else name
        script.expressions.spoken[spoken] = name
        stream.skip("punct", ",")


def _own_macros(script: Script, line: int) -> None:
    if not script.stream.skip("name", "_self"):
        raise Trouble('Macros come only from this script: use "_self".', line=line)
