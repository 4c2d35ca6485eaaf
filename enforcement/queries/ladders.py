"""The ladder in force, the one being drafted, and the steps that merchants have reached."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import QuerySet

from enforcement.enums import OPEN_STEPS, STANDING_DECISIONS, WON_APPEALS, LadderState, StepState
from enforcement.models import Appeal, Ladder, LadderStep
from enforcement.models.ladder import Terms
from enforcement.queries import decisions
from enforcement.queries.points import of_all as points_of_all

Markets = Collection[str] | None


def live() -> Ladder | None:
    return Ladder.objects.filter(state=LadderState.LIVE).first()


def drafted() -> Ladder | None:
    return Ladder.objects.filter(state=LadderState.DRAFT).select_related("author").first()


def versions() -> QuerySet[Ladder]:
    return Ladder.objects.select_related("author").order_by("-number")


def steps(markets: Markets) -> QuerySet[LadderStep]:
    """Steps of merchants who offended in these markets, with what a row of them shows."""
    rows = LadderStep.objects.select_related("merchant", "ladder", "reached_by", "decision")
    return rows if markets is None else rows.filter(decisions.concerns(markets, "reached_by"))


def open_steps(merchant_id: int) -> QuerySet[LadderStep]:
    rows = LadderStep.objects.filter(merchant_id=merchant_id, state__in=sorted(OPEN_STEPS))
    return rows.select_related("reached_by", "merchant").order_by("pk")


def owed() -> list[int]:
    """Steps that automation carries out."""
    return list(LadderStep.objects.filter(state=StepState.OWED).order_by("pk").values_list("pk", flat=True))


def unfounded() -> QuerySet[LadderStep]:
    """Steps in force although the decision that led to them was taken back."""
    return LadderStep.objects.filter(
        state=StepState.TAKEN,
        decision__state__in=sorted(STANDING_DECISIONS),
        reached_by__point_entries__kind="returned",
    ).order_by("pk")


def where_merchants_stand(terms: Terms, at: datetime) -> dict[int, int]:
    """How many merchants with points stand at each milestone today, by its points; 0 is below the first."""
    counts: dict[int, int] = {}
    for points in points_of_all(at):
        step = terms.reached(points)
        height = step.at if step else 0
        counts[height] = counts.get(height, 0) + 1
    return counts


def won_appeal_since(merchant_id: int, *, days: int, at: datetime) -> Appeal | None:
    """The newest appeal that the merchant won within so many days before `at`."""
    rows = Appeal.objects.filter(merchant_id=merchant_id, state__in=sorted(WON_APPEALS))
    return rows.filter(decided_at__gt=at - timedelta(days=days), decided_at__lte=at).order_by("-decided_at").first()
