"""What was reported: decided upon by a person with reasons, appealed against by the reporter, heard by another person.

It comes in by `notice_intake`; what its case decides is told by `notice_answers`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.enums import DecisionState, Origin, ViolationState
from enforcement.models import Decision, Violation
from enforcement.queries import deadlines
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims, issuing, moves, notice_cases, notice_intake, notice_mail
from investigations.domain.acting import check_person, check_reasons
from investigations.domain.notice_log import record
from investigations.enums import ENDED_NOTICES, NOTICE_MOVES, CaseOutcome, NoticeState
from investigations.models import Claim, NoticeItem, NoticeMove
from investigations.queries import notices as queries

LONGEST = 10_000


class WindowClosed(Refusal):
    """The six months are over."""


class SamePerson(Refusal):
    """Whoever decided that nothing is done does not hear the appeal against it."""


@transaction.atomic
def no_action(*, item: NoticeItem, reasons: str, actor: User, at: datetime, unfounded: bool = False) -> NoticeItem:
    """Decide that nothing is done, with reasons that the reporter reads (DSA Art. 16(5)) and may appeal against.

    `unfounded` says that it was manifestly so, which counts against whoever reported (Art. 23(2)).
    """
    check_reasons(reasons)
    check_person(actor)
    item = _lock(item)
    _move([item], NoticeState.NO_ACTION, text=reasons, actor=actor, at=at)
    if unfounded:
        item.unfounded = True
        item.save(update_fields=["unfounded"])
    record("notice.no_action", item.notice, [item], actor, at, **({"unfounded": True} if unfounded else {}))
    return item


@transaction.atomic
def call_unfounded(*, item: NoticeItem, actor: User, at: datetime) -> NoticeItem:
    """Say afterwards that what was left without action was manifestly unfounded."""
    check_person(actor)
    item = _lock(item)
    if item.state not in ENDED_NOTICES:
        raise MoveRefused(_("Only what was left without action can be called manifestly unfounded."))
    if not item.unfounded:
        item.unfounded = True
        item.save(update_fields=["unfounded"])
        record("notice.called_unfounded", item.notice, [item], actor, at)
    return item


@transaction.atomic
def take_up(*, item: NoticeItem, actor: User, at: datetime) -> NoticeItem:
    """Decide after all upon what came from a suspended reporter and was set aside."""
    check_person(actor)
    item = _lock(item)
    item.due_at = notice_intake.due(item, at)
    _move([item], NoticeState.RECEIVED, text="", actor=actor, at=at)
    notice_cases.open_owed(at=at, items=[item.pk])
    record("notice.taken_up", item.notice, [item], actor, at)
    return item


@transaction.atomic
def decide(
    *,
    item: NoticeItem,
    version: PolicyVersion,
    measure: Measure,
    markets: Collection[str],
    reason: str,
    actor: User,
    at: datetime,
) -> Decision:
    """Decide upon it alone: its statement of reasons says that a report led to it. Whoever reported is told when the merchant is.

    Its case must not be in another person's hands, and its queue must offer the measure (MeasureHidden). Raises the refusals of
    `enforcement.domain.proposals`; then nothing is written.
    """
    check_person(actor)
    item = _lock(item)
    if NoticeState.ACTED not in NOTICE_MOVES[NoticeState(item.state)]:
        raise MoveRefused(_("%(reference)s is decided upon already.") % {"reference": item.notice.reference})
    if queries.followed(item).exists():
        raise MoveRefused(_("A decision upon it waits for a second person already."))
    _check_case(item, measure, actor)
    found = Violation.objects.filter(policy=version.policy, merchant=item.merchant, state=ViolationState.OPEN)
    found = found.filter(listing=item.listing) if item.listing else found.filter(listing__isnull=True)
    decision = decisions.issue(
        merchant=item.merchant,
        version=version,
        violations=list(found),
        listings_without_violation=[item.listing] if item.listing else [],
        whole=item.listing is None,
        measure=measure,
        markets=markets,
        minimum_age=None,
        actor=actor,
        reason=reason,
        at=at,
        origin_kind=Origin.NOTICE,
        origin_ref=item.notice.reference,
    )
    follow(item, actor, at)
    return decision


def _check_case(item: NoticeItem, measure: Measure, actor: User) -> None:
    """What its case would not let the actor do cannot be done beside it."""
    if item.case_item is None or item.case_item.settled_at is not None:
        return
    case = moves.lock(item.case_item.case)
    held = Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()
    if held is not None and held.person_id != actor.pk:
        raise MoveRefused(claims.taken(case, held))
    issuing.check_measures(case, [measure])


def follow(item: NoticeItem, actor: User | None, at: datetime) -> int:
    """Close a locked item with the decision upon it, once that has been told. Returns how many: one or none."""
    decision = queries.followed(item).exclude(state=DecisionState.HELD).first()
    if decision is None or NoticeState.ACTED not in NOTICE_MOVES[NoticeState(item.state)]:
        return 0
    close([item], decision, actor=actor or decision.decided_by, at=at)
    return 1


@transaction.atomic
def act(*, item: NoticeItem, decision: Decision, actor: User, at: datetime) -> NoticeItem:
    """Close it with a decision that somebody made meanwhile of their own accord, about its listing or its whole merchant."""
    item = _lock(item)
    if decision.state in (DecisionState.HELD, DecisionState.WITHDRAWN):
        raise Refusal(_("This decision has not been told to anybody."))
    about = decision.items.filter(listing__isnull=True)
    if item.listing_id is not None:
        about = about | decision.items.filter(listing__in=[item.listing_id])
    if decision.merchant_id != item.merchant_id or not (about.exists() or item.listing_id is None):
        raise Refusal(_("This decision is not about the listing that was reported."))
    close([item], decision, actor=actor, at=at)
    return item


@transaction.atomic
def appeal(*, item: NoticeItem, text: str, at: datetime) -> NoticeItem:
    """The reporter contests by their link that nothing was done (DSA Art. 20(1)). Raises WindowClosed."""
    check_reasons(text)
    item = _lock(item)
    if item.state == NoticeState.NO_ACTION and at > queries.closes_at(item):
        raise WindowClosed(_("The six months in which this could be appealed against are over."))
    day = deadlines.working_days_after(item.merchant.country, at.date(), deadlines.ANSWER_WORKING_DAYS)
    item.due_at = deadlines.end_of_day(day)
    _move([item], NoticeState.APPEALED, text=text, actor=None, at=at)
    record("notice.appealed", item.notice, [item], None, at)
    return item


@transaction.atomic
def answer(*, item: NoticeItem, right: bool, reasons: str, actor: User, at: datetime) -> NoticeItem:
    """Answer the reporter's appeal. Where they are `right` it is decided anew, by a person who may then act."""
    check_reasons(reasons)
    check_person(actor)
    item = _lock(item)
    if actor.pk in queries.deciders(item):
        raise SamePerson(_("You decided that nothing is done. Another person must hear the appeal."))
    if right:
        item.due_at = notice_intake.due(item, at)
    to = NoticeState.RECEIVED if right else NoticeState.CONFIRMED
    _move([item], to, text=reasons, actor=actor, at=at)
    if right:
        notice_cases.open_owed(at=at, items=[item.pk])
    record("notice.answered", item.notice, [item], actor, at, right=right)
    return item


