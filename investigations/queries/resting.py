"""What rests, and what is to wake."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from enforcement.models import Appeal, ClarificationAnswer
from investigations.enums import WakeOn, WokenBy
from investigations.models import Case, CaseItem, Snooze


def of(case: Case) -> Snooze | None:
    """The rest that a case has now."""
    return Snooze.objects.filter(case=case, woken_at=None).select_related("person").first()


def due(at: datetime) -> list[tuple[int, WokenBy]]:
    """Cases that are to wake, each with what wakes it: what happened, else the day."""
    found: dict[int, WokenBy] = {}
    asleep = Snooze.objects.filter(woken_at=None)
    for by, rows in (
        (WokenBy.CHANGE, asleep.filter(_changed(), wake_on=WakeOn.CHANGE)),
        (WokenBy.ANSWER, asleep.filter(_answered(), wake_on=WakeOn.ANSWER)),
        (WokenBy.DAY, asleep.filter(until__lte=at)),
    ):
        for key in rows.order_by("id").values_list("case", flat=True):
            found.setdefault(key, by)
    return list(found.items())


def _changed() -> Exists:
    """A listing that waits in the case was changed since."""
    waiting = CaseItem.objects.filter(case=OuterRef("case"), settled_at__isnull=True)
    return Exists(waiting.filter(listing__changed_at__gt=OuterRef("snoozed_at")))


def _answered() -> Q:
    """The merchant appealed, or answered a question in an appeal, since."""
    appeals = Appeal.objects.filter(merchant=OuterRef("case__merchant"), filed_at__gt=OuterRef("snoozed_at"))
    answers = ClarificationAnswer.objects.filter(
        clarification__appeal__merchant=OuterRef("case__merchant"), answered_at__gt=OuterRef("snoozed_at")
    )
    return Q(Exists(appeals)) | Q(Exists(answers))
