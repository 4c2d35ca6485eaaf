"""What a sweep has found and what was reported about the same: which waits where.

They are the same where both are about one listing, or both about the merchant as a whole, and the policy's matter is that of the
ground. A finding that holds in fewer markets than the listing is offered in, or the merchant is in, is not: the report may be about the others.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from enforcement.domain.transparency.payloads import matter_under
from enforcement.enums import ViolationState
from enforcement.models import Decision, Violation
from enforcement.queries import restrictions
from governance.policies.enums import SEVERITY_RANK, Severity
from governance.policies.models import PolicyVersion
from investigations.enums import GROUND_MATTER, LIVE_CASES, NoticeGround, NoticeState, OrderOutcome
from investigations.models import CaseItem, NoticeItem, OrderItem
from listings.queries import merchants

Subject = tuple[int, int | None]
"""Merchant and listing; no listing: the merchant as a whole."""


def waiting_for(reports: Sequence[NoticeItem]) -> dict[int, CaseItem]:
    """By the key of what is reported, what waits about the same already: reported on the same ground, else found by a sweep,
    the gravest first. Two queries, and two for merchants as a whole."""
    by_subject: dict[Subject, list[CaseItem]] = defaultdict(list)
    for item in _open(reports).select_related("case", "listing", "violation__version__policy").order_by("pk"):
        by_subject[item.case.merchant_id, item.listing_id].append(item)
    grounds = _grounds(item for items in by_subject.values() for item in items)
    offered = _offered(item for items in by_subject.values() for item in items)
    found: dict[int, CaseItem] = {}
    for report in reports:
        near = by_subject[report.merchant_id, report.listing_id]
        reported = [each for each in near if report.notice.ground in grounds[each.pk]]
        by_rule = [
            each
            for each in near
            if each.violation and _is_about(each.violation, report.notice.ground, offered[each.pk])
        ]
        if same := reported or sorted(by_rule, key=_gravest_first):
            found[report.pk] = same[0]
    return found


def reported_as(violations: Sequence[Violation]) -> dict[int, CaseItem]:
    """By the key of a violation, the item of a live case in which the same was reported and no rule had found it. Two queries, and two for
    merchants as a whole."""
    rows = _open(violations).filter(~Exists(_ordered()), violation__isnull=True)
    by_subject: dict[Subject, list[CaseItem]] = defaultdict(list)
    for item in rows.select_related("case", "listing").order_by("pk"):
        by_subject[item.case.merchant_id, item.listing_id].append(item)
    grounds = _grounds(item for items in by_subject.values() for item in items)
    offered = _offered(item for items in by_subject.values() for item in items)
    found: dict[int, CaseItem] = {}
    taken: set[int] = set()
    for violation in violations:
        for item in by_subject[violation.merchant_id, violation.listing_id]:
            if item.pk not in taken and any(_is_about(violation, each, offered[item.pk]) for each in grounds[item.pk]):
                found[violation.pk] = item
                taken.add(item.pk)
                break
    return found


def acted_upon(reports: Sequence[NoticeItem]) -> dict[int, Decision]:
    """By the key of what is reported, the first decision of the ground's matter that holds something on it now. One query."""
    rows = restrictions.in_force().filter(
        Q(item__listing__in=[each.listing_id for each in reports if each.listing_id])
        | Q(item__listing__isnull=True, merchant__in=[each.merchant_id for each in reports if each.listing_id is None])
    )
    by_subject: dict[Subject, list[Decision]] = defaultdict(list)
    for row in rows.select_related("item", "decision__version__policy").order_by("pk"):
        by_subject[row.merchant_id, row.item.listing_id].append(row.decision)
    found: dict[int, Decision] = {}
    for report in reports:
        for decision in by_subject[report.merchant_id, report.listing_id]:
            if report.pk not in found and _of_matter(decision.version, report.notice.ground):
                found[report.pk] = decision
    return found


def still_open(items: Iterable[CaseItem], cases: Iterable[int]) -> dict[int, CaseItem]:
    """Those of the items, by key, that wait in one of these cases, now that the cases are locked."""
    rows = CaseItem.objects.filter(pk__in={item.pk for item in items}, settled_at__isnull=True, case__in=list(cases))
    return {item.pk: item for item in rows}


def _open(about: Iterable[NoticeItem | Violation]) -> QuerySet[CaseItem]:
    """What waits in live cases about these subjects. Copies that test people are none of that."""
    subjects = {(each.merchant_id, each.listing_id) for each in about}
    listings = {listing for _merchant, listing in subjects if listing}
    whole = {merchant for merchant, listing in subjects if listing is None}
    near = Q(listing__in=listings) | Q(listing__isnull=True, case__merchant__in=whole)
    live = CaseItem.objects.filter(near, settled_at__isnull=True, case__state__in=LIVE_CASES, case__golden__isnull=True)
    return live.exclude(violation__state=ViolationState.CLOSED)


def _ordered() -> QuerySet[OrderItem]:
    return OrderItem.objects.filter(case_item=OuterRef("pk"), outcome=OrderOutcome.OPEN)


def _grounds(items: Iterable[CaseItem]) -> dict[int, set[str]]:
    """On which grounds each is reported by somebody who waits for an answer."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = NoticeItem.objects.filter(case_item__in=[item.pk for item in items], state=NoticeState.RECEIVED)
    for key, ground in rows.values_list("case_item", "notice__ground"):
        found[key or 0].add(ground)
    return found


def _offered(items: Iterable[CaseItem]) -> dict[int, set[str]]:
    """In which markets what each is about is: a listing offered, a merchant as a whole established or selling."""
    rows = list(items)
    whole = merchants.markets_of({item.case.merchant_id for item in rows if item.listing is None})
    return {item.pk: set(item.listing.markets) if item.listing else whole[item.case.merchant_id] for item in rows}


def _is_about(violation: Violation, ground: str, offered: set[str]) -> bool:
    return set(violation.markets) >= offered and _of_matter(violation.version, ground)


def _of_matter(version: PolicyVersion, ground: str) -> bool:
    return matter_under(version).category == GROUND_MATTER[NoticeGround(ground)]


def _gravest_first(item: CaseItem) -> tuple[int, int]:
    severity = item.violation.version.severity if item.violation else Severity.MINOR
    return SEVERITY_RANK[Severity(severity)], item.pk
