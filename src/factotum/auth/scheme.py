"""What every scheme is: fields, signing, and (where a person consents) the linking dialogue.

A scheme does no I/O. Linking and refreshing are generators: they *yield* the requests that have to
be sent and are given the responses, so a test needs no network:

>>> def ping(credentials):
...     response = yield Request("GET", "https://api.example.com/ping")
...     return response.status
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode, urlsplit

from factotum.core.errors import Refused, RelinkNeeded
from factotum.core.fields import Fields, Url
from factotum.core.http import Request, Response
from factotum.core.registry import Registry
from factotum.core.values import Moment

R = TypeVar("R")

Dialogue = Generator[Request, Response, R]
"""Yields requests, gets their responses, returns its result."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A service's and an account's values in clear, for as long as one request is signed.

    ``service`` and ``account`` hold public params and opened secrets under the keys of the file
    format (``client_id``, ``client_secret``, ``oauth_token`` …). Never printed.
    """

    service: Mapping[str, Any] = field(repr=False)
    account: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the person is sent.

    ``state`` is what the callback must name (OAuth 1.0a: the request token); ``kept`` is what
    ``finish_link`` needs back, sealed meanwhile (token secret, verifier).
    """

    url: str
    state: str
    kept: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Linked:
    """What linking or refreshing brought.

    ``secrets`` are sealed under their keys; ``params`` may be shown (``user_id``, ``screen_name``,
    ``scope``); ``linked_as`` is who (``@name``) where the answer tells; ``expires_at`` is in
    seconds since 1970, None where it does not expire.
    """

    secrets: Mapping[str, str] = field(repr=False)
    params: Mapping[str, Any]
    linked_as: str = ""
    remote_id: str = ""
    scopes: tuple[str, ...] = ()
    expires_at: int | None = None


class Scheme(ABC):
    """One provider type (``extension_id``): how its accounts sign and, maybe, are linked."""

    key: ClassVar[str]
    label: ClassVar[str]
    service_fields: ClassVar[Fields]
    account_fields: ClassVar[Fields]
    is_linkable: ClassVar[bool] = False
    """Whether a person consents at the provider; else the account's fields are typed in."""
    signs: ClassVar[bool] = True
    """False for schemes that only sign people in (OIDC, SAML, LDAP)."""
    unavailable: ClassVar[str] = ""
    """Why this scheme cannot sign yet, as a sentence; "" where it can. Its data is kept."""

    @abstractmethod
    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with what proves the account; RelinkNeeded where it holds no credentials."""

    def hosts(self, credentials: Credentials) -> tuple[str, ...]:
        """Hosts this service's accounts may sign for, from its URLs: ``("api.x.com", …)``.

        An entry is ``host`` or ``host:port`` (lower case), the port where the URL names one; an
        entry may begin with ``*.`` for every host below it. Account fields may add hosts too.
        """
        declared = [(f, credentials.service) for f in self.service_fields]
        declared += [(f, credentials.account) for f in self.account_fields]
        urls = [values.get(f.key) for f, values in declared if isinstance(f, Url)]
        return tuple(dict.fromkeys(host for url in urls if url and (host := listing_of(str(url)))))

    def is_linked(self, credentials: Credentials) -> bool:
        """Whether the account has what it needs to sign."""
        return not self.account_fields.faults(credentials.account)

    def check_service(self, credentials: Credentials) -> None:
        """Refused (code ``service-incomplete``) where the service lacks what linking needs."""
        faults = self.service_fields.faults(credentials.service)
        if faults:
            raise Refused(
                f"The service is not set up yet. {' '.join(faults.values())} "
                "Mend it in the service first.",
                code="service-incomplete",
            )

    def held(self, credentials: Credentials, key: str) -> str:
        """The account's value under a key; RelinkNeeded (code ``not-linked``) where it has none."""
        value = credentials.account.get(key)
        if value:
            return str(value)
        what = "link it" if self.is_linkable else f"enter its {self.account_fields[key].label}"
        raise RelinkNeeded(
            f"This account is not linked yet. Open it, choose Edit and {what}.", code="not-linked"
        )

    def needs_consent(self, credentials: Credentials) -> bool:
        """Whether linking leads through ``start_link`` and ``finish_link``.

        False for a linkable scheme means that ``refresh`` alone brings the credentials (OAuth 2.0
        client credentials): no person is asked.
        """
        return self.is_linkable

    def start_link(
        self, credentials: Credentials, callback_url: str, moment: Moment
    ) -> Dialogue[Consent]:
        """Ask the provider for consent; LinkFailed tells what went wrong."""
        raise NotImplementedError(f"{self.key} is not linked by consent")

    def finish_link(
        self,
        credentials: Credentials,
        kept: Mapping[str, str],
        callback: Mapping[str, str],
        callback_url: str,
        moment: Moment,
    ) -> Dialogue[Linked]:
        """Turn the callback's parameters into credentials; LinkFailed (code ``consent-denied`` …)."""
        raise NotImplementedError(f"{self.key} is not linked by consent")

    def refresh(self, credentials: Credentials, moment: Moment) -> Dialogue[Linked]:
        """Fresh credentials for expiring ones; RelinkNeeded where the provider says no for good."""
        raise NotImplementedError(f"{self.key} has nothing to refresh")

    def can_refresh(self, credentials: Credentials) -> bool:
        """Whether ``refresh`` has what it needs."""
        return False

    def who_am_i(self, credentials: Credentials, moment: Moment) -> Dialogue[tuple[str, str]]:
        """(who the account is, ``@name``; the provider's id for them), asked with its credentials.

        ("", "") where the provider has no such address or does not tell. ``credentials`` are the
        freshly linked ones; what ``finish_link`` told already need not be asked again.
        """
        yield from ()
        return "", ""


