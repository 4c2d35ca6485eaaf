"""What needs Django loaded runs in a process of its own: `python -m governance.cli.steps STEP …`.

The launcher itself stays small and free of threads, so that it can start and stop processes at any time.
"""

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.utils import timezone

from governance.cli import results
from governance.cli.environment import DEMO

Say = Callable[[str], None]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="governance.cli.steps")
    steps = parser.add_subparsers(dest="step", required=True)
    for name in ("migrate", "prepare", "drive"):
        step = steps.add_parser(name)
        step.add_argument("--result", type=Path)
        step.add_argument("--base-url", default="")
    drill = steps.add_parser("drill")
    drill.add_argument("name")
    drill.add_argument("rest", nargs=argparse.REMAINDER)
    bench = steps.add_parser("bench", add_help=False)
    bench.add_argument("rest", nargs=argparse.REMAINDER)
    options = parser.parse_args(arguments)
    django.setup()
    if options.step == "drill":
        return int(importlib.import_module(f"governance.cli.drills.{options.name}").run(options.rest))
    if options.step == "bench":
        return int(importlib.import_module("governance.cli.bench.run").run(options.rest))
    result = {"migrate": _migrate, "prepare": _prepare, "drive": _drive}[options.step](options)
    if options.result:
        results.write(options.result, result)
    return 0


def _migrate(options: argparse.Namespace) -> dict[str, Any]:
    """In the demo also the people, so that the sign-in page can offer them from its first moment."""
    call_command("migrate", verbosity=0)
    if DEMO not in os.environ:
        return {}
    people = importlib.import_module("governance.cli.demo_people")
    people.make(timezone.now() - importlib.import_module("governance.cli.world.days").OPENED)
    return {"logins": people.logins()}


def _prepare(options: argparse.Namespace) -> dict[str, Any]:
    """Demo data and their first sweep where there are none, and what the terminal tells of them."""
    demo = importlib.import_module("governance.cli.demo")
    demo.prepare(_say)
    demo.make_past(_say)
    if not demo.was_swept():
        loop = importlib.import_module("governance.cli.loop")
        loop.first_sweep(options.base_url, _say)
        loop.follow_up(_say)
    demo.make_today(_say)
    return {"logins": demo.logins(), "try_this": demo.try_this()}


def _drive(options: argparse.Namespace) -> dict[str, Any]:
    """Demo data, then the whole loop on them."""
    begun = time.monotonic()
    importlib.import_module("governance.cli.demo").prepare(_say)
    prepared = time.monotonic() - begun
    summary: dict[str, Any] = importlib.import_module("governance.cli.loop").drive(options.base_url, _say)
    summary["seconds"] = {"prepare": round(prepared, 1)} | summary.get("seconds", {})
    return summary


def _say(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