def close(items: Sequence[NoticeItem], decision: Decision, *, actor: User | None, at: datetime) -> None:
    """Close locked items of one notice with a decision."""
    for item in items:
        item.decision = decision
    _move(items, NoticeState.ACTED, text="", actor=actor, at=at)
    record("notice.acted", items[0].notice, items, actor, at, decision=decision.reference)


def end(items: Sequence[NoticeItem], reasons: str, *, actor: User, at: datetime) -> None:
    """End locked items of one notice without action."""
    _move(items, NoticeState.NO_ACTION, text=reasons, actor=actor, at=at)
    record("notice.no_action", items[0].notice, items, actor, at)


def lock_all(keys: Collection[int]) -> list[NoticeItem]:
    """What was reported as it stands now, held until the transaction ends. Always before a lock on a case."""
    rows = NoticeItem.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("notice__reporter", "listing", "merchant", "case_item__settled_by__decision"))


def _lock(item: NoticeItem) -> NoticeItem:
    return lock_all([item.pk])[0]


def _move(items: Sequence[NoticeItem], to: NoticeState, *, text: str, actor: User | None, at: datetime) -> None:
    """Check, write, record, tell the reporter of all at once. The only function that writes the state of what was reported."""
    was = NoticeState(items[0].state)
    for item in items:
        if to not in NOTICE_MOVES[NoticeState(item.state)]:
            raise MoveRefused(
                _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
                % {"reference": item.notice.reference, "state": NoticeState(item.state).label, "to": to.label}
            )
    mail = notice_mail.owe(items=items, was=was, to=to, text=text.strip(), at=at)
    moves = []
    for item in items:
        moves.append(
            NoticeMove(
                item=item, from_state=item.state, to_state=to, text=text.strip(), actor=actor, mail=mail, moved_at=at
            )
        )
        item.state = to
        if to in (NoticeState.RECEIVED, NoticeState.ACTED):
            item.unfounded = False
        if to == NoticeState.RECEIVED:
            item.case_item = None
        item.save(update_fields=["state", "due_at", "decision", "unfounded", "case_item"])
    NoticeMove.objects.bulk_create(moves)
    if was == NoticeState.RECEIVED:
        outcome = CaseOutcome.DECIDED if to == NoticeState.ACTED else CaseOutcome.NO_VIOLATION
        notice_cases.leave(items, outcome=outcome, at=at)
