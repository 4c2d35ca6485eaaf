"""The product: a sweep begun and worked off as its workers do it."""

from django.utils import timezone

from enforcement.domain import sweep_work, sweeps
from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep
from governance.cli.bench.contestants.contestant import NOW


class SweepBroke(Exception):
    """A sweep that did not come to its end, or a listing that could not be read: its figure would say nothing."""


def begin(kind: SweepKind = SweepKind.FULL) -> int:
    """Queue a sweep and return its key."""
    return sweeps.start(kind=kind, actor=None, reason="Measuring", at=timezone.now()).pk


def work(sweep_id: int, at_once: int) -> None:
    """Take chunks until there are none: what a worker's turn does, again and again. The catalogue's today is the rules'."""
    while sweep_work.run_next(sweep_id=sweep_id, at_once=at_once, clock=lambda: NOW):
        pass


def check(sweep_id: int) -> int:
    """Return how many listings a finished sweep has looked at. Raises SweepBroke."""
    sweep = Sweep.objects.get(pk=sweep_id)
    if sweep.state != SweepState.FINISHED:
        errors = [error for error in sweep.chunks.values_list("error", flat=True) if error]
        raise SweepBroke(f"The sweep is {sweep.state}: {errors[:1]}")
    broken = [each for several in sweep.chunks.values_list("broken", flat=True) for each in several]
    if broken:
        raise SweepBroke(f"{len(broken)} listings could not be read: {broken[:1]}")
    return sweep.total
