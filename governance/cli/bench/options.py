"""What may be asked of `./run bench`."""

import argparse
from pathlib import Path

from governance.cli.bench import FEWEST_ROUNDS

SEED, LISTINGS = 2026, 200_000
MEASURES = {
    "sweep": "a full sweep beside the alternatives, database to database",
    "incremental": "a sweep of the one per cent of the listings that have changed, beside a full one",
    "check": "one listing asked about over HTTP, with 200 policies in force and with none",
    "preview": "what a draft would find, beside PostgreSQL counting the same",
    "import": "a file of listings taken in, beside plain Django",
}
"""What can be measured, and what each is."""
DEFAULT_LISTINGS = {"check": 10_000, "import": 20_000}
"""What is asked about in a check is new; each round of an import is as many new listings more."""
FEWEST = 1_000


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="./run bench", description="Measure the product on a large made-up catalogue.")
    measures = made.add_subparsers(dest="measure", required=True)
    for name, told in MEASURES.items():
        measure = _measure(measures, name, told)
        measure.add_argument("--json", type=Path, metavar="FILE", help="write the figures there")
        measure.add_argument("--rounds", type=_rounds, default=FEWEST_ROUNDS, metavar="N", help="at least 5")
        measure.add_argument("--keep", metavar="NAME", dest="database", help="keep the database, under this name")
    load = _measure(measures, "load", "make the catalogue, with its policies in force, in a database that stays")
    load.add_argument("--database", required=True, metavar="NAME", help="made on the server at hand")
    return made


def _measure(
    measures: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, told: str
) -> argparse.ArgumentParser:
    made = measures.add_parser(name, help=told, description=told.capitalize() + ".")
    listings = DEFAULT_LISTINGS.get(name, LISTINGS)
    made.add_argument("--listings", type=_listings, default=listings, metavar="N", help=f"default: {listings:,}")
    made.add_argument("--seed", type=int, default=SEED, metavar="N")
    return made


def _listings(text: str) -> int:
    return _at_least(text, FEWEST)


def _rounds(text: str) -> int:
    return _at_least(text, FEWEST_ROUNDS)


def _at_least(text: str, fewest: int) -> int:
    if int(text) < fewest:
        raise argparse.ArgumentTypeError(f"at least {fewest:,}")
    return int(text)
