"""Disputes before certified bodies and courts: recorded, noted upon, decided, and carried out where they went against us."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decision_states, decisions, files, messages, restoring, statements
from enforcement.domain.files import Kept, Sent
from enforcement.domain.letters import bullets, paragraph
from enforcement.enums import (
    DISPUTE_MOVES,
    LOST_DISPUTES,
    DecisionState,
    DisputeOutcome,
    DisputeState,
    Forum,
    LiftedBecause,
    MessageKind,
)
from enforcement.models import Appeal, Decision, DecisionItem, Dispute, DisputeBody, DisputeDocument, DisputeStep
from enforcement.queries import points as ledger
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.references import random_reference
from governance.web.refusals import MoveRefused, Refusal

log = structlog.get_logger(__name__)


class NothingToDo(MoveRefused):
    """The outcome asks nothing of us, or all of it is given back already."""


@transaction.atomic
def record(
    *,
    decision: Decision,
    forum: Forum,
    brought_on: date,
    actor: User,
    at: datetime,
    body: DisputeBody | None = None,
    court: str = "",
    their_reference: str = "",
    appeal: Appeal | None = None,
    note: str = "",
    sent: Sequence[Sent] = (),
) -> Dispute:
    """Put on record that a decision was taken to a body or a court, with the appeal before it where there was one."""
    decision = decision_states.lock(decision)
    if decision.state == DecisionState.HELD:
        raise Refusal(_("Nobody was told of this decision yet."))
    if (forum == Forum.BODY) != (body is not None) or (forum == Forum.COURT) != bool(court.strip()):
        raise Refusal(_("Name the body, or the court."))
    if not decision.decided_at.date() <= brought_on <= at.date():
        raise Refusal(_("It was brought on a day between the decision and today."))
    if appeal is not None and not appeal.decisions.filter(pk=decision.pk).exists():
        raise Refusal(_("This appeal is about another decision."))
    kept = files.keep_all(sent)
    dispute = Dispute.objects.create(
        reference=random_reference("OD", at),
        decision=decision,
        appeal=appeal,
        merchant_id=decision.merchant_id,
        forum=forum,
        body=body,
        court=court.strip(),
        their_reference=their_reference.strip(),
        brought_on=brought_on,
        recorded_by=actor,
        recorded_at=at,
    )
    _step(dispute, "", DisputeState.OPEN, actor, at, text=note, kept=kept)
    _log("dispute.recorded", dispute, actor, at, {"decision": decision.reference, "forum": forum})
    return dispute


@transaction.atomic
def note(*, dispute: Dispute, text: str, actor: User, at: datetime, sent: Sequence[Sent] = ()) -> DisputeStep:
    """What happened meanwhile, or a paper that came. It is not edited later."""
    if not text.strip():
        raise Refusal(_("Write what happened."))
    dispute = _lock(dispute)
    kept = files.keep_all(sent)
    step = _step(dispute, dispute.state, DisputeState(dispute.state), actor, at, text=text, kept=kept)
    _log("dispute.noted", dispute, actor, at, {"files": len(kept)})
    return step


@transaction.atomic
def decide(
    *,
    dispute: Dispute,
    outcome: DisputeOutcome,
    decided_on: date,
    words: str,
    actor: User,
    at: datetime,
    costs: str = "",
    sent: Sequence[Sent] = (),
) -> Dispute:
    """Put the outcome on record. What it asks of us is done by `take_effect`."""
    if not words.strip():
        raise Refusal(_("Write the outcome in words."))
    dispute = _lock(dispute)
    if not dispute.brought_on <= decided_on <= at.date():
        raise Refusal(_("It was decided on a day between its beginning and today."))
    dispute.outcome, dispute.decided_on = outcome, decided_on
    dispute.words, dispute.costs = words.strip(), costs.strip()
    _move(dispute, DisputeState.DECIDED, actor=actor, text=words, at=at, kept=files.keep_all(sent))
    _log("dispute.decided", dispute, actor, at, {"outcome": outcome, "words": dispute.words})
    return dispute


@transaction.atomic
def withdraw(*, dispute: Dispute, reason: str, actor: User, at: datetime) -> Dispute:
    """Who brought it has taken it back."""
    if not reason.strip():
        raise Refusal(_("Write how it ended."))
    dispute = _lock(dispute)
    _move(dispute, DisputeState.WITHDRAWN, actor=actor, text=reason, at=at)
    _log("dispute.withdrawn", dispute, actor, at, {"reason": reason})
    return dispute


@transaction.atomic
def take_effect(*, dispute: Dispute, items: Collection[DecisionItem] | None, actor: User, at: datetime) -> Dispute:
    """Carry out what went against us: these items (None: all that stand) are given back as after an appeal.

    Where nothing stands any more it is carried out already. Raises NothingToDo where the outcome asks nothing.
    """
    dispute = _lock(dispute)
    if dispute.outcome not in LOST_DISPUTES:
        raise NothingToDo(_("The outcome of %(reference)s asks nothing of us.") % {"reference": dispute.reference})
    decision = decision_states.lock(dispute.decision)
    standing = list(decision.items.filter(reversal__isnull=True).order_by("pk"))
    keys = {item.pk for item in items} if items is not None else {item.pk for item in standing}
    chosen = [item for item in standing if item.pk in keys]
    if standing and not chosen:
        raise Refusal(_("Tick what is to be given back."))
    _move(dispute, DisputeState.IN_EFFECT, actor=actor, text="", at=at, items=chosen)
    if chosen:
        _give_back(dispute, decision, chosen, actor, at)
    _log("dispute.carried_out", dispute, actor, at, {"items": [item.pk for item in chosen]})
    return dispute


def _give_back(dispute: Dispute, decision: Decision, items: Sequence[DecisionItem], actor: User, at: datetime) -> None:
    had = ledger.balance(decision.merchant_id, at)
    because = LiftedBecause.OVERTURNED
    decisions.reverse(decision=decision, items=items, actor=actor, reason=dispute.words, at=at, because=because)
    if missing := {item.pk for item in items} - restoring.restored(decision, items):
        log.error("dispute_not_restored", dispute=dispute.reference, items=sorted(missing))
    words = statements.words_for(decision.merchant.language)
    points = had - ledger.balance(decision.merchant_id, at)
    blocks = [
        paragraph(words("restored.dispute", decision=decision.reference, forum=words.isolated(dispute.before))),
        bullets(messages.names(words, items)),
        *([paragraph(words("points.off", n=points))] if points else []),
        paragraph(words("restored.reasons")),
        paragraph(dispute.words),
    ]
    messages.say(
        words=words,
        decision=decision,
        kind=MessageKind.RESTORED,
        key=f"dispute:{dispute.pk}",
        subject=words("restored.subject", decision=decision.reference),
        blocks=blocks,
        link="mail.link",
        at=at,
    )


def _lock(dispute: Dispute) -> Dispute:
    decision_states.lock_merchant(dispute.merchant_id)
    rows = Dispute.objects.select_for_update(of=("self",)).select_related("decision", "body", "merchant")
    return rows.get(pk=dispute.pk)


def _move(
    dispute: Dispute,
    to: DisputeState,
    *,
    actor: User,
    text: str,
    at: datetime,
    kept: Sequence[Kept] = (),
    items: Sequence[DecisionItem] = (),
) -> None:
    """Check, write, record. The only function that writes a dispute's state; with it goes the outcome."""
    was = DisputeState(dispute.state)
    if to not in DISPUTE_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": dispute.reference, "state": was.label, "to": to.label}
        )
    dispute.state = to
    dispute.save(update_fields=["state", "outcome", "decided_on", "words", "costs"])
    _step(dispute, was, to, actor, at, text=text, kept=kept, items=items)


def _step(
    dispute: Dispute,
    was: str,
    to: DisputeState,
    actor: User,
    at: datetime,
    *,
    text: str,
    kept: Sequence[Kept] = (),
    items: Sequence[DecisionItem] = (),
) -> DisputeStep:
    keys = [item.pk for item in items]
    step = DisputeStep.objects.create(
        dispute=dispute, from_state=was, to_state=to, text=text.strip(), items=keys, actor=actor, at=at
    )
    DisputeDocument.objects.bulk_create([DisputeDocument(step=step, **asdict(each)) for each in kept])
    return step


def _log(verb: str, dispute: Dispute, actor: User, at: datetime, data: dict[str, object]) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="dispute",
        subject_id=dispute.pk,
        subject_ref=dispute.reference,
        data=data,
        at=at,
    )
