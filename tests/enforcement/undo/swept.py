"""A sweep that automation decided upon: so many merchants, each with so many listings removed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from enforcement.domain import decisions, undo, undo_work
from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep, Undo, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure, Mode
from listings.models import ListingVisibility
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

LATER = NOON + timedelta(days=1)
REASON = "Our rule was wrong: it took cubes for magnets."


def swept(ground: Ground, *, merchants: int = 2, listings: int = 1, slug: str = "cubes") -> Sweep:
    """Found by a sweep and decided by automation."""
    policy = ground.another_policy(slug, measures=[Measure.REMOVE], mode=Mode.ENFORCE)
    sweep = Sweep.objects.create(kind=SweepKind.FULL, state=SweepState.FINISHED, created_at=NOON)
    for number in range(merchants):
        merchant = ground.another_merchant(f"{slug} {number}")
        for title in range(listings):
            found = ground.violation(ground.listing(f"{slug} {number}/{title}", of=merchant), policy)
            Violation.objects.filter(pk=found.pk).update(found_by=sweep)
    decisions.decide_owed(clock=lambda: NOON)
    return sweep


def prepared(
    sweep: Sweep, by: User, *, with_people: bool = False, close_open: bool = True, at: datetime = LATER
) -> Undo:
    return undo.prepare_sweep(
        sweep=sweep, with_people=with_people, close_open=close_open, actor=by, reason=REASON, at=at
    )


def run_all(run: Undo) -> Undo:
    while undo_work.run(undo_id=run.pk, clock=ticking()):
        pass
    return Undo.objects.get(pk=run.pk)


def ticking(step: timedelta = timedelta(milliseconds=1)) -> Callable[[], datetime]:
    ticks = count()
    return lambda: LATER + step * next(ticks)


def shown() -> list[tuple[object, ...]]:
    """Everything shoppers see of every listing."""
    return list(ListingVisibility.objects.order_by("listing_id", "market").values_list())
