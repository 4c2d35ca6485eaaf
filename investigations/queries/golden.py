"""Golden cases: which one a person may be given, and how people judged them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.accounts.models import User
from governance.web.shares import Bounds, wilson
from investigations import permissions
from investigations.enums import CaseOutcome
from investigations.models import Case, CaseDecision, Claim, GoldenCase, GoldenReading, Queue
from investigations.queries import wellbeing


@dataclass(frozen=True)
class Score:
    """How often golden cases were judged right."""

    label: str
    right: int
    read: int

    @property
    def share(self) -> float | None:
        return self.right / self.read if self.read else None

    @property
    def bounds(self) -> Bounds:
        return wilson(self.right, self.read)


def in_use() -> QuerySet[GoldenCase]:
    """With how often each was judged, and how often right."""
    standing = Q(readings__isnull=False, readings__ruling__undone_at__isnull=True)
    rows = GoldenCase.objects.select_related("case__merchant", "case__policy", "kept_by")
    return rows.annotate(
        read=Count("readings", filter=standing), right=Count("readings", filter=standing & Q(readings__right=True))
    ).order_by("retired_at", "-pk")


def for_person(person: User, *, queue: Queue | None) -> GoldenCase | None:
    """One that they have not had, did not decide on, and did not keep themselves, of what is not hard to look at; at random."""
    of_original = {"case": OuterRef("case"), "person": person.pk}
    had = Claim.objects.filter(case__golden=OuterRef("pk"), person=person.pk)
    rows = GoldenCase.objects.filter(
        ~Exists(had),
        ~Exists(CaseDecision.objects.filter(**of_original)),
        ~Exists(Claim.objects.filter(**of_original)),
        ~wellbeing.is_hard("case__policy"),
        retired_at__isnull=True,
    ).exclude(Q(kept_by=person.pk) | Q(case__policy__family__in=wellbeing.own(person).families))
    if queue is not None:
        rows = rows.filter(case__queue=queue)
    markets = permissions.markets(person)
    if markets is not None:
        rows = rows.filter(case__markets__overlap=sorted(markets))
    return rows.select_related("case").order_by("?").first()


def scores(*, since: datetime, person: int | None) -> list[Score]:
    """By person, who judged most first."""
    rows = _readings(since, person).values_list("ruling__person", "ruling__person__pseudonym")
    counted = rows.annotate(read=Count("pk"), right=Count("pk", filter=Q(right=True))).order_by(
        "-read", "ruling__person"
    )
    return [Score(name, right, read) for _key, name, read, right in counted]


def together(found: Iterable[Score]) -> Score:
    rows = list(found)
    return Score("", sum(each.right for each in rows), sum(each.read for each in rows))


def missed(person: User, *, since: datetime) -> list[GoldenReading]:
    """What the person judged otherwise, the newest first: it is there to be learnt from."""
    rows = _readings(since, person.pk).filter(right=False).select_related("golden__case__policy", "ruling__case")
    return list(rows.order_by("-ruling__decided_at")[:20])


def judged_from(case: Case) -> datetime | None:
    """Of a copy, when its original came: nothing that happened later may tell how it was decided."""
    return case.golden.case.opened_at if case.golden else None


def can_be_kept(case: Case) -> bool:
    return case.outcome in (CaseOutcome.DECIDED, CaseOutcome.NO_VIOLATION) and not (
        case.golden_id or GoldenCase.objects.filter(case=case).exists()
    )


def reading_of(case: Case) -> GoldenReading | None:
    """The last judgement on a copy that was not taken back."""
    rows = GoldenReading.objects.filter(ruling__case=case, ruling__undone_at__isnull=True)
    return rows.select_related("golden").order_by("-pk").first()


def _readings(since: datetime, person: int | None) -> QuerySet[GoldenReading]:
    rows = GoldenReading.objects.filter(ruling__decided_at__gte=since, ruling__undone_at__isnull=True)
    return rows if person is None else rows.filter(ruling__person=person)
