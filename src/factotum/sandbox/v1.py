"""Version 1.1 of the API, as far as the bots of its time call it."""

from __future__ import annotations

import html
import time
from typing import TYPE_CHECKING

from factotum.sandbox import errors, text, tweets
from factotum.sandbox.endpoints import Call, Endpoint, Json
from factotum.sandbox.limits import Limit
from factotum.sandbox.model import Tweet, User

if TYPE_CHECKING:
    from factotum.sandbox.state import State

THREE_HOURS = 3 * 3600


def created_at(seconds: float) -> str:
    """Write a time as version 1.1 does: ``Wed Aug 27 13:08:45 +0000 2008``."""
    return time.strftime("%a %b %d %H:%M:%S +0000 %Y", time.gmtime(seconds))


def user_object(call: Call, user: User) -> Json:
    """Write a user down."""
    return {
        "id": int(user.id),
        "id_str": user.id,
        "name": user.name,
        "screen_name": user.username,
        "location": user.location,
        "description": user.description,
        "url": None,
        "protected": False,
        "followers_count": 0,
        "friends_count": 0,
        "listed_count": 0,
        "favourites_count": 0,
        "statuses_count": sum(t.user_id == user.id for t in call.state.tweets.values()),
        "created_at": created_at(user.created_at),
        "verified": False,
        "lang": None,
        "profile_image_url_https": f"{call.base}/avatar/{user.username}.svg",
    }


def tweet_object(call: Call, tweet: Tweet) -> Json:
    """Write a tweet down."""
    state = call.state
    parent = state.tweets.get(tweet.in_reply_to_id)
    parent_user = state.users[parent.user_id] if parent else None
    app = state.apps.get(tweet.app_id)
    return {
        "created_at": created_at(tweet.created_at),
        "id": int(tweet.id),
        "id_str": tweet.id,
        "text": html.escape(tweet.text, quote=False),
        "truncated": False,
        "entities": _entities(state, tweet),
        "source": f'<a href="{html.escape(app.website)}" rel="nofollow">{html.escape(app.name)}</a>'
        if app
        else "",
        "in_reply_to_status_id": int(tweet.in_reply_to_id) if tweet.in_reply_to_id else None,
        "in_reply_to_status_id_str": tweet.in_reply_to_id or None,
        "in_reply_to_user_id": int(parent_user.id) if parent_user else None,
        "in_reply_to_user_id_str": parent_user.id if parent_user else None,
        "in_reply_to_screen_name": parent_user.username if parent_user else None,
        "user": user_object(call, state.users[tweet.user_id]),
        "is_quote_status": bool(tweet.quoted_id),
        "retweet_count": 0,
        "favorite_count": 0,
        "favorited": False,
        "retweeted": False,
        "lang": "und",
    }


def _entities(state: State, tweet: Tweet) -> Json:
    named = [(found, state.user_named(found.text)) for found in text.mentions(tweet.text)]
    return {
        "hashtags": [
            {"text": found.text, "indices": [found.start, found.end]}
            for found in text.hashtags(tweet.text)
        ],
        "symbols": [],
        "user_mentions": [
            {
                "screen_name": user.username,
                "name": user.name,
                "id": int(user.id),
                "id_str": user.id,
                "indices": [found.start, found.end],
            }
            for found, user in named
            if user
        ],
        "urls": [
            {
                "url": found.text,
                "expanded_url": found.text,
                "display_url": found.text.partition("://")[2] or found.text,
                "indices": [found.start, found.end],
            }
            for found in text.links(tweet.text)
        ],
    }


def search(call: Call) -> Json:
    """GET search/tweets."""
    query = call.params.get("q", "")
    if not query.strip():
        raise errors.Refusal(400, 25, "Query parameters are missing.")
    count = call.number("count", 15, 1, 100)
    found = [t for t in _asked(call) if tweets.matches(call.state, t, query)][:count]
    newest = found[0].id if found else "0"
    return {
        "statuses": [tweet_object(call, tweet) for tweet in found],
        "search_metadata": {
            "completed_in": 0.01,
            "max_id": int(newest),
            "max_id_str": newest,
            "query": query,
            "count": count,
            "since_id": int(call.id("since_id") or 0),
            "since_id_str": call.id("since_id") or "0",
        },
    }


def mentions_timeline(call: Call) -> list[Json]:
    """GET statuses/mentions_timeline."""
    count = call.number("count", 20, 1, 200)
    found = [t for t in _asked(call) if tweets.mentions_user(t, call.user)][:count]
    return [tweet_object(call, tweet) for tweet in found]


def _asked(call: Call) -> list[Tweet]:
    return list(tweets.newest(call.state, since_id=call.id("since_id"), max_id=call.id("max_id")))


def update(call: Call) -> Json:
    """POST statuses/update."""
    parent = call.id("in_reply_to_status_id")
    if parent and parent not in call.state.tweets:
        raise errors.Refusal(
            403, 385, "You attempted to reply to a Tweet that is deleted or not visible to you."
        )
    tweet = tweets.post(
        call.state,
        call.user,
        call.params.get("status", ""),
        app_id=call.caller.app.id,
        in_reply_to_id=parent,
    )
    return tweet_object(call, tweet)


def show_user(call: Call) -> Json:
    """GET users/show."""
    screen_name, user_id = call.params.get("screen_name", ""), call.id("user_id")
    if not screen_name and not user_id:
        raise errors.Refusal(400, 38, "screen_name parameter is missing.")
    state = call.state
    user = state.users.get(user_id) if user_id else state.user_named(screen_name)
    if user is None:
        raise errors.not_found(50, "User not found.")
    return user_object(call, user)


def verify_credentials(call: Call) -> Json:
    """GET account/verify_credentials."""
    return user_object(call, call.user)


ENDPOINTS = (
    Endpoint("GET", "/1.1/search/tweets.json", search, Limit(user=180, app=450)),
    Endpoint("GET", "/1.1/statuses/mentions_timeline.json", mentions_timeline, Limit(user=75)),
    Endpoint(
        "POST",
        "/1.1/statuses/update.json",
        update,
        Limit(user=300, seconds=THREE_HOURS),
        writes=True,
    ),
    Endpoint("GET", "/1.1/users/show.json", show_user, Limit(user=900, app=900)),
    Endpoint(
        "GET",
        "/1.1/account/verify_credentials.json",
        verify_credentials,
        Limit(user=75),
        always_open=True,
    ),
)
