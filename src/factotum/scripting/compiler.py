# ruff: noqa: N802, D102 - names, meaning and parameters of visit_* are Jinja2's
"""Jinja2's code generator, taught Twig's meaning.

What it writes is one function ``root(run)`` and one a macro. Variables are looked up when they are
read (``run.read``), not at the top as Jinja2 does: a lazy placeholder is only touched if the script
comes to it. Every operation on a value is a call of a function of ours; no Python attribute, item,
operator or method of a value is ever used.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext

from factotum.scripting.operators import WANTING_RUN
from factotum.scripting.registry import FILTERS, FUNCTIONS, TESTS, Word
from factotum.scripting.terms import called_operator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class TwigGenerator(CodeGenerator):
    """Writes Python from the nodes that ``statements.parse`` makes."""

    # Statements

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline("def root(run):")
        with self._function(EvalContext(self.environment, self.name)) as inner:
            for macro in node.find_all(nodes.Macro):
                self.writeline(f"run.macros[{macro.name!r}] = {self._macro(macro, inner)}")
            self.blockvisit(node.body, inner)
        lines = "&".join(f"{line}={code}" for line, code in self.debug_info)
        self.writeline(f"debug_info = {lines!r}")

    @contextmanager
    def _function(self, context: EvalContext) -> Iterator[Frame]:
        frame = Frame(context)
        self.indent()
        self.writeline("read = run.read; made = run.made")
        self.buffer(frame)
        yield frame
        self.writeline(f"return {frame.buffer}.text()")
        self.outdent()

    def _macro(self, node: nodes.Macro, outer: Frame) -> str:
        function = self.temporary_identifier()
        params = ", ".join(f"p_{param.name}=None" for param in node.args)
        self.writeline(
            f"def {function}({params}{', ' if params else ''}*varargs, **unknown):", node
        )
        self.indent()
        self.writeline("saved = run.scope({'varargs': list(varargs)}, only=True)")
        self.outdent()
        with self._function(outer.eval_ctx) as inner:
            for param, default in zip(node.args, node.defaults, strict=True):
                self.writeline(f"run.variables[{param.name!r}] = p_{param.name}")
                if not (isinstance(default, nodes.Const) and default.value is None):
                    self.write(f" if p_{param.name} is not None else ")
                    self.visit(default, inner)
            self.blockvisit(node.body, inner)
            self.writeline("run.leave(saved)")
        return function

    def visit_Macro(self, node: nodes.Macro, frame: Frame) -> None:
        """Written at the top of the script already."""

    def buffer(self, frame: Frame) -> None:
        frame.buffer = self.temporary_identifier()
        self.writeline(f"{frame.buffer} = run.buffer()")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self.writeline(f"{frame.buffer}.add({child.data!r})", node)
            else:
                self.writeline(f"{frame.buffer}.add(text(", node)
                self.visit(child, frame)
                self.write("))")

    def visit_If(self, node: nodes.If, frame: Frame) -> None:
        for word, branch in [("if", node), *(("elif", other) for other in node.elif_)]:
            self.writeline(f"{word} truth(", branch)
            self.visit(branch.test, frame)
            self.write("):")
            self._indented(branch.body, frame)
        if node.else_:
            self.writeline("else:")
            self._indented(node.else_, frame)

    def _indented(self, body: list[nodes.Node], frame: Frame) -> None:
        self.indent()
        self.blockvisit(body, frame)
        self.outdent()

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        rows = self.temporary_identifier()
        self.writeline(f"{rows} = ", node)
        self.visit(node.iter, frame)
        names = [name.name for name in node.target.find_all(nodes.Name)]
        key, name = names if len(names) == 2 else ("", names[0])
        wants_loop = any(
            one.name == "loop" for part in node.body for one in _with_itself(part, nodes.Name)
        )
        self.writeline(f"for _ in run.rounds({rows}, {key!r}, {name!r}, loop={wants_loop}):", node)
        self._indented(node.body, frame)
        if node.else_:
            self.writeline(f"if not pairs({rows}):")
            self._indented(node.else_, frame)

    def visit_Assign(self, node: nodes.Assign, frame: Frame) -> None:
        """All values are worked out before the first name is set."""
        values = []
        for value in node.node.items:  # type: ignore[attr-defined]
            values.append(self.temporary_identifier())
            self.writeline(f"{values[-1]} = ", node)
            self.visit(value, frame)
        for target, value in zip(node.target.items, values, strict=True):  # type: ignore[attr-defined]
            self.writeline(f"run.variables[{target.name!r}] = {value}")

    def visit_AssignBlock(self, node: nodes.AssignBlock, frame: Frame) -> None:
        inner = self._captured(node.body, frame)
        (target,) = node.target.items  # type: ignore[attr-defined]
        self.writeline(f"run.variables[{target.name!r}] = made({inner.buffer}.text())")

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:
        inner = self._captured(node.body, frame)
        self.writeline(f"{frame.buffer}.add(text(", node)
        self.visit(node.filter, inner)
        self.write("))")

    def _captured(self, body: list[nodes.Node], frame: Frame) -> Frame:
        inner = frame.copy()
        self.buffer(inner)
        self.blockvisit(body, inner)
        return inner

    def visit_OverlayScope(self, node: nodes.OverlayScope, frame: Frame) -> None:
        saved = self.temporary_identifier()
        self.writeline(f"{saved} = ", node)
        self.visit(node.context, frame)
        self.blockvisit(node.body, frame)
        self.writeline(f"run.leave({saved})")

    def visit_ExprStmt(self, node: nodes.ExprStmt, frame: Frame) -> None:
        self.writeline("", node)
        self.visit(node.node, frame)

    # Expressions

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        self.write(f"read({node.name!r})")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:
        if type(node.value) is float:
            self.write(f"float({str(node.value)!r})")
        else:
            self.write(repr(node.value))

    def visit_And(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._joined("and", node, frame)

    def visit_Or(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._joined("or", node, frame)

    def _joined(self, word: str, node: nodes.BinExpr, frame: Frame) -> None:
        self.write("(truth(")
        self.visit(node.left, frame)
        self.write(f") {word} truth(")
        self.visit(node.right, frame)
        self.write("))")

    def visit_Not(self, node: nodes.UnaryExpr, frame: Frame) -> None:
        self.write("(not truth(")
        self.visit(node.node, frame)
        self.write("))")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:
        self.write("(")
        self.visit(node.expr1, frame)
        self.write(" if truth(")
        self.visit(node.test, frame)
        self.write(") else ")
        self.visit(node.expr2 or nodes.Const(""), frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("made(")
        self._operator("concat", node.nodes, frame)
        self.write(")")

    def visit_MarkSafe(self, node: nodes.MarkSafe, frame: Frame) -> None:
        """Worked out later: see ``terms``."""
        self.write("(lambda: ")
        self.visit(node.expr, frame)
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.write("get(")
        self.visit(node.node, frame)
        self.write(f", {node.attr!r})")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        self.write("get(")
        self.visit(node.node, frame)
        self.write(", ")
        self.visit(node.arg, frame)
        self.write(")")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:
        if node.node is None:
            first: nodes.Expr | str = f"{frame.buffer}.text()"
        else:
            first = node.node
        self._word("filters", FILTERS[node.name], [first, *node.args], node.kwargs, frame)

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:
        if node.name == "defined":
            self._defined(node.node, frame)
            return
        self._word("tests", TESTS[node.name], [node.node, *node.args], node.kwargs, frame)

    def _defined(self, node: nodes.Expr, frame: Frame) -> None:
        if isinstance(node, nodes.Name):
            self.write(f"run.knows({node.name!r})")
        elif isinstance(node, (nodes.Getattr, nodes.Getitem)):
            self.write("has(")
            self.visit(node.node, frame)
            self.write(", ")
            key = nodes.Const(node.attr) if isinstance(node, nodes.Getattr) else node.arg
            self.visit(key, frame)
            self.write(")")
        else:
            self.write("True")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        target = node.node
        if isinstance(target, nodes.EnvironmentAttribute):
            word = FUNCTIONS[target.name]
            self._word("functions", word, list(node.args), node.kwargs, frame)
        elif isinstance(target, nodes.Getattr):
            named = [nodes.Keyword(f"p_{one.key}", one.value) for one in node.kwargs]
            self._write_call("run.macro", [nodes.Const(target.attr), *node.args], named, frame)
        else:
            self._operator(called_operator(node), node.args, frame)

    def _word(
        self,
        table: str,
        word: Word,
        args: list[nodes.Expr | str],
        kwargs: Sequence[Any],
        frame: Frame,
    ) -> None:
        given = ["run", *args] if word.wants_run else args
        self.write("made(")
        self._write_call(f"{table}[{word.name!r}]", given, kwargs, frame)
        self.write(")")

    def _operator(self, name: str, args: list[nodes.Expr], frame: Frame) -> None:
        given = ["run", *args] if name in WANTING_RUN else args
        self._write_call(f"op_{name}", given, [], frame)

    def _write_call(
        self, name: str, args: Sequence[Any], kwargs: Sequence[Any], frame: Frame
    ) -> None:
        self.write(f"{name}(")
        for arg in args:
            if isinstance(arg, str):
                self.write(arg)
            else:
                self.visit(arg, frame)
            self.write(", ")
        for one in kwargs:
            self.write(f"{one.key}=")
            self.visit(one.value, frame)
            self.write(", ")
        self.write(")")


def _with_itself(node: nodes.Node, kind: type[nodes.Name]) -> Iterator[nodes.Name]:
    if isinstance(node, kind):
        yield node
    yield from node.find_all(kind)
