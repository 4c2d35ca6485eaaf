"""Appeals: filed in time, heard by a person who had no part in the decision, answered in words, restored exactly."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import (
    decision_states,
    decisions,
    delivery_events,
    files,
    messages,
    restoring,
    taking_effect,
)
from enforcement.domain.files import Kept, Sent
from enforcement.enums import (
    APPEAL_MOVES,
    OPEN_APPEALS,
    AppealChannel,
    AppealState,
    DecisionState,
    ItemOutcome,
    LiftedBecause,
)
from enforcement.models import Appeal, AppealFile, AppealItem, AppealMove, Decision, DecisionItem
from enforcement.queries import appeals as queries
from enforcement.queries import deadlines
from enforcement.queries import points as ledger
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.references import random_reference
from governance.web.refusals import MoveRefused, Refusal

LONGEST = 10_000
MERCHANT = "merchant"
"""How the log names a merchant who acts by their link."""
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


class SamePerson(Refusal):
    """Whoever had a part in the decision, and whatever is no person, does not hear the appeal."""


class NotWithYou(MoveRefused):
    """Somebody else reads this appeal."""


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
    language: str = "",
    sent: Sequence[Sent] = (),
) -> Appeal:
    """Contest a decision, whole (`items` None) or in part. `actor` is empty when the merchant's own link speaks.

    Raises AppealOpen, WindowClosed, NothingToContest, FileRefused; then nothing is written.
    """
    decision = decision_states.lock(decision)
    _check_contestable(decision, at)
    if not text.strip() or len(text) > LONGEST:
        raise Refusal(_("Say what was wrong with the decision, in at most 10,000 characters."))
    chosen = _chosen(decision, items)
    kept = _keep(sent)
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
    AppealItem.objects.bulk_create([AppealItem(appeal=appeal, item=item) for item in chosen])
    AppealFile.objects.bulk_create([_file_row(appeal, each, at) for each in kept])
    messages.owe_appeal_received(appeal=appeal, at=at)
    delivery_events.appeal_filed(appeal=appeal, at=at)
    data = {"decision": decision.reference, "items": len(chosen), "files": len(kept), "channel": channel}
    _record("appeal.filed", appeal, actor, at, data, label=MERCHANT if channel == AppealChannel.PAGE else "")
    transaction.on_commit(lambda: events.appeal_filed.send(Appeal, appeal_id=appeal.pk))
    return appeal


@transaction.atomic
def take(*, appeal: Appeal, actor: User, at: datetime) -> Appeal:
    """Begin to hear it. Never whoever decided it or entered the appeal, and never a program."""
    appeal = _lock(appeal)
    _refuse_same_person(appeal, actor)
    appeal.assigned_to = actor
    _move(appeal, AppealState.IN_REVIEW, actor=actor, reason="", at=at)
    _record("appeal.taken", appeal, actor, at)
    return appeal


@transaction.atomic
def release(*, appeal: Appeal, actor: User, reason: str, at: datetime) -> Appeal:
    """Give it back to those who wait."""
    appeal = _lock(appeal)
    appeal.assigned_to = None
    _move(appeal, AppealState.FILED, actor=actor, reason=reason, at=at)
    _record("appeal.released", appeal, actor, at, {"reason": reason})
    return appeal


@transaction.atomic
def decide(*, appeal: Appeal, outcomes: Mapping[int, ItemOutcome], answer: str, actor: User, at: datetime) -> Appeal:
    """Answer it: an outcome for every contested item of the decision (by its key), and the reasons in words.

    What is overturned is restored in the same transaction and then looked at: `restored_at` stands only where shoppers and
    the ledger were found as they would be without the decision.
    """
    appeal = _held(appeal, actor)
    contested = {row.item_id: row for row in appeal.items.select_related("item__reversal").order_by("pk")}
    if set(outcomes) != set(contested) or not answer.strip():
        raise OutcomeMissing(_("Give every listing an outcome and write the answer: the merchant reads it."))
    appeal.answer, appeal.decided_by, appeal.decided_at = answer.strip(), actor, at
    overturned = [row for pk, row in contested.items() if outcomes[pk] == ItemOutcome.OVERTURNED]
    points = _restore(appeal, overturned, actor, at)
    restored = restoring.restored(appeal.decision, [row.item for row in overturned])
    for pk, row in contested.items():
        row.outcome = outcomes[pk]
        row.restored_at = at if pk in restored else None
    if len(restored) < len(overturned):
        log.error(
            "appeal_not_restored", appeal=appeal.reference, items=sorted({row.item_id for row in overturned} - restored)
        )
    AppealItem.objects.bulk_update(contested.values(), ["outcome", "restored_at"])
    _move(appeal, _state_of(list(contested.values())), actor=actor, reason="", at=at)
    messages.owe_appeal_answered(appeal=appeal, restored=[row.item for row in overturned], points=points, at=at)
    taking_effect.shift_for_appeal(decision=appeal.decision, filed_at=appeal.filed_at, at=at)
    data = {"upheld": len(contested) - len(overturned), "overturned": len(overturned), "points_returned": points}
    _record("appeal.decided", appeal, actor, at, {**data, "outcome": appeal.state, "answer": appeal.answer})
    return appeal


@transaction.atomic
def inadmissible(*, appeal: Appeal, reason: str, actor: User, at: datetime) -> Appeal:
    """Not heard in substance, for a reason that the merchant reads. They may appeal again while the window is open."""
    appeal = _held(appeal, actor)
    if not reason.strip():
        raise OutcomeMissing(_("Say why it is not admitted: the merchant reads it."))
    appeal.answer, appeal.decided_by, appeal.decided_at = reason.strip(), actor, at
    _move(appeal, AppealState.INADMISSIBLE, actor=actor, reason="", at=at)
    messages.owe_appeal_answered(appeal=appeal, restored=[], points=0, at=at)
    taking_effect.shift_for_appeal(decision=appeal.decision, filed_at=appeal.filed_at, at=at)
    _record("appeal.not_admitted", appeal, actor, at, {"reason": reason})
    return appeal


@transaction.atomic
def withdraw(*, appeal: Appeal, actor: User | None, at: datetime) -> Appeal:
    """The merchant takes it back, by their link (`actor` empty) or through somebody who acts for them."""
    appeal = _lock(appeal)
    _move(appeal, AppealState.WITHDRAWN, actor=actor, reason="", at=at)
    _record("appeal.withdrawn", appeal, actor, at, label="" if actor else MERCHANT)
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


def _keep(sent: Sequence[Sent]) -> list[Kept]:
    if len(sent) > files.MOST:
        raise files.FileRefused("files_many", "", _("At most five files can be sent."))
    return [files.keep(each) for each in sent]


def _file_row(appeal: Appeal, kept: Kept, at: datetime) -> AppealFile:
    return AppealFile(
        appeal=appeal,
        name=kept.name,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        added_at=at,
    )


# --- hearing -------------------------------------------------------------------------------------


def _held(appeal: Appeal, actor: User) -> Appeal:
    appeal = _lock(appeal)
    if appeal.state == AppealState.IN_REVIEW and appeal.assigned_to_id != actor.pk:
        raise NotWithYou(_("Somebody else reads this appeal. Take it first."))
    _refuse_same_person(appeal, actor)
    return appeal


def _refuse_same_person(appeal: Appeal, actor: User) -> None:
    if actor.kind == Kind.SERVICE:
        raise SamePerson(_("An appeal is heard by a person."))
    if actor.pk in queries.deciders(appeal.decision):
        raise SamePerson(_("You decided what this appeal contests. Another person must hear it."))
    if actor.pk == appeal.filed_by_id:
        raise SamePerson(_("You entered this appeal for the merchant. Another person must hear it."))


def _restore(appeal: Appeal, overturned: Sequence[AppealItem], actor: User, at: datetime) -> int:
    """Reverse what was overturned; returns the points given back. What was reversed meanwhile needs nothing more."""
    standing = [row.item for row in overturned if not hasattr(row.item, "reversal")]
    if not standing:
        return 0
    before = ledger.balance(appeal.merchant_id, at)
    decisions.reverse(
        decision=appeal.decision,
        items=standing,
        actor=actor,
        reason=appeal.answer,
        at=at,
        because=LiftedBecause.OVERTURNED,
    )
    return before - ledger.balance(appeal.merchant_id, at)


def _state_of(rows: Sequence[AppealItem]) -> AppealState:
    outcomes = {row.outcome for row in rows}
    if outcomes == {ItemOutcome.UPHELD}:
        return AppealState.UPHELD
    return AppealState.OVERTURNED if outcomes == {ItemOutcome.OVERTURNED} else AppealState.PARTLY_OVERTURNED


def _lock(appeal: Appeal) -> Appeal:
    """The appeal as it stands now, under its merchant's lock."""
    decision_states.lock_merchant(appeal.merchant_id)
    rows = Appeal.objects.select_for_update(of=("self",))
    return rows.select_related("decision__merchant", "decision__version").get(pk=appeal.pk)


def _move(appeal: Appeal, to: AppealState, *, actor: User | None, reason: str, at: datetime) -> None:
    """Check, write, record. The only function that writes an appeal's state; with it goes who has it and the answer."""
    was = AppealState(appeal.state)
    if to not in APPEAL_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": appeal.reference, "state": was.label, "to": to.label}
        )
    appeal.state = to
    appeal.save(update_fields=["state", "assigned_to", "answer", "decided_by", "decided_at"])
    AppealMove.objects.create(appeal=appeal, from_state=was, to_state=to, actor=actor, reason=reason, moved_at=at)
    delivery_events.appeal_moved(appeal=appeal, to=to, at=at)


def _record(
    verb: str,
    appeal: Appeal,
    actor: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    *,
    label: str = "",
) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        actor_label=label,
        subject_kind="appeal",
        subject_id=appeal.pk,
        subject_ref=appeal.reference,
        data=data,
        at=at,
    )
