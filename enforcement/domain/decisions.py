"""Decisions: issued by a person or by automation, undone within seconds, reversed. Immutable but for their state.

How their restrictions end by themselves stands in `enforcement.domain.endings`.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement import permissions
from enforcement.domain import (
    decision_states,
    delivery_events,
    drafting,
    facts,
    messages,
    milestones,
    ordered,
    points,
    proposals,
    restrictions,
    step_proposals,
    taking_effect,
    timing,
)
from enforcement.domain import violations as findings
from enforcement.domain.decision_states import ReasonMissing
from enforcement.domain.endings import expire_due, settle_corrected
from enforcement.domain.ordered import Ordered
from enforcement.domain.timing import AS_USUAL, Timing
from enforcement.domain.transparency import submissions
from enforcement.enums import (
    OPEN_APPEALS,
    STANDING_DECISIONS,
    Automation,
    DecisionState,
    LiftedBecause,
    Origin,
    Owed,
)
from enforcement.measures import MEASURES
from enforcement.models import Decision, DecisionItem, ItemReversal, LadderStep, Restriction, Violation
from enforcement.queries import owed
from enforcement.queries import points as ledger
from enforcement.queries import restrictions as in_force
from governance.accounts.models import User
from governance.policies.enums import Measure, Mode
from governance.policies.models import PolicyVersion
from governance.web.refusals import MoveRefused, Refusal
from listings.models import Listing, Merchant

__all__ = [
    "UNDO_GRACE",
    "UNDO_WINDOW",
    "AlreadyReversed",
    "ReasonMissing",
    "TooLateToUndo",
    "decide_owed",
    "expire_due",
    "issue",
    "reverse",
    "settle_corrected",
    "undo",
]

UNDO_WINDOW = timedelta(seconds=settings.UNDO_SECONDS)
TURN = timedelta(seconds=10)
"""As long as automation decides in one go."""
UNDO_GRACE = timedelta(seconds=2)
"""A click in the last second still has to arrive. The mail waits for both."""
log = structlog.get_logger(__name__)


class AlreadyReversed(MoveRefused):
    """An item is reversed once and for good."""


class TooLateToUndo(MoveRefused):
    """The merchant has been told, or the actor did not decide it."""


@transaction.atomic
def issue(
    *,
    merchant: Merchant,
    version: PolicyVersion,
    violations: Sequence[Violation],
    measure: Measure,
    markets: Collection[str],
    minimum_age: int | None,
    actor: User | None,
    reason: str,
    at: datetime,
    origin_kind: Origin,
    origin_ref: str = "",
    listings_without_violation: Sequence[Listing] = (),
    ends_at: datetime | None = None,
    supersedes: Decision | None = None,
    asked: Timing = AS_USUAL,
    step: LadderStep | None = None,
    beside: Sequence[Decision] = (),
    order: Ordered | None = None,
    whole: bool = False,
) -> Decision:
    """Decide, act, explain: the one way for a page, the API, a sweep and an appeal.

    `markets` empty means wherever the policy version applies. `supersedes` is replaced whole: its measure ends, its points
    stay with the offence. What is `asked` about time may leave it held or pending: then `taking_effect` goes on with it. Else it acts
    now, and the statement of reasons is owed to the merchant at once; a person's own after the undo's seconds.
    `beside` are decisions of the same act that may stand on the same items with another measure.
    `step` is a milestone of the ladder that is carried out: it says what is decided, and its ladder permits it.
    `order` is what an authority ordered; it is what the merchant is told. `whole` decides about the merchant itself, though no rule
    has found anything.
    Raises the refusals of `enforcement.domain.proposals`; then nothing is written.
    """
    merchant = decision_states.lock_merchant(merchant.pk)
    if supersedes is not None:
        supersedes = _check_replaceable(supersedes, merchant, version)
    if step is not None:
        proposal = step_proposals.of(step, merchant)
    else:
        proposal = proposals.check(
            merchant=merchant,
            version=version,
            violations=_lock_violations(violations),
            listings=listings_without_violation,
            measure=measure,
            markets=markets,
            minimum_age=minimum_age,
            supersedes=supersedes,
            beside=beside,
            whole=whole,
        )
    if whole and order is None and actor is not None:
        proposals.check_reach(proposal, permissions.markets(actor))
    if supersedes is not None:
        asked = replace(asked, cure_days=0)  # the merchant has had their time
    planned = timing.plan(
        merchant=merchant,
        version=version,
        measure=proposal.measure,
        items=len(proposal.items),
        asked=asked,
        actor=actor,
        at=at,
    )
    decision = drafting.build(
        proposal, planned, actor, reason, at, origin_kind, origin_ref, ends_at, supersedes, asked.without_notice or ""
    )
    before = facts.before(proposal, points=ledger.balance(merchant.pk, at))
    decision.save(force_insert=True)
    ordered.keep(decision, order)
    items = drafting.write_items(decision, proposal, before)
    if supersedes is not None:
        _replace(supersedes, decision, actor=actor, at=at)
    findings.owe_nothing(violations=[item.violation for item in proposal.items if item.violation])
    if planned.state != DecisionState.HELD:
        taking_effect.begin(decision, items, replaced=supersedes, wait=_undo_seconds(decision), at=at)
    data = {"measure": measure, "listings": len(items), "points": decision.points, "policy": str(version)}
    data |= {"markets": decision.markets, "reason": reason, "state": decision.state, "held_for": decision.held_for}
    decision_states.record("decision.issued", decision, actor, at, data)
    return decision


def _undo_seconds(decision: Decision) -> timedelta:
    """How long the merchant is not told of it yet: a person may think better of it, a program does not."""
    return UNDO_WINDOW + UNDO_GRACE if decision.automation == Automation.NONE else timedelta(0)


@transaction.atomic
def undo(*, decision: Decision, actor: User, at: datetime) -> Decision:
    """Take a decision back before anybody was told. Its violations stay open; what is to become of them is the caller's."""
    decision = decision_states.lock(decision)
    if decision.decided_by_id != actor.pk:
        raise TooLateToUndo(_("Only the person who decided can undo it."))
    if decision.state == DecisionState.HELD:
        decision_states.move(decision, DecisionState.WITHDRAWN, actor=actor, reason="", at=at)
        decision_states.record("decision.undone", decision, actor, at, {"points_returned": 0})
        return decision
    if decision.supersedes.exists():
        raise TooLateToUndo(_("This decision replaced another, which cannot come back. Reverse it, with a reason."))
    if not messages.withdraw_statement(decision=decision):
        raise TooLateToUndo(_("The merchant has been told already. Reverse the decision instead, with a reason."))
    submissions.withdraw(decision=decision)
    items = list(decision.items.filter(reversal__isnull=True).order_by("pk"))
    returned = _take_back(decision, items, actor=actor, reason="", at=at, because=LiftedBecause.UNDONE)
    decision_states.record("decision.undone", decision, actor, at, {"points_returned": returned})
    return decision


