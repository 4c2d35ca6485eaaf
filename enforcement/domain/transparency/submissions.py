"""What the Transparency Database is owed: a row in the transaction of the decision, withdrawn with it, tried again by hand.

There is no event that sends it: beat does within half a minute, a hundred at once. A reversal after it was accepted is not
told, because the database has no word for it: outcomes of complaints go into the transparency report.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain.transparency import payloads
from enforcement.enums import SUBMISSION_MOVES, Environment, SubmissionState
from enforcement.language.transparency import check, messages_of
from enforcement.models import Decision, TransparencySubmission
from enforcement.queries import transparency as queries
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal

RECENT = timedelta(days=7)
AT_ONCE = 1_000


class StillRefused(Refusal):
    """Nothing has changed: our own rules refuse what would be sent."""


@transaction.atomic
def owe(*, decision: Decision, at: datetime, wait: timedelta = timedelta(0)) -> TransparencySubmission | None:
    """Owe a statement about a decision in force, to be sent after `wait`. None where the database is not to be told.

    What our own rules refuse is kept as refused, with the reasons: a decision is never held up by it.
    """
    if decision.state not in queries.IN_FORCE_ONCE:
        return None
    puid = new_puid()
    payload = payloads.build(decision, puid=puid)
    if payload is None:
        return None
    faults = messages_of(check(payload))
    return TransparencySubmission.objects.create(
        decision=decision,
        environment=queries.environment(),
        puid=puid,
        payload=payload,
        state=SubmissionState.REFUSED if faults else SubmissionState.OWED,
        errors=faults,
        next_try_at=at + wait,
        created_at=at,
    )


def owe_missing(*, at: datetime, everything: bool = False) -> int:
    """Owe what has no row: decisions that came into force later, or another environment's. Returns how many.

    Looks a week back; with `everything` as far as there are decisions, for production alone. Safe to run at any time.
    """
    recent = not everything or queries.environment() == Environment.SANDBOX
    found = queries.missing(at, since=at - RECENT if recent else None)
    return sum(_owe_one(key, at) for key in found.values_list("pk", flat=True)[:AT_ONCE])


def withdraw(*, decision: Decision) -> None:
    """Take back what was not accepted yet. What is on its way is noted as accepted when its answer comes."""
    rows = TransparencySubmission.objects.filter(decision=decision)
    for row in rows.filter(state__in=[SubmissionState.OWED, SubmissionState.REFUSED]).order_by("pk"):
        _move(row, SubmissionState.WITHDRAWN)


@transaction.atomic
def retry(*, submission: TransparencySubmission, actor: User, at: datetime) -> TransparencySubmission:
    """Send again what was refused, made anew from the decision: a table of ours may have been corrected meanwhile."""
    row = (
        TransparencySubmission.objects.select_for_update(of=("self",)).select_related("decision").get(pk=submission.pk)
    )
    if row.state != SubmissionState.REFUSED:
        raise MoveRefused(_("Only what was refused is sent again."))
    payload = payloads.build(row.decision, puid=row.puid)
    if payload is None:
        raise StillRefused(_("This decision no longer concerns the Transparency Database."))
    if faults := messages_of(check(payload)):
        fields = ", ".join(sorted(faults))
        raise StillRefused(
            _("It would be refused again because of %(fields)s. Correct that first.") % {"fields": fields}
        )
    row.payload, row.errors, row.error, row.attempts, row.next_try_at = payload, {}, "", 0, at
    row.save(update_fields=["payload", "errors", "error", "attempts", "next_try_at"])
    _move(row, SubmissionState.OWED)
    entries.record(
        verb="submission.retried",
        actor=actor,
        subject_kind="submission",
        subject_id=row.pk,
        subject_ref=row.decision.reference,
        at=at,
    )
    return row


def accepted(submission: TransparencySubmission, *, answer: dict[str, object], at: datetime) -> None:
    """The database has it. `answer` is the statement as it stored it; empty where its answer was lost."""
    submission.answer, submission.uuid = answer, str(answer.get("uuid") or "")[:60]
    submission.errors, submission.error = {}, ""
    _move(submission, SubmissionState.SENT, at=at)


def refused(submission: TransparencySubmission, *, errors: dict[str, list[str]], error: str) -> None:
    """The database names what is wrong with it. It is not sent again by itself."""
    submission.errors, submission.error = errors, error
    _move(submission, SubmissionState.REFUSED)


def renew(submission: TransparencySubmission) -> bool:
    """Another number, because somebody has used this one; the old one stays with its tries. False: withdrawn meanwhile."""
    submission.puid = new_puid()
    submission.payload = submission.payload | {"puid": submission.puid}
    owed = TransparencySubmission.objects.filter(pk=submission.pk, state=SubmissionState.OWED)
    return bool(owed.update(puid=submission.puid, payload=submission.payload))


def new_puid() -> str:
    return uuid4().hex


@transaction.atomic
def _owe_one(key: int, at: datetime) -> bool:
    """Under the decision's lock: two sweeps owe it once."""
    row = Decision.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    if TransparencySubmission.objects.filter(decision=row, environment=queries.environment()).exists():
        return False
    decision = Decision.objects.select_related("merchant", "version__policy", "statement").get(pk=key)
    return owe(decision=decision, at=at) is not None


@transaction.atomic
def _move(submission: TransparencySubmission, to: SubmissionState, *, at: datetime | None = None) -> None:
    """Lock, check, write. The only function that writes a submission's state; `at` is when it was accepted.

    What has arrived stays so: an answer that comes late changes nothing.
    """
    locked = TransparencySubmission.objects.select_for_update().get(pk=submission.pk)
    was = SubmissionState(locked.state)
    if to not in SUBMISSION_MOVES[was]:
        raise MoveRefused(f"Submission {locked.pk} cannot go from {was} to {to}.")
    submission.state, submission.sent_at = to, at
    submission.save(update_fields=["state", "sent_at", "uuid", "answer", "errors", "error"])
