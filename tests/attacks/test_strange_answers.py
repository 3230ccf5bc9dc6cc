"""What services and packages say is shown, and never becomes a page of ours."""

import pytest

from factotum.core.http import Response
from factotum.web.api.relayed import Relayed
from factotum.web.templatetags.factotum import formatted


def test_an_answer_that_is_handed_on_speaks_for_no_origin():
    theirs = (
        ("Content-Type", "text/html"),
        ("Content-Security-Policy", "default-src *"),
        ("X-Content-Type-Options", "sniff"),
        ("Service-Worker-Allowed", "/"),
        ("Set-Cookie", "factotum_session=theirs"),
        ("X-Factotum-Run", "a run that never was"),
        ("X-Rate-Limit", "7"),
    )
    answer = Relayed(Response(200, theirs, b"<script>alert(1)</script>"))
    answer["X-Factotum-Run"] = "ours"

    headers = {name.lower(): value for name, value in answer.items()}
    assert headers == {
        "content-type": "text/html",
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
        "x-factotum-run": "ours",
        "x-rate-limit": "7",
    }


@pytest.mark.parametrize(
    "said",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)><use href='data:image/svg+xml,x'></use></svg>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,x'>x</a>",
        "<form action='/sign-out' method=post><button>Go on</button></form>",
        "<button hx-post='/setup/team/add' hx-trigger='load'>x</button>",
        "<p data-hx-get='/x' data-press style='position:fixed' class='notice' id='main'>x</p>",
        "<iframe src='/'></iframe><base href='//evil.example'><meta http-equiv=refresh>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](data:text/html;base64,eA==)",
    ],
)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_nothing_that_a_bot_says_is_active(said, form):
    shown = formatted(said, form).lower()

    active = ["<script", "<form", "<button", "<iframe", "<svg", "<base", "<meta", "<style"]
    attributes = [" onerror=", " onload=", " hx-", " data-", " style=", " class=", " id="]
    addresses = ['href="javascript', 'href="data', 'src="data:text']
    tags = shown.replace("&lt;", "").split("<")[1:]
    inside = " ".join(tag.split(">")[0] for tag in tags)
    assert [bad for bad in active if bad in shown] == []
    assert [bad for bad in [*attributes, *addresses] if bad in inside] == []
