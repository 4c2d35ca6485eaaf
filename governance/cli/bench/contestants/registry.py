"""The alternatives by name, in the order in which they are prepared and run."""

from collections.abc import Mapping

from governance.cli.bench.contestants.cel_rows import CelRows
from governance.cli.bench.contestants.contestant import Contestant
from governance.cli.bench.contestants.duck_db import DuckColumns
from governance.cli.bench.contestants.handout import Handout
from governance.cli.bench.contestants.indexed_sql import IndexedSQL
from governance.cli.bench.contestants.plain_django import PlainDjango
from governance.cli.bench.contestants.zen_engine import ZenEngine

ALTERNATIVES: Mapping[str, type[Contestant]] = {
    each.name: each for each in (PlainDjango, IndexedSQL, DuckColumns, ZenEngine, CelRows, Handout)
}


def prepare(name: str) -> None:
    ALTERNATIVES[name]().prepare()


def run(name: str, sample: bool) -> None:
    ALTERNATIVES[name]().run(sample=sample)
