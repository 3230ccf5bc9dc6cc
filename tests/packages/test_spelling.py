from __future__ import annotations

from factotum.packages.spelling import closest, did_you_mean


def test_it_finds_the_word_that_was_meant():
    assert closest("conected_acount", ["connected_account", "bot"]) == "connected_account"
    assert did_you_mean("Prompts", ["prompts"]) == "Did you mean 'prompts'?"


def test_it_keeps_quiet_where_nothing_is_close():
    assert closest("zebra", ["prompts"]) == ""
    assert did_you_mean("zebra", ["prompts"]) == ""
