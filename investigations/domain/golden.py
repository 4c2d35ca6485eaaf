"""Golden cases: kept from decided ones, given like any other, judged without effect, told to who judged."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims, moves, sampling
from investigations.enums import CaseOutcome, CaseState, ClaimEnd, Verdict
from investigations.models import Case, CaseDecision, CaseItem, Claim, GoldenCase, GoldenReading, Queue
from investigations.queries import golden as queries
from investigations.queries import work

LONGEST = 2_000


class NotGolden(Refusal):
    """Only a case that people decided to the end can show what is right."""


@transaction.atomic
def keep(*, case: Case, why: str, actor: User, at: datetime) -> GoldenCase:
    """Hold the verdicts of a closed case to be right. Raises NotGolden where it is not decided to the end by people."""
    case = moves.lock(case)
    if not why.strip() or len(why) > LONGEST:
        raise Refusal(
            _("Say why these verdicts are right, in at most 2,000 characters: who judges otherwise reads it.")
        )
    items = list(case.items.select_related("settled_by"))
    decided = [item for item in items if item.settled_by and item.verdict in (Verdict.VIOLATES, Verdict.FINE)]
    if case.state != CaseState.CLOSED or case.golden_id or not decided or len(decided) < len(items):
        raise NotGolden(_("Only a closed case in which people decided about everything can be kept as a test case."))
    if GoldenCase.objects.filter(case=case).exists():
        raise MoveRefused(_("This case is a test case already."))
    rulings = case.case_decisions.filter(undone_at__isnull=True)
    measures = set(rulings.values_list("decision__measure", flat=True)) - {None}
    golden = GoldenCase.objects.create(case=case, measures=sorted(measures), why=why.strip(), kept_by=actor, kept_at=at)
    _record("golden.kept", golden, actor, at)
    return golden


@transaction.atomic
def retire(*, golden: GoldenCase, actor: User, at: datetime) -> GoldenCase:
    """Give it to nobody any more."""
    golden = GoldenCase.objects.select_for_update(of=("self",)).select_related("case").get(pk=golden.pk)
    if golden.retired_at is not None:
        raise MoveRefused(_("This test case is retired already."))
    golden.retired_by, golden.retired_at = actor, at
    golden.save(update_fields=["retired_by", "retired_at"])
    _record("golden.retired", golden, actor, at)
    return golden


@transaction.atomic
def next_case(*, person: User, queue: Queue | None, held: bool, chance: float, at: datetime) -> Case | None:
    """`claims.claim_next`, and now and then a golden case in its stead: as often as the plan says, `chance` being a number
    from 0 to 1 that was drawn. Nobody without a case waiting for them gets one: it would show that it is none."""
    if held or work.live_claim(person) or work.live_page(person) or chance * 100 >= sampling.plan().golden_per_hundred:
        return claims.claim_next(person=person, queue=queue, held=held, at=at)
    waits = work.next_cases(person, at=at, queue=queue).first()
    golden = queries.for_person(person, queue=queue) if waits else None
    if golden is None or waits is None:
        return claims.claim_next(person=person, queue=queue, held=held, at=at)
    return _give(golden, waits, person, at)


def answer(
    *, case: Case, held: Claim, verdicts: Mapping[int, Verdict], measure: Measure | None, actor: User, at: datetime
) -> CaseDecision:
    """Judge a golden case, already locked and held: nothing happens to its merchant. Unsure is not right."""
    items = list(work.unsettled(case).select_related("violation"))
    ruling = CaseDecision.objects.create(
        case=case,
        claim=held,
        person=actor,
        decided_at=at,
        handling_seconds=int((at - held.claimed_at).total_seconds()),
    )
    for item in items:
        item.verdict = verdicts[item.pk]
        item.settled_at, item.settled_by = at, ruling
    CaseItem.objects.bulk_update(items, ["verdict", "settled_at", "settled_by"], batch_size=500)
    golden = GoldenCase.objects.get(pk=case.golden_id or 0)
    violates = any(item.verdict == Verdict.VIOLATES for item in items)
    chosen = measure.value if measure and violates else ""
    GoldenReading.objects.create(
        golden=golden,
        ruling=ruling,
        right=all(item.verdict == item.answer for item in items),
        measure=chosen,
        fits=not chosen or chosen in golden.measures,
    )
    claims.end(held, ClaimEnd.DECIDED, at=at)
    moves.move(case, CaseState.CLOSED, actor=actor, at=at, outcome=CaseOutcome.DECIDED)
    moves.record("case.decided", case, actor=actor, at=at, data={"golden": golden.pk})
    return ruling


def _give(golden: GoldenCase, like: Case, person: User, at: datetime) -> Case:
    """A copy of the case, claimed at once. It is as old, and due as soon, as the case that it stands in for."""
    of = golden.case
    copy = Case.objects.create(
        merchant_id=of.merchant_id,
        policy_id=of.policy_id,
        cause_key=f"golden:{golden.pk}:{person.pk}",
        origin=of.origin,
        queue_id=of.queue_id,
        severity=of.severity,
        priority=like.priority,
        priority_parts=like.priority_parts,
        markets=of.markets,
        languages=of.languages,
        views_30d=of.views_30d,
        orders_30d=of.orders_30d,
        opened_at=like.opened_at,
        due_at=like.due_at,
        golden=golden,
    )
    CaseItem.objects.bulk_create(
        CaseItem(
            case=copy,
            listing_id=item.listing_id,
            violation_id=item.violation_id,
            answer=item.verdict,
            added_at=like.opened_at,
        )
        for item in of.items.order_by("pk")
    )
    claims.claim(case=copy, person=person, at=at)
    return Case.objects.select_related("merchant", "policy").get(pk=copy.pk)


def _record(verb: str, golden: GoldenCase, actor: User, at: datetime) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="case",
        subject_id=golden.case_id,
        subject_ref=str(golden.case),
        data={"golden": golden.pk},
        at=at,
    )