class Unavailable(Scheme):
    """A scheme that is known by its fields only, so that packages with it can be imported."""

    def is_linked(self, credentials: Credentials) -> bool:
        """Never: whatever the account holds is kept as data."""
        return False

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """Refused, with what is missing."""
        raise Refused(self.unavailable, code="not-available-yet")


class SignInOnly(Unavailable):
    """A scheme whose services sign people in; no request is signed with it."""

    signs: ClassVar[bool] = False
    account_fields: ClassVar[Fields] = Fields()


schemes: Registry[Scheme] = Registry("scheme")


def load_schemes() -> None:
    """Import every scheme of this folder and of installed plug-ins."""
    schemes.find_in("factotum.auth")
    schemes.find_entry_points("factotum.schemes")


def host_of(url: str) -> str:
    """``https://API.x.com:8443/2`` → ``api.x.com:8443``; the port only where the URL names one.

    "" where it is no address.
    """
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if port else host


def listing_of(url: str) -> str:
    """The entry of a list of hosts that lets this address: ``api.x.com``, ``intranet:80``, "".

    An entry without a port is for https alone, so an address by http names its port.
    """
    host = host_of(url)
    names_no_port = bool(host) and urlsplit(url).port is None
    return f"{host}:80" if names_no_port and urlsplit(url).scheme == "http" else host


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """The address with these parameters after whatever query it has.

    >>> with_query("https://x.com/authorize?lang=en#top", {"oauth_token": "a b"})
    'https://x.com/authorize?lang=en&oauth_token=a+b#top'
    """
    where, hash_sign, fragment = url.partition("#")
    join = "?" if "?" not in where else "" if where.endswith(("?", "&")) else "&"
    return f"{where}{join}{urlencode(parameters)}{hash_sign}{fragment}"


def lines_of(value: Any) -> list[str]:
    """The lines of a ``Lines`` value, which is a list or a text; blank ones left out."""
    lines = value.splitlines() if isinstance(value, str) else value or []
    return [stripped for line in lines if (stripped := str(line).strip())]
