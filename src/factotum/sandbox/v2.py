"""Version 2 of the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from factotum.sandbox import errors, tweets
from factotum.sandbox.endpoints import Call, Endpoint, Json
from factotum.sandbox.limits import Limit
from factotum.sandbox.model import Tweet, User
from factotum.sandbox.v2_objects import includes, missing, tweet_object, user_object

WRITE = ("tweet.read", "tweet.write", "users.read")
POST_KEYS = {"text", "reply", "quote_tweet_id", "reply_settings", "for_super_followers_only"}
USERNAME = re.compile(r"\w{1,15}", re.ASCII)


def create_tweet(call: Call) -> Json:
    """POST /2/tweets."""
    for key in call.json:
        if key not in POST_KEYS:
            raise errors.invalid_request(key, "", "is not known to this sandbox")
    wanted = call.json.get("text", "")
    if not isinstance(wanted, str):
        raise errors.invalid_request("text", str(wanted), "is not a string")
    tweet = tweets.post(
        call.state,
        call.user,
        wanted,
        app_id=call.caller.app.id,
        in_reply_to_id=_referenced(call, "reply.in_reply_to_tweet_id"),
        quoted_id=_referenced(call, "quote_tweet_id"),
    )
    return {"data": tweet_object(call, tweet)}


def _referenced(call: Call, path: str) -> str:
    """Read the id of a tweet that has to exist; empty where none is named."""
    value: Any = call.json
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if value is None:
        return ""
    if not isinstance(value, str) or value not in call.state.tweets:
        raise errors.invalid_request(path, str(value), "is not the id of a Tweet that is visible")
    return value


def show_tweet(call: Call) -> Json:
    """GET /2/tweets/:id."""
    tweet = call.state.tweets.get(call.path["id"])
    if tweet is None:
        return {"errors": [missing("tweet", "id", call.path["id"])]}
    return _with_includes(call, {"data": tweet_object(call, tweet)}, [tweet])


def delete_tweet(call: Call) -> Json:
    """DELETE /2/tweets/:id; of a tweet that is gone already, X says deleted too."""
    tweet = call.state.tweets.get(call.path["id"])
    if tweet is None:
        return {"data": {"deleted": True}}
    if tweet.user_id != call.user.id:
        raise errors.Refusal(
            403,
            179,
            "You are not allowed to delete this Tweet.",
            title="Forbidden",
            detail="You are not allowed to delete this Tweet.",
        )
    tweets.delete(call.state, tweet)
    return {"data": {"deleted": True}}


def me(call: Call) -> Json:
    """GET /2/users/me."""
    return {"data": user_object(call, call.user)}


def show_user(call: Call) -> Json:
    """GET /2/users/:id."""
    return _one_user(call, call.state.users.get(call.path["id"]), "id", call.path["id"])


def user_by_username(call: Call) -> Json:
    """GET /2/users/by/username/:username."""
    name = call.path["username"]
    _check_username("username", name)
    return _one_user(call, call.state.user_named(name), "username", name)


def _one_user(call: Call, user: User | None, parameter: str, value: str) -> Json:
    if user is None:
        return {"errors": [missing("user", parameter, value)]}
    return {"data": user_object(call, user)}


def users_by(call: Call) -> Json:
    """GET /2/users/by?usernames=."""
    names = [name for name in call.params.get("usernames", "").split(",") if name]
    if not 1 <= len(names) <= 100:
        raise errors.invalid_request("usernames", "", "must name between 1 and 100 users")
    for name in names:
        _check_username("usernames", name)
    found = [(name, call.state.user_named(name)) for name in names]
    answer: Json = {"data": [user_object(call, user) for _, user in found if user]}
    absent = [missing("user", "usernames", name) for name, user in found if user is None]
    answer |= {"errors": absent} if absent else {}
    return {kind: entries for kind, entries in answer.items() if entries}


def _check_username(parameter: str, name: str) -> None:
    if not USERNAME.fullmatch(name):
        raise errors.invalid_request(parameter, name, "does not match ^[A-Za-z0-9_]{1,15}$")


def search_recent(call: Call) -> Json:
    """GET /2/tweets/search/recent."""
    query = call.params.get("query", "")
    if not query.strip():
        raise errors.invalid_request("query", query, "must not be empty")
    return _page(call, lambda tweet: tweets.matches(call.state, tweet, query), 10, 10)


def mentions(call: Call) -> Json:
    """GET /2/users/:id/mentions."""
    user = call.state.users.get(call.path["id"])
    if user is None:
        return {"errors": [missing("user", "id", call.path["id"])]}
    return _page(call, lambda tweet: tweets.mentions_user(tweet, user), 10, 5)


def user_tweets(call: Call) -> Json:
    """GET /2/users/:id/tweets."""
    user = call.state.users.get(call.path["id"])
    if user is None:
        return {"errors": [missing("user", "id", call.path["id"])]}
    return _page(call, lambda tweet: tweet.user_id == user.id, 10, 5)


def _page(call: Call, fits: Callable[[Tweet], bool], default: int, least: int) -> Json:
    """Answer one page of tweets; its next_token is the id that the next page lies below."""
    size = call.number("max_results", default, least, 100)
    below = call.id("pagination_token") or call.id("next_token")
    ends = [end for end in (below, call.id("until_id")) if end]
    until = min(ends, key=int, default="")
    since = call.time("start_time")
    all_found = tweets.newest(call.state, since_id=call.id("since_id"), until_id=until)
    found: list[Tweet] = []
    meta: Json = {}
    for tweet in filter(fits, all_found):
        if tweet.created_at < since:
            break  # they come newest first
        if len(found) == size:
            meta["next_token"] = found[-1].id
            break
        found.append(tweet)
    if not found:
        return {"meta": {"result_count": 0}}
    meta |= {"newest_id": found[0].id, "oldest_id": found[-1].id, "result_count": len(found)}
    answer = {"data": [tweet_object(call, tweet) for tweet in found], "meta": meta}
    return _with_includes(call, answer, found)


def _with_includes(call: Call, answer: Json, found: list[Tweet]) -> Json:
    gathered = includes(call, found)
    return answer | ({"includes": gathered} if gathered else {})


ENDPOINTS = (
    Endpoint(
        "POST", "/2/tweets", create_tweet, Limit(user=100), scopes=WRITE, writes=True, status=201
    ),
    Endpoint("GET", "/2/tweets/search/recent", search_recent, Limit(user=180, app=450)),
    Endpoint("GET", "/2/tweets/:id", show_tweet, Limit(user=900, app=450)),
    Endpoint("DELETE", "/2/tweets/:id", delete_tweet, Limit(user=50), scopes=WRITE, writes=True),
    Endpoint("GET", "/2/users/me", me, Limit(user=75)),
    Endpoint("GET", "/2/users/by", users_by, Limit(user=900, app=300)),
    Endpoint("GET", "/2/users/by/username/:username", user_by_username, Limit(user=900, app=300)),
    Endpoint("GET", "/2/users/:id", show_user, Limit(user=900, app=300)),
    Endpoint("GET", "/2/users/:id/mentions", mentions, Limit(user=180, app=450)),
    Endpoint("GET", "/2/users/:id/tweets", user_tweets, Limit(user=900, app=1500)),
)
