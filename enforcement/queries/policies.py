"""Reads of policies as their pages show them: with what they found."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from enforcement.enums import ClosedBecause, ViolationState
from enforcement.models import Violation
from governance.policies.enums import SEVERITY_RANK, VersionState
from governance.policies.models import Policy, PolicyMove, PolicyText, PolicyVersion
from listings.models import Category

SHOWN_FIELDS = ("severity", "legal_basis", "confirm_with_counsel", "default_measure", "jurisdictions")


def policies(language: str) -> QuerySet[Policy]:
    """Policies with their title in `language` and the words of the version that is shown: the live one, else the latest."""
    latest = PolicyVersion.objects.filter(policy=OuterRef("pk")).order_by("-number").values("pk")[:1]
    shown = PolicyVersion.objects.filter(pk=OuterRef("shown_id"))
    texts = PolicyText.objects.filter(version=OuterRef("shown_id"))
    rank = Case(
        *[When(severity=severity, then=Value(rank)) for severity, rank in SEVERITY_RANK.items()],
        default=Value(9),
        output_field=IntegerField(),
    )
    rows = Policy.objects.annotate(shown_id=Coalesce(F("live_id"), Subquery(latest)))
    rows = rows.annotate(**{name: Subquery(shown.values(name)) for name in SHOWN_FIELDS})
    rows = rows.annotate(
        shown_number=Subquery(shown.values("number")),
        title=Coalesce(
            Subquery(texts.filter(language=language).values("title")),
            Subquery(texts.filter(language="en").values("title")),
            F("slug"),
            output_field=CharField(),
        ),
        open_violations=Coalesce(Subquery(_counted(state=ViolationState.OPEN)), 0),
        dismissed=Coalesce(
            Subquery(_counted(closed_because__in=[ClosedBecause.DISMISSED, ClosedBecause.OVERTURNED])), 0
        ),
    )
    return rows.annotate(severity_rank=rank)


def _counted(**condition: object) -> QuerySet[Violation, Any]:
    found = Violation.objects.filter(policy=OuterRef("pk"), **condition).order_by()
    return found.values("policy").annotate(n=Count("pk")).values("n")


@dataclass(frozen=True)
class Track:
    """What a policy has found and what people made of it."""

    open: int
    closed: int
    corrected: int
    dismissed: int
    overturned: int

    @property
    def wrong_share(self) -> float | None:
        """Share of the closed ones that a person or an appeal found fine; None while none is closed."""
        return (self.dismissed + self.overturned) / self.closed if self.closed else None


def track(policy: Policy) -> Track:
    counts = Violation.objects.filter(policy=policy).aggregate(
        open=Count("pk", filter=Q(state=ViolationState.OPEN)),
        closed=Count("pk", filter=Q(state=ViolationState.CLOSED)),
        corrected=Count("pk", filter=Q(closed_because=ClosedBecause.CORRECTED)),
        dismissed=Count("pk", filter=Q(closed_because=ClosedBecause.DISMISSED)),
        overturned=Count("pk", filter=Q(closed_because=ClosedBecause.OVERTURNED)),
    )
    return Track(**counts)


def recent(policy: Policy, *, most: int = 6) -> list[Violation]:
    """The latest open violations, with what a line about them shows."""
    found = Violation.objects.filter(policy=policy, state=ViolationState.OPEN).select_related("listing", "merchant")
    return list(found.order_by("-found_at", "-pk")[:most])


def by_market(policy: Policy) -> list[tuple[str, int]]:
    """Open violations by market, most first."""
    counts: dict[str, int] = {}
    for markets in Violation.objects.filter(policy=policy, state=ViolationState.OPEN).values_list("markets", flat=True):
        for market in markets:
            counts[market] = counts.get(market, 0) + 1
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


def category_names(version: PolicyVersion, language: str) -> list[str]:
    """The categories that a version is about, by their names, else by their codes."""
    return list(names_of_categories(version.categories, language).values())


def names_of_categories(codes: Collection[str], language: str) -> dict[str, str]:
    """Code → name, else the code itself, in the order of the codes."""
    known = dict(Category.objects.filter(code__in=codes).values_list("code", "names"))
    return {code: known.get(code, {}).get(language) or known.get(code, {}).get("en", code) for code in codes}


def titles(ids: Collection[int], language: str) -> dict[int, str]:
    """Policy's id → its title as lists show it."""
    return {policy.pk: policy.title for policy in policies(language).filter(pk__in=ids).order_by("pk")}  # type: ignore[attr-defined]


def versions(policy: Policy) -> list[PolicyVersion]:
    """All versions, the latest first, with authors, texts and approvals."""
    found = policy.versions.select_related("author").prefetch_related("texts", "approvals__person")
    return list(found.order_by("-number"))


def in_the_making(policy: Policy) -> PolicyVersion | None:
    return policy.versions.filter(state__in=[VersionState.DRAFT, VersionState.SUBMITTED]).first()


def mode_moves(policy: Policy) -> list[PolicyMove]:
    return list(policy.moves.select_related("actor").order_by("-moved_at", "-pk")[:8])
