"""Amazon Web Services: Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import digest
from typing import ClassVar
from urllib.parse import quote, urlsplit

from factotum.auth.oauth1_signature import form_pairs, normalized
from factotum.auth.scheme import Credentials, Scheme, host_of, schemes
from factotum.core.errors import Refused
from factotum.core.fields import Fields, Secret, Text
from factotum.core.http import Request
from factotum.core.values import Moment

DOMAINS = (".amazonaws.com", ".amazonaws.com.cn")
DEFAULT_REGION = "us-east-1"
"""Where services without a region in their host name (IAM, STS …) are signed for."""
SIGNED_AS = {"email": "ses", "bedrock-runtime": "bedrock", "bedrock-agent-runtime": "bedrock"}
"""Services that sign under another name than their host's."""

_is_region = re.compile(r"[a-z]{2}(-[a-z]+)+-\d").fullmatch


@schemes.add("cerb.service.provider.aws")
class Aws(Scheme):
    """Access key and secret key; service and region follow from the host."""

    key: ClassVar[str] = "cerb.service.provider.aws"
    label: ClassVar[str] = "Amazon Web Services"
    service_fields: ClassVar[Fields] = Fields()
    account_fields: ClassVar[Fields] = Fields(
        Text(key="access_key", label="Access Key ID", required=True, placeholder="AKIA…"),
        Secret(key="secret_key", label="Secret Access Key", required=True),
        Secret(key="session_token", label="Session Token", help="For temporary keys only."),
    )

    def hosts(self, credentials: Credentials) -> tuple[str, ...]:
        """Every host of AWS: the signature itself is good for one host, service and region."""
        return tuple(f"*{domain}" for domain in DOMAINS)

    def sign(self, request: Request, credentials: Credentials, moment: Moment) -> Request:
        """The request with ``X-Amz-Date`` and its Authorization header."""
        target = target_of(request.url)
        date = f"{moment.at:%Y%m%dT%H%M%SZ}"
        dated = request.with_header("X-Amz-Date", date)
        if target.service == "s3":
            dated = dated.with_header("X-Amz-Content-Sha256", _hash(request.body))
        if token := credentials.account.get("session_token"):
            dated = dated.with_header("X-Amz-Security-Token", token)
        headers = _signed_headers(dated)
        scope = f"{date[:8]}/{target.region}/{target.service}/aws4_request"
        canonical = canonical_request(dated, headers, target.service)
        to_sign = f"AWS4-HMAC-SHA256\n{date}\n{scope}\n{_hash(canonical.encode())}"
        key = _signing_key(self.held(credentials, "secret_key"), scope)
        access_key = self.held(credentials, "access_key")
        return dated.with_header(
            "Authorization",
            f"AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={';'.join(headers)}, "
            f"Signature={digest(key, to_sign.encode(), 'sha256').hex()}",
        )


@dataclass(frozen=True, slots=True)
class Target:
    """What a signature is good for."""

    service: str
    region: str


def target_of(url: str) -> Target:
    """``https://sqs.eu-west-1.amazonaws.com/`` → ``Target("sqs", "eu-west-1")``.

    Names may stand before the service (``bucket.s3.…``, ``abc.execute-api.…``); the region may
    stand before it too (``eu-west-1.es.…``) or be missing.
    """
    host = (urlsplit(url).hostname or "").lower()
    domain = next((domain for domain in DOMAINS if host.endswith(domain)), "")
    if not domain:
        raise Refused(
            f"An AWS account signs for hosts of amazonaws.com only, not for {host}.",
            code="not-an-aws-host",
        )
    labels = [label for label in host.removesuffix(domain).split(".") if label != "dualstack"]
    region = next((label for label in reversed(labels) if _is_region(label)), DEFAULT_REGION)
    service = next((label for label in reversed(labels) if not _is_region(label)), "")
    return Target(SIGNED_AS.get(service, service), region)


def canonical_request(request: Request, headers: Mapping[str, str], service: str) -> str:
    """Verb, path, sorted query, headers, their names and the body's hash, a line each."""
    parts = urlsplit(request.url)
    # every service but S3 has the encoded path encoded once more
    path = parts.path if service == "s3" else quote(_without_dots(parts.path), safe="/~")
    query = normalized(form_pairs(parts.query.encode("utf-8", "replace")))
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    head = f"{request.method.upper()}\n{path or '/'}\n{query}\n{lines}"
    return f"{head}\n{';'.join(headers)}\n{_hash(request.body)}"


def _signed_headers(request: Request) -> dict[str, str]:
    """Host, Content-Type and all of Amazon's own, by name; runs of spaces count as one."""
    names = {name.lower() for name, _ in request.headers}
    chosen = sorted(name for name in names if name == "content-type" or name.startswith("x-amz-"))
    values = {name: " ".join(request.header(name).split()) for name in chosen}
    return dict(sorted({**values, "host": _host(request.url)}.items()))


def _host(url: str) -> str:
    default = {"https": ":443", "http": ":80"}.get(urlsplit(url).scheme, "")
    return host_of(url).removesuffix(default)


def _without_dots(path: str) -> str:
    """No ``.``, ``..`` or empty segments; a slash at the end stays."""
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment not in {"", "."}:
            kept.append(segment)
    tail = "/" if kept and path.endswith("/") else ""
    return f"/{'/'.join(kept)}{tail}"


def _signing_key(secret_key: str, scope: str) -> bytes:
    """A key for one day, region and service, so that the secret itself signs nothing else."""
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = digest(key, part.encode(), "sha256")
    return key


def _hash(raw: bytes) -> str:
    return sha256(raw).hexdigest()
