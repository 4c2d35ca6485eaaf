"""Read the table of evasions and innocent look-alikes with its term lists, and print recall and false hits by script.

`--rows` also prints every row that comes out wrong, with the reason why it is known to. Nothing is read from the database.
"""

import argparse
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from governance.policies.language.terms import FoundTerm, Matcher, TermListSpec
from listings.text import ListingText

TABLE = Path(__file__).resolve().parents[3] / "tests/governance/policies/language/evasions"
LISTS = "lists"
SCRIPTS = ("latin", "turkish", "greek", "cyrillic", "arabic", "hebrew")


class Row(NamedTuple):
    """One title as a merchant would write it.

    An evasion should be found by its list, an innocent row by none. `known` says why it is known to come out otherwise.
    """

    script: str
    evasion: bool
    language: str
    list_key: str
    trick: str
    text: str
    known: str


class Reading(NamedTuple):
    """`found`: for an evasion by its own list, for an innocent row by any."""

    row: Row
    found: list[FoundTerm]

    @property
    def wrong(self) -> bool:
        return bool(self.found) is not self.row.evasion


@dataclass(frozen=True)
class Figures:
    script: str
    evasions: int
    found: int
    innocent: int
    false_hits: int

    @property
    def recall(self) -> float:
        return self.found / self.evasions


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill terms")
    parser.add_argument("--rows", action="store_true", help="Print the rows that come out wrong, too.")
    options = parser.parse_args(arguments)
    if not TABLE.is_dir():
        print(f"The table is not here: {TABLE} comes with the sources, not with an image of the product.")
        return 1
    readings = read(rows(TABLE), Matcher(term_lists(TABLE)))
    print("\n".join(printed(figures(readings))))
    if options.rows:
        print("\n".join(_wrong(readings)))
    return 0


def term_lists(folder: Path) -> list[TermListSpec]:
    return [TermListSpec(key, 1, **content) for key, content in _toml(folder / f"{LISTS}.toml").items()]


def rows(folder: Path) -> list[Row]:
    return [row for script in SCRIPTS for row in _rows(script, _toml(folder / f"{script}.toml"))]


def read(rows: Iterable[Row], matcher: Matcher) -> list[Reading]:
    return [Reading(row, _found(row, matcher)) for row in rows]


def figures(readings: Sequence[Reading]) -> list[Figures]:
    """By script, and of all of them together."""
    return [
        _figures(script, [each for each in readings if script in (each.row.script, "all")])
        for script in (*SCRIPTS, "all")
    ]


def printed(figures: Iterable[Figures]) -> Iterator[str]:
    yield f"{'script':<10}{'evasions':>10}{'found':>8}{'recall':>9}{'innocent':>11}{'false hits':>12}"
    for each in figures:
        yield (
            f"{each.script:<10}{each.evasions:>10}{each.found:>8}{each.recall:>9.1%}"
            f"{each.innocent:>11}{each.false_hits:>12}"
        )


def _found(row: Row, matcher: Matcher) -> list[FoundTerm]:
    text = ListingText(row.text, "")
    keys = [row.list_key] if row.evasion else sorted(matcher.specs)
    return [place for key in keys for place in matcher.places(text, key, row.language)]


def _figures(script: str, readings: Sequence[Reading]) -> Figures:
    evasions = [each for each in readings if each.row.evasion]
    innocent = [each for each in readings if not each.row.evasion]
    return Figures(
        script=script,
        evasions=len(evasions),
        found=sum(not each.wrong for each in evasions),
        innocent=len(innocent),
        false_hits=sum(each.wrong for each in innocent),
    )


def _wrong(readings: Iterable[Reading]) -> Iterator[str]:
    for row, found in (each for each in readings if each.wrong):
        said = ", ".join(f"{each.list_key}: {each.term}" for each in found) or f"{row.list_key}: not found"
        yield f"{row.script}, {row.trick}: {row.text!r}\n    {said} -- {row.known or 'not known before'}"


def _rows(script: str, table: dict[str, Any]) -> Iterator[Row]:
    for name, mark in (("evasions", "missed"), ("innocent", "hits")):
        for row in table[name]:
            known = row.get(mark, "")
            yield Row(script, name == "evasions", row["in"], row["list"], row["by"], row["text"], known)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
