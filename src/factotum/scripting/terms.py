"""What Jinja2's nodes mean here where Twig has more than Jinja2.

Where Jinja2 has no node for something, it is ``Call(ImportedName(<a function of operators>), …)``;
an argument that must only be worked out when needed is wrapped in ``MarkSafe``, a node that Jinja2
itself never makes: the compiler writes it as a ``lambda``. ``EnvironmentAttribute`` names one of
our functions, ``Call(Getattr(Name("_self"), …))`` a macro.
"""

from __future__ import annotations

from jinja2 import nodes

_OPERATORS = "factotum.scripting.operators."


def arrow(names: list[str], body: nodes.Expr, line: int) -> nodes.Expr:
    """``(a, b) => body``."""
    params = nodes.Tuple([nodes.Const(name) for name in names], "load", lineno=line)
    return call_operator("arrow", [params, later(body)], line)


def later(value: nodes.Expr) -> nodes.Expr:
    """A value worked out when it is called for."""
    return nodes.MarkSafe(value, lineno=value.lineno)


def call_operator(name: str, args: list[nodes.Expr], line: int) -> nodes.Expr:
    """A call of a function of ``operators``."""
    target = nodes.ImportedName(_OPERATORS + name, lineno=line)
    return nodes.Call(target, args, [], None, None, lineno=line)


def called_operator(node: nodes.Node) -> str:
    """Its name, if the node is one."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.ImportedName):
        return node.node.importname.removeprefix(_OPERATORS)
    return ""
