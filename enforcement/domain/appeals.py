"""Appeals: filed in time, heard by a person who had no part in the decision, answered in words, restored exactly."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import (
    appeal_letters,
    appeal_states,
    clarifications,
    decision_states,
    decisions,
    delivery_events,
    files,
    hearers,
    restoring,
    taking_effect,
)
from enforcement.domain.appeal_states import LONGEST, MERCHANT
from enforcement.domain.files import Sent
from enforcement.domain.hearers import NotWithYou, SamePerson
from enforcement.enums import OPEN_APPEALS, AppealChannel, AppealState, DecisionState, ItemOutcome, LiftedBecause
from enforcement.models import Appeal, AppealDecision, AppealItem, Decision, DecisionItem
from enforcement.queries import appeals as queries
from enforcement.queries import deadlines
from enforcement.queries import points as ledger
from governance.accounts.models import User
from governance.web.references import random_reference
from governance.web.refusals import MoveRefused, Refusal

__all__ = [
    "LONGEST",
    "AppealOpen",
    "NotWithYou",
    "NothingToContest",
    "OutcomeMissing",
    "SamePerson",
    "WindowClosed",
    "decide",
    "file",
    "inadmissible",
    "release",
    "take",
    "withdraw",
]
log = structlog.get_logger(__name__)


class WindowClosed(Refusal):
    """The six months are over."""


class NothingToContest(Refusal):
    """Everything named was reversed, replaced or heard already."""


class AppealOpen(MoveRefused):
    """An appeal against this decision is open; `appeal` is it."""

    def __init__(self, message: str, appeal: Appeal) -> None:
        super().__init__(message)
        self.appeal = appeal


class OutcomeMissing(Refusal):
    """Every contested item needs an outcome, and the merchant an answer."""


@transaction.atomic
def file(
    *,
    decision: Decision,
    text: str,
    channel: AppealChannel,
    actor: User | None,
    at: datetime,
    items: Collection[DecisionItem] | None = None,
    whole_event: bool = False,
    language: str = "",
    sent: Sequence[Sent] = (),
) -> Appeal:
    """Contest a decision, whole (`items` None) or in part, or with it all that was decided upon the same event.

    `actor` is empty when the merchant's own link speaks. Of the event's other decisions those are left out that cannot be
    appealed against now. Raises AppealOpen, WindowClosed, NothingToContest, FileRefused; then nothing is written.
    """
    decision = decision_states.lock(decision)
    _check_contestable(decision, at)
    if not text.strip() or len(text) > LONGEST:
        raise Refusal(_("Say what was wrong with the decision, in at most 10,000 characters."))
    chosen = _chosen(decision, items)
    if whole_event:
        chosen += [item for other in queries.others_of_event(decision, at) for item in queries.contestable(other)]
    kept = files.keep_all(sent)
    due = deadlines.working_days_after(decision.merchant.country, at.date(), deadlines.ANSWER_WORKING_DAYS)
    appeal = Appeal.objects.create(
        reference=random_reference("AP", at),
        decision=decision,
        merchant_id=decision.merchant_id,
        channel=channel,
        text=text.strip(),
        language=language,
        filed_by=actor,
        filed_at=at,
        due_at=deadlines.end_of_day(due),
    )
    keys = dict.fromkeys(item.decision_id for item in chosen)
    AppealDecision.objects.bulk_create([AppealDecision(appeal=appeal, decision_id=key) for key in keys])
    AppealItem.objects.bulk_create([AppealItem(appeal=appeal, item=item) for item in chosen])
    files.attach(appeal=appeal, kept=kept, at=at)
    appeal_letters.owe_received(appeal=appeal, decisions=len(keys), at=at)
    delivery_events.appeal_filed(appeal=appeal, at=at)
    data = {"decision": decision.reference, "items": len(chosen), "files": len(kept), "channel": channel}
    data |= {"decisions": len(keys)} if len(keys) > 1 else {}
    label = MERCHANT if channel == AppealChannel.PAGE else ""
    appeal_states.record("appeal.filed", appeal, actor, at, data, label=label)
    transaction.on_commit(lambda: events.appeal_filed.send(Appeal, appeal_id=appeal.pk))
    return appeal


@transaction.atomic
def take(*, appeal: Appeal, actor: User, at: datetime) -> Appeal:
    """Begin to hear it. Never whoever decided it or entered the appeal, and never a program."""
    appeal = appeal_states.lock(appeal)
    hearers.refuse_same_person(appeal, actor)
    appeal.assigned_to = actor
    appeal_states.move(appeal, AppealState.IN_REVIEW, actor=actor, at=at)
    appeal_states.record("appeal.taken", appeal, actor, at)
    return appeal


@transaction.atomic
def release(*, appeal: Appeal, actor: User, reason: str, at: datetime) -> Appeal:
    """Give it back to those who wait."""
    appeal = appeal_states.lock(appeal)
    appeal.assigned_to = None
    appeal_states.move(appeal, AppealState.FILED, actor=actor, reason=reason, at=at)
    appeal_states.record("appeal.released", appeal, actor, at, {"reason": reason})
    return appeal


@transaction.atomic
def decide(*, appeal: Appeal, outcomes: Mapping[int, ItemOutcome], answer: str, actor: User, at: datetime) -> Appeal:
    """Answer it: an outcome for every contested item (by its key), whichever decision it is of, and the reasons in words.

    What is overturned is restored in the same transaction and then looked at: `restored_at` stands only where shoppers and
    the ledger were found as they would be without the decision. Raises OutcomeMissing, and QuestionOpen while the merchant
    may still answer a question and something would stand.
    """
    appeal = hearers.held(appeal, actor)
    contested = {row.item_id: row for row in _rows(appeal)}
    if set(outcomes) != set(contested) or not answer.strip():
        raise OutcomeMissing(_("Give every listing an outcome and write the answer: the merchant reads it."))
    overturned = [row for pk, row in contested.items() if outcomes[pk] == ItemOutcome.OVERTURNED]
    if len(overturned) < len(contested):
        clarifications.check_nothing_waits(appeal, at)
    appeal.answer, appeal.decided_by, appeal.decided_at = answer.strip(), actor, at
    had = ledger.balance(appeal.merchant_id, at)
    restored = _restore(appeal, overturned, actor, at)
    points = had - ledger.balance(appeal.merchant_id, at)
    for pk, row in contested.items():
        row.outcome = outcomes[pk]
        row.restored_at = at if pk in restored else None
    AppealItem.objects.bulk_update(contested.values(), ["outcome", "restored_at"])
    _close(appeal, queries.state_of({row.outcome for row in contested.values()}), actor, at)
    appeal_letters.owe_answered(appeal=appeal, rows=list(contested.values()), points=points, at=at)
    data = {"upheld": len(contested) - len(overturned), "overturned": len(overturned), "points_returned": points}
    appeal_states.record(
        "appeal.decided", appeal, actor, at, {**data, "outcome": appeal.state, "answer": appeal.answer}
    )
    return appeal


@transaction.atomic
def inadmissible(*, appeal: Appeal, reason: str, actor: User, at: datetime) -> Appeal:
    """Not heard in substance, for a reason that the merchant reads. They may appeal again while the window is open."""
    appeal = hearers.held(appeal, actor)
    if not reason.strip():
        raise OutcomeMissing(_("Say why it is not admitted: the merchant reads it."))
    clarifications.check_nothing_waits(appeal, at)
    appeal.answer, appeal.decided_by, appeal.decided_at = reason.strip(), actor, at
    _close(appeal, AppealState.INADMISSIBLE, actor, at)
    appeal_letters.owe_answered(appeal=appeal, rows=[], points=0, at=at)
    appeal_states.record("appeal.not_admitted", appeal, actor, at, {"reason": reason})
    return appeal


@transaction.atomic
def withdraw(*, appeal: Appeal, actor: User | None, at: datetime) -> Appeal:
    """The merchant takes it back, by their link (`actor` empty) or through somebody who acts for them."""
    appeal = appeal_states.lock(appeal)
    appeal_states.move(appeal, AppealState.WITHDRAWN, actor=actor, at=at)
    appeal_states.record("appeal.withdrawn", appeal, actor, at, label="" if actor else MERCHANT)
    return appeal


# --- filing --------------------------------------------------------------------------------------


def _check_contestable(decision: Decision, at: datetime) -> None:
    waiting = decision.appeals.filter(state__in=OPEN_APPEALS).first()
    if waiting is not None:
        raise AppealOpen(
            _("An appeal against this decision is open already: %(reference)s.") % {"reference": waiting.reference},
            waiting,
        )
    if decision.state == DecisionState.SUPERSEDED and decision.superseded_by is not None:
        raise NothingToContest(
            _("This decision was replaced by %(reference)s. Appeal against that one.")
            % {"reference": decision.superseded_by.reference}
        )
    if decision.state in (DecisionState.HELD, DecisionState.WITHDRAWN):
        raise NothingToContest(_("Nothing was decided that could be appealed against."))
    if at > queries.closes_at(decision):
        raise WindowClosed(_("The six months in which this decision could be appealed against are over."))


def _chosen(decision: Decision, items: Collection[DecisionItem] | None) -> list[DecisionItem]:
    contestable = list(queries.contestable(decision))
    chosen = contestable
    if items is not None:
        keys = {item.pk for item in items}
        chosen = [item for item in contestable if item.pk in keys]
        if len(chosen) < len(keys):
            raise NothingToContest(_("Some of these were reversed or heard already, or are not of this decision."))
    if not chosen:
        raise NothingToContest(_("Nothing of this decision is left to contest."))
    return chosen


# --- hearing -------------------------------------------------------------------------------------


def _rows(appeal: Appeal) -> list[AppealItem]:
    return list(appeal.items.select_related("item__reversal", "item__decision").order_by("item__decision_id", "pk"))


def _restore(appeal: Appeal, overturned: Sequence[AppealItem], actor: User, at: datetime) -> frozenset[int]:
    """Reverse what was overturned, decision by decision; returns the keys of the items that were found as before.

    What was reversed meanwhile needs nothing more.
    """
    by_decision: dict[Decision, list[DecisionItem]] = {}
    for row in overturned:
        by_decision.setdefault(row.item.decision, []).append(row.item)
    for decision, items in by_decision.items():
        if standing := [item for item in items if not hasattr(item, "reversal")]:
            decisions.reverse(
                decision=decision,
                items=standing,
                actor=actor,
                reason=appeal.answer,
                at=at,
                because=LiftedBecause.OVERTURNED,
            )
    found = frozenset[int]().union(*(restoring.restored(each, items) for each, items in by_decision.items()))
    if missing := sorted({row.item_id for row in overturned} - found):
        log.error("appeal_not_restored", appeal=appeal.reference, items=missing)
    return found


def _close(appeal: Appeal, to: AppealState, actor: User, at: datetime) -> None:
    """The answer stands; merchants who may still correct get back the days that it took."""
    appeal_states.move(appeal, to, actor=actor, at=at)
    for decision in appeal.decisions.order_by("pk"):
        taking_effect.shift_for_appeal(decision=decision, filed_at=appeal.filed_at, at=at)
