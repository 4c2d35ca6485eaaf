"""Ladders to begin from: data files, each with the public page whose shape it follows."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from enforcement.models.ladder import Terms

FOLDER = Path(__file__).resolve().parent.parent / "data" / "ladders"


@dataclass(frozen=True)
class Preset:
    slug: str
    name: str
    source_url: str
    terms: Terms


@cache
def presets() -> tuple[Preset, ...]:
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.toml")))


def preset(slug: str) -> Preset | None:
    return next((each for each in presets() if each.slug == slug), None)


def _read(path: Path) -> Preset:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Preset(path.stem, data["name"], data["source_url"], Terms.read(data["terms"]))
