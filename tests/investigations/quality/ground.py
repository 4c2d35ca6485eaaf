"""Decisions to be read a second time, made as people and automation make them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from enforcement.domain import decisions
from enforcement.enums import Origin
from enforcement.models import Decision
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import Policy
from investigations.domain import cases, claims, reviews, sampling
from investigations.enums import Verdict
from investigations.models import CaseDecision, SecondReview
from tests.factories import cases as make

V, F, U = Verdict.VIOLATES, Verdict.FINE, Verdict.UNSURE
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


def ruled(
    policy: Policy, person: User, *verdicts: Verdict, name: str = "Nordlicht", took: int = 120, at: datetime = MONDAY
) -> CaseDecision:
    """A case with a listing for each verdict, decided by the person."""
    make.market("DE")
    case = make.case(policy, make.merchant(name), listings=len(verdicts), markets=("DE",), at=at - timedelta(hours=1))
    claims.claim(case=case, person=person, at=at - timedelta(seconds=took))
    keys = case.items.order_by("pk").values_list("pk", flat=True)
    ruling = cases.decide(
        case=case,
        verdicts=dict(zip(keys, verdicts, strict=True)),
        measure=Measure.REMOVE if V in verdicts else None,
        markets=["DE"],
        actor=person,
        reason="The marked words leave no doubt",
        at=at,
    )
    assert ruling
    return ruling


def automated(policy: Policy, *names: str, at: datetime = MONDAY) -> list[Decision]:
    """A listing of each merchant, removed by automation."""
    make.market("DE")
    return [_removed(policy, name, at) for name in names]


def _removed(policy: Policy, name: str, at: datetime) -> Decision:
    merchant = make.merchant(name)
    found = make.violation(make.listing(merchant, f"Cube of {name}"), policy, owed="nothing")  # type: ignore[arg-type]
    return decisions.issue(
        merchant=merchant, version=found.version, violations=[found], measure=Measure.REMOVE, markets=[],
        minimum_age=None, actor=None, reason="", at=at, origin_kind=Origin.SWEEP,
    )  # fmt: skip


def drawn(*, random: int = 100, risk: int = 0, automation: int = 100, actor: User) -> list[SecondReview]:
    """What Tuesday's draw made of Monday."""
    sampling.set_plan(
        random_percent=random,
        risk_percent=risk,
        automation_per_day=automation,
        golden_per_hundred=0,
        actor=actor,
        at=MONDAY,
    )
    sampling.draw_owed(at=TUESDAY)
    return list(SecondReview.objects.order_by("pk"))


def judged(review: SecondReview, reader: User, verdicts: Sequence[Verdict], *, at: datetime = TUESDAY) -> SecondReview:
    """Taken and read by one, in the order of the verdicts' keys."""
    SecondReview.objects.filter(pk=review.pk).update(reviewer=reader, taken_at=at, state="taken")
    keys = review.verdicts.order_by("pk").values_list("pk", flat=True)
    return reviews.read(
        review=review, verdicts=dict(zip(keys, verdicts, strict=True)), measure=None, note="", actor=reader, at=at
    )
