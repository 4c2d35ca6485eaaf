"""The commands behind `./run`, in the private environment."""

import argparse
import ast
import os
import sys
from pathlib import Path

from governance.cli import catalogues, checks, drills, environment, foreground, once, signals, start
from governance.cli.bench import command as bench
from governance.cli.install import ROOT
from governance.embedded.errors import CannotStart

FEWEST_LISTINGS = 100


def main(arguments: list[str]) -> int:
    signals.raise_stopped()
    command, rest = arguments[0], arguments[1:]
    try:
        return {
            "demo": demo,
            "test": checks.test,
            "check": checks.check,
            "lint": checks.lint,
            "manage": manage,
            "shell": lambda rest: manage(["shell", *rest]),
            "drill": drill,
            "bench": bench.main,
        }[command](rest)
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 2
    except signals.Stopped as stopped:
        print("Stopped.", flush=True)
        return 0 if command == "demo" and "--once" not in rest else stopped.exit_code


def demo(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo")
    parser.add_argument("--port", type=int, default=8000, help="the web server's port on 127.0.0.1")
    parser.add_argument(
        "--listings", type=_count, metavar="N", help="how many listings the demo's catalogue has (default: 5,000)"
    )
    parser.add_argument("--reset", action="store_true", help="clear the demo's data first")
    parser.add_argument("--once", action="store_true", help="drive the whole loop on a database of its own, and end")
    parser.add_argument("--json", type=Path, metavar="FILE", help="with --once: write the figures there")
    options = parser.parse_args(arguments)
    if options.once and options.reset:
        parser.error("--once has data of its own: there is nothing to reset")
    if options.json and not options.once:
        parser.error("--json goes with --once")
    catalogues.compile_all()
    if options.listings:
        os.environ[environment.DEMO_LISTINGS] = str(options.listings)
    state = environment.state_folder()
    if options.once:
        return once.main(state=state, json_file=options.json)
    return start.main(state=state, port=options.port, reset=options.reset)


def _count(text: str) -> int:
    number = int(text)
    if number < FEWEST_LISTINGS:
        raise argparse.ArgumentTypeError(f"the planted defects alone are some {FEWEST_LISTINGS} listings")
    return number


def manage(arguments: list[str]) -> int:
    with environment.joined_or_started(environment.state_folder(), f"./run manage {' '.join(arguments)}") as variables:
        return foreground.run([sys.executable, ROOT / "manage.py", *arguments], variables)


def drill(arguments: list[str]) -> int:
    found = {file.stem: file for file in sorted(Path(drills.__file__).parent.glob("[a-z]*.py"))}
    if not arguments or arguments[0] not in found:
        print("Drills:" if found else "There are no drills yet.")
        for name, file in found.items():
            told = ast.get_docstring(ast.parse(file.read_text())) or ""
            print(f"  {name:<16} {told.partition(chr(10))[0]}")
        return 0 if not arguments else 2
    with environment.joined_or_started(environment.state_folder(), f"./run drill {arguments[0]}") as variables:
        return foreground.run([sys.executable, "-m", "governance.cli.steps", "drill", *arguments], variables)
