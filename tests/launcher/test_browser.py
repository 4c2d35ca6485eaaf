from pathlib import Path

import pytest

from governance.cli import browser


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any browser."""
    monkeypatch.delenv("GOVERNANCE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "downloads"))


def _program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return str(path)


def test_where_there_is_none_none_is_found() -> None:
    assert browser.find() is None


def test_the_newest_download_is_the_last_resort(tmp_path: Path) -> None:
    _program(tmp_path / "downloads" / "chromium-1100" / "chrome-linux" / "chrome")
    newest = _program(tmp_path / "downloads" / "chromium-1200" / "chrome-linux64" / "chrome")

    assert browser.find() == newest


def test_the_systems_comes_before_a_download(tmp_path: Path) -> None:
    _program(tmp_path / "downloads" / "chromium-1200" / "chrome-linux64" / "chrome")
    systems = _program(tmp_path / "bin" / "chromium")

    assert browser.find() == systems


def test_the_named_one_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _program(tmp_path / "bin" / "chromium")
    monkeypatch.setenv("GOVERNANCE_CHROMIUM", "/opt/browser")

    assert browser.find() == "/opt/browser"
