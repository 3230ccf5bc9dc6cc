"""What is known of services: files of data."""

import json

import pytest

from factotum.runs.budgets.prices import read_table
from factotum.runs.limits.rules import FOLDER, Pattern, all_rules, read, rules_for


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_every_file_can_be_read(file):
    rules = read(json.loads(file.read_text()))
    read_table(rules.prices)
    assert rules.hosts


@pytest.mark.parametrize("rules", all_rules(), ids=lambda rules: rules.name)
def test_windows_of_another_length_are_those_of_families_there_are(rules):
    for window in rules.windows:
        for family in window.spans:
            method, _, path = family.partition(" ")
            known = {each.name for each in rules.families}
            assert family in known or rules.family(method, path) == family


def test_no_host_belongs_to_two_files():
    hosts = [host for rules in all_rules() for host in rules.hosts]
    assert len(hosts) == len(set(hosts))


@pytest.mark.parametrize(
    ("request_line", "family"),
    [
        ("GET /2/users/me", "GET /2/users/me"),
        ("GET /2/users/2244994945", "GET /2/users/:id"),
        ("GET /2/users/2244994945/mentions", "GET /2/users/:id/mentions"),
        ("GET /2/users/by/username/ada", "GET /2/users/by/username/:username"),
        ("POST /2/tweets", "POST /2/tweets"),
        ("GET /2/something/1234567/new", "GET /2/something/:id/new"),
    ],
)
def test_a_request_has_a_family_at_x(request_line, family):
    method, _, path = request_line.partition(" ")
    assert rules_for("api.twitter.com").family(method, path) == family


def test_hosts_of_one_service_share_their_windows():
    assert rules_for("api.twitter.com").host("api.twitter.com") == "api.x.com"
    assert rules_for("127.0.0.1:81").host("127.0.0.1:81") == "127.0.0.1:81"


def test_github_counts_by_resource():
    github = rules_for("api.github.com:443")
    assert github.family("GET", "/search/issues") == "search"
    assert github.family("PATCH", "/repos/a/b") == "core"


def test_an_unknown_service_has_its_paths_without_ids():
    other = rules_for("api.example.com")
    assert other.family("GET", "/v1/orders/81/lines/ab12ef34ab12ef34") == (
        "GET /v1/orders/:id/lines/:id"
    )
    assert len(other.family("GET", "/x" * 1000)) <= 160


def test_a_code_that_nobody_knows_is_refused():
    rule = {"status": [429], "code": "whatever"}
    with pytest.raises(ValueError, match="whatever"):
        read({"name": "N", "hosts": ["n"], "refusals": [rule]})


def test_the_pattern_that_names_most_counts():
    open_, closed = Pattern.read("GET /2/users/*"), Pattern.read("GET /2/users/:id/tweets")
    assert closed.weight > open_.weight
    assert open_.matches("GET", ("2", "users", "7", "tweets"))
    assert not closed.matches("GET", ("2", "users", "7"))
