"""Chats, bots' values, wanted runs, claimed keys and files."""

import hashlib
from dataclasses import replace

import pytest

from factotum.core.errors import NotFound
from factotum.core.values import Owner, Ref
from factotum.runs.run import Run
from factotum.store.bot_keys import StoredBotKeys
from factotum.store.conversations import StoredConversations
from factotum.store.files import Files
from factotum.store.idempotency_keys import StoredIdempotencyKeys
from factotum.store.models import BotKey, FileContent, ScheduledRun
from factotum.store.scheduled_runs import StoredScheduledRuns

pytestmark = pytest.mark.django_db


def run(id):
    return Run(id, "T", "chat", "attended", "running", 1.0, executor="here")


def test_a_chat_is_kept_as_it_is():
    chats = StoredConversations()
    chat = chats.create(1, 2, "Tweet something")

    assert chats.get(chat.id) == chat
    assert chat.messages == []

    later = replace(
        chat, turn=3, is_open=False, state={"results": {"0": 1}}, messages=[{"m": "\0"}], prompt={}
    )
    chats.save(later)

    assert chats.get(chat.id) == later
    assert chats.of(1) == [later]
    assert chats.of(2) == []
    assert chats.get(404) is None


def test_a_turn_is_taken_once_and_only_where_nothing_is_busy():
    chats = StoredConversations()
    chat = chats.create(1, 2, "T")

    assert chats.take_turn(chat.id, 0, run("run-a"))
    assert not chats.take_turn(chat.id, 0, run("run-b"))
    assert not chats.take_turn(chat.id, 1, run("run-b"))

    taken = chats.get(chat.id)
    assert (taken.turn, taken.busy_run, taken.busy_by) == (1, "run-a", "here")
    chats.save(replace(taken, busy_run="", busy_by=""))
    assert chats.take_turn(chat.id, 1, run("run-b"))


def test_a_closed_chat_takes_no_turn():
    chats = StoredConversations()
    chat = chats.create(1, 2, "T")
    chats.save(replace(chat, is_open=False))

    assert not chats.take_turn(chat.id, 0, run("run"))


def test_a_bot_keeps_values_until_they_expire_or_are_forgotten():
    keys = StoredBotKeys()
    long = "k" * 5000 + "\0\ud83d"
    keys.set(1, long, "v1", 0)
    keys.set(1, long, "v2", 0)
    keys.set(1, "short-lived", "v", 100)

    assert keys.get(1, long, 1e12) == "v2"
    assert keys.get(2, long, 0) == ""
    assert keys.get(1, "short-lived", 99) == "v"
    assert keys.get(1, "short-lived", 100) == ""

    keys.set(1, long, "", 0)
    assert keys.get(1, long, 0) == ""
    assert keys.purge(100) == 1
    assert BotKey.objects.count() == 0


@pytest.mark.parametrize(
    ("on_dupe", "kept"),
    [
        ("", [(10, {"n": 1}), (20, {"n": 2})]),
        ("first", [(10, {"n": 1})]),
        ("last", [(20, {"n": 2})]),
    ],
)
def test_a_run_wanted_twice_follows_its_rule(on_dupe, kept):
    wanted = StoredScheduledRuns()
    wanted.add(5, 10, on_dupe, {"n": 1})
    wanted.add(6, 10, on_dupe, {})
    wanted.add(5, 20, on_dupe, {"n": 2})

    rows = ScheduledRun.objects.filter(behavior_id=5).order_by("run_at")
    assert list(rows.values_list("run_at", "values")) == kept

    wanted.remove(5, {})
    assert ScheduledRun.objects.count() == 1


def test_a_key_stands_for_the_run_that_claimed_it_first():
    keys = StoredIdempotencyKeys()

    assert keys.claim("alice", "k", "f1", "run-1") == ("f1", "run-1")
    assert keys.claim("alice", "k", "f2", "run-2") == ("f1", "run-1")
    assert keys.claim("alicek", "", "f3", "run-3") == ("f3", "run-3")
    assert keys.claim("bob", "k", "f4", "run-4") == ("f4", "run-4")
    assert keys.purge(1e12) == 3


def test_a_file_is_kept_with_its_bytes_and_goes_with_them(store):
    files = Files(store)
    content = bytes(range(256)) * 40

    record = files.keep("cat.png", "image/png", content, Owner("worker", 4))

    assert files.content(record.ref) == content
    assert record["size"] == 10240
    assert record["sha256"] == hashlib.sha256(content).hexdigest()
    assert store.get(record.ref)["owner_id"] == 4

    store.delete(record.ref)
    assert FileContent.objects.count() == 0
    with pytest.raises(NotFound):
        files.content(record.ref)
    with pytest.raises(NotFound):
        files.content(Ref("attachment", 404))
