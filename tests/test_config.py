"""Settings are read once and a wrong one stops the start with a hint."""

import pytest

from factotum.config import WrongSetting, load


def test_it_needs_no_settings_at_all(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    config = load({})

    assert config.data == tmp_path / "factotum-data"
    assert config.is_sqlite
    assert config.callback_url == "http://127.0.0.1:8000/oauth/callback"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"FACTOTUM_DATEN": "x"}, "Did you mean FACTOTUM_DATA?"),
        ({"FACTOTUM_COLOUR": "red"}, "There is no setting FACTOTUM_COLOUR."),
        ({"FACTOTUM_BASE_URL": "bots.example.com"}, "https://bots.example.com"),
        ({"FACTOTUM_BASE_URL": "https://user:pw@host"}, "FACTOTUM_BASE_URL"),
        ({"FACTOTUM_BASE_URL": "http://["}, "FACTOTUM_BASE_URL"),
        ({"FACTOTUM_DATABASE_URL": "mysql://x"}, "postgresql://"),
        ({"FACTOTUM_ALLOW_HOSTS": "127.0.0.1/33"}, "127.0.0.1/33"),
        ({"FACTOTUM_TRUSTED_PROXIES": "127.0.0.1, proxy.local"}, "proxy.local"),
        ({"FACTOTUM_HTTP_TIMEOUT": "soon"}, "above 0"),
        ({"FACTOTUM_HTTP_TIMEOUT": "nan"}, "above 0"),
        ({"FACTOTUM_LOG": "xml"}, "json"),
        ({"FACTOTUM_ROOT_KEY": "a", "FACTOTUM_ROOT_KEY_FILE": "b"}, "not both"),
    ],
)
def test_it_refuses_a_wrong_setting_with_a_hint(environ, words):
    with pytest.raises(WrongSetting, match=words.replace("?", r"\?")):
        load(environ)


def test_it_takes_every_kind_of_allowed_host():
    config = load({"FACTOTUM_ALLOW_HOSTS": "127.0.0.1/32, api.local:8100,*.corp.example, ::1"})

    assert config.allow_hosts == ("127.0.0.1/32", "api.local:8100", "*.corp.example", "::1")


def test_it_never_prints_the_root_key_or_the_database_password():
    config = load(
        {"FACTOTUM_ROOT_KEY": "k3y", "FACTOTUM_DATABASE_URL": "postgresql://me:s3cret@db/x"}
    )

    assert "k3y" not in repr(config)
    assert "s3cret" not in repr(config)
