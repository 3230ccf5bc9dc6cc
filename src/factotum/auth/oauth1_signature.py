"""Signatures of OAuth 1.0a: RFC 5849, section 3.4, and nothing else of it.

A *pair* is a parameter's name and value, both percent-encoded as section 3.6 wants them. Pairs are
encoded once, here, and from then on only joined and sorted: that is what makes signing cheap.

https://www.rfc-editor.org/rfc/rfc5849#section-3.4
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from functools import lru_cache
from hmac import new as hmac_new
from urllib.parse import quote, unquote_to_bytes, urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from factotum.core.errors import BadInput, Refused

Pair = tuple[str, str]

FORM = "application/x-www-form-urlencoded"

_is_unreserved = re.compile(r"[A-Za-z0-9\-._~]*").fullmatch
_NOT_IN_A_URL = re.compile(r"[^\x21-\x7e]+")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def percent_encode(text: str) -> str:
    """Section 3.6: everything but ``A-Z a-z 0-9 - . _ ~`` as upper-case ``%XX`` of its UTF-8.

    >>> percent_encode("Ladies + Gentlemen!")
    'Ladies%20%2B%20Gentlemen%21'
    """
    if _is_unreserved(text):
        return text
    return quote(text.encode("utf-8", "replace"), safe="")


def form_pairs(encoded: bytes) -> list[Pair]:
    """The pairs of a query or a form body, in their order; ``+`` is a space (section 3.4.1.3.1).

    Escapes are read into bytes, not characters, so that ``%FF`` stays ``%FF``; a broken escape is
    taken literally, as servers do. A flag without ``=`` has the value "".

    >>> form_pairs(b"a=1+2&b%5B%5D=%2B&flag")
    [('a', '1%202'), ('b%5B%5D', '%2B'), ('flag', '')]
    """
    pairs = []
    for part in encoded.decode("latin-1").split("&"):
        if part:
            name, _, value = part.partition("=")
            pairs.append((_recode(name), _recode(value)))
    return pairs


def _recode(part: str) -> str:
    if _is_unreserved(part):
        return part
    return quote(unquote_to_bytes(part.replace("+", " ").encode("latin-1")), safe="")


@lru_cache(maxsize=1024)
def base_string_uri(url: str) -> str:
    """Section 3.4.1.2: scheme and host in lower case, no default port, no query, no fragment.

    >>> base_string_uri("http://EXAMPLE.COM:80/r%20v/X?id=123")
    'http://example.com/r%20v/X'
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise BadInput("The address to sign is not an absolute http address.", code="bad-url")
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    # whoever sends a raw space or letter outside ASCII has to escape it, so it is signed escaped
    path = _NOT_IN_A_URL.sub(lambda raw: quote(raw[0]), parts.path)
    return f"{parts.scheme}://{host}{path or '/'}"


@lru_cache(maxsize=1024)
def _encoded_base_string_uri(url: str) -> str:
    return percent_encode(base_string_uri(url))


def normalized(pairs: Iterable[Pair]) -> str:
    """Section 3.4.1.3.2: sorted by name, then by value, as bytes; joined by ``=`` and ``&``."""
    return "&".join([f"{name}={value}" for name, value in sorted(pairs)])


def signature_base_string(method: str, url: str, body_pairs: list[Pair], oauth: list[Pair]) -> str:
    """Section 3.4.1: what is signed.

    ``body_pairs`` are those of a form body (of no other body), ``oauth`` those of the Authorization
    header without ``realm``; the query's pairs are read from ``url``. ``oauth_signature`` is left
    out wherever it comes from.

    >>> signature_base_string("get", "http://a.example/?b=2", [], [("oauth_nonce", "x")])
    'GET&http%3A%2F%2Fa.example%2F&b%3D2%26oauth_nonce%3Dx'
    """
    where, _, query = url.partition("#")[0].partition("?")
    pairs = [*form_pairs(query.encode("utf-8", "replace")), *body_pairs]
    pairs = [*(pair for pair in pairs if pair[0] != "oauth_signature"), *oauth]
    # what is normalized holds only unreserved characters, %, = and &: no general encoding needed
    encoded = normalized(pairs).replace("%", "%25").replace("=", "%3D").replace("&", "%26")
    return f"{method.upper()}&{_encoded_base_string_uri(where)}&{encoded}"


def signing_key(client_secret: str, token_secret: str) -> str:
    """Section 3.4.2: both secrets, encoded; the ``&`` stands also where there is no token yet."""
    return f"{percent_encode(client_secret)}&{percent_encode(token_secret)}"


def _hmac_sha1(base_string: str, key: str, _private_key: str) -> str:
    return _base64(hmac_new(key.encode(), base_string.encode(), "sha1").digest())


def _hmac_sha256(base_string: str, key: str, _private_key: str) -> str:
    return _base64(hmac_new(key.encode(), base_string.encode(), "sha256").digest())


def _rsa_sha1(base_string: str, _key: str, private_key: str) -> str:
    signed = _rsa_key(private_key).sign(base_string.encode(), PKCS1v15(), SHA1())  # noqa: S303 - RFC 5849 names this hash
    return _base64(signed)


def _plaintext(_base_string: str, key: str, _private_key: str) -> str:
    return key


def _base64(raw: bytes) -> str:
    return b2a_base64(raw, newline=False).decode()


def _rsa_key(private_key: str) -> RSAPrivateKey:
    if not private_key.strip():
        raise Refused(
            "The service signs with RSA-SHA1 but has no RSA private key: enter it in the service.",
            code="no-private-key",
        )
    try:
        # the key is its owner's own; proving its primes again for every request takes 50 ms
        key = load_pem_private_key(
            private_key.strip().encode(), None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise Refused(
            "The service's RSA private key cannot be read: enter an RSA key in PEM form, "
            "without a passphrase.",
            code="bad-private-key",
        ) from None
    return key


SIGNATURE_METHODS: dict[str, Callable[[str, str, str], str]] = {
    "HMAC-SHA1": _hmac_sha1,
    "HMAC-SHA256": _hmac_sha256,
    "RSA-SHA1": _rsa_sha1,
    "PLAINTEXT": _plaintext,
}
"""Name → function of (base string, signing key, RSA private key in PEM)."""
