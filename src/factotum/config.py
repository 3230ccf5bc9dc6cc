"""Settings: read once from the environment, checked, frozen. A wrong one stops the start with a hint."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from factotum.part import Part, part_in

PREFIX = "FACTOTUM_"

NAMES = {
    "FACTOTUM_DATA": "folder for the database, the root key and files (default ./factotum-data)",
    "FACTOTUM_DATABASE_URL": "postgresql://user:password@host/name (default: SQLite in the data folder)",
    "FACTOTUM_BASE_URL": "the address people and providers use, e.g. https://bots.example.com",
    "FACTOTUM_ROOT_KEY": "the root key itself: 32 bytes as base64 or hex",
    "FACTOTUM_ROOT_KEY_FILE": "a file that holds the root key",
    "FACTOTUM_ALLOW_HOSTS": "hosts and CIDRs the guard lets through, e.g. 127.0.0.1/32",
    "FACTOTUM_TRUSTED_PROXIES": "addresses and CIDRs of proxies whose X-Forwarded-For is believed",
    "FACTOTUM_SANDBOX_URL": "address of a sandbox that stands in for X (set by `factotum demo`)",
    "FACTOTUM_HTTP_TIMEOUT": "seconds one request may take in all (default 30)",
    "FACTOTUM_CONCURRENCY": "durable runs that one process walks at once (default 32)",
    "FACTOTUM_LOG": "json or text (default text)",
    "FACTOTUM_METRICS": "who may read /metrics without a token: local, token (nobody), open or off",
    "FACTOTUM_METRICS_PORT": "a port of loopback, or address:port, with this process's metrics alone",
    "FACTOTUM_TRACE_HOSTS": "hosts that are told the trace of a request, e.g. api.corp.example",
    "FACTOTUM_RETAIN_DAYS": "days that runs are kept (default 90)",
    "FACTOTUM_RETAIN_RUNS": "runs that are kept at most (default: as many as come)",
}
"""Every setting there is; ``docs/settings.md`` is checked against it."""

OTLP = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own variables: where one is set, spans are sent."""

FOREIGN = re.compile(r"^FACTOTUM_TEST_")  # the tests' own

HOST = re.compile(r"^(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?(:\d{1,5})?$", re.IGNORECASE)