@transaction.atomic
def reverse(
    *,
    decision: Decision,
    items: Collection[DecisionItem] | None = None,
    actor: User | None,
    reason: str,
    at: datetime,
    because: LiftedBecause = LiftedBecause.REVERSED,
) -> Decision:
    """These items (None: all that stand) should not have been decided so: give back exactly what they took.

    Their violations are closed as overturned and no sweep opens them again for the same versions; what a newer version of the
    policy or listing was found to break meanwhile was never judged, and goes to a case. The points return with the last item of
    the offence. Except after an appeal, whose answer says it, the merchant is told.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why it is reversed. The merchant and the next reader have only your reason."))
    decision = decision_states.lock(decision)
    items = _reversible(decision, items)
    returned = _take_back(decision, items, actor=actor, reason=reason, at=at, because=because)
    findings.overturn_judged(decision=decision, items=items, actor=actor, reason=reason, at=at)
    if because == LiftedBecause.REVERSED:
        messages.owe_restored(decision=decision, items=items, because=because, points=returned, reason=reason, at=at)
    data = {"items": [item.pk for item in items], "because": because, "points_returned": returned, "reason": reason}
    decision_states.record("decision.reversed", decision, actor, at, data)
    return decision


def decide_owed(*, clock: Callable[[], datetime]) -> int:
    """Decide by automation what sweeps left owing a decision: one decision per merchant and policy version.

    The policy's mode now, not then, says whether automation may act. Safe to run twice and at the same time: a merchant
    who is being decided about elsewhere is left to the next run. It stops after TURN: other work waits, and what is left is owed
    still. Returns how many decisions were issued.
    """
    versions: dict[int, list[int]] = {}
    for merchant_id, version_id in owed.groups():
        versions.setdefault(merchant_id, []).append(version_id)
    until, issued = clock() + TURN, 0
    for merchant_id, theirs in versions.items():
        at = clock()
        if at > until:
            break
        issued += _decide_merchant(merchant_id, theirs, at)
    return issued


# --- automation ----------------------------------------------------------------------------------


@transaction.atomic
def _decide_merchant(merchant_id: int, versions: Sequence[int], at: datetime) -> int:
    """One transaction: nothing of their letter goes out before all of it is written."""
    return sum(_decide_group(merchant_id, version_id, at) for version_id in versions)


def _decide_group(merchant_id: int, version_id: int, at: datetime) -> int:
    """What automation may not decide becomes a case; one group's fault does not hold up the others."""
    try:
        with transaction.atomic():
            return _decide_locked(merchant_id, version_id, at)
    except Refusal as refusal:
        log.warning("decision_refused", merchant=merchant_id, version=version_id, why=str(refusal))
        findings.owe(violations=owed.of_group(merchant_id, version_id), owed=Owed.CASE)
    except Exception:
        log.exception("decision_failed", merchant=merchant_id, version=version_id)
    return 0


