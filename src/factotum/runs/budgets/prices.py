"""A service's price table: what a request may cost before it is sent, and what it did cost.

An entry is data, in the service's rules or typed in by an admin::

    {"request": "POST /2/tweets", "price": "0.015"}
    {"request": "POST /2/tweets", "price": "0.200", "body_has": "https?://"}
    {"request": "GET /2/tweets/search/*", "price": "0.005", "per": "resource",
     "most": "max_results", "default": 10}

``per`` is ``request`` (the default) or ``resource``: each one that comes back, the same one once a day
in UTC. How many may come is read from the query: ``most`` names the parameter that says it (else
``default``), ``listed`` the one that lists them. Of several entries that fit, the one that names more
of the path counts, and one with ``body_has`` (a regular expression) before one without.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from factotum.core.errors import BadInput
from factotum.core.http import Request, Response
from factotum.runs.budgets.money import micros_of
from factotum.runs.limits.rules import Pattern, rules_for

KEYS = frozenset({"request", "price", "per", "body_has", "most", "default", "listed"})
METHODS = re.compile(r"(\*|[A-Z]{3,10}) /\S*")
MOST_RESOURCES = 10_000
REMEMBERED = 4096  # addresses whose entries are known
MOST_SEEN = 100_000  # resources paid for today that are remembered; beyond it some are paid again
SEARCHED = 65_536  # bytes of a body that are looked at


@dataclass(frozen=True, slots=True)
class Price:
    """One entry. ``micros`` for a request, or for each resource."""

    pattern: Pattern
    micros: int
    is_per_resource: bool = False
    body_has: re.Pattern[str] | None = None
    most: str = ""
    default: int = 1
    listed: str = ""

    def most_resources(self, query: Mapping[str, Sequence[str]]) -> int:
        """How many resources may come back at most."""
        if self.listed:
            return max(1, sum(len(each.split(",")) for each in query.get(self.listed, ())))
        told = next(iter(query.get(self.most, ())), "") if self.most else ""
        count = int(told) if told.isascii() and told.isdigit() and len(told) < 6 else self.default
        return max(1, min(count, MOST_RESOURCES))


@dataclass(frozen=True, slots=True)
class Quote:
    """What a request costs at most, and by which entry; none where nothing is known of its price."""

    micros: int = 0
    price: Price | None = None


FREE = Quote()


class PriceTable:
    """The prices of one service."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices = sorted(
            prices, key=lambda each: (each.pattern.weight, each.body_has is not None), reverse=True
        )
        self._found: dict[tuple[str, str], list[Price]] = {}

    def __bool__(self) -> bool:
        return bool(self._prices)

    def quote(self, request: Request) -> Quote:
        """What it costs at most."""
        if not self._prices:
            return FREE
        for price in self._fitting(request.method.upper(), request.url.partition("?")[0]):
            if _fits(price, request):
                return Quote(price.micros * _count(price, request), price)
        return FREE

    def _fitting(self, method: str, url: str) -> list[Price]:
        """The entries for this method and path; looked up once."""
        found = self._found.get((method, url))
        if found is None:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            segments = tuple(segment for segment in urlsplit(url).path.split("/") if segment)
            found = [each for each in self._prices if each.pattern.matches(method, segments)]
            self._found[method, url] = found
        return found


def _count(price: Price, request: Request) -> int:
    if not price.is_per_resource:
        return 1
    if not (price.most or price.listed):
        return price.default
    return price.most_resources(parse_qs(urlsplit(request.url).query))


def _fits(price: Price, request: Request) -> bool:
    if price.body_has is None:
        return True
    text = request.body[:SEARCHED].decode("utf-8", "replace").replace("\\/", "/")
    return price.body_has.search(text) is not None


def spent(quote: Quote, response: Response, is_counted: Seen) -> int:
    """What the answer cost: refusals nothing, resources as many as came and were not paid today."""
    if quote.price is None or response.status >= 400:
        return 0
    if not quote.price.is_per_resource:
        return quote.price.micros
    came = resources(response.body)
    return quote.price.micros * sum(1 for each in came if not is_counted.again(each))


def resources(body: bytes) -> list[str]:
    """The ids of the resources of an answer, "" for those without one.

    >>> resources(b'{"data":[{"id":"7"},{"id":"8"}],"meta":{}}'), resources(b'{"data":{"id":"7"}}')
    (['7', '8'], ['7'])
    """
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    if isinstance(given, dict):
        given = given.get(
            "data", given.get("statuses", [] if "data" in given or _is_bare(given) else given)
        )
    if isinstance(given, dict):
        given = [given]
    if not isinstance(given, list):
        return []
    return [_id(each) for each in given]


def _is_bare(given: Mapping[str, Any]) -> bool:
    """An answer that holds no resource: nothing found, or why."""
    return not given.keys() - {"meta", "errors", "includes"}


def _id(resource: Any) -> str:
    if not isinstance(resource, Mapping):
        return ""
    return str(resource.get("id_str") or resource.get("id") or "")


class Seen:
    """The resources that an app has paid for today, as far as this process knows."""

    def __init__(self) -> None:
        self._day = ""
        self._ids: set[tuple[int, str]] = set()
        self._app = 0

    def of(self, app_id: int, day: str) -> Seen:
        """Those of one app."""
        if day != self._day or len(self._ids) > MOST_SEEN:
            self._ids.clear()
            self._day = day
        self._app = app_id
        return self

    def again(self, resource: str) -> bool:
        """Whether it was paid for already; from now on it is."""
        if not resource:
            return False
        known = (self._app, resource) in self._ids
        self._ids.add((self._app, resource))
        return known


def read_table(entries: Sequence[Mapping[str, Any]]) -> PriceTable:
    """A table of these entries; BadInput says which one is faulty and how."""
    prices = []
    for number, entry in enumerate(entries, 1):
        try:
            prices.append(_price(entry))
        except (ValueError, TypeError) as error:
            raise BadInput(f"Price {number}: {error}", code="bad-price") from None
    return PriceTable(prices)


def _price(entry: Mapping[str, Any]) -> Price:
    if not isinstance(entry, Mapping):
        raise TypeError("each price is an object with request and price.")
    if unknown := entry.keys() - KEYS:
        raise ValueError(f"nothing is called {', '.join(sorted(map(str, unknown)))} in a price.")
    request = str(entry.get("request", "")).strip()
    if not METHODS.fullmatch(request):
        raise ValueError("request must be a method and a path, such as POST /2/tweets.")
    per = entry.get("per") or "request"
    if per not in {"request", "resource"}:
        raise ValueError("per must be request or resource.")
    default = entry.get("default") or 1
    if not isinstance(default, int) or not 1 <= default <= MOST_RESOURCES:
        raise ValueError(f"default must be a whole number from 1 to {MOST_RESOURCES:,}.")
    return Price(
        Pattern.read(request),
        micros_of(entry.get("price", "")),
        per == "resource",
        _expression(str(entry.get("body_has") or "")),
        str(entry.get("most") or ""),
        default,
        str(entry.get("listed") or ""),
    )


def _expression(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text[:200], re.IGNORECASE) if text else None
    except re.error as error:
        raise ValueError(f"body_has is no regular expression: {error}.") from None


@lru_cache(maxsize=256)
def shipped(host: str) -> PriceTable:
    """The table that comes with the rules of the service at this host."""
    return read_table(rules_for(host).prices)


def as_lines(entries: Sequence[Mapping[str, Any]]) -> str:
    """A table as an admin edits it: an entry a line, as JSON."""
    return "\n".join(json.dumps(dict(entry), ensure_ascii=False) for entry in entries)
