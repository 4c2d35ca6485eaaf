"""What waits for a second reader, and what they see: the evidence as the first had it, without what the first said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from enforcement.enums import DecisionState
from enforcement.models import Decision, DecisionItem
from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.policies.models import PolicyText, PolicyVersion
from governance.policies.text import guidance
from investigations import permissions
from investigations.enums import OPEN_REVIEWS, ReviewState
from investigations.models import CaseDecision, CaseItem, Precedent, SecondReview, SecondVerdict
from investigations.queries import exhibits, panel
from listings.models import Listing

LASTS = timedelta(hours=1)
"""So long a reader keeps what they have taken."""


def visible(user: Anyone) -> QuerySet[SecondReview]:
    """Those that a person may read about: all of their markets, or what concerns their own work."""
    rows = SecondReview.objects.select_related(
        "ruling__case__merchant", "ruling__decision", "decision__merchant", "policy", "person", "reviewer", "settled_by"
    )
    if not (permissions.can_read_quality(user) or permissions.can_review(user)):
        return rows.filter(person=user.pk) if permissions.can_see_queue(user) else rows.none()
    markets = permissions.markets(user)
    if markets is None:
        return rows
    items = DecisionItem.objects.filter(decision=OuterRef("decision"), listing__markets__overlap=sorted(markets))
    return rows.filter(Q(ruling__case__markets__overlap=sorted(markets)) | Exists(items))


def waiting_for(user: User, *, at: datetime) -> QuerySet[SecondReview]:
    """What a person may read next: not their own, the oldest day first."""
    free = Q(state=ReviewState.WAITING) | Q(state=ReviewState.TAKEN, taken_at__lte=at - LASTS)
    return visible(user).filter(free).exclude(person=user.pk).exclude(ruling__person=user.pk).order_by("pk")


def in_hand(user: Anyone, *, at: datetime) -> SecondReview | None:
    """What the person has taken and not yet finished."""
    mine = SecondReview.objects.filter(state=ReviewState.TAKEN, reviewer=user.pk, taken_at__gt=at - LASTS)
    return mine.first()


def gone() -> QuerySet[SecondReview]:
    """Open ones of what was taken back or withdrawn since it was drawn."""
    undone = CaseDecision.objects.filter(pk=OuterRef("ruling"), undone_at__isnull=False)
    withdrawn = Decision.objects.filter(pk=OuterRef("decision"), state=DecisionState.WITHDRAWN)
    return SecondReview.objects.filter(Exists(undone) | Exists(withdrawn), state__in=OPEN_REVIEWS)


def listing_of(review: SecondReview) -> Listing | None:
    """The listing that one would look at to see what it was about."""
    row = review.verdicts.select_related("case_item__listing", "decision_item__listing").order_by("pk").first()
    of = row and (row.case_item or row.decision_item)
    return of.listing if of else None


@dataclass(frozen=True)
class Desk:
    """What lies before the second reader."""

    version: PolicyVersion | None
    text: PolicyText | None
    guidance: list[guidance.Block]
    exhibits: list[exhibits.Exhibit]
    verdicts: list[SecondVerdict]
    precedents: list[Precedent]


def desk(review: SecondReview, *, language: str) -> Desk:
    rows = list(
        review.verdicts.select_related(
            "case_item__listing__category",
            "case_item__violation__version__policy",
            "decision_item__listing__category",
            "decision_item__violation__version__policy",
        ).order_by("pk")
    )
    shown = exhibits.of(_items(review, rows), language=language)
    version = _version(review, rows)
    text = panel.text_of(version, language) if version else None
    known = panel.precedents_of(version.policy_id) if version else []
    return Desk(version, text, guidance.blocks(text.guidance) if text else [], shown, rows, known)


def _items(review: SecondReview, rows: Iterable[SecondVerdict]) -> list[CaseItem]:
    """The subjects as items of a case, keyed by their second verdict, in the versions that the first reader had."""
    decision = review.decision_id or (review.ruling.decision_id if review.ruling else None)
    judged = dict(
        DecisionItem.objects.filter(decision=decision, listing__isnull=False).values_list("listing", "listing_version")
    )
    found = []
    for row in rows:
        of = row.case_item or row.decision_item
        if of is None:
            continue
        if of.violation is not None and of.listing_id in judged:
            of.violation.listing_version = judged[of.listing_id]
        found.append(CaseItem(pk=row.pk, listing=of.listing, violation=of.violation))
    return found


def _version(review: SecondReview, rows: Iterable[SecondVerdict]) -> PolicyVersion | None:
    decision = review.decision or (review.ruling.decision if review.ruling else None)
    if decision is not None:
        return PolicyVersion.objects.select_related("policy").get(pk=decision.version_id)
    of = [row.case_item or row.decision_item for row in rows]
    versions = [each.violation.version for each in of if each is not None and each.violation is not None]
    return max(versions, key=lambda version: version.number, default=None)
