"""The measures, in a process of their own with Django loaded, on a database made for them."""

import time

from governance.cli.bench import loading
from governance.cli.bench.options import parser

_BEGUN = time.monotonic()


def run(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    loading.load(options.listings, seed=options.seed, say=say)
    return 0


def say(text: str) -> None:
    print(f"[{time.monotonic() - _BEGUN:6.1f} s] {text}", flush=True)
