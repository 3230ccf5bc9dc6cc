"""What survives a restart, and a file that cannot be read."""

from __future__ import annotations

import subprocess
import sys

import pytest

from factotum.sandbox import tweets
from factotum.sandbox.oauth1_validator import grant
from factotum.sandbox.server import running
from factotum.sandbox.state import BadStateFile, State

from .conftest import CALLBACK, Signer


def test_it_knows_everything_again_after_a_restart(tmp_path):
    file = tmp_path / "deeper" / "x.json"
    with running(State(file)) as first:
        app = first.state.ensure_app("Help Desk", [CALLBACK])
        alice = Signer(first.url, app).link("alice")
        pending = Signer(first.url, app).request_token().form
        posted = alice.post_json("/2/tweets", {"text": "before"}).json["data"]
    with running(State(file)) as second:
        alice.url = second.url
        assert alice.call(f"/2/tweets/{posted['id']}").json["data"] == posted
        assert alice.post_json("/2/tweets", {"text": "before"}).status == 403
        after = alice.post_json("/2/tweets", {"text": "after"}).json["data"]
        assert int(after["id"]) > int(posted["id"])
        assert pending["oauth_token"] in second.state.request_tokens
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["x.json"]


def test_it_keeps_oauth2_tokens_and_users(tmp_path):
    file = tmp_path / "x.json"
    state = State(file)
    carol = state.add_user("carol", "Carol")
    app = state.ensure_app("Help Desk", [CALLBACK])
    grant(state, app, carol)
    tweets.post(state, carol, "你好 🎉")
    again = State(file)
    assert again.user_named("carol") == carol
    assert again.apps == state.apps
    assert again.user_tokens == state.user_tokens
    assert again.tweets == state.tweets


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', '{"format": 1, "users": 3}'])
def test_it_says_so_when_a_file_is_not_its_own_and_leaves_it(tmp_path, text):
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(BadStateFile):
        State(file)
    assert file.read_text() == text


def test_its_command_says_it_in_a_sentence(tmp_path):
    file = tmp_path / "x.json"
    file.write_text("not json")
    ended = subprocess.run(
        [sys.executable, "-m", "factotum.sandbox", "--port", "0", "--state", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "does not hold the state" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ids_rise_even_when_the_clock_does_not():
    state = State(clock=lambda: 1_700_000_000.0)
    ids = [int(state.new_id()) for _ in range(5)]
    assert ids == sorted(set(ids))
