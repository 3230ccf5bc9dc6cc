"""The notes that the interpreter itself makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from factotum.bots.effects import Note
from factotum.bots.nodes import Node
from factotum.core.errors import FactotumError

if TYPE_CHECKING:
    from factotum.bots.execution import Execution


def entered(node: Node, path: str, status: str = "ok") -> Note:
    """A node was come to."""
    data = {"type": node.type, "status": node.status}
    return Note(path=path, kind="node", title=node.title, status=status, data=data)


def did(key: str, title: str, execution: Execution) -> Note:
    """An action was done, with its values filled in."""
    data = {"action": key, **execution.filled}
    return Note(path=execution.path, kind="action", title=title, status=execution.status, data=data)


def failed(title: str, fault: FactotumError, execution: Execution) -> Note:
    """A step could not be done."""
    data = {"sentence": fault.sentence, "code": fault.code, **execution.filled}
    return Note(path=execution.path, kind="fault", title=title, status="failed", data=data)
