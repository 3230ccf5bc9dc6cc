"""How version 2 writes tweets and users down: few fields, and more where they are asked for."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from factotum.sandbox import errors, text
from factotum.sandbox.errors import PROBLEMS
from factotum.sandbox.model import Tweet, User

if TYPE_CHECKING:
    from factotum.sandbox.endpoints import Call, Json

TWEET_FIELDS = (
    "id",
    "text",
    "edit_history_tweet_ids",
    "attachments",
    "author_id",
    "conversation_id",
    "created_at",
    "entities",
    "in_reply_to_user_id",
    "lang",
    "possibly_sensitive",
    "public_metrics",
    "referenced_tweets",
    "source",
)
USER_FIELDS = (
    "id",
    "name",
    "username",
    "created_at",
    "description",
    "location",
    "profile_image_url",
    "protected",
    "public_metrics",
    "url",
    "verified",
)
EXPANSIONS = (
    "author_id",
    "in_reply_to_user_id",
    "entities.mentions.username",
    "referenced_tweets.id",
    "pinned_tweet_id",
)


def created_at(seconds: float) -> str:
    """Write a time as version 2 does: ``2026-05-03T12:30:00.000Z``."""
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def wanted(call: Call, parameter: str, known: tuple[str, ...]) -> list[str]:
    """Read a list such as tweet.fields, refusing what X does not know."""
    names = [name for name in call.params.get(parameter, "").split(",") if name]
    for name in names:
        if name not in known:
            raise errors.invalid_request(parameter, name, f"is not one of [{','.join(known)}]")
    return names


def user_object(call: Call, user: User) -> Json:
    """Write a user down with the fields that user.fields asks for."""
    values: Json = {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "created_at": created_at(user.created_at),
        "description": user.description,
        "location": user.location or None,
        "profile_image_url": f"{call.base}/avatar/{user.username}.svg",
        "protected": False,
        "public_metrics": {
            "followers_count": 0,
            "following_count": 0,
            "tweet_count": sum(t.user_id == user.id for t in call.state.tweets.values()),
            "listed_count": 0,
        },
        "url": "",
        "verified": False,
    }
    return _picked(values, USER_FIELDS[:3], wanted(call, "user.fields", USER_FIELDS))


def tweet_object(call: Call, tweet: Tweet) -> Json:
    """Write a tweet down with the fields that tweet.fields and expansions ask for."""
    state = call.state
    app = state.apps.get(tweet.app_id)
    parent = state.tweets.get(tweet.in_reply_to_id)
    values: Json = {
        "id": tweet.id,
        "text": html.escape(tweet.text, quote=False),
        "edit_history_tweet_ids": [tweet.id],
        "author_id": tweet.user_id,
        "conversation_id": _root(call, tweet).id,
        "created_at": created_at(tweet.created_at),
        "entities": _entities(call, tweet) or None,
        "in_reply_to_user_id": parent.user_id if parent else None,
        "lang": "und",
        "possibly_sensitive": False,
        "public_metrics": {
            "retweet_count": 0,
            "reply_count": sum(t.in_reply_to_id == tweet.id for t in state.tweets.values()),
            "like_count": 0,
            "quote_count": sum(t.quoted_id == tweet.id for t in state.tweets.values()),
            "bookmark_count": 0,
            "impression_count": 0,
        },
        "referenced_tweets": _references(tweet) or None,
        "source": app.name if app else "X Sandbox",
    }
    asked = wanted(call, "tweet.fields", TWEET_FIELDS)
    asked += [name.partition(".")[0] for name in wanted(call, "expansions", EXPANSIONS)]
    return _picked(values, TWEET_FIELDS[:3], asked)


def _picked(values: Json, always: tuple[str, ...], asked: list[str]) -> Json:
    return {
        name: value
        for name, value in values.items()
        if name in always or (name in asked and value is not None)
    }


def _root(call: Call, tweet: Tweet) -> Tweet:
    while tweet.in_reply_to_id in call.state.tweets:
        tweet = call.state.tweets[tweet.in_reply_to_id]
    return tweet


def _references(tweet: Tweet) -> list[Json]:
    kinds = {"replied_to": tweet.in_reply_to_id, "quoted": tweet.quoted_id}
    return [{"type": kind, "id": other} for kind, other in kinds.items() if other]


def _entities(call: Call, tweet: Tweet) -> Json:
    found: dict[str, list[dict[str, Any]]] = {"hashtags": [], "mentions": [], "urls": []}
    for tag in text.hashtags(tweet.text):
        found["hashtags"].append({"start": tag.start, "end": tag.end, "tag": tag.text})
    for name in text.mentions(tweet.text):
        user = call.state.user_named(name.text)
        entry = {"start": name.start, "end": name.end, "username": name.text}
        found["mentions"].append(entry | ({"id": user.id} if user else {}))
    for link in text.links(tweet.text):
        shown = link.text.partition("://")[2] or link.text
        found["urls"].append(
            {
                "start": link.start,
                "end": link.end,
                "url": link.text,
                "expanded_url": link.text,
                "display_url": shown,
            }
        )
    return {kind: entries for kind, entries in found.items() if entries}


def includes(call: Call, found: list[Tweet]) -> Json:
    """Gather the users and tweets that expansions ask for; each once."""
    state, asked = call.state, wanted(call, "expansions", EXPANSIONS)
    users: dict[str, User] = {}
    tweets: dict[str, Tweet] = {}
    for tweet in found:
        parent = state.tweets.get(tweet.in_reply_to_id)
        if "author_id" in asked:
            users[tweet.user_id] = state.users[tweet.user_id]
        if "in_reply_to_user_id" in asked and parent:
            users[parent.user_id] = state.users[parent.user_id]
        if "entities.mentions.username" in asked:
            named = [state.user_named(name.text) for name in text.mentions(tweet.text)]
            users |= {user.id: user for user in named if user}
        if "referenced_tweets.id" in asked:
            ids = [tweet.in_reply_to_id, tweet.quoted_id]
            tweets |= {other: state.tweets[other] for other in ids if other in state.tweets}
    gathered = {
        "users": [user_object(call, user) for user in users.values()],
        "tweets": [tweet_object(call, tweet) for tweet in tweets.values()],
    }
    return {kind: entries for kind, entries in gathered.items() if entries}


def missing(kind: str, parameter: str, value: str) -> Json:
    """Say that something is not there, in the form that goes inside a 200."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }
