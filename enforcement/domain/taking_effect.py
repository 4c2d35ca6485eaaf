"""From decided to in force: held for a second person or a date, pending while the merchant may correct, then in effect.

Every verb locks the merchant first and may come twice. Nothing is told, given or taken before its time.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import (
    decision_states,
    delivery_events,
    messages,
    milestones,
    points,
    proposals,
    restrictions,
    statements,
    timing,
)
from enforcement.domain import violations as findings
from enforcement.domain.decision_states import ReasonMissing
from enforcement.domain.transparency import submissions
from enforcement.enums import (
    SECOND_PERSON,
    SETTLED_BY,
    ClosedBecause,
    DeadlineBecause,
    DecisionState,
    LiftedBecause,
    Owed,
    ViolationState,
)
from enforcement.models import Deadline, Decision, DecisionItem, SecondWord
from enforcement.queries import deadlines, waiting
from enforcement.queries import points as ledger
from governance.accounts.models import User
from governance.web import formats
from governance.web.refusals import MoveRefused, Refusal

REMINDER = timedelta(days=3)
"""Before it takes effect, the merchant is reminded once for each deadline."""
LATE_ANSWER = timedelta(days=1)
"""An appeal that is answered later than this shifts the deadline by the days it took."""


class SamePerson(Refusal):
    """A second person is somebody else than the one who decided."""


class TooEarly(Refusal):
    """A deadline is moved to a later day, never to an earlier one."""


def begin(
    decision: Decision,
    items: Sequence[DecisionItem],
    *,
    replaced: Decision | None = None,
    wait: timedelta,
    at: datetime,
) -> None:
    """Tell the merchant of a decision that nobody holds (any longer), and put it in force unless it is pending.

    `wait` is how long the mail is left alone, for the decider to undo it.
    """
    if decision.state == DecisionState.PENDING:
        takes_effect_at, correct_by = timing.effect_of(decision, at)
        Deadline.objects.create(
            decision=decision,
            correct_by=correct_by or takes_effect_at.date(),
            takes_effect_at=takes_effect_at,
            because=DeadlineBecause.SET,
            set_at=at,
        )
        delivery_events.decision_announced(decision=decision, at=at)
    else:
        _impose(decision, items, at=at)
    statement = statements.write(decision=decision, items=items, replaced=replaced, at=at)
    messages.owe_statement(statement=statement, at=at, wait=wait)
    if decision.state == DecisionState.IN_FORCE:
        submissions.owe(decision=decision, at=at, wait=wait)
    transaction.on_commit(lambda: events.decision_issued.send(Decision, decision_id=decision.pk))


@transaction.atomic
def approve(*, decision: Decision, actor: User, reason: str = "", at: datetime) -> Decision:
    """The second person's yes: it goes on as decided, or waits for its date. Raises SamePerson."""
    decision = _held(decision, actor)
    SecondWord.objects.create(decision=decision, person=actor, approved=True, reason=reason.strip(), said_at=at)
    decision_states.record("decision.approved", decision, actor, at, {"reason": reason})
    if decision.starts_at <= at or not waiting.is_scheduled(decision):
        release(decision, actor=actor, reason=reason, at=at)
    return decision


@transaction.atomic
def refuse(*, decision: Decision, actor: User, reason: str, at: datetime) -> Decision:
    """The second person's no: nothing happens to the merchant, and what was found goes to a case."""
    if not reason.strip():
        raise ReasonMissing(_("Say why not. Whoever decided has only your reason."))
    decision = _held(decision, actor)
    SecondWord.objects.create(decision=decision, person=actor, approved=False, reason=reason.strip(), said_at=at)
    _withdraw(decision, actor=actor, reason=reason, at=at)
    decision_states.record("decision.refused", decision, actor, at, {"reason": reason})
    return decision


@transaction.atomic
def withdraw(*, decision: Decision, actor: User | None, reason: str, at: datetime) -> Decision:
    """Take back what has not taken effect. Who was told before is told of this too; what was found goes to a case."""
    if not reason.strip():
        raise ReasonMissing(_("Say why it is withdrawn. The merchant and the next reader have only your reason."))
    decision = decision_states.lock(decision)
    was = DecisionState(decision.state)
    unread = _withdraw(decision, actor=actor, reason=reason, at=at)
    if was == DecisionState.PENDING and not unread:
        items = list(decision.items.order_by("pk"))
        delivery_events.decision_withdrawn(decision=decision, at=at)
        messages.owe_withdrawn(decision=decision, items=items, reason=reason, at=at)
    decision_states.record("decision.withdrawn", decision, actor, at, {"reason": reason})
    return decision


