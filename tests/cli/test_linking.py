"""``factotum link``: consent, the address pasted back, what it says then."""

import json

from tests.cli.conftest import link


def test_linking_by_pasting_says_as_whom(product, made, sandbox):
    code, out, _ = link(product, sandbox)

    assert (code, out.strip()) == (0, "Linked as @alice.")


def test_linking_with_json_prints_json_alone(product, made, sandbox):
    code, out, _ = link(product, sandbox, "--json")

    assert code == 0
    assert json.loads(out)["linked_as"] == "@alice"


def test_consent_denied_is_told(product, made, sandbox):
    code, out, err = link(product, sandbox, allow=False)

    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "keeps what it had" in err or "nothing was changed" in err.lower() or "not" in err
