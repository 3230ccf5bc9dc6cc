"""What the door does not go to: by URL, by DNS, by socket and after redirects."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver
from tests.servers.wire import Wire, redirect

from factotum.core.errors import Refused
from factotum.core.http import Request
from factotum.net.connector import Attempt, GuardedConnector, current
from factotum.net.door import Door
from factotum.net.guard import Guard
from factotum.net.targets import Origin


class Names(AbstractResolver):
    """A DNS of our own: each name's answers in turn, the last one for good."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = answers

    async def resolve(self, host, port=0, family=socket.AF_INET):
        answers = self._answers[host.partition(".")[0]]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            {"hostname": host, "host": a, "port": port, "family": family, "proto": 0, "flags": 0}
            for a in addresses
        ]

    async def close(self):
        pass


async def refusal(door: Door, url: str) -> Refused:
    with pytest.raises(Refused) as refused:
        await door.send(Request("GET", url))
    return refused.value


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "2130706433"]
)
async def test_it_does_not_reach_the_own_machine(host):
    async with Wire() as server, Door() as door:
        refused = await refusal(door, f"http://{host}:{server.port}/")
        assert refused.code == "private-address"
        assert not refused.sent
        assert server.connections == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
        "http://100.100.100.200/latest/meta-data/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://10.0.0.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[2002:7f00:1::]/",
    ],
)
async def test_it_refuses_addresses_that_are_not_public(url):
    async with Door() as door:
        assert (await refusal(door, url)).code == "private-address"


async def test_an_allowed_network_is_let_through_and_its_neighbour_is_not(door):
    async with Wire() as server, Wire(host="127.0.0.2") as neighbour:
        assert (await door.send(Request("GET", server.url))).status == 200
        assert (await refusal(door, neighbour.url)).code == "private-address"
        assert neighbour.connections == 0


async def test_an_allowed_name_is_let_through():
    async with Wire() as server, Door(allow_hosts=[f"localhost:{server.port}"]) as door:
        assert (await door.send(Request("GET", f"http://localhost:{server.port}/"))).status == 200
        assert (await refusal(door, server.url)).code == "private-address"


async def test_a_name_that_leads_inside_is_refused_with_its_address():
    async with Door(resolver=Names(evil=[["10.0.0.5"]])) as door:
        refused = await refusal(door, "http://evil.example/secret-path")
        assert refused.code == "private-address"
        assert "evil.example leads to 10.0.0.5" in str(refused)
        assert "secret-path" not in str(refused)


async def test_a_name_with_one_address_inside_is_refused_whole():
    async with Door(resolver=Names(mixed=[["8.8.8.8", "10.0.0.5"]])) as door:
        assert (await refusal(door, "http://mixed.example/")).code == "private-address"


async def test_dns_that_changes_its_answer_reaches_nothing_inside():
    answers = Names(rebind=[["127.0.0.1"], ["127.0.0.2"]])
    closing = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with (
        Wire(closing) as server,
        Wire(host="127.0.0.2", port=server.port) as inside,
        Door(allow_hosts=["127.0.0.1/32"], resolver=answers) as door,
    ):
        url = f"http://rebind.example:{server.port}/"
        assert (await door.send(Request("GET", url))).status == 200
        door._pools.here().connector.clear_dns_cache()  # as if its ten seconds were over
        assert (await refusal(door, url)).code == "private-address"
        assert inside.connections == 0


async def test_a_socket_is_not_even_opened_to_an_address_that_no_resolver_checked():
    connector = GuardedConnector(Guard(), Names(), None, 1)
    attempt = Attempt(Origin("http", "unchecked.example", 80))
    token = current.set(attempt)
    try:
        with pytest.raises(OSError, match="refused"):
            connector._socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80)))
        assert attempt.refusal.code == "private-address"
    finally:
        current.reset(token)
        await connector.close()


async def test_a_connection_that_ended_up_elsewhere_is_closed_before_a_byte_is_written():
    class Astray(GuardedConnector):
        """Its sockets go unchecked, as if something between us and the address had moved them."""

        def _socket(self, address):
            return socket.socket(address[0], address[1], address[2])

    async with Wire(host="127.0.0.2") as inside:
        attempt = Attempt(Origin("http", "127.0.0.2", inside.port, True))
        token = current.set(attempt)
        connector = Astray(Guard(["127.0.0.1/32"]), Names(), None, 1)
        try:
            async with aiohttp.ClientSession(connector=connector) as session:
                with pytest.raises(aiohttp.ClientError):
                    await session.get(inside.url)
        finally:
            current.reset(token)
        assert attempt.refusal.code == "private-address"
        assert not attempt.has_left
        assert inside.requests == []


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/",
        "http://2130706434:{port}/",
        "http://[::ffff:127.0.0.2]:{port}/",
        "//127.0.0.2:{port}/",
    ],
)
async def test_a_redirect_inside_is_refused_and_tells_that_something_was_sent(door, location):
    async with Wire(host="127.0.0.2") as inside, Wire() as server:
        server.answer = redirect(302, location.format(port=inside.port))
        refused = await refusal(door, server.url)
        assert refused.code == "private-address"
        assert refused.sent
        assert inside.connections == 0


async def test_a_redirect_to_another_scheme_is_refused(door):
    async with Wire(redirect(302, "file:///etc/passwd")) as server:
        assert (await refusal(door, server.url)).code == "scheme-not-allowed"


def test_a_faulty_entry_stops_the_start():
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/99"):
        Door(allow_hosts=["10.0.0.0/99"])