@transaction.atomic
def extend(*, decision: Decision, correct_by: date, actor: User, reason: str, at: datetime) -> Deadline:
    """Give the merchant until the end of a later day. Raises TooEarly."""
    if not reason.strip():
        raise ReasonMissing(_("Say why. The next reader has only your reason."))
    decision = _pending(decision)
    latest = waiting.deadline(decision)
    if correct_by <= max(latest.correct_by, at.date()):
        raise TooEarly(_("Choose a day after %(day)s.") % {"day": formats.day(max(latest.correct_by, at.date()))})
    return _shift(decision, correct_by, DeadlineBecause.EXTENDED, actor=actor, reason=reason.strip(), at=at)


@transaction.atomic
def shift_for_appeal(*, decision: Decision, filed_at: datetime, at: datetime) -> Deadline | None:
    """The clock stood while an appeal was heard: the days that took are given back."""
    decision = decision_states.lock(decision)
    took = at - filed_at
    if decision.state != DecisionState.PENDING or took < LATE_ANSWER:
        return None
    day = waiting.deadline(decision).correct_by + took
    return _shift(
        decision, max(day, at.date() + timedelta(days=1)), DeadlineBecause.OUR_DELAY, actor=None, reason="", at=at
    )


def start_due(at: datetime) -> int:
    """Put in force what waited for its day: held by a schedule, or pending and not corrected. Returns how many decisions moved."""
    return sum(_start_together(keys, at) for keys in waiting.by_event(waiting.due(at)))


def remind_due(at: datetime) -> int:
    """Remind merchants of what takes effect within REMINDER, once for each deadline. Returns how many were reminded."""
    return sum(_remind_together(keys, at) for keys in waiting.by_event(waiting.to_remind(at, REMINDER)))


def settle(decision_id: int, at: datetime) -> int:
    """End a pending decision of which nothing is left, whatever the cause."""
    with transaction.atomic():
        decision = decision_states.lock(Decision.objects.get(pk=decision_id))
        if decision.state != DecisionState.PENDING or waiting.still_violating(decision):
            return 0
        _settle(decision, at)
        return 1


# --- steps ---------------------------------------------------------------------------------------


@transaction.atomic
def _start_together(keys: Sequence[int], at: datetime) -> int:
    """Decisions of one event: the merchant is told in one letter of those that come into force now. Returns how many moved."""
    locked = [decision_states.lock(Decision.objects.get(pk=key)) for key in keys]
    due = [decision for decision in locked if waiting.is_due(decision, at)]
    left = [(decision, items) for decision in due if (items := _start(decision, at))]
    if left:
        messages.owe_in_effect(left=left, at=at)
    return len(due)


def _start(decision: Decision, at: datetime) -> list[DecisionItem]:
    """Returns the items that are in force now although they were announced before."""
    if decision.state == DecisionState.HELD:
        release(decision, actor=None, reason="", at=at)
        return []
    left = waiting.still_violating(decision)
    if not left:
        _settle(decision, at)
        return []
    decision_states.move(decision, DecisionState.IN_FORCE, actor=None, reason="", at=at, items=left)
    _impose(decision, left, at=at)
    submissions.owe(decision=decision, at=at, wait=timedelta(0))
    decision_states.record("decision.in_force", decision, None, at, {"items": [item.pk for item in left]})
    return left


def release(decision: Decision, *, actor: User | None, reason: str, at: datetime) -> None:
    """Go on with a decision that nothing holds any more. What was found may be gone meanwhile: then nothing is left to decide."""
    left = waiting.still_violating(decision)
    if not left:
        _withdraw(decision, actor=actor, reason=reason or _("Corrected before it was told."), at=at)
        return
    takes_effect_at, _correct_by = timing.effect_of(decision, at)
    to = DecisionState.PENDING if takes_effect_at > at else DecisionState.IN_FORCE
    decision_states.move(decision, to, actor=actor, reason=reason, at=at, items=left)
    begin(decision, left, wait=timedelta(0), at=at)


