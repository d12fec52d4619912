from pathlib import Path

import pytest

from acme_notes.settings import (
    SettingsError,
    http_token,
    load,
)

from support import environment


def test_defaults(tmp_path: Path) -> None:
    settings = load(environment(tmp_path))
    assert settings.database == tmp_path / "notes.sqlite3"
    assert settings.log_level == 30
    assert settings.http_token is None


def test_the_database_is_in_the_users_folder(tmp_path: Path) -> None:
    environ = environment(tmp_path, DATABASE="") | {"XDG_DATA_HOME": str(tmp_path)}
    assert load(environ).database.name == "notes.sqlite3"


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("t" * 32 + "\n")
    settings = load(environment(tmp_path, HTTP_TOKEN_FILE=str(path)))
    assert http_token(settings) == "t" * 32


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    settings = load(environment(tmp_path, HTTP_TOKEN="t" * 32))
    assert "tttt" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("LOG", "loud", "LOG is not a level"),
        ("HTTP_TOKEN", "two words", "HTTP_TOKEN has blanks"),
        ("HTTP_TOKEN_FILE", "/no/such/file", "HTTP_TOKEN_FILE names a file"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, value: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        load(environment(tmp_path, **{variable: value}))


# seaworthy:begin api|key
def test_the_key_of_the_api_is_needed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="API_KEY is not set"):
        load(environment(tmp_path, API_KEY=""))


# seaworthy:end api|key
# seaworthy:begin api|openapi
@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "file:///etc/passwd",
        "http://127.0.0.1:1@evil.example",
        "http://localhost.evil",
    ],
)
def test_the_key_goes_nowhere_unencrypted(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="API_URL is not an https"):
        load(environment(tmp_path, API_URL=url))


def test_a_stub_of_the_api_may_be_on_this_machine(tmp_path: Path) -> None:
    url = "http://127.0.0.1:8080"
    assert load(environment(tmp_path, API_URL=f"{url}/")).api_url == url


# seaworthy:end api|openapi
@pytest.mark.parametrize("token", ["", "t" * 31])
def test_the_http_token_has_32_characters(tmp_path: Path, token: str) -> None:
    settings = load(environment(tmp_path, HTTP_TOKEN=token))
    with pytest.raises(SettingsError, match="_HTTP_TOKEN"):
        http_token(settings)
