"""Calibration sessions: what lies before those who judge, and afterwards all of them side by side."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from governance.accounts.models import User
from governance.policies.models import Policy
from governance.web import agreement
from governance.web.agreement import Agreement
from investigations.enums import ReviewOutcome, ReviewState, Verdict
from investigations.models import (
    Calibration,
    CalibrationItem,
    CalibrationVerdict,
    CaseItem,
    Precedent,
    SecondReview,
    SecondVerdict,
)
from investigations.queries import exhibits

DRAWN_OVER = timedelta(days=90)


@dataclass
class Row:
    """One listing of a session with what everybody said of it."""

    item: CalibrationItem
    exhibit: exhibits.Exhibit
    said: dict[int, Verdict] = field(default_factory=dict)
    precedents: list[Precedent] = field(default_factory=list)

    @property
    def counts(self) -> list[tuple[Verdict, int]]:
        """What was said most, first."""
        return Counter(self.said.values()).most_common()

    @property
    def split(self) -> bool:
        return len(set(self.said.values())) > 1


@dataclass(frozen=True)
class Result:
    """All rows, those on which people differ first; Fleiss' kappa over the listings that two or more have judged."""

    rows: list[Row]
    people: list[User]
    found: Agreement


def sessions() -> QuerySet[Calibration]:
    """With how many listings, and how many people have judged."""
    rows = Calibration.objects.select_related("policy", "opened_by")
    return rows.annotate(
        listings=Count("items", distinct=True), judges=Count("items__verdicts__person", distinct=True)
    ).order_by("closed_at", "-pk")


def worth_judging(policy: Policy, *, at: datetime, count: int) -> list[CaseItem]:
    """Listings decided by people lately under the policy: first those on which two readers differed, then others at random."""
    lately = CaseItem.objects.filter(
        case__policy=policy, answer="", listing__isnull=False, violation__isnull=False, settled_by__isnull=False
    ).filter(settled_at__gte=at - DRAWN_OVER, settled_at__lte=at)
    doubtful = SecondReview.objects.filter(state=ReviewState.DIFFERS) | SecondReview.objects.filter(
        outcome__in=[ReviewOutcome.UNCLEAR, ReviewOutcome.FIRST, ReviewOutcome.SECOND]
    )
    contested = SecondVerdict.objects.filter(case_item=OuterRef("pk"), review__in=doubtful.values("pk"))
    seen = CalibrationItem.objects.filter(case_item=OuterRef("pk"))
    fresh = lately.filter(~Exists(seen)).annotate(contested=Exists(contested))
    return list(fresh.order_by("-contested", "?")[:count])


def table(calibration: Calibration, *, language: str) -> list[Row]:
    """The listings in their order, without what anybody said."""
    items = list(
        calibration.items.select_related(
            "case_item__listing__category", "case_item__violation__version", "settled_by"
        ).order_by("pk")
    )
    shown = exhibits.of(
        [CaseItem(pk=item.pk, listing=item.case_item.listing, violation=item.case_item.violation) for item in items],
        language=language,
    )
    return [Row(item, exhibit) for item, exhibit in zip(items, shown, strict=True)]


def result(calibration: Calibration, *, language: str) -> Result:
    rows = table(calibration, language=language)
    by_item = {row.item.pk: row for row in rows}
    people: dict[int, User] = {}
    given = CalibrationVerdict.objects.filter(item__calibration=calibration).select_related("person").order_by("pk")
    for each in given:
        by_item[each.item_id].said[each.person_id] = Verdict(each.verdict)
        people[each.person_id] = each.person
    for precedent in Precedent.objects.filter(calibration_item__calibration=calibration).order_by("pk"):
        by_item[precedent.calibration_item_id or 0].precedents.append(precedent)
    found = agreement.fleiss(list(row.said.values()) for row in rows)
    return Result(sorted(rows, key=lambda row: (not row.split, row.item.pk)), list(people.values()), found)


def given_by(calibration: Calibration, person: User) -> dict[int, Verdict]:
    rows = CalibrationVerdict.objects.filter(item__calibration=calibration, person=person)
    return {item: Verdict(verdict) for item, verdict in rows.values_list("item", "verdict")}
