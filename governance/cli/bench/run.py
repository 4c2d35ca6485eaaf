"""The measures, in a process of their own with Django loaded, on a database made for them."""

import importlib
import sys
import time
from typing import Any

from governance.cli import results
from governance.cli.bench import loading
from governance.cli.bench.options import parser
from governance.embedded.errors import CannotStart

MODULES = {"check": "checking", "import": "importing"}
_BEGUN = time.monotonic()


def run(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    if options.measure == "load":
        loading.load(options.listings, seed=options.seed, say=say)
        return 0
    module = MODULES.get(options.measure, options.measure)
    measure: Any = importlib.import_module(f"governance.cli.bench.measures.{module}")
    try:
        told = measure.measure(listings=options.listings, seed=options.seed, rounds=options.rounds, say=say)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        results.write(options.json, told)
    say("Done.")
    return 0


def say(text: str) -> None:
    print(f"[{time.monotonic() - _BEGUN:6.1f} s] {text}", flush=True)
