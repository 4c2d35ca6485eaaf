"""What people did with a case, wrote about it and put to it."""

from dataclasses import dataclass

from django.db.models import Count, Q

from governance.audit.models import Entry
from investigations.enums import CaseOrigin, ClaimEnd
from investigations.models import Case, CaseDecision, CaseItem, Claim, Evidence, Note, NoticeItem

EVENTS_SHOWN = 50


@dataclass(frozen=True)
class Counts:
    """What the tabs count."""

    waiting: int
    settled: int
    notes: int
    evidence: int
    notices: int

    @property
    def items(self) -> int:
        return self.waiting + self.settled


def counts(case: Case) -> Counts:
    items = CaseItem.objects.filter(case=case).aggregate(
        waiting=Count("id", filter=Q(settled_at__isnull=True)), settled=Count("id", filter=Q(settled_at__isnull=False))
    )
    return Counts(
        waiting=items["waiting"],
        settled=items["settled"],
        notes=Note.objects.filter(case=case).count(),
        evidence=Evidence.objects.filter(case=case).count(),
        notices=NoticeItem.objects.filter(case_item__case=case).count() if case.origin == CaseOrigin.NOTICE else 0,
    )


def notes(case: Case) -> list[Note]:
    return list(Note.objects.filter(case=case).select_related("author").order_by("-written_at", "-id"))


def evidence(case: Case) -> list[Evidence]:
    return list(Evidence.objects.filter(case=case).select_related("taken_by").order_by("-taken_at", "-id"))


def entries(case: Case) -> list[Entry]:
    """What the log says of the case, the newest first."""
    rows = Entry.objects.filter(subject_kind="case", subject_id=case.pk).select_related("actor")
    return list(rows.order_by("-at", "-id")[:EVENTS_SHOWN])


def rulings(case: Case) -> list[CaseDecision]:
    return list(case.case_decisions.select_related("decision", "person").order_by("-decided_at", "-id"))


def held_because(case: Case) -> str:
    """What the last person said who held it."""
    reasons = Claim.objects.filter(case=case, ended_as=ClaimEnd.HELD).order_by("-ended_at", "-id")
    return reasons.values_list("reason", flat=True).first() or ""
