"""A file of listings taken in by the product's importer, beside plain Django."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from governance.cli.bench import figures, loading, ndjson
from governance.cli.bench.contestants import plain_import
from governance.cli.bench.figures import Timings
from governance.cli.bench.lanes import Lane
from listings.domain.imports import runs, work
from listings.enums import ImportKind, ImportState
from listings.models import ImportRun

OURS, DJANGO = "ours", "django"
SECONDS = 30.0
"""Of one turn of an import; then it is taken up again, as by its task."""
Say = Callable[[str], None]
_LISTINGS = """
    SELECT l.merchant_id, substr(l.external_id, length(%s) + 1), l.version, l.state, l.category_id, l.title, l.description,
        l.language, l.brand, l.sku, l.ean, l.condition, l.price_minor, l.currency, l.price_eur, l.markets, l.attributes,
        l.text_base, l.text_skeleton, l.text_version, l.content_hash, v.number, v.content, v.content_hash,
        (SELECT count(*) FROM listings_listingimage i WHERE i.listing_id = l.id),
        (SELECT array_agg((c.merchant_id, c.type, c.number, c.issuer, c.standard, c.valid_from, c.valid_until)::text
            ORDER BY c.type, c.number) FROM listings_certificate c WHERE c.listing_id = l.id)
    FROM listings_listing l JOIN listings_listingversion v ON v.listing_id = l.id WHERE starts_with(l.external_id, %s)
"""


class Disagrees(AssertionError):
    """The two ways have left different rows, or not as many as the file has."""


def measure(*, listings: int, seed: int, rounds: int, say: Say) -> dict[str, Any]:
    say(figures.machine())
    loading.load_without_listings(listings, seed=seed)
    ways = {OURS: take_in, DJANGO: plain_import.take_in}
    timings = {name: Timings(listings) for name in ways}
    with tempfile.TemporaryDirectory(prefix="gov-bench-") as folder, Lane() as ours, Lane() as theirs:
        lanes = {OURS: ours, DJANGO: theirs}
        for nth in range(rounds):
            for name, way in ways.items():
                path = Path(folder) / f"{name}.ndjson"
                ndjson.write(path, listings, seed=seed, prefix=_prefix(name, nth))
                timings[name].seconds.append(lanes[name].timed(way, str(path)))
            if nth == 0:
                compare(_prefix(OURS, nth), _prefix(DJANGO, nth), listings)
                say(f"Both leave the same {listings:,} listings, versions, certificates and images.")
            rates = (f"{name} {each.listings / each.seconds[-1]:,.0f}" for name, each in timings.items())
            say(f"Round {nth + 1}, rows a second: {', '.join(rates)}")
        peak = ours.peak_mb()
    ratio = round(timings[OURS].rate / timings[DJANGO].rate, 2)
    rows = [("", "rows a second", "slowest to fastest")]
    print(figures.table(rows + [(name, f"{each.rate:,.0f}", each.spread) for name, each in timings.items()]))
    print(f"  Ours is {ratio:.2f} times plain Django (objects and bulk_create). One process each; every row is new.")
    return {
        "listings": listings,
        "rows_per_second": round(timings[OURS].rate),
        "ratios": {DJANGO: ratio},
        "peak_rss_mb": peak,
        "rounds": rounds,
    }


def take_in(path: str) -> None:
    """The product's importer, worked off as by its task. Raises Disagrees unless every row went in."""
    run = runs.receive_path(path=Path(path), kind=ImportKind.LISTINGS, actor=None, at=timezone.now())
    document = {"kind": ImportKind.LISTINGS.value}
    runs.begin(run=run, document=document, mapping_name="", dry_run=False, actor=None, at=timezone.now())
    while work.work(run_id=run.pk, clock=timezone.now, seconds=SECONDS):
        pass
    run = ImportRun.objects.get(pk=run.pk)
    if run.state != ImportState.FINISHED or run.created != run.rows_read or run.noted:
        raise Disagrees(f"{run.state}: {run.created} of {run.rows_read} rows created, {run.noted} noted. {run.error}")


def compare(ours: str, theirs: str, expected: int) -> None:
    """Raise Disagrees unless the listings under two prefixes are the same but for their keys."""
    with connection.cursor() as cursor:
        for first, second in ((ours, theirs), (theirs, ours)):
            cursor.execute(f"SELECT count(*) FROM ({_LISTINGS} EXCEPT {_LISTINGS}) d", [first, first, second, second])
            (differing,) = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM listings_listing WHERE starts_with(external_id, %s)", [first])
            (count,) = cursor.fetchone()
            if differing or count != expected:
                raise Disagrees(
                    f"{first}: {count:,} of {expected:,} listings, {differing:,} of which are not in {second}"
                )


def _prefix(name: str, nth: int) -> str:
    return f"{name}{nth}-"
