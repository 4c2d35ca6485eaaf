"""Second readings: taken by somebody who had no part, judged blind, and where the two differ settled by a third."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.domain import precedents
from investigations.enums import REVIEW_MOVES, ReviewOutcome, ReviewState, Verdict
from investigations.models import SecondReview, SecondVerdict
from investigations.queries import second_reviews as queries

LONGEST = 4_000


class NotYours(Refusal):
    """Somebody else reads it, or the person had a part in what is to be judged."""


class VerdictMissing(Refusal):
    """Something has no second verdict yet."""


@transaction.atomic
def take_next(*, person: User, at: datetime) -> SecondReview | None:
    """The next one for this person, now theirs; the one they hold already, if they do."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if mine := queries.in_hand(person, at=at):
        return mine
    for held in SecondReview.objects.select_for_update().filter(reviewer=person, state=ReviewState.TAKEN):
        _give_back(held, at)
    review = queries.waiting_for(person, at=at).select_for_update(skip_locked=True, of=("self",)).first()
    if review is None:
        return None
    if review.state == ReviewState.TAKEN:
        _give_back(review, at)
    review.reviewer, review.taken_at = person, at
    _move(review, ReviewState.TAKEN)
    _record("review.taken", review, person, at)
    return review


@transaction.atomic
def release(*, review: SecondReview, actor: User, at: datetime) -> SecondReview:
    """Give it back unread."""
    review = _mine(review, actor)
    _give_back(review, at)
    _record("review.released", review, actor, at)
    return review


@transaction.atomic
def read(
    *,
    review: SecondReview,
    verdicts: Mapping[int, Verdict],
    measure: Measure | None,
    note: str,
    actor: User,
    at: datetime,
) -> SecondReview:
    """Give the second verdicts, by the key of each. Where all are the same, both agree; else a third person settles it.

    Raises VerdictMissing and NotYours; then nothing is written.
    """
    review = _mine(review, actor)
    if len(note) > LONGEST:
        raise Refusal(_("A note has at most 4,000 characters."))
    rows = list(review.verdicts.select_for_update().order_by("pk"))
    missing = sum(row.pk not in verdicts for row in rows)
    if missing:
        text = ngettext("%(count)s has no verdict yet.", "%(count)s have no verdict yet.", missing)
        raise VerdictMissing(text % {"count": missing})
    for row in rows:
        row.second = verdicts[row.pk]
    SecondVerdict.objects.bulk_update(rows, ["second"])
    violates = any(row.second == Verdict.VIOLATES for row in rows)
    review.measure = measure if measure and violates else ""
    review.note, review.read_at = note.strip(), at
    agree = all(row.first == row.second for row in rows)
    review.outcome = ReviewOutcome.AGREED if agree else ""
    _move(review, ReviewState.SETTLED if agree else ReviewState.DIFFERS)
    _record("review.read", review, actor, at, agree=agree)
    return review


@transaction.atomic
def settle(
    *,
    review: SecondReview,
    outcome: ReviewOutcome,
    precedent: str = "",
    verdict: Verdict | None = None,
    language: str = "en",
    actor: User,
    at: datetime,
) -> SecondReview:
    """Say who was right. `precedent`, where given, stands from now on beside the policy's guidance, with its verdict.

    Raises NotYours for the two who differ, and MoveRefused where nothing differs (any more).
    """
    review = _lock(review)
    if outcome == ReviewOutcome.AGREED:
        raise Refusal(_("They differ: say who was right, or that the policy leaves it open."))
    if actor.pk in (review.person_id, review.reviewer_id):
        raise NotYours(_("You are one of the two who differ. Somebody else settles it."))
    review.outcome, review.settled_by, review.settled_at = outcome, actor, at
    _move(review, ReviewState.SETTLED)
    if precedent.strip():
        precedents.write(
            policy=review.policy,
            listing=queries.listing_of(review),
            words=precedent,
            verdict=verdict,
            language=language,
            review=review,
            actor=actor,
            at=at,
        )
    _record("review.settled", review, actor, at, outcome=outcome.value)
    return review


@transaction.atomic
def drop_gone(*, at: datetime) -> int:
    """Drop what was taken back since it was drawn: there is nothing left to judge. Returns how many."""
    rows = list(queries.gone().select_for_update(skip_locked=True, of=("self",)))
    for review in rows:
        _move(review, ReviewState.DROPPED)
        _record("review.dropped", review, None, at)
    return len(rows)


def _mine(review: SecondReview, actor: User) -> SecondReview:
    """Locked, and in the person's hand: also after its hour, as long as nobody else has taken it."""
    review = _lock(review)
    if review.state != ReviewState.TAKEN or review.reviewer_id != actor.pk:
        raise NotYours(_("You do not hold this second reading (any more). Take the next one."))
    if not permissions.can_review(actor):
        raise NotYours(_("Second readings are for senior colleagues."))
    return review


def _give_back(review: SecondReview, at: datetime) -> None:
    review.reviewer = review.taken_at = None
    _move(review, ReviewState.WAITING)


def _lock(review: SecondReview) -> SecondReview:
    rows = SecondReview.objects.select_for_update(of=("self",)).select_related("ruling__case", "decision", "policy")
    return rows.get(pk=review.pk)


def _move(review: SecondReview, to: ReviewState) -> None:
    """The only function that writes a second reading's state."""
    was = ReviewState(review.state)
    if to not in REVIEW_MOVES[was]:
        raise MoveRefused(
            _("%(review)s is “%(state)s” and cannot become “%(to)s”.")
            % {"review": review, "state": was.label, "to": to.label}
        )
    review.state = to
    review.save()


def _record(verb: str, review: SecondReview, actor: User | None, at: datetime, **data: object) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="second_review",
        subject_id=review.pk,
        subject_ref=str(review),
        data=data,
        at=at,
    )
