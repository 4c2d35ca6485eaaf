"""Which queue takes a case; and live cases that go where other rules put them, when somebody asks: owed by a row, done in chunks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from governance.accounts.models import User
from governance.audit.domain import entries
from investigations import events
from investigations.domain import deadlines
from investigations.enums import FROM_OUTSIDE, LIVE_CASES
from investigations.models import Case, Queue, Rerouting
from investigations.queries.routing import Router, active

CHUNK = 500


def place(cases: Sequence[Case], *, queues: Iterable[Queue], at: datetime) -> dict[int, tuple[str, str]]:
    """Put locked cases where the rules of now put them; returns from where to where, by key, for those that moved.

    A case that moves is to be decided within the hours of its new queue, counted from when it was opened.
    """
    if not cases:
        return {}
    router = Router(queues)
    keys = [case.pk for case in cases]
    loaded = list(Case.objects.filter(pk__in=keys).select_related("merchant", "policy", "queue").order_by("pk"))
    places = router.places(loaded, at)
    calendars = deadlines.calendars({case.merchant.country for case in loaded})
    moved: dict[int, tuple[str, str]] = {}
    changed = []
    for case in loaded:
        found = places[case.pk]
        if case.queue_id != found.queue.pk:
            moved[case.pk] = (case.queue.key, found.queue.key)
            case.queue = found.queue
            calendar = calendars[case.merchant.country]
            due = calendar.after(case.opened_at, found.queue.decide_within_hours)
            case.due_at = min(due, case.due_at) if case.origin in FROM_OUTSIDE else due
        elif case.routing == found.problem:
            continue
        case.routing = dict(found.problem)
        changed.append(case)
    Case.objects.bulk_update(changed, ["queue", "due_at", "routing"], batch_size=500)
    return moved


def ask_again(*, actor: User, at: datetime) -> Rerouting:
    """Owe it. Whoever asks again while one is under way owes another: it may follow other rules."""
    owed = Rerouting.objects.create(asked_by=actor, asked_at=at)
    events.rerouting_asked.send(sender=Rerouting)
    return owed


def run(*, at: datetime) -> int:
    """Do what is owed; returns how many cases moved. Safe to run twice, and beside itself."""
    moved = 0
    while (done := _chunk(at)) is not None:
        moved += done
    return moved


@transaction.atomic
def _chunk(at: datetime) -> int | None:
    """The next cases of the first that is owed; None where nothing is, or somebody else is at it."""
    owed = (
        Rerouting.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(finished_at__isnull=True)
        .select_related("asked_by")
        .order_by("id")
        .first()
    )
    if owed is None:
        return None
    live = Case.objects.filter(state__in=LIVE_CASES, golden__isnull=True, pk__gt=owed.last_case)
    cases = list(live.select_for_update(of=("self",)).order_by("pk")[:CHUNK])
    moved = place(cases, queues=active(), at=at)
    _record(owed, moved, at)
    owed.seen += len(cases)
    owed.moved += len(moved)
    owed.last_case = cases[-1].pk if cases else owed.last_case
    if len(cases) < CHUNK:
        owed.finished_at = at
    owed.save(update_fields=["seen", "moved", "last_case", "finished_at"])
    return len(moved)


def _record(owed: Rerouting, moved: dict[int, tuple[str, str]], at: datetime) -> None:
    subjects = [
        entries.Subject(key, f"C-{key}", {"from": before, "to": after}) for key, (before, after) in moved.items()
    ]
    if subjects:
        entries.record_many(verb="case.rerouted", actor=owed.asked_by, subject_kind="case", subjects=subjects, at=at)
