"""What may be asked of `./run bench`."""

import argparse

SEED, LISTINGS = 2026, 200_000


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="./run bench")
    measures = made.add_subparsers(dest="measure", required=True)
    load = measures.add_parser("load", help="make the catalogue in a database that stays")
    load.add_argument("--database", required=True, metavar="NAME", help="made on the server at hand")
    for measure in (load,):
        measure.add_argument("--listings", type=int, default=LISTINGS, metavar="N")
        measure.add_argument("--seed", type=int, default=SEED, metavar="N")
    return made
