import tomllib
from pathlib import Path

import pytest

from acme_notes import (
    NAME,
    PREFIX,
    __version__,
)
from acme_notes.__main__ import main

ROOT = Path(__file__).parents[2]


def test_the_version_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"{NAME} {__version__}\n"


def test_http_without_a_token_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(f"{PREFIX}API_KEY", "an-invented-key")
    # seaworthy:begin openapi
    monkeypatch.setenv(f"{PREFIX}API_URL", "http://127.0.0.1:9")
    # seaworthy:end openapi
    monkeypatch.delenv(f"{PREFIX}HTTP_TOKEN", raising=False)
    assert main(["--http", "127.0.0.1:0"]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith(f"{NAME}: {PREFIX}HTTP_TOKEN is not set")


# seaworthy:begin api|key
def test_without_the_key_it_does_not_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(f"{PREFIX}API_KEY", raising=False)
    assert main([]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"{NAME}: {PREFIX}API_KEY is not set; ")
    assert error.count("\n") == 1


# seaworthy:end api|key
def test_a_database_that_cannot_be_opened_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv(f"{PREFIX}API_KEY", "an-invented-key")
    # seaworthy:begin openapi
    monkeypatch.setenv(f"{PREFIX}API_URL", "http://127.0.0.1:9")
    # seaworthy:end openapi
    monkeypatch.setenv(f"{PREFIX}DATABASE", str(tmp_path))
    assert main([]) == 2
    assert f"{PREFIX}DATABASE" in capsys.readouterr().err
