"""A person with a browser that shows nothing: cookies, forms with their token, no script."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.servers.product import Answer, Product, send

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    """Somebody at a product's pages."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Answer:
        """A page; redirects are not followed."""
        return self._send("GET", path, None, headers)

    def post(self, path: str, page: str = "", **fields: str) -> Answer:
        """A form of ``page`` (else of the address it goes to), with that page's token."""
        token = TOKEN.search(self.get(page or path).text)
        sent = fields | ({"csrfmiddlewaretoken": token[1]} if token else {})
        return self._send("POST", path, sent, {})

    def _send(
        self, method: str, path: str, fields: dict[str, str] | None, headers: dict[str, str]
    ) -> Answer:
        pairs = [(name.replace("_", "-"), value) for name, value in headers.items()]
        pairs.append(("Cookie", "; ".join(f"{key}={value}" for key, value in self.cookies.items())))
        body = None
        if fields is not None:
            body = urlencode(fields).encode()
            pairs.append(("Content-Type", "application/x-www-form-urlencoded"))
        answer = send(self.product.url, method, path, body, pairs)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                jar = SimpleCookie(value)
                self.cookies |= {key: morsel.value for key, morsel in jar.items()}
        return answer


def signed_in(product: Product, name: str, *options: str) -> Person:
    """A new person, come in by the one-time link that the command line prints."""
    done = product.command("user", "add", name, *options)
    assert done.code == 0, done.err
    person = Person(product)
    answer = person.post(done.out.split(product.url)[-1].strip())
    assert answer.status == 302, answer.text
    return person
