"""How long it takes to sign one request with OAuth 1.0a, beside oauthlib and authlib.

    python -m benchmarks.signing

Prints microseconds per request (the best of several rounds, which is the least disturbed one) and
how many times as long the libraries take. Every signature is checked by oauthlib before timing.
"""

from __future__ import annotations

import time
import timeit

from authlib.oauth1 import ClientAuth
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from oauthlib.common import Request as OauthlibRequest
from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849 import signature as oauthlib

from factotum.auth.oauth1 import OAuth1
from factotum.auth.scheme import Credentials
from factotum.core.http import Request
from factotum.core.values import Moment

SERVICE = {
    "client_id": "xvz1evFS4wEEPTGEFPHBog",
    "client_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
}
ACCOUNT = {
    "oauth_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    "oauth_token_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
}
FORM = "application/x-www-form-urlencoded"
REQUESTS = {
    "GET, 3 parameters": Request(
        "GET", "https://api.x.com/2/tweets/search/recent?query=cerb%20lang%3Aen&max_results=10&a=1"
    ),
    "POST, form": Request(
        "POST",
        "https://api.x.com/1.1/statuses/update.json?include_entities=true",
        (("Content-Type", FORM),),
        b"status=Hello+Ladies+%2B+Gentlemen%2C+a+signed+OAuth+request%21",
    ),
    "POST, JSON": Request(
        "POST",
        "https://api.x.com/2/tweets",
        (("Content-Type", "application/json"),),
        b'{"text": "Hello Ladies + Gentlemen, a signed OAuth request!"}',
    ),
}


def ours(request: Request):
    scheme, credentials = OAuth1(), Credentials(SERVICE, ACCOUNT)
    at = time.time()
    return lambda: scheme.sign(request, credentials, Moment.of(at, 1 << 100)).headers


def with_oauthlib(request: Request):
    client = Client(*SERVICE.values(), *ACCOUNT.values())
    is_form = request.content_type == FORM
    body, headers = request.body.decode() if is_form else None, dict(request.headers)
    return lambda: client.sign(request.url, request.method, body, headers)[1]


def with_authlib(request: Request):
    client = ClientAuth(*SERVICE.values(), *ACCOUNT.values())
    body, headers = request.body.decode(), dict(request.headers)
    return lambda: client.prepare(request.method, request.url, headers, body)[1]


def check(request: Request) -> None:
    headers = {"Authorization": dict(ours(request)())["Authorization"]}
    body = request.body.decode() if request.content_type == FORM else ""
    read = OauthlibRequest(request.url, request.method, body, headers)
    given = {"headers": headers, "body": read.body, "uri_query": read.uri_query}
    everything = oauthlib.collect_parameters(**given, exclude_oauth_signature=False)
    read.signature = dict(everything)["oauth_signature"]
    read.params = oauthlib.collect_parameters(**given)
    secrets = SERVICE["client_secret"], ACCOUNT["oauth_token_secret"]
    assert oauthlib.verify_hmac_sha1(read, *secrets), request


def microseconds(work) -> float:
    return min(timeit.repeat(work, number=500, repeat=9)) / 500 * 1e6


def methods() -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    scheme, request = OAuth1(), REQUESTS["POST, form"]
    for name in ("HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"):
        service = {**SERVICE, "signature_method": name, "rsa_private_key": pem}
        credentials, moment = Credentials(service, ACCOUNT), Moment.of(time.time(), 1)
        took = microseconds(lambda c=credentials, m=moment: scheme.sign(request, c, m))
        print(f"{name:20} {took:10.1f}")


def run() -> None:
    """Measure and print."""
    print(f"{'µs, HMAC-SHA1':20} {'ours':>10} {'oauthlib':>10} {'authlib':>10} {'ratios':>14}")
    for name, request in REQUESTS.items():
        check(request)
        took = [microseconds(make(request)) for make in (ours, with_oauthlib, with_authlib)]
        ratios = f"{took[1] / took[0]:5.1f} ×  {took[2] / took[0]:5.1f} ×"
        print(f"{name:20} {took[0]:10.1f} {took[1]:10.1f} {took[2]:10.1f} {ratios:>14}")
    print("\nµs by method (POST, form)")
    methods()


if __name__ == "__main__":
    run()
