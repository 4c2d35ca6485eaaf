"""Buyers told of what they bought: owed with a decision, handed to the marketplace in chunks, acknowledged by it.

For a recall (Regulation (EU) 2023/988, Art. 35, 36) and for a product that was removed as illegal (DSA Art. 32). A hand-over
that is cut off goes on after the last chunk: its event, its part and the cursor are of one transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import delivery_events, ordered
from enforcement.domain.decisions import UNDO_GRACE, UNDO_WINDOW
from enforcement.enums import TAKEN_BACK_DECISIONS, DecisionState
from enforcement.models import Decision
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.references import random_reference
from governance.web.refusals import MoveRefused, Refusal
from investigations import events
from investigations.enums import CONSUMER_MOVES, ConsumerCause, ConsumerState
from investigations.models import ConsumerAcknowledgement, ConsumerMove, ConsumerNotice, ConsumerPart
from investigations.queries import consumers as queries
from investigations.text.plain_hazard import soothing
from listings.models import OrderLine

LONGEST = 2_000
AGAIN = timedelta(hours=1)
"""A decision that waits for a second person is looked at again."""


class WordsMissing(Refusal):
    """A notice says all four: product, hazard, what to do, remedy. And the hazard is not made smaller."""


class NotWaiting(Refusal):
    """There is nothing of this notice that could be acknowledged or published."""


@dataclass(frozen=True)
class Words:
    """What buyers read."""

    what: str
    hazard: str
    what_to_do: str
    remedy: str
    language: str = "en"


@transaction.atomic
def owe(
    *, decision: Decision, cause: ConsumerCause, cause_ref: str, words: Words, actor: User | None, at: datetime
) -> ConsumerNotice:
    """Owe it to the buyers of the decision's listings that they are told. Owed twice it is owed once. Raises WordsMissing.

    Where an authority's order keeps it from the merchant until a time, buyers learn it no sooner.
    """
    known = ConsumerNotice.objects.filter(decision=decision).first()
    if known is not None:
        return known
    check(words)
    wait = UNDO_WINDOW + UNDO_GRACE
    notice = ConsumerNotice.objects.create(
        reference=random_reference("CN", at),
        decision=decision,
        cause=cause,
        cause_ref=cause_ref,
        **{name: value.strip() for name, value in vars(words).items()},
        since=queries.six_months_before(at),
        until=at,
        due_at=max(at + wait, ordered.held_back_until(decision, at) or at),
        created_by=actor,
        created_at=at,
    )
    _record("consumers.owed", notice, actor, at)
    events.consumers_owed.send(ConsumerNotice, notice_id=notice.pk, wait=wait.total_seconds())
    return notice


def check(words: Words) -> None:
    """Raises WordsMissing."""
    if any(not value.strip() or len(value) > LONGEST for value in vars(words).values()):
        raise WordsMissing(_("Say all four, in at most 2,000 characters each: product, hazard, what to do, remedy."))
    if found := soothing(words.hazard):
        raise WordsMissing(
            _("“%(words)s” makes the hazard smaller than it is. A notice to buyers may not say it.") % {"words": found}
        )


def hand_over_due(at: datetime) -> int:
    """Hand over what may be handed over. Returns how many notices are through."""
    return sum(hand_over(notice_id=key, at=at) for key in queries.due(at))


def hand_over(*, notice_id: int, at: datetime) -> int:
    """Chunk by chunk until none is left; 1 when the notice is through."""
    while True:
        more = _hand_over_chunk(notice_id, at)
        if more is not True:
            return int(more is False)


@transaction.atomic
def _hand_over_chunk(notice_id: int, at: datetime) -> bool | None:
    """True: there may be more; False: through; None: it does not wait now, or somebody else is at it."""
    rows = ConsumerNotice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("decision__merchant")
    notice = rows.filter(pk=notice_id, state=ConsumerState.OWED, due_at__lte=at).first()
    if notice is None:
        return None
    if notice.decision.state in TAKEN_BACK_DECISIONS:
        _move(notice, ConsumerState.CANCELLED, at=at)
        return False
    if notice.decision.state == DecisionState.HELD:
        notice.due_at = at + AGAIN
        notice.save(update_fields=["due_at"])
        return None
    lines = queries.next_lines(notice)
    if lines or not notice.parts.exists():
        _tell(notice, lines, at)
    if len(lines) == queries.CHUNK:
        return True
    found = queries.counted(notice)
    notice.buyers, notice.lines, notice.unknown = found.buyers, found.lines, found.unknown
    _move(notice, ConsumerState.HANDED, at=at)
    _record("consumers.handed", notice, None, at, buyers=found.buyers, lines=found.lines, unknown=found.unknown)
    return False


@transaction.atomic
def acknowledge(*, notice: ConsumerNotice, told: int, not_reached: int, actor: User, at: datetime) -> ConsumerNotice:
    """The marketplace says how many buyers it has told until now. The same again changes nothing. Raises NotWaiting."""
    notice = _lock(notice)
    if notice.state != ConsumerState.HANDED:
        raise NotWaiting(_("%(reference)s has not been handed over.") % {"reference": notice.reference})
    if told + not_reached > notice.buyers:
        raise NotWaiting(
            _("%(reference)s has %(buyers)s buyers; more cannot have been told.")
            % {"reference": notice.reference, "buyers": notice.buyers}
        )
    newest = notice.acknowledgements.order_by("-at", "-pk").first()
    if newest is not None and (newest.told, newest.not_reached) == (told, not_reached):
        return notice
    ConsumerAcknowledgement.objects.create(notice=notice, told=told, not_reached=not_reached, actor=actor, at=at)
    _record("consumers.acknowledged", notice, actor, at, told=told, not_reached=not_reached)
    return notice


@transaction.atomic
def published(*, notice: ConsumerNotice, where: str, actor: User, at: datetime) -> ConsumerNotice:
    """The notice stands where those see it whom nobody can write to (DSA Art. 32(2)). Said twice, the last address holds."""
    notice = _lock(notice)
    if notice.state == ConsumerState.CANCELLED:
        raise NotWaiting(_("%(reference)s is not needed any more.") % {"reference": notice.reference})
    notice.published_at, notice.published_where = at, where
    notice.save(update_fields=["published_at", "published_where"])
    _record("consumers.published", notice, actor, at, where=where)
    return notice


def _lock(notice: ConsumerNotice) -> ConsumerNotice:
    return ConsumerNotice.objects.select_for_update(of=("self",)).select_related("decision").get(pk=notice.pk)


def _tell(notice: ConsumerNotice, lines: list[OrderLine], at: datetime) -> None:
    """One chunk as an event. Without any buyer one event says that the notice is to be published."""
    number = notice.parts.count() + 1
    data: dict[str, Any] = {
        "notice": notice.reference,
        "part": number,
        "cause": notice.cause,
        "cause_reference": notice.cause_ref,
        "language": notice.language,
        "what": notice.what,
        "hazard": notice.hazard,
        "what_to_do": notice.what_to_do,
        "remedy": notice.remedy,
        "buyers": [_line(line) for line in lines],
    }
    event = delivery_events.consumers_to_notify(decision=notice.decision, data=data, at=at)
    ConsumerPart.objects.create(notice=notice, number=number, event=event, lines=len(lines))
    if lines:
        notice.cursor = lines[-1].pk
        notice.save(update_fields=["cursor"])


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "buyer": line.buyer,
        "order": line.order_id,
        "line": line.line,
        "ordered_at": line.ordered_at.isoformat(),
        "listing": line.listing.external_id,
        "quantity": line.quantity,
    }


def _move(notice: ConsumerNotice, to: ConsumerState, *, at: datetime) -> None:
    """Check, write, record. The only function that writes a notice's state."""
    was = ConsumerState(notice.state)
    if to not in CONSUMER_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": notice.reference, "state": was.label, "to": to.label}
        )
    notice.state = to
    notice.handed_at = at if to == ConsumerState.HANDED else None
    notice.save(update_fields=["state", "handed_at", "buyers", "lines", "unknown"])
    ConsumerMove.objects.create(notice=notice, from_state=was, to_state=to, moved_at=at)


def _record(verb: str, notice: ConsumerNotice, actor: User | None, at: datetime, **data: object) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="consumer_notice",
        subject_id=notice.pk,
        subject_ref=notice.reference,
        data={"decision": notice.decision.reference, **data},
        at=at,
    )
