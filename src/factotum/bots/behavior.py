"""A bot and one of its behaviors as values: all that a walk needs to know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from factotum.bots.nodes import Node, Subroutine, every
from factotum.core.values import Owner


@dataclass(frozen=True, slots=True)
class Policy:
    """What a bot may do: ``mode`` is all, allow (only ``items``) or deny (all but ``items``)."""

    mode: str = "all"
    items: frozenset[str] = frozenset()

    def permits(self, key: str) -> bool:
        """Whether this key may be used."""
        if self.mode == "allow":
            return key in self.items
        return self.mode != "deny" or key not in self.items


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot that a behavior belongs to. ``config`` is read as ``behavior_bot_config.KEY``.

    ``timezone`` is that of the person who owns it, "" where nobody does.
    """

    id: int = 0
    name: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)
    owner: Owner = field(default_factory=Owner)
    events: Policy = Policy()
    actions: Policy = Policy()
    is_disabled: bool = False
    timezone: str = ""

    def may_act(self, key: str) -> bool:
        """Whether the bot may use this action.

        The lists of published packages name plug-in actions, whose ids have dots: the Slack Bot
        allows only ``core.va.action.http_request`` and sets placeholders all the same. So an allow
        list says which plug-in actions a bot may use, and the words of the language itself
        (``_set_custom_var``, ``send_message``, ``set_http_body``) stay usable. What a deny list
        names is refused, whatever it is.
        """
        if self.actions.mode == "allow" and "." not in key:
            return True
        return self.actions.permits(key)


@dataclass(frozen=True, slots=True)
class Event:
    """What starts a behavior: the trigger's key and this behavior's params for it."""

    key: str = ""
    label: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


RECORDS = "ctx_"
ANY_RECORDS = "contexts"


@dataclass(frozen=True, slots=True)
class Variable:
    """An input of a behavior; a private one is set by the behavior itself.

    ``type``: S text, N number, C checkbox, E date, D dropdown, W worker, L record, ``ctx_…`` a list
    of records of one type, ``contexts`` of any.
    """

    key: str
    label: str = ""
    type: str = "S"
    is_private: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def holds_records(self) -> bool:
        """Whether it is a list of records."""
        return self.type == ANY_RECORDS or self.type.startswith(RECORDS)

    @property
    def context(self) -> str:
        """The type of the records it holds, by any of its names; "" where they may be of any."""
        return self.type.removeprefix(RECORDS) if self.type.startswith(RECORDS) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behavior:
    """A behavior, ready to be walked. ``source`` is the JSON it was read from."""

    id: int = 0
    uid: str = ""
    title: str = ""
    event: Event = Event()
    variables: Sequence[Variable] = ()
    nodes: Sequence[Node] = ()
    is_private: bool = False
    is_disabled: bool = False
    priority: int = 50
    revision: int = 1
    bot: Bot = Bot()
    source: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def variable(self, key: str) -> Variable | None:
        """The variable of that key, or None."""
        return next((one for one in self.variables if one.key == key), None)

    def subroutine(self, title: str) -> Subroutine | None:
        """The first subroutine of that title, or None."""
        wanted = title.strip()
        for node in every(self.nodes):
            if isinstance(node, Subroutine) and node.title.strip() == wanted:
                return node
        return None
