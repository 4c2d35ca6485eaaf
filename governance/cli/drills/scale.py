"""What a sweep costs a listing, stage by stage, in catalogues of several sizes: it should be the same in all of them.

Each catalogue is the bench's, in a database of its own; one process works off a sweep of the tables, then one of a snapshot, each
once. Options: --sizes N,N,…
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from governance.cli import migrated, temporary
from governance.cli.install import ROOT

SIZES = "10000,100000,1000000"
STAGES = ("read", "evaluate", "explain", "merge")
ONE = "import django; django.setup(); from governance.cli.drills import scale; scale.one({})"
Spent = defaultdict[str, float]


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill scale")
    parser.add_argument("--sizes", default=SIZES, help=f"listings of each catalogue (default: {SIZES})")
    sizes = [int(size) for size in parser.parse_args(arguments).sizes.split(",")]
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(
        "  listings   violations  chunk  of the      a second   µs a listing, of them  read evaluate explain merge rest   most memory"
    )
    for size in sizes:
        with temporary.own_database(os.environ["DATABASE_URL"]) as own, TemporaryDirectory() as snapshot:
            environment = os.environ | {"DATABASE_URL": own.url, "SNAPSHOT_DIR": snapshot}
            migrated.prepare(environment)
            subprocess.run([sys.executable, "-c", ONE.format(size)], env=environment, cwd=ROOT, check=True)
    return 0


def one(size: int) -> None:
    """Make a catalogue in the database at hand and sweep it, from the tables and from a snapshot; print a line for each."""
    from governance.cli.bench import loading, snapshots  # noqa: PLC0415 -- after django.setup() in a process of its own
    from governance.cli.bench.contestants import contestant, ours  # noqa: PLC0415

    loading.load(size, seed=2026, say=lambda _told: None)
    loading.settle()
    ours.work(ours.begin(), 1)  # the rules are compiled, the matcher is made
    contestant.clear()
    _sweep("tables")
    snapshots.make(lambda told: print(f"  {told}"))
    contestant.clear()
    _sweep("snapshot")


def _sweep(read: str) -> None:
    from enforcement.models import Chunk, Violation  # noqa: PLC0415
    from governance.cli.bench.contestants import ours  # noqa: PLC0415

    spent: Spent = defaultdict(float)
    with _watched(spent):
        began = time.perf_counter()
        sweep = ours.begin()
        ours.work(sweep, 1)
        took = time.perf_counter() - began
    looked_at = ours.check(sweep)
    each = {stage: spent[stage] / looked_at * 1e6 for stage in STAGES}
    whole = took / looked_at * 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    chunk = Chunk.objects.filter(sweep=sweep).order_by("number").values_list("size", flat=True)[0]
    print(
        f"{looked_at:>10,} {Violation.objects.count():>12,} {chunk:>6,} {read:>8} {looked_at / took:>12,.0f} {whole:>13.1f}"
        + " " * 13
        + " ".join(f"{each[stage]:>{len(stage) + 1}.1f}" for stage in STAGES)
        + f" {whole - sum(each.values()):>4.1f} {memory:>10,} MB",
        flush=True,
    )


@contextmanager
def _watched(spent: Spent) -> Iterator[None]:
    """Seconds on the clock of each stage of a chunk, PostgreSQL's part included."""
    from enforcement import engine  # noqa: PLC0415
    from enforcement.domain import findings  # noqa: PLC0415
    from enforcement.engine.snapshot import batches  # noqa: PLC0415

    places: list[tuple[Any, str, str]] = [
        (engine, "batch", "read"),
        (batches, "batch", "read"),
        (engine, "evaluate", "evaluate"),
        (findings.Finding, "of", "explain"),
        (findings, "merge", "merge"),
    ]
    kept = [getattr(owner, name) for owner, name, _stage in places]
    for (owner, name, stage), function in zip(places, kept, strict=True):
        setattr(owner, name, _timed(function, spent, stage))
    try:
        yield
    finally:
        for (owner, name, _stage), function in zip(places, kept, strict=True):
            setattr(owner, name, function)


def _timed(function: Callable[..., Any], spent: Spent, stage: str) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*arguments, **named)
        finally:
            spent[stage] += time.perf_counter() - began

    return timed
