"""JSON → a behavior. Every fault is collected, with its path and what to do about it.

PHP writes an empty object as ``[]`` and a list with gaps as ``{"0": …}``; both are taken for what
they mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from factotum.bots import nodes as tree
from factotum.bots.behavior import Behavior, Bot, Event, Variable
from factotum.bots.bot_values import is_on, read_bot, whole
from factotum.core.errors import Fault

MAX_DEPTH = 40
"""Levels of nodes inside nodes."""
MAX_NODES = 2000
"""Nodes of one behavior."""

NO_BOT = Bot()

__all__ = ["MAX_DEPTH", "MAX_NODES", "Behavior", "Bot", "is_on", "read_behavior", "read_bot"]


def read_behavior(
    document: Any, path: str = "", *, id: int = 0, revision: int = 1, bot: Bot = NO_BOT
) -> tuple[Behavior, list[Fault]]:
    """The behavior, as far as it can be read, and all that is wrong with it. Never raises.

    >>> behavior, faults = read_behavior({"title": "Hi", "event": {"key": "event.macro.bot"},
    ...     "nodes": [{"type": "acton"}]}, "bots[0].behaviors[1]")
    >>> faults[0].path, faults[0].sentence
    ('bots[0].behaviors[1].nodes[0].type', 'There is no node type "acton".')
    """
    reader = _Reader()
    source = reader.mapping(document, path, "A behavior")
    title = reader.text(source, "title", path)
    if not title and isinstance(document, Mapping):
        reader.fault("missing-title", _at(path, "title"), "The behavior has no title.", "Name it.")
    behavior = Behavior(
        id=id,
        revision=revision,
        bot=bot,
        source=source,
        uid=reader.text(source, "uid", path),
        title=title,
        event=reader.event(source, path),
        variables=reader.variables(source.get("variables"), _at(path, "variables")),
        nodes=reader.nodes(source.get("nodes"), _at(path, "nodes"), "", None),
        is_private=is_on(source.get("is_private")),
        is_disabled=is_on(source.get("is_disabled")),
        priority=whole(source.get("priority"), 50),
    )
    return behavior, reader.faults


def _at(path: str, key: str | int) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


class _Reader:
    """Reads one behavior, collecting faults and counting nodes."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._count = 0

    def fault(self, code: str, path: str, sentence: str, hint: str = "") -> None:
        self.faults.append(Fault(code, path, sentence, hint))

    def mapping(self, value: Any, path: str, what: str) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        if value is not None and value != []:
            self.fault("wrong-type", path, f"{what} must be an object.", "Write {…} here.")
        elif what == "A behavior":
            self.fault("wrong-type", path, "There is no behavior here.", "Write {…} here.")
        return {}

    def sequence(self, value: Any, path: str, what: str) -> Sequence[Any]:
        if isinstance(value, list | tuple):
            return value
        if isinstance(value, Mapping):
            return list(value.values())
        if value is not None:
            self.fault("wrong-type", path, f"{what} must be a list.", "Write […] here.")
        return ()

    def text(self, source: Mapping[str, Any], key: str, path: str) -> str:
        value = source.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self.fault("wrong-type", _at(path, key), f'"{key}" must be a text.', 'Write "…" here.')
        return ""

    def event(self, source: Mapping[str, Any], path: str) -> Event:
        here = _at(path, "event")
        given = self.mapping(source.get("event"), here, '"event"')
        key = self.text(given, "key", here)
        if not key and source:
            hint = 'Write "event": {"key": "event.macro.bot"} or another event\'s key.'
            self.fault("missing-event", here, "The behavior names no event.", hint)
        params = self.mapping(given.get("params"), _at(here, "params"), '"params"')
        return Event(key, self.text(given, "label", here), params)

    def variables(self, value: Any, path: str) -> Sequence[Variable]:
        found = self.mapping(value, path, '"variables"')
        return tuple(self.variable(str(key), given, path) for key, given in found.items())

    def variable(self, key: str, value: Any, path: str) -> Variable:
        here = _at(path, key)
        if not key.startswith("var_"):
            hint = f'Call it "var_{key}".'
            self.fault("bad-variable", here, f'The variable "{key}" needs the prefix var_.', hint)
        given = self.mapping(value, here, "A variable")
        return Variable(
            key,
            self.text(given, "label", here) or key.removeprefix("var_"),
            self.text(given, "type", here) or "S",
            is_on(given.get("is_private")),
            self.mapping(given.get("params"), _at(here, "params"), '"params"'),
        )

    # Nodes

    def nodes(
        self, value: Any, path: str, at: str, parent: type[tree.Node] | None
    ) -> Sequence[tree.Node]:
        if at.count(".") >= MAX_DEPTH:
            hint = "Move a part into a subroutine or another behavior."
            self.fault("too-deep", path, f"Nodes nest deeper than {MAX_DEPTH} levels.", hint)
            return ()
        found = []
        for index, given in enumerate(self.sequence(value, path, '"nodes"')):
            here = f"{at}.{index}" if at else str(index)
            node = self.node(given, _at(path, index), here, parent)
            if node is not None:
                found.append(node)
        return tuple(found)

    def node(
        self, value: Any, path: str, at: str, parent: type[tree.Node] | None
    ) -> tree.Node | None:
        self._count += 1
        if self._count > MAX_NODES:
            if self._count == MAX_NODES + 1:
                hint = "Split the behavior."
                self.fault("too-many", path, f"The tree has more than {MAX_NODES} nodes.", hint)
            return None
        given = self.mapping(value, path, "A node")
        kind = self.node_type(given, path, parent)
        if kind is None:
            return None
        common: dict[str, Any] = {
            "title": self.text(given, "title", path),
            "status": self.status(given, path),
            "at": at,
            "nodes": self.nodes(given.get("nodes"), _at(path, "nodes"), at, kind),
        }
        params = self.mapping(given.get("params"), _at(path, "params"), '"params"')
        return kind(**common, **self.own(kind, params, _at(path, "params")))

    def node_type(
        self, given: Mapping[str, Any], path: str, parent: type[tree.Node] | None
    ) -> type[tree.Node] | None:
        name = self.text(given, "type", path)
        kind = tree.TYPES.get(name)
        here = _at(path, "type")
        if kind is None:
            sentence = f'There is no node type "{name}".' if name else "The node has no type."
            self.fault("unknown-node-type", here, sentence, f"Use {', '.join(tree.TYPES)}.")
        elif (kind is tree.Outcome) != (parent is tree.Switch):
            sentence = (
                f'"{name}" cannot stand here: a switch holds outcomes, and only a switch does.'
            )
            self.fault("misplaced-node", here, sentence, "Put outcomes directly in a switch.")
        return kind

    def status(self, given: Mapping[str, Any], path: str) -> str:
        status = self.text(given, "status", path) or tree.LIVE
        if status not in tree.STATUSES:
            hint = f"Use {', '.join(tree.STATUSES)}."
            self.fault("unknown-status", _at(path, "status"), f'No status "{status}".', hint)
        return status

    def own(self, kind: type[tree.Node], params: Mapping[str, Any], path: str) -> Mapping[str, Any]:
        """What this type of node has beyond the common."""
        if kind is tree.Action:
            return {"steps": self.steps(params.get("actions"), _at(path, "actions"))}
        if kind is tree.Outcome:
            return {"groups": self.groups(params.get("groups"), _at(path, "groups"))}
        if kind is tree.Loop:
            return self.loop(params, path)
        return {}

    def steps(self, value: Any, path: str) -> Sequence[tree.Step]:
        found = enumerate(self.sequence(value, path, '"actions"'))
        return tuple(
            tree.Step(*self.named(given, _at(path, index), "action")) for index, given in found
        )

    def groups(self, value: Any, path: str) -> Sequence[tree.Group]:
        found = []
        for index, value_of_group in enumerate(self.sequence(value, path, '"groups"')):
            here = _at(path, index)
            given = self.mapping(value_of_group, here, "A group")
            inside = _at(here, "conditions")
            conditions = tuple(
                tree.Condition(*self.named(one, _at(inside, place), "condition"))
                for place, one in enumerate(
                    self.sequence(given.get("conditions"), inside, '"conditions"')
                )
            )
            found.append(tree.Group(is_on(given.get("any")), conditions))
        return tuple(found)

    def named(self, value: Any, path: str, word: str) -> tuple[str, Mapping[str, Any]]:
        """An action or a condition: its id and its params."""
        given = self.mapping(value, path, f"An {word}" if word == "action" else f"A {word}")
        key = self.text(given, word, path)
        if not key:
            self.fault(
                f"missing-{word}", path, f'There is no "{word}" here.', f"Name the {word} to use."
            )
        return key, {str(name): one for name, one in given.items() if name != word}

    def loop(self, params: Mapping[str, Any], path: str) -> Mapping[str, Any]:
        placeholder = self.text(params, "as_placeholder", path)
        if not placeholder:
            hint = 'Set "as_placeholder" to the name that each item gets.'
            self.fault("missing-placeholder", path, "The loop names no placeholder.", hint)
        return {
            "foreach_json": self.text(params, "foreach_json", path),
            "as_placeholder": placeholder,
        }
