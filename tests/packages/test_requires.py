from __future__ import annotations

import pytest

from factotum.packages.requires import plugin_findings, version_faults


@pytest.mark.parametrize("version", ["", "8.2.5", "9.1.0", "9", "10.4", "10.4.99", " 9.1.0 "])
def test_versions_up_to_10_4_are_met(version):
    assert list(version_faults(version)) == []


@pytest.mark.parametrize("version", ["10.5", "10.10.0", "11.0.0", "99"])
def test_a_later_version_is_refused(version):
    (fault,) = version_faults(version)
    assert fault.code == "newer-version"
    assert fault.path == "package.requires.cerb_version"


@pytest.mark.parametrize("version", ["nine", "9.x", "9.1.0-beta", "v9", "9" * 50])
def test_what_is_no_version_is_refused(version):
    (fault,) = version_faults(version)
    assert fault.code in {"wrong-value", "newer-version"}


def test_plugins_are_told_apart():
    faults, warnings = plugin_findings(
        ["cerberusweb.core", "wgm.jira", "acme.rockets", "cerb.webhoks"]
    )
    assert [fault.path for fault in faults] == ["package.requires.plugins[2]"]
    assert len(warnings) == 2
    assert "wgm.jira" in warnings[0]
