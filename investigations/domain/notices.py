"""Notices: received, decided upon by a person with reasons, appealed against by the reporter, heard by another person."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.enums import DecisionState, Origin, ViolationState
from enforcement.models import Decision, Violation
from enforcement.queries import deadlines
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.references import random_reference
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import notice_mail
from investigations.enums import NOTICE_MOVES, NoticeState
from investigations.models import Notice, NoticeMove
from investigations.queries import notices as queries
from listings.models import Listing

LONGEST = 10_000


class WindowClosed(Refusal):
    """The six months are over."""


class SamePerson(Refusal):
    """Whoever decided that nothing is done does not hear the appeal against it, nor does a program."""


class ReasonsMissing(Refusal):
    """The reporter reads them."""


@transaction.atomic
def receive(
    *,
    listing: Listing,
    reason: str,
    language: str,
    actor: User,
    at: datetime,
    reporter_name: str = "",
    reporter_email: str = "",
) -> Notice:
    """Put a report on record and confirm it to whoever reported (DSA Art. 16(4))."""
    _check(reason)
    notice = Notice.objects.create(
        reference=random_reference("NT", at),
        listing=listing,
        reason=reason.strip(),
        reporter_name=reporter_name.strip(),
        reporter_email=reporter_email.strip(),
        language=language,
        entered_by=actor,
        received_at=at,
    )
    move = NoticeMove.objects.create(notice=notice, to_state=NoticeState.RECEIVED, actor=actor, moved_at=at)
    notice_mail.owe(notice=notice, move=move, at=at)
    _record("notice.received", notice, actor, at)
    return notice


@transaction.atomic
def no_action(*, notice: Notice, reasons: str, actor: User, at: datetime) -> Notice:
    """Decide that nothing is done, with reasons that the reporter reads (DSA Art. 16(5)) and may appeal against."""
    _check(reasons)
    _check_person(actor)
    notice = _lock(notice)
    _move(notice, NoticeState.NO_ACTION, text=reasons, actor=actor, at=at)
    _record("notice.no_action", notice, actor, at)
    return notice


@transaction.atomic
def decide(
    *,
    notice: Notice,
    version: PolicyVersion,
    measure: Measure,
    markets: Collection[str],
    reason: str,
    actor: User,
    at: datetime,
) -> Decision:
    """Decide upon the notice: its statement of reasons says that a report led to it. Whoever reported is told when the merchant is.

    Raises the refusals of `enforcement.domain.proposals`; then nothing is written.
    """
    _check_person(actor)
    notice = _lock(notice)
    if NoticeState.ACTED not in NOTICE_MOVES[NoticeState(notice.state)]:
        raise MoveRefused(_("%(reference)s is decided upon already.") % {"reference": notice.reference})
    if queries.followed(notice).exists():
        raise MoveRefused(_("A decision upon it waits for a second person already."))
    found = Violation.objects.filter(policy=version.policy, listing=notice.listing, state=ViolationState.OPEN)
    decision = decisions.issue(
        merchant=notice.listing.merchant,
        version=version,
        violations=list(found),
        listings_without_violation=[notice.listing],
        measure=measure,
        markets=markets,
        minimum_age=None,
        actor=actor,
        reason=reason,
        at=at,
        origin_kind=Origin.NOTICE,
        origin_ref=notice.reference,
    )
    _follow(notice, actor, at)
    return decision


def follow_decided(at: datetime) -> int:
    """Close the notices whose decision has been told since: it waited for a second person or a day. Returns how many."""
    return sum(_follow_one(notice, at) for notice in queries.to_follow())


@transaction.atomic
def _follow_one(notice: Notice, at: datetime) -> int:
    return _follow(_lock(notice), None, at)


def _follow(notice: Notice, actor: User | None, at: datetime) -> int:
    decision = queries.followed(notice).exclude(state=DecisionState.HELD).first()
    if decision is None or NoticeState.ACTED not in NOTICE_MOVES[NoticeState(notice.state)]:
        return 0
    notice.decision = decision
    _move(notice, NoticeState.ACTED, text="", actor=actor or decision.decided_by, at=at)
    _record("notice.acted", notice, actor, at, decision=decision.reference)
    return 1


@transaction.atomic
def act(*, notice: Notice, decision: Decision, actor: User, at: datetime) -> Notice:
    """Close it with a decision that somebody made meanwhile of their own accord, about its listing or its whole merchant."""
    notice = _lock(notice)
    if decision.state in (DecisionState.HELD, DecisionState.WITHDRAWN):
        raise Refusal(_("This decision has not been told to anybody."))
    about = decision.items.filter(listing__in=[notice.listing_id]) | decision.items.filter(listing__isnull=True)
    if decision.merchant_id != notice.listing.merchant_id or not about.exists():
        raise Refusal(_("This decision is not about the listing that was reported."))
    notice.decision = decision
    _move(notice, NoticeState.ACTED, text="", actor=actor, at=at)
    _record("notice.acted", notice, actor, at, decision=decision.reference)
    return notice


@transaction.atomic
def appeal(*, notice: Notice, text: str, at: datetime) -> Notice:
    """The reporter contests by their link that nothing was done (DSA Art. 20(1)). Raises WindowClosed."""
    _check(text)
    notice = _lock(notice)
    if notice.state == NoticeState.NO_ACTION and at > queries.closes_at(notice):
        raise WindowClosed(_("The six months in which this could be appealed against are over."))
    due = deadlines.working_days_after(notice.listing.merchant.country, at.date(), deadlines.ANSWER_WORKING_DAYS)
    notice.due_at = deadlines.end_of_day(due)
    _move(notice, NoticeState.APPEALED, text=text, actor=None, at=at)
    _record("notice.appealed", notice, None, at)
    return notice


@transaction.atomic
def answer(*, notice: Notice, right: bool, reasons: str, actor: User, at: datetime) -> Notice:
    """Answer the reporter's appeal. Where they are `right` the notice is decided anew, by a person who may then act."""
    _check(reasons)
    _check_person(actor)
    notice = _lock(notice)
    if actor.pk in queries.deciders(notice):
        raise SamePerson(_("You decided that nothing is done. Another person must hear the appeal."))
    _move(notice, NoticeState.RECEIVED if right else NoticeState.CONFIRMED, text=reasons, actor=actor, at=at)
    _record("notice.answered", notice, actor, at, right=right)
    return notice


