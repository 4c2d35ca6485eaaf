"""What people did with a case, wrote about it and put to it; of what was merged into it, too."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from enforcement.models import Decision
from governance.accounts.permissions import Anyone
from governance.audit.models import Entry
from investigations.enums import ClaimEnd, News
from investigations.models import Case, CaseDecision, CaseItem, Claim, Evidence, Note, NoticeItem, Telling
from investigations.queries import family

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
    keys = family.keys(case)
    items = CaseItem.objects.filter(case__in=keys).aggregate(
        waiting=Count("id", filter=Q(settled_at__isnull=True)),
        settled=Count("id", filter=Q(settled_at__isnull=False)),
        reported=Count("id", filter=Exists(NoticeItem.objects.filter(case_item=OuterRef("pk")))),
    )
    return Counts(
        waiting=items["waiting"],
        settled=items["settled"],
        notes=Note.objects.filter(case__in=keys).count(),
        evidence=Evidence.objects.filter(case__in=keys).count(),
        notices=NoticeItem.objects.filter(case_item__case=case).count() if items["reported"] else 0,
    )


def notes(case: Case) -> list[Note]:
    """The newest first, each with those whom it names."""
    rows = Note.objects.filter(case__in=family.keys(case)).select_related("author", "case")
    named = Telling.objects.filter(kind=News.MENTION).select_related("person").order_by("pk")
    return list(rows.prefetch_related(Prefetch("mentions", named)).order_by("-written_at", "-id"))


def evidence(case: Case) -> list[Evidence]:
    rows = Evidence.objects.filter(case__in=family.keys(case)).select_related("taken_by", "case")
    return list(rows.order_by("-taken_at", "-id"))


def entries(case: Case) -> list[Entry]:
    """What the log says of the case, the newest first."""
    rows = Entry.objects.filter(subject_kind="case", subject_id=case.pk).select_related("actor")
    return list(rows.order_by("-at", "-id")[:EVENTS_SHOWN])


def rulings(case: Case) -> list[CaseDecision]:
    """The newest first, each with the further decisions of its act."""
    rows = CaseDecision.objects.filter(case__in=family.keys(case)).select_related("decision__version", "person")
    further = Prefetch("also", Decision.objects.select_related("version").order_by("pk"))
    return list(rows.prefetch_related(further).order_by("-decided_at", "-id"))


def held_because(case: Case) -> str:
    """What the last person said who held it."""
    reasons = Claim.objects.filter(case=case, ended_as=ClaimEnd.HELD).order_by("-ended_at", "-id")
    return reasons.values_list("reason", flat=True).first() or ""


def taken_back_because(case: Case, person: Anyone) -> str:
    """Why the person's last claim on a case was ended by a team lead; empty where it was not."""
    last = Claim.objects.filter(case=case, person=person.pk).order_by("-pk").first()
    return last.reason if last and last.ended_as == ClaimEnd.TAKEN_BACK else ""
