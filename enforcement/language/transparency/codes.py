"""The codes that the database accepts, from `enforcement/data/transparency/codes.toml`."""

import tomllib
from pathlib import Path

_FILE = Path(__file__).resolve().parents[2] / "data" / "transparency" / "codes.toml"
_READ: dict[str, list[str]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))

DUMP_COLUMNS: tuple[str, ...] = tuple(_READ.pop("dump_columns"))
"""Of the database's full daily dump, in their order."""
CODES: dict[str, frozenset[str]] = {name: frozenset(values) for name, values in _READ.items()}
YES_NO = frozenset({"Yes", "No"})
EEA: frozenset[str] = CODES["territorial_scope"]
"""The countries in which a restriction concerns the database. The United Kingdom and Switzerland are none of them."""
