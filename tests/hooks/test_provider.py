"""Senders are files: each says what a person needs, and a faulty one is told."""

import pytest

from factotum.hooks.provider import described, providers, read
from factotum.hooks.signed_text import faults_in

GOOD = {
    "label": "Acme",
    "docs": "https://acme.example/docs",
    "secret_label": "Secret",
    "setup": ["Do this."],
    "signature": {"header": "x-acme"},
}


@pytest.mark.parametrize("provider", providers().values(), ids=lambda one: one.key)
def test_every_sender_says_what_a_person_needs(provider):
    assert provider.label
    assert provider.docs.startswith("https://")
    assert provider.secret_label
    assert all(sentence.endswith(".") for sentence in provider.setup)
    assert provider.setup
    assert provider.signature.header == provider.signature.header.lower()


def test_the_one_that_is_described_by_hand_stands_last():
    assert list(providers())[-1] == "hmac"


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"signature": {"header": "x", "colour": "red"}},
        {"signature": {"header": "x", "signed": "{time}"}},
        {"signature": {"header": "x", "signed": "{timestamp}"}},
        {"delivery": ["somewhere"]},
    ],
)
def test_a_faulty_file_is_told_by_its_name(change):
    assert read("acme", GOOD).label == "Acme"
    with pytest.raises(ValueError, match=r"^acme: "):
        read("acme", {**GOOD, **change})


def test_only_the_one_by_hand_can_be_described():
    told = {"signature_header": "x-mine", "signed_text": "{body}"}

    assert described(providers()["github"], told) is providers()["github"]
    assert described(providers()["hmac"], told).signature.header == "x-mine"
    assert described(providers()["hmac"], {}) == providers()["hmac"]


@pytest.mark.parametrize(
    "pattern", ["{body}", "{url}{params}", "v0:{timestamp}:{body}", "{{body}}"]
)
def test_a_pattern_that_signs_the_body_is_good(pattern):
    assert faults_in(pattern) == ""


@pytest.mark.parametrize("pattern", ["", "body", "{timestamp}", "{Body}", "{body}{secret}"])
def test_a_pattern_that_does_not_is_told(pattern):
    assert faults_in(pattern)