def _impose(decision: Decision, items: Sequence[DecisionItem], *, at: datetime) -> None:
    had = ledger.balance(decision.merchant_id, at)
    territories = {item.listing_id: proposals.territory_of(decision, item) for item in items}
    restrictions.impose(decision=decision, items=items, territories=territories, ends_at=_end(decision), at=at)
    points.give(decision=decision, at=at)
    milestones.notice(decision=decision, before=had, at=at)


def _end(decision: Decision) -> datetime | None:
    """The end that was decided; where the deadline was moved, as much later."""
    latest = decision.deadlines.order_by("-pk").first()
    if decision.ends_at is None or latest is None:
        return decision.ends_at
    return decision.ends_at + max(latest.takes_effect_at - decision.starts_at, timedelta(0))


def _settle(decision: Decision, at: datetime) -> None:
    """One move, and a letter for each cause: corrected, waived, the policy ended; or a person found it fine after all."""
    by_cause: dict[LiftedBecause, list[DecisionItem]] = defaultdict(list)
    for item in decision.items.filter(reversal__isnull=True).select_related("violation").order_by("pk"):
        by_cause[_settled_because(item)].append(item)
    items = [item for of_cause in by_cause.values() for item in of_cause]
    reason = next(iter(by_cause)).value if len(by_cause) == 1 else ""
    decision_states.move(decision, DecisionState.SETTLED, actor=None, reason=reason, at=at, items=items)
    for because, of_cause in by_cause.items():
        messages.owe_restored(decision=decision, items=of_cause, because=because, points=0, at=at)
    data = {"items": [item.pk for item in items], "because": sorted(by_cause)}
    decision_states.record("decision.settled", decision, None, at, data)


def _settled_because(item: DecisionItem) -> LiftedBecause:
    """What a person has named without a violation counts as corrected once its listing has changed."""
    if item.violation is None:
        return LiftedBecause.CORRECTED
    return SETTLED_BY.get(ClosedBecause(item.violation.closed_because), LiftedBecause.REVERSED)


def _withdraw(decision: Decision, *, actor: User | None, reason: str, at: datetime) -> bool:
    """Returns whether the merchant's mail was caught before anybody began to send it."""
    decision_states.move(decision, DecisionState.WITHDRAWN, actor=actor, reason=reason, at=at)
    unread = messages.withdraw_statement(decision=decision)
    found = [item.violation for item in decision.items.select_related("violation") if item.violation]
    findings.owe(violations=[each for each in found if each.state == ViolationState.OPEN], owed=Owed.CASE)
    return unread


def _shift(
    decision: Decision, day: date, because: DeadlineBecause, *, actor: User | None, reason: str, at: datetime
) -> Deadline:
    shifted = Deadline.objects.create(
        decision=decision,
        correct_by=day,
        takes_effect_at=deadlines.day_after(day),
        because=because,
        reason=reason,
        actor=actor,
        set_at=at,
    )
    messages.owe_deadline(deadline=shifted, at=at)
    decision_states.record("decision.extended", decision, actor, at, {"until": day.isoformat(), "reason": reason})
    return shifted


@transaction.atomic
def _remind_together(keys: Sequence[int], at: datetime) -> int:
    """Looked at again under the lock: whoever came first has reminded."""
    locked = [decision_states.lock(Decision.objects.get(pk=key)) for key in keys]
    still = set(waiting.to_remind(at, REMINDER, among=keys))
    left = [(each, items) for each in locked if each.pk in still and (items := waiting.still_violating(each))]
    if left:
        messages.owe_reminder(left=left, deadlines=[waiting.deadline(each) for each, _items in left], at=at)
    return len(left)


def _held(decision: Decision, actor: User) -> Decision:
    decision = decision_states.lock(decision)
    if decision.state != DecisionState.HELD or not SECOND_PERSON.intersection(decision.held_for):
        raise MoveRefused(_("%(reference)s waits for no second person.") % {"reference": decision.reference})
    if hasattr(decision, "second_word"):
        raise MoveRefused(_("Somebody has answered already. Load the page again."))
    if decision.decided_by_id == actor.pk:
        raise SamePerson(_("You decided this yourself. Another person has to say yes."))
    return decision


def _pending(decision: Decision) -> Decision:
    decision = decision_states.lock(decision)
    if decision.state != DecisionState.PENDING:
        raise MoveRefused(_("%(reference)s is not waiting any more.") % {"reference": decision.reference})
    return decision
