"""Versions are locked by name and hash; where they come from is the business of whoever installs them."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, place

HOST = re.compile(r"://|--(?:index|extra-index|find-links|trusted)|^-[if]\b|\.(?:org|com|io|net)\b", re.MULTILINE)
LOCKED = sorted((ROOT / "requirements").glob("*.txt"))


def hosts(text: str) -> list[str]:
    return HOST.findall(text)


def pins(text: str) -> dict[str, str]:
    """name: what is pinned, of a locked file."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+(?:\[[^\]]*\])?)==(\S+)", text, re.MULTILINE))


def test_no_requirement_names_a_host() -> None:
    found = {place(path): hosts(path.read_text()) for path in files("requirements", pattern="*.*")}

    assert {path: parts for path, parts in found.items() if parts} == {}


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_every_locked_package_has_its_hashes(path: Path) -> None:
    text = path.read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())

    assert [entry.partition("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert len(pins(text)) >= 1


def test_the_files_agree_on_every_version() -> None:
    seen: dict[str, set[str]] = {}
    for path in LOCKED:
        for name, version in pins(path.read_text()).items():
            seen.setdefault(name, set()).add(version)

    assert {name: versions for name, versions in seen.items() if len(versions) > 1} == {}


@pytest.mark.parametrize("fault", ["-i x", "--extra-index-url x", "pkg @ https://a/b.whl", "# from pypi.org"])
def test_a_host_is_seen(fault: str) -> None:
    assert hosts(fault) != []
