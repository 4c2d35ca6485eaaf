"""Drawing what is read a second time: a day once, some at random, some by risk, some of what automation decided."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.models import Decision
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import Refusal
from investigations.enums import ReviewKind, Verdict
from investigations.models import Draw, QualityPlan, SecondReview, SecondVerdict
from investigations.queries import drawing

DAYS_BACK = 7
"""So long ago a day may still be drawn that was missed."""


def plan() -> QualityPlan:
    """The plan in force; the usual one where nobody has set another."""
    return QualityPlan.objects.filter(pk=1).first() or QualityPlan(pk=1)


@transaction.atomic
def set_plan(
    *,
    random_percent: int,
    risk_percent: int,
    automation_per_day: int,
    golden_per_hundred: int,
    actor: User,
    at: datetime,
) -> QualityPlan:
    """Change how much is read again, from the next day that is drawn."""
    if not (0 <= random_percent <= 100 and 0 <= risk_percent <= 100 and 0 <= golden_per_hundred <= 50):
        raise Refusal(_("Shares are between 0 and 100 %, test cases at most 50 in 100."))
    if not 0 <= automation_per_day <= 10_000:
        raise Refusal(_("Of automation at most 10,000 decisions a day can be drawn."))
    found = QualityPlan(
        pk=1,
        random_percent=random_percent,
        risk_percent=risk_percent,
        automation_per_day=automation_per_day,
        golden_per_hundred=golden_per_hundred,
    )
    QualityPlan.objects.bulk_create(
        [found],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["random_percent", "risk_percent", "automation_per_day", "golden_per_hundred"],
    )
    entries.record(
        verb="quality.planned",
        actor=actor,
        subject_kind="quality_plan",
        subject_id=1,
        subject_ref="quality plan",
        data={
            "random_percent": random_percent,
            "risk_percent": risk_percent,
            "automation_per_day": automation_per_day,
            "golden_per_hundred": golden_per_hundred,
        },
        at=at,
    )
    return found


def draw_owed(*, at: datetime) -> int:
    """Draw from every whole day of the last DAYS_BACK that was not drawn from; returns how many were."""
    days = [at.date() - timedelta(days=back) for back in range(DAYS_BACK, 0, -1)]
    done = set(Draw.objects.filter(day__in=days).values_list("day", flat=True))
    return sum(_draw(day, at) for day in days if day not in done)


@transaction.atomic
def _draw(day: date, at: datetime) -> int:
    """Whoever comes second finds the day drawn: its row is unique."""
    people, automation = drawing.people(day), drawing.automation(day)
    rows = [Draw(day=day, people=len(people), automation=automation.count(), drawn_at=at)]
    Draw.objects.bulk_create(rows, ignore_conflicts=True)
    draw = Draw.objects.select_for_update().get(day=day)
    if draw.reviews.exists() or draw.drawn_at != at:
        return 0
    wanted = plan()
    by_chance = people[: math.ceil(len(people) * wanted.random_percent / 100)]
    rest = [each for each in people[len(by_chance) :] if each.because]
    by_risk = sorted(rest, key=lambda each: -each.risk)[: math.ceil(len(people) * wanted.risk_percent / 100)]
    _add_people(draw, by_chance, by_risk)
    _add_automation(draw, list(automation.select_related("version", "merchant")[: wanted.automation_per_day]))
    return 1


def _add_people(draw: Draw, by_chance: Sequence[drawing.Drawable], by_risk: Sequence[drawing.Drawable]) -> None:
    chosen = [(each, ReviewKind.RANDOM) for each in by_chance] + [(each, ReviewKind.RISK) for each in by_risk]
    items = drawing.case_items([each.ruling for each, _kind in chosen], draw.day)
    reviews = [
        SecondReview(
            kind=kind,
            draw=draw,
            ruling=each.ruling,
            policy_id=each.ruling.case.policy_id,
            person_id=each.ruling.person_id,
            language=each.ruling.case.merchant.language,
            because=list(each.because) if kind == ReviewKind.RISK else [],
        )
        for each, kind in chosen
        if each.ruling.pk in items
    ]
    made = SecondReview.objects.bulk_create(reviews)
    _add_verdicts(
        SecondVerdict(review=review, case_item=item, first=item.verdict)
        for review in made
        for item in items[review.ruling_id or 0]
    )


def _add_automation(draw: Draw, decisions: Sequence[Decision]) -> None:
    """What automation decides on it holds to violate."""
    items = drawing.decision_items(decisions, draw.day)
    reviews = [
        SecondReview(
            kind=ReviewKind.AUTOMATION,
            draw=draw,
            decision=each,
            policy_id=each.version.policy_id,
            language=each.merchant.language,
        )
        for each in decisions
        if each.pk in items
    ]
    made = SecondReview.objects.bulk_create(reviews)
    _add_verdicts(
        SecondVerdict(review=review, decision_item=item, first=Verdict.VIOLATES)
        for review in made
        for item in items[review.decision_id or 0]
    )


def _add_verdicts(rows: Iterable[SecondVerdict]) -> None:
    SecondVerdict.objects.bulk_create(rows, batch_size=1_000)