class WrongSetting(ValueError):
    """A setting cannot be used; the text names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. ``base_url`` has no trailing slash; ``http_timeout`` is in seconds."""

    data: Path
    database_url: str = field(repr=False)  # holds the database's password
    base_url: str = "http://127.0.0.1:8000"
    root_key: str = field(default="", repr=False)
    root_key_file: Path | None = None
    allow_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    sandbox_url: str = ""
    http_timeout: float = 30.0
    concurrency: int = 32
    log: str = "text"
    metrics: str = "local"
    metrics_address: tuple[str, int] | None = None
    trace_hosts: tuple[str, ...] = ()
    has_spans: bool = False
    retain_days: int = 90
    retain_runs: int | None = None
    part: Part | None = None

    @property
    def callback_url(self) -> str:
        """What is registered at providers."""
        return f"{self.base_url}/oauth/callback"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is the file in the data folder."""
        return self.database_url.startswith("sqlite:")

    @property
    def works(self) -> bool:
        """Whether this process, if it serves, walks durable runs, fires what is due and keeps house.

        On SQLite one process does.
        """
        return self.part is None or self.part.number == 1 or not self.is_sqlite


def load(environ: Mapping[str, str]) -> Config:
    """The settings in this environment; raises WrongSetting naming the first that cannot be used.

    >>> load({"FACTOTUM_BASE_URL": "https://bots.example.com/"}).callback_url
    'https://bots.example.com/oauth/callback'
    """
    _refuse_unknown(environ)
    data = Path(environ.get("FACTOTUM_DATA") or "factotum-data").absolute()
    if environ.get("FACTOTUM_ROOT_KEY") and environ.get("FACTOTUM_ROOT_KEY_FILE"):
        raise WrongSetting("Set FACTOTUM_ROOT_KEY or FACTOTUM_ROOT_KEY_FILE, not both.")
    key_file = environ.get("FACTOTUM_ROOT_KEY_FILE")
    return Config(
        data=data,
        database_url=_database_url(environ.get("FACTOTUM_DATABASE_URL", ""), data),
        base_url=_address("FACTOTUM_BASE_URL", environ) or "http://127.0.0.1:8000",
        sandbox_url=_address("FACTOTUM_SANDBOX_URL", environ),
        root_key=environ.get("FACTOTUM_ROOT_KEY", ""),
        root_key_file=Path(key_file).absolute() if key_file else None,
        allow_hosts=_allow_hosts(environ.get("FACTOTUM_ALLOW_HOSTS", "")),
        trusted_proxies=_trusted_proxies(environ.get("FACTOTUM_TRUSTED_PROXIES", "")),
        http_timeout=_positive("FACTOTUM_HTTP_TIMEOUT", environ, 30.0),
        concurrency=int(_positive("FACTOTUM_CONCURRENCY", environ, 32)) or 1,
        log=_one_of("FACTOTUM_LOG", environ, ("text", "json")),
        metrics=_one_of("FACTOTUM_METRICS", environ, ("local", "token", "open", "off")),
        metrics_address=_port(environ.get("FACTOTUM_METRICS_PORT", "")),
        trace_hosts=_hosts("FACTOTUM_TRACE_HOSTS", environ),
        has_spans=any(environ.get(name) for name in OTLP),
        retain_days=int(_positive("FACTOTUM_RETAIN_DAYS", environ, 90)) or 1,
        retain_runs=_count("FACTOTUM_RETAIN_RUNS", environ),
        part=part_in(environ),
    )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in NAMES and not FOREIGN.match(name):
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(NAMES)}."
            raise WrongSetting(f"There is no setting {name}.{hint}")


def _database_url(value: str, data: Path) -> str:
    if not value:
        return f"sqlite:///{data / 'factotum.sqlite3'}"
    if urlsplit(value).scheme in {"postgresql", "postgres"} or value.startswith("sqlite:///"):
        return value
    raise WrongSetting(
        "FACTOTUM_DATABASE_URL must begin with postgresql:// (or be left out for SQLite)."
    )


def _address(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or parts.username:
        raise WrongSetting(
            f"{name} is {value!r}; it must be an address such as https://bots.example.com"
        )
    return value.rstrip("/")


def _allow_hosts(value: str) -> tuple[str, ...]:
    entries = tuple(entry.strip().lower() for entry in value.split(",") if entry.strip())
    for entry in entries:
        if not (_is_network(entry) or HOST.match(entry)):
            raise WrongSetting(
                f"FACTOTUM_ALLOW_HOSTS holds {entry!r}; an entry is a host, host:port, *.domain or "
                "a CIDR such as 127.0.0.1/32."
            )
    return entries


def _hosts(name: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    value = environ.get(name, "")
    entries = tuple(entry.strip().lower() for entry in value.split(",") if entry.strip())
    for entry in entries:
        if not HOST.match(entry):
            raise WrongSetting(
                f"{name} holds {entry!r}; an entry is a host, host:port or *.domain."
            )
    return entries


def _port(value: str) -> tuple[str, int] | None:
    """``9464`` or ``0.0.0.0:9464``; a port alone is one of loopback."""
    if not value:
        return None
    address, _, port = value.rpartition(":")
    try:
        ipaddress.ip_address(address.strip("[]") or "127.0.0.1")
        number = int(port) if port.isdecimal() else 0
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise WrongSetting(
            f"FACTOTUM_METRICS_PORT is {value!r}; it must be a port such as 9464, or an address and a "
            "port such as 10.0.0.5:9464."
        )
    return address.strip("[]") or "127.0.0.1", number


def _count(name: str, environ: Mapping[str, str]) -> int | None:
    value = environ.get(name, "")
    if not value:
        return None
    if not (value.isdecimal() and value.isascii()) or not 0 < int(value) < 1e12:
        raise WrongSetting(f"{name} is {value!r}; it must be a whole number above 0.")
    return int(value)


def _trusted_proxies(value: str) -> tuple[str, ...]:
    entries = tuple(entry.strip() for entry in value.split(",") if entry.strip())
    for entry in entries:
        if not _is_network(entry):
            raise WrongSetting(
                f"FACTOTUM_TRUSTED_PROXIES holds {entry!r}; an entry is an address such as 127.0.0.1 "
                "or a CIDR such as 10.0.0.0/8."
            )
    return entries


def _is_network(entry: str) -> bool:
    try:
        ipaddress.ip_network(entry)
    except ValueError:
        return False
    return True


def _positive(name: str, environ: Mapping[str, str], default: float) -> float:
    value = environ.get(name, "")
    if not value:
        return default
    try:
        number = float(value)
    except ValueError:
        number = 0
    if not 0 < number < 1e6:
        raise WrongSetting(f"{name} is {value!r}; it must be a number above 0.")
    return number


def _one_of(name: str, environ: Mapping[str, str], values: tuple[str, ...]) -> str:
    value = environ.get(name) or values[0]
    if value not in values:
        raise WrongSetting(f"{name} is {value!r}; it must be one of {', '.join(values)}.")
    return value
