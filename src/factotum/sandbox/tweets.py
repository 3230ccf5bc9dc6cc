"""Writing, finding and deleting tweets; who may is asked elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from factotum.sandbox import errors, text
from factotum.sandbox.model import Tweet, User

if TYPE_CHECKING:
    from factotum.sandbox.state import State

_WORD = re.compile(r'-?(?:\w+:)?"[^"]*"|\S+')


def post(
    state: State,
    user: User,
    wanted: str,
    *,
    app_id: str = "",
    in_reply_to_id: str = "",
    quoted_id: str = "",
) -> Tweet:
    """Publish a text; raises Refusal where it is empty, too long or a duplicate."""
    body = text.clean(wanted)
    if not body and not quoted_id:
        raise errors.no_text()
    weight = text.weight(body)
    if weight > text.LONGEST:
        raise errors.too_long(weight)
    if _is_duplicate(state, user, body):
        raise errors.duplicate()
    tweet = Tweet(state.new_id(), user.id, body, state.clock(), app_id, in_reply_to_id, quoted_id)
    state.tweets[tweet.id] = tweet
    state.save()
    return tweet


def _is_duplicate(state: State, user: User, body: str) -> bool:
    since = state.clock() - state.settings.duplicate_window
    for tweet in reversed(state.tweets.values()):
        if tweet.created_at < since:
            return False
        if tweet.user_id == user.id and tweet.text == body:
            return True
    return False


def delete(state: State, tweet: Tweet) -> None:
    """Take a tweet away."""
    del state.tweets[tweet.id]
    state.save()


def newest(
    state: State, *, since_id: str = "", until_id: str = "", max_id: str = ""
) -> Iterator[Tweet]:
    """Go through the tweets, newest first; until_id is exclusive, max_id inclusive."""
    for tweet in reversed(state.tweets.values()):
        number = int(tweet.id)
        if since_id and number <= int(since_id):
            return
        if (until_id and number >= int(until_id)) or (max_id and number > int(max_id)):
            continue
        yield tweet


def mentions_user(tweet: Tweet, user: User) -> bool:
    """Tell whether a tweet of somebody else names this user."""
    return tweet.user_id != user.id and any(
        found.text.lower() == user.username.lower() for found in text.mentions(tweet.text)
    )


def matches(state: State, tweet: Tweet, query: str) -> bool:
    """Tell whether a tweet matches a search: words (all), OR, -word, "words", from:, to:, @, #.

    ``a b OR c d`` is a, and b or c, and d.
    """
    choices: list[list[str]] = []
    joined = False
    for word in _WORD.findall(query.replace("(", " ").replace(")", " ")):
        if word == "OR":
            joined = bool(choices)
        elif word != "AND":
            if joined:
                choices[-1].append(word)
            else:
                choices.append([word])
            joined = False
    return all(any(_fits(state, tweet, word) for word in choice) for choice in choices)


def _fits(state: State, tweet: Tweet, word: str) -> bool:
    if word.startswith("-") and len(word) > 1:
        return not _fits(state, tweet, word[1:])
    operator, _, operand = word.partition(":")
    author = state.users[tweet.user_id].username.lower()
    match operator.lower():
        case "from" if operand:
            return author == operand.removeprefix("@").lower()
        case "to" if operand:
            return tweet.text.lower().startswith(f"@{operand.removeprefix('@').lower()}")
        case "is" if operand == "reply":
            return bool(tweet.in_reply_to_id)
        case "is" if operand == "quote":
            return bool(tweet.quoted_id)
        case "has" if operand == "links":
            return bool(text.links(tweet.text))
        case "has" if operand == "mentions":
            return bool(text.mentions(tweet.text))
        case "has" if operand == "hashtags":
            return bool(text.hashtags(tweet.text))
        case _:
            return _has_word(tweet.text, word.strip('"'))


def _has_word(body: str, word: str) -> bool:
    if word.startswith("@"):
        return any(found.text.lower() == word[1:].lower() for found in text.mentions(body))
    if word.startswith("#"):
        return any(found.text.lower() == word[1:].lower() for found in text.hashtags(body))
    return word.lower() in body.lower()
