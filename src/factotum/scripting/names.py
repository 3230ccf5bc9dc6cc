"""Which placeholders a script reads."""

from __future__ import annotations

from jinja2 import nodes

from factotum.scripting.terms import called_operator

_OWN = frozenset({"_self", "_context", "loop"})


def read_by(template: nodes.Template) -> frozenset[str]:
    """Names that come from outside on some way through the script.

    ``{% set a = b %}{{ a }}{% if c %}{% set d = 1 %}{% endif %}{{ d }}`` reads b, c and d.
    """
    reader = _Reader()
    reader.block(template.body, set())
    return frozenset(reader.found - _OWN)


class _Reader:
    def __init__(self) -> None:
        self.found: set[str] = set()

    def block(self, body: list[nodes.Node], bound: set[str]) -> None:
        for node in body:
            self.visit(node, bound)

    def visit(self, node: nodes.Node, bound: set[str]) -> None:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            method(node, bound)
        else:
            for child in node.iter_child_nodes():
                self.visit(child, bound)

    def _name(self, node: nodes.Name, bound: set[str]) -> None:
        if node.ctx == "load" and node.name not in bound:
            self.found.add(node.name)

    def _assign(self, node: nodes.Assign, bound: set[str]) -> None:
        self.visit(node.node, bound)
        bound |= _names(node.target)

    def _assignblock(self, node: nodes.AssignBlock, bound: set[str]) -> None:
        self.block(node.body, bound)
        bound |= _names(node.target)

    def _if(self, node: nodes.If, bound: set[str]) -> None:
        ways = []
        for branch in (node, *node.elif_):
            self.visit(branch.test, bound)
            ways.append(set(bound))
            self.block(branch.body, ways[-1])
        ways.append(set(bound))
        self.block(node.else_, ways[-1])
        bound |= set.intersection(*ways)

    def _for(self, node: nodes.For, bound: set[str]) -> None:
        self.visit(node.iter, bound)
        self.block(node.body, bound | _names(node.target))
        self.block(node.else_, set(bound))

    def _macro(self, node: nodes.Macro, bound: set[str]) -> None:
        """A macro sees only its arguments."""

    def _overlayscope(self, node: nodes.OverlayScope, bound: set[str]) -> None:
        self.visit(node.context, bound)
        extra, only = node.context.args  # type: ignore[attr-defined]
        inner = set(bound)
        if isinstance(extra, nodes.Dict):
            inner |= {pair.key.value for pair in extra.items if isinstance(pair.key, nodes.Const)}
        if only.value:
            reader = _Reader()
            reader.block(node.body, inner)
            return
        self.block(node.body, inner)

    def _call(self, node: nodes.Call, bound: set[str]) -> None:
        inner = bound
        if called_operator(node) == "arrow":
            inner = bound | {name.value for name in node.args[0].items}  # type: ignore[attr-defined]
        for child in node.iter_child_nodes():
            self.visit(child, inner)


def _names(target: nodes.Node) -> set[str]:
    return {name.name for name in target.find_all(nodes.Name)}
