"""``factotum link`` and ``factotum call``."""

from __future__ import annotations

import asyncio
import base64
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from factotum.cli.multipart import encode_multipart
from factotum.cli.pasting import pasted_line
from factotum.cli.session import ACTOR, ask, json_option, named_record, show_json
from factotum.core.http import Headers, Request, Response
from factotum.core.values import Record

if TYPE_CHECKING:
    from factotum.usecases.app import App
    from factotum.usecases.run_view import RunView

POLL = 1.0  # seconds between looks for the callback
MOMENT = 0.2  # seconds in which an input that is closed says so
PASTE = "paste the address it was sent to (or the PIN) here and press Enter."
BOTH_WAYS = f"Waiting for the callback. If your browser cannot reach it, {PASTE}"
ONLY_PASTED = (
    f"Nothing is running that could receive the callback. Where your browser stands then, {PASTE}"
)
ONLY_CALLBACK = "Waiting for the callback. Standard input is closed, so nothing can be pasted here."
NOTHING_COMES = (
    "Nothing can be pasted, as standard input is closed, and nothing is running that could receive "
    "the callback. Run the command in a terminal, or start `factotum serve` first."
)


@click.command()
@click.argument("account")
@json_option
def link(account: str, as_json: bool) -> None:
    """Link ACCOUNT: prints the consent address, then waits for the callback or a pasted one.

    Where standard input is closed it waits for the callback alone, if `factotum serve` is running to
    receive it; else it ends at once.
    """
    record = ask(lambda app: _link(app, account, as_json=as_json))
    if as_json:
        show_json({"id": record.id, "label": record.label, **record.values})
    else:
        click.echo(f"Linked as {record.get('linked_as') or record.label}.")


async def _link(app: App, account: str, *, as_json: bool) -> Record:
    record = await named_record(app, "connected_account", account)
    before = await app.secrets_set_at(ACTOR, record.ref)
    consent = await app.link_start(ACTOR, record.ref, return_to="")
    if consent.is_linked:  # nobody had to be asked
        return await app.get(ACTOR, record.ref)
    click.echo("Open this address and allow access:", err=True)
    click.echo(consent.url, err=as_json)
    pasted, said = pasted_line(), ""
    await asyncio.wait([pasted], timeout=MOMENT)
    while not (pasted.done() and pasted.result()):
        if await app.secrets_set_at(ACTOR, record.ref) != before:
            return await app.get(ACTOR, record.ref)
        await app.link_check(ACTOR, consent.state)
        if time.time() > consent.expires_at:
            raise click.ClickException("The link has expired; run the command again.")
        if (ways := await _ways(app, pasted)) != said:
            click.echo(said := ways, err=True)
        await (asyncio.sleep(POLL) if pasted.done() else asyncio.wait([pasted], timeout=POLL))
    return await app.link_paste(ACTOR, record.ref, pasted.result())


async def _ways(app: App, pasted: asyncio.Future[str]) -> str:
    """How the callback may come from here on, in words; ends the command where it cannot."""
    is_received = bool(await app.other_processes())
    if not pasted.done() or pasted.result():
        return BOTH_WAYS if is_received else ONLY_PASTED
    if not is_received:
        raise click.ClickException(NOTHING_COMES)
    return ONLY_CALLBACK


@click.command()
@click.argument("account")
@click.argument("method")
@click.argument("url")
@click.option("-H", "header_lines", multiple=True, metavar="'Name: value'", help="Send a header.")
@click.option("-d", "data", metavar="BODY|@FILE", help="Send a body; @- is standard input.")
@click.option("-F", "form", multiple=True, metavar="NAME=VALUE|NAME=@FILE", help="Send a form.")
@json_option
def call(
    account: str,
    method: str,
    url: str,
    header_lines: tuple[str, ...],
    data: str | None,
    form: tuple[str, ...],
    as_json: bool,
) -> None:
    """Call URL as ACCOUNT: signed, sent once, recorded. Prints the answer's body."""
    if data is not None and form:
        raise click.UsageError("Use -d or -F, not both.")
    request = _request(method, url, _headers(header_lines), data, form)

    async def work(app: App) -> tuple[RunView, Response | None]:
        return await app.call(ACTOR, account, request)

    view, answer = ask(work)
    if answer is None:
        raise click.ClickException(view.error)
    if as_json:
        show_json({"run": view.id, **_answer_json(answer)})
    else:
        sys.stdout.buffer.write(answer.body)
        sys.stdout.buffer.flush()
        if sys.stdout.isatty():
            click.echo()
    if answer.status >= 400:
        click.echo(f"The service answered {answer.status}.", err=True)
        sys.exit(1)


def _answer_json(answer: Response) -> dict[str, Any]:
    """A repeated header's values joined by ", "; a body that is no text in base64."""
    names = dict.fromkeys(name.lower() for name, _ in answer.headers)
    headers = {name: answer.header(name) for name in names}
    try:
        body = {"body": answer.body.decode()}
    except UnicodeDecodeError:
        body = {"body_base64": base64.b64encode(answer.body).decode()}
    return {"status": answer.status, "headers": headers, **body}


def _headers(lines: tuple[str, ...]) -> Headers:
    pairs = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise click.UsageError(f"-H wants 'Name: value', not {line!r}.")
        pairs.append((name.strip(), value.strip()))
    return tuple(pairs)


def _request(
    method: str, url: str, headers: Headers, data: str | None, form: tuple[str, ...]
) -> Request:
    if form:
        content_type, body = encode_multipart(form)
        return Request(method.upper(), url, (*headers, ("Content-Type", content_type)), body)
    request = Request(method.upper(), url, headers, _body(data))
    if request.body and not request.content_type:
        request = request.with_header("Content-Type", "application/x-www-form-urlencoded")
    return request


def _body(data: str | None) -> bytes:
    if data is None:
        return b""
    if data == "@-":
        return sys.stdin.buffer.read()
    if data.startswith("@"):
        path = Path(data[1:])
        if not path.is_file():
            raise click.UsageError(f"There is no file {path}.")
        return path.read_bytes()
    return data.encode()


COMMANDS = (link, call)