def _decide_locked(merchant_id: int, version_id: int, at: datetime) -> int:
    merchant = Merchant.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=merchant_id).first()
    if merchant is None:
        return 0
    rows = owed.of_group(merchant_id, version_id).select_for_update(skip_locked=True, of=("self",))
    violations = list(rows.select_related("listing"))
    if not violations:
        return 0
    version = PolicyVersion.objects.select_related("policy").get(pk=version_id)
    if version.policy.mode != Mode.ENFORCE:
        instead = Owed.CASE if version.policy.mode == Mode.REVIEW else Owed.NOTHING
        findings.owe(violations=violations, owed=instead)
        return 0
    measure = Measure(version.default_measure)
    rest = _without_covered(violations, version, measure)
    if not rest:
        return 0
    named = MEASURES[measure].names_markets
    newest = max((violation.found_by_id or 0 for violation in rest), default=0)
    issue(
        merchant=merchant,
        version=version,
        violations=rest,
        measure=measure,
        markets={market for violation in rest for market in violation.markets} if named else (),
        minimum_age=None,
        actor=None,
        reason="",
        at=at,
        origin_kind=Origin.SWEEP,
        origin_ref=str(newest or ""),
    )
    return 1


def _without_covered(violations: list[Violation], version: PolicyVersion, measure: Measure) -> list[Violation]:
    """Those on which the measure is not in force already, under this policy: automation never repeats itself."""
    keys = [violation.listing_id for violation in violations if violation.listing_id is not None]
    covering = in_force.covering(policy_id=version.policy_id, merchant_id=violations[0].merchant_id, listing_ids=keys)
    covered = {each.item.listing_id for each in covering if each.measure == measure}
    done = [violation for violation in violations if violation.listing_id in covered]
    findings.owe_nothing(violations=done)
    return [violation for violation in violations if violation.listing_id not in covered]


# --- writing -------------------------------------------------------------------------------------


def _replace(old: Decision, new: Decision, *, actor: User | None, at: datetime) -> None:
    restrictions.lift(restrictions=old.restrictions.all(), because=LiftedBecause.SUPERSEDED, at=at)
    decision_states.move(old, DecisionState.SUPERSEDED, actor=actor, reason="", at=at, successor=new)
    if not MEASURES[Measure(new.measure)].gives_points:
        points.give_back(decision=old, at=at, even_if_standing=True)
        milestones.follow_points(merchant_id=old.merchant_id, at=at)


def _take_back(
    decision: Decision,
    items: Sequence[DecisionItem],
    *,
    actor: User | None,
    reason: str,
    at: datetime,
    because: LiftedBecause,
) -> int:
    """Reverse these items in every respect but their violations; returns the points given back."""
    ItemReversal.objects.bulk_create(
        [ItemReversal(item=item, because=because, actor=actor, reason=reason, reversed_at=at) for item in items]
    )
    restrictions.lift(restrictions=Restriction.objects.filter(item__in=items), because=because, at=at)
    whole = not decision.items.filter(reversal__isnull=True).exists()
    to = DecisionState.REVERSED if whole else DecisionState.PARTLY_REVERSED
    stays = decision.state in (DecisionState.PARTLY_REVERSED, DecisionState.PENDING)
    if whole or not stays:
        decision_states.move(decision, to, actor=actor, reason=reason, at=at, items=items)
    else:
        delivery_events.decision_moved(decision=decision, to=to, items=[item.pk for item in items], at=at)
    returned = points.give_back(decision=decision, at=at)
    milestones.follow_points(merchant_id=decision.merchant_id, at=at)
    return returned


def _lock_violations(violations: Iterable[Violation]) -> list[Violation]:
    keys = [violation.pk for violation in violations]
    rows = Violation.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return list(rows.select_related("listing").order_by("pk"))


def _check_replaceable(old: Decision, merchant: Merchant, version: PolicyVersion) -> Decision:
    old = Decision.objects.select_for_update(of=("self",)).select_related("version").get(pk=old.pk)
    if old.merchant_id != merchant.pk or old.version.policy_id != version.policy_id:
        raise Refusal(_("A decision is replaced only by one about the same merchant and policy."))
    if old.state not in STANDING_DECISIONS:
        raise MoveRefused(_("%(reference)s is no longer in force.") % {"reference": old.reference})
    if old.appeals.filter(state__in=OPEN_APPEALS).exists():
        raise MoveRefused(_("An appeal against %(reference)s is open. Hear it first.") % {"reference": old.reference})
    return old


def _reversible(decision: Decision, items: Collection[DecisionItem] | None) -> list[DecisionItem]:
    standing = list(decision.items.filter(reversal__isnull=True).select_related("violation", "listing").order_by("pk"))
    if items is None:
        chosen = standing
    else:
        keys = {item.pk for item in items}
        if foreign := keys - set(decision.items.values_list("pk", flat=True)):
            raise Refusal(_("These are no items of this decision: %(items)s.") % {"items": sorted(foreign)})
        chosen = [item for item in standing if item.pk in keys]
        if len(chosen) < len(keys):
            raise AlreadyReversed(_("Some of these are reversed already. Load the page again."))
    if not chosen:
        raise AlreadyReversed(_("%(reference)s is reversed already.") % {"reference": decision.reference})
    return chosen
