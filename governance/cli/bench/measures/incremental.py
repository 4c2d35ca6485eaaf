"""A sweep of the one per cent of the listings that have changed, beside a full one."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connection
from django.utils import timezone

from enforcement.enums import SweepKind
from governance.cli.bench import figures, loading, snapshots
from governance.cli.bench.contestants import contestant, ours
from governance.cli.bench.figures import Timings
from governance.cli.bench.lanes import Lane
from listings.domain import listings as writing
from listings.models import Listing

SHARE, BATCH = 100, 1_000
"""One listing in so many changes each round, written in batches as an import writes them."""
Say = Callable[[str], None]


class Disagrees(AssertionError):
    """A full sweep found other violations than the incremental one before it had left."""


def measure(*, listings: int, seed: int, rounds: int, say: Say) -> dict[str, Any]:
    say(figures.machine())
    loading.load(listings, seed=seed, say=say)
    snapshots.make(say)
    loading.settle()
    changing = listings // SHARE
    full, changed = Timings(listings), Timings(changing)
    with Lane() as worker:
        _sweep(worker, SweepKind.FULL, listings)
        for nth in range(rounds):
            change(changing, f"{seed} {nth}")
            changed.seconds.append(_sweep(worker, SweepKind.CHANGED, changing))
            left = contestant.violations()
            full.seconds.append(_sweep(worker, SweepKind.FULL, listings))
            if contestant.violations() != left:
                raise Disagrees("A full sweep finds what the incremental one has not left so.")
            say(f"Round {nth + 1}: {changed.seconds[-1]:.2f} s of the changed, {full.seconds[-1]:.2f} s of all")
        peak = worker.peak_mb()
    share = (changing / changed.rate) / (listings / full.rate)
    rows = [
        ("", "seconds", "listings", "listings a second", "slowest to fastest"),
        *(
            (name, f"{each.listings / each.rate:.2f}", f"{each.listings:,}", f"{each.rate:,.0f}", each.spread)
            for name, each in (("full", full), ("incremental", changed))
        ),
    ]
    print(figures.table(rows))
    print(
        f"  The incremental sweep takes {share:.1%} of a full one's time. One process; both leave the same violations."
    )
    return {
        "listings": listings,
        "changed": changing,
        "rows_per_second": round(full.rate),
        "ratios": {"full": round(share, 4)},
        "peak_rss_mb": peak,
        "rounds": rounds,
    }


def change(count: int, drawn: str) -> None:
    """Write so many listings anew with another price and a longer title, by the way that every change takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM listings_listing ORDER BY md5(id::text || %s), id LIMIT %s", [drawn, count])
        keys = [key for (key,) in cursor.fetchall()]
    chosen = Listing.objects.filter(pk__in=keys).select_related("category").order_by("pk")
    drafts = [
        replace(
            draft,
            title=f"{draft.title} nova",
            price_minor=(draft.price_minor or 0) // 2 + 1,
            currency=draft.currency or "EUR",
        )
        for draft in map(writing.draft_of, chosen)
    ]
    for first in range(0, len(drafts), BATCH):
        writing.write(drafts=drafts[first : first + BATCH], source="bench", at=timezone.now())


def _sweep(worker: Lane, kind: SweepKind, expected: int) -> float:
    begun = time.perf_counter()
    sweep = ours.begin(kind)
    worker.call(ours.work, sweep, 1)
    took = time.perf_counter() - begun
    looked = ours.check(sweep)
    if looked != expected:
        raise Disagrees(f"The sweep has looked at {looked:,} listings and not at {expected:,}.")
    return took
