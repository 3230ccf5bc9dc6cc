"""A plug-in's key is permanent and its own."""

import pytest

from factotum.core.registry import Registry


def test_it_finds_what_was_added_under_every_key():
    registry: Registry[object] = Registry("action")

    @registry.add("send", "core.send")
    class Send: ...

    assert registry["send"] is registry["core.send"] is Send
    assert len(registry) == 2


def test_it_refuses_a_key_twice_and_names_who_has_it():
    registry: Registry[object] = Registry("action")

    @registry.add("send")
    class Send: ...

    with pytest.raises(ValueError, match=r"action 'send' is already .*Send"):
        registry.add("send")(type("Other", (), {}))
