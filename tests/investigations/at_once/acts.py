"""An act on many cases, prepared and carried out by hand as its task would."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import QuerySet

from governance.accounts.models import User
from investigations.domain import bulk, bulk_work
from investigations.enums import BulkVerb
from investigations.models import BulkRun, Case
from tests.factories.cases import NOON

LATER = NOON + timedelta(hours=1)


def ticking(at: datetime = LATER, step: timedelta = timedelta(milliseconds=1)) -> Callable[[], datetime]:
    ticks = count()
    return lambda: at + step * next(ticks)


def prepared(
    verb: BulkVerb, by: User, rows: QuerySet[Case] | None = None, *, reason: str = "Tidy up", **params: Any
) -> BulkRun:
    found = Case.objects.all() if rows is None else rows
    return bulk.prepare(verb=verb, params=params, rows=found, actor=by, reason=reason, at=LATER)


def begun(run: BulkRun, by: User, rows: QuerySet[Case] | None = None, *, typed: int | None = None) -> BulkRun:
    found = Case.objects.all() if rows is None else rows
    return bulk.begin(run=run, rows=found, typed=typed, actor=by, at=LATER)


def run_all(run: BulkRun) -> BulkRun:
    while bulk_work.run(run_id=run.pk, clock=ticking()):
        pass
    return BulkRun.objects.get(pk=run.pk)


def done(verb: BulkVerb, by: User, **params: Any) -> BulkRun:
    return run_all(begun(prepared(verb, by, **params), by))


def undone(run: BulkRun, by: User) -> BulkRun:
    return run_all(bulk.undo(run=run, actor=by, at=LATER))
