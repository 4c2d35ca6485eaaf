"""Read every listing on sale with the policies in force, over columns and row by row, and print listings a second of each.

Times are of the processor, so that other work on the machine does not show. Nothing is written.
"""

import argparse
import os
import platform
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from enforcement import engine
from enforcement.engine import ActivePolicies, Outcome, Summary, facts
from governance.policies.enums import Subject
from listings.enums import ListingState
from listings.models import Listing

OVER_COLUMNS = ("columns read", "rules and hits", "explanations")
BY_ROW = ("facts as objects", "row by row")
Spent = defaultdict[str, float]
"""Seconds of the processor, by what they went into."""


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill rows")
    parser.add_argument("--most", type=int, default=50_000, help="Listings to read at most.")
    parser.add_argument("--chunk", type=int, default=2_000, help="Listings read at a time.")
    options = parser.parse_args(arguments)
    spent, summary, at = Spent(float), Summary(), timezone.now()
    with _counted(spent, "compiling"):
        policies = engine.load_active(at=at)
    keys = list(
        Listing.objects.filter(state=ListingState.ON_SALE).order_by("pk").values_list("pk", flat=True)[: options.most]
    )
    if not keys or not policies.about(Subject.LISTINGS):
        print("There is nothing to read: no listing is on sale, or no policy is in force. `./run demo` makes both.")
        return 1
    for first in range(0, len(keys), options.chunk):
        _read(policies, keys[first : first + options.chunk], spent, summary, at)
    _print(spent, summary, len(keys) - len(summary.broken), len(policies.about(Subject.LISTINGS)))
    return 0


def _read(policies: ActivePolicies, keys: list[int], spent: Spent, summary: Summary, at: datetime) -> None:
    chosen, needs = Listing.objects.filter(pk__in=keys), policies.needs(Subject.LISTINGS)
    with _counted(spent, "columns read"):
        batch = engine.batch(chosen, policies.environment, needs, at=at)
    with _counted(spent, "rules and hits"):
        found = engine.evaluate(policies, batch, at=at, summary=summary)
    with _counted(spent, "explanations"):
        for outcome in found.held:
            _ = outcome.explanation
    with _counted(spent, "facts as objects"):
        subjects = facts.listings(chosen, needs=needs, at=at)
    with _counted(spent, "row by row"):
        expected = list(engine.by_row(policies, subjects, at=at, summary=Summary()))
    undecided = sorted((each.policy.policy_id, each.subject_id) for each in expected if each.held is None)
    held = sorted(_said(each) for each in expected if each.held)
    if sorted(map(_said, found.held)) != held or sorted(found.undecided) != undecided:
        raise AssertionError(f"Listings {keys[0]} to {keys[-1]}: columns and rows do not agree.")


def _said(outcome: Outcome) -> tuple[object, ...]:
    return outcome.policy.version_id, outcome.subject_id, tuple(outcome.markets)


@contextmanager
def _counted(spent: Spent, on: str) -> Iterator[None]:
    begun = time.process_time()
    yield
    spent[on] += time.process_time() - begun


def _print(spent: Spent, summary: Summary, listings: int, policies: int) -> None:
    tallies = summary.tallies.values()
    rules, hits = sum(tally.looked_at for tally in tallies), sum(tally.matched for tally in tallies)
    undecidable = sum(tally.undecidable for tally in tallies)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(
        f"{listings:,} listings, {policies} policies, {rules:,} rules read ({rules / max(listings, 1):.1f} a listing)"
    )
    print(f"{hits:,} hold, {undecidable:,} cannot be decided, {len(summary.broken)} listings broke")
    for on in (*OVER_COLUMNS, *BY_ROW):
        print(f"{on:>16}: {listings / max(spent[on], 1e-9):>9,.0f} listings a second")
    for name, stages in (("over columns", OVER_COLUMNS), ("by row", BY_ROW)):
        whole = sum(spent[on] for on in stages)
        print(f"{name:>16}: {listings / max(whole, 1e-9):>9,.0f} listings a second and processor")
    print(f"{'compiling':>16}: {spent['compiling'] * 1_000:>9,.0f} ms, once")
