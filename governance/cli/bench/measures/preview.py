"""What a draft would find, over a snapshot of the catalogue, beside PostgreSQL counting the same with every index that helps."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median, quantiles
from typing import Any

from django.db import connection

from enforcement.domain import previews
from enforcement.engine.preview import Draft
from governance.cli.bench import figures, loading, snapshots
from governance.cli.bench.contestants import indexed_sql
from governance.cli.bench.contestants.contestant import NOW, InForce, in_force
from governance.cli.bench.contestants.ours import SweepBroke
from governance.cli.bench.forms.cel import cel
from governance.cli.bench.tree import Matches, Node

ON_WORDS = {"pattern": "patterns", "terms": "terms"}
REST = "attributes"
KINDS = (REST, *ON_WORDS.values())
EACH = 12
"""Rules of each kind, drawn evenly from those in force."""
Say = Callable[[str], None]
Seconds = dict[str, dict[str, list[float]]]


def measure(*, listings: int, seed: int, rounds: int, say: Say) -> dict[str, Any]:
    say(figures.machine())
    loading.load(listings, seed=seed, say=say)
    sql = indexed_sql.IndexedSQL()
    begun = time.monotonic()
    sql.prepare()
    loading.settle()
    say(f"sql was given beforehand ({time.monotonic() - begun:.1f} s): {sql.prepared}.")
    snapshots.make(say)
    took: Seconds = {name: {kind: [] for kind in KINDS} for name in ("first", "whole", "sql")}
    drafts = drawn(in_force())
    for nth in range(rounds):
        for each in drafts:
            _time(each, took)
        say(f"Round {nth + 1} of {rounds} is over.")
    return _told(took, listings=listings, rounds=rounds)


def drawn(rules: Sequence[InForce]) -> list[InForce]:
    """So many rules of each kind."""
    found: list[InForce] = []
    for kind in KINDS:
        of_kind = [each for each in rules if kind_of(each) == kind]
        found += of_kind[:: max(1, len(of_kind) // EACH)][:EACH]
    return found


def kind_of(each: InForce) -> str:
    return ON_WORDS.get(each.rule.kind, REST)


def as_typed(when: Node) -> Node:
    """The same as a draft: of a pattern that is in force the snapshot keeps where it is found, and of one that was just typed it does
    not."""
    return replace(when, pattern=f"(?:{when.pattern})") if isinstance(when, Matches) else when


def _time(each: InForce, took: Seconds) -> None:
    found, counted = found_and_counted(each, took)
    if kind_of(each) == REST and found != counted:
        raise SweepBroke(f"{each.rule.slug}: the preview finds {found:,} and PostgreSQL {counted:,}.")


def found_and_counted(each: InForce, took: Seconds | None = None) -> tuple[int, int]:
    """How many the preview of a rule finds, and how many PostgreSQL; `took` is told the seconds of both."""
    draft = Draft(cel(as_typed(each.rule.when)), tuple(each.rule.jurisdictions), tuple(each.rule.categories))
    begun = time.perf_counter()
    run = previews.begin(draft, at=NOW)
    first = time.perf_counter() - begun
    run = previews.go_on(run)
    whole = time.perf_counter() - begun
    begun = time.perf_counter()
    counted = _count(each)
    if took is not None:
        for name, seconds in (("first", first), ("whole", whole), ("sql", time.perf_counter() - begun)):
            took[name][kind_of(each)].append(seconds)
    return run.whole.matched, counted


def _count(each: InForce) -> int:
    with connection.cursor() as cursor:
        cursor.execute(indexed_sql.counting(each))
        (counted,) = cursor.fetchone()
    return int(counted)


def _told(took: Seconds, *, listings: int, rounds: int) -> dict[str, Any]:
    rows = [("", "", "p50, seconds", "p95, seconds", "previews")]
    told: dict[str, Any] = {"listings": listings, "rounds": rounds, "seconds": {}, "ratios": {}}
    for name, kinds in took.items():
        for kind, seconds in kinds.items():
            p95 = quantiles(seconds, n=20)[-1]
            rows.append((name, kind, f"{median(seconds):.3f}", f"{p95:.3f}", f"{len(seconds)}"))
            told["seconds"][f"{name} {kind}"] = {"p50": round(median(seconds), 4), "p95": round(p95, 4)}
    for kind in KINDS:
        told["ratios"][f"sql {kind}"] = round(median(took["whole"][kind]) / median(took["sql"][kind]), 3)
    print(figures.table(rows))
    print(
        "  first: from a sample of the snapshot, with its interval. whole: the same and all of it. sql: one count, nothing else."
    )
    return told
