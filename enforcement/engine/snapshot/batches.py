"""A batch of listings from the snapshot, as they are now: what has changed since is read from the database in its place."""

from collections.abc import Collection
from datetime import datetime

import polars as pl

from enforcement import engine
from enforcement.engine.active import ActivePolicies
from enforcement.engine.columns import parts
from enforcement.engine.columns.batches import KEY, Batch
from enforcement.engine.columns.matched import with_matches
from enforcement.engine.columns.plans import plans
from enforcement.engine.columns.stored import SCOPE, subjects
from enforcement.engine.columns.values import MOMENT
from enforcement.engine.snapshot.store import Snapshot
from enforcement.queries import touched
from enforcement.queries.snapshots import on_sale
from governance.policies.enums import Subject
from listings.models import Merchant
from listings.queries.keys import among


def batch(snapshot: Snapshot, between: tuple[int, int], policies: ActivePolicies, *, at: datetime) -> Batch | None:
    """The listings on sale with keys `between` two, both included, as these policies read them; None where most of them have
    changed: then the tables are read as quickly.

    The snapshot has to be of the policies' environment. Raises OSError where its files are gone or broken.
    """
    made, needs, planned = snapshot.manifest, policies.needs(Subject.LISTINGS), plans(policies)
    matched = planned.matched.intersection(made.matched)
    since = touched.Since.after(made.mark, made.made_at, until=at)
    first, last = between
    moved = touched.listings(since, crossings=(), needs=needs, between=between)
    moved = sorted({*moved, *(key for key in made.odd if first <= key <= last)})
    kept = snapshot.between(first, last, {*SCOPE, *matched, *planned.columns(needs, matched)})
    if len(moved) * 2 > kept.height:
        return None
    if moved:
        kept = kept.filter(~pl.col(KEY).is_in(moved))
    kept = _measured_again(kept, since, needs).with_columns(pl.lit(at, dtype=MOMENT).alias("now"))
    if not moved:
        return Batch(kept, (), subjects(needs, at))
    fresh = engine.batch(on_sale().filter(pk__in=among(moved)), policies.environment, needs, at=at)
    together = pl.concat([kept, with_matches(fresh.frame, matched).select(kept.columns)]).sort(KEY)
    return Batch(together, fresh.odd, subjects(needs, at))


def _measured_again(frame: pl.DataFrame, since: touched.Since, needs: Collection[str]) -> pl.DataFrame:
    """Windows of days are summed up anew every night, for everybody: those of now."""
    roots = [root for root in ("listing", "merchant") if parts.asked(needs, f"{root}._window")]
    if not roots or not touched.measured_again(since):
        return frame
    for root in roots:
        columns = [path for path in frame.columns if path.startswith(f"{root}._window")]
        if root == "listing":
            found, by = parts.windows_of_listings(on_sale().filter(pk__in=among(frame[KEY])), needs), KEY
        else:
            sellers = Merchant.objects.filter(pk__in=among(frame[parts.MERCHANT].unique()))
            found, by = parts.windows_of_merchants(sellers, needs), parts.MERCHANT
        frame = frame.drop(columns).join(found, on=by, how="left", maintain_order="left")
    return frame