def _check(text: str) -> None:
    if not text.strip() or len(text) > LONGEST:
        raise ReasonsMissing(_("Write the reasons, in at most 10,000 characters."))


def _check_person(actor: User) -> None:
    if actor.kind == Kind.SERVICE:
        raise SamePerson(_("A person decides this."))


def _lock(notice: Notice) -> Notice:
    rows = Notice.objects.select_for_update(of=("self",)).select_related("listing__merchant")
    return rows.get(pk=notice.pk)


def _move(notice: Notice, to: NoticeState, *, text: str, actor: User | None, at: datetime) -> None:
    """Check, write, record, tell the reporter. The only function that writes a notice's state."""
    was = NoticeState(notice.state)
    if to not in NOTICE_MOVES[was]:
        raise MoveRefused(
            _("%(reference)s is “%(state)s” and cannot become “%(to)s”.")
            % {"reference": notice.reference, "state": was.label, "to": to.label}
        )
    notice.state = to
    notice.save(update_fields=["state", "due_at", "decision"])
    move = NoticeMove.objects.create(
        notice=notice, from_state=was, to_state=to, text=text.strip(), actor=actor, moved_at=at
    )
    notice_mail.owe(notice=notice, move=move, at=at)


def _record(verb: str, notice: Notice, actor: User | None, at: datetime, **data: object) -> None:
    """Nothing of the reporter, nor of their words, goes into the log."""
    entries.record(
        verb=verb,
        actor=actor,
        actor_label="" if actor else "reporter",
        subject_kind="notice",
        subject_id=notice.pk,
        subject_ref=notice.reference,
        data={"listing": notice.listing_id, **data},
        at=at,
    )
