"""Once a day: what was decided against what was accepted, and whether the database still knows what it accepted."""

from datetime import datetime, timedelta

from enforcement.domain.transparency import door, submissions
from enforcement.enums import SubmissionState
from enforcement.models import TransparencyReconciliation, TransparencySubmission
from enforcement.queries import transparency as queries

ASKED_BACK = timedelta(days=2)
MOST = 1_000


def reconcile(*, at: datetime) -> TransparencyReconciliation:
    """Owe what is missing, count, and ask the database for what it accepted of late and for what it did not know last time."""
    before = queries.last_reconciliation()
    added = submissions.owe_missing(at=at, everything=True)
    checked, unknown = _ask_back(at, before.unknown if before else [])
    counted = queries.counts(at)
    return TransparencyReconciliation.objects.create(
        environment=queries.environment(),
        made_at=at,
        decided=sum(counted[each] for each in SubmissionState if each != SubmissionState.WITHDRAWN),
        accepted=counted[SubmissionState.SENT],
        refused=counted[SubmissionState.REFUSED],
        waiting=counted[SubmissionState.OWED],
        withdrawn=counted[SubmissionState.WITHDRAWN],
        late=counted["late"],
        added=added,
        checked=checked,
        unknown=unknown,
    )


def _ask_back(at: datetime, doubtful: list[str]) -> tuple[int, list[str]]:
    """How many were asked for, and which the database does not know. When it does not answer, the rest waits a day."""
    if not queries.is_on() or queries.paused_until(at) is not None:
        return 0, doubtful
    recent = TransparencySubmission.objects.filter(
        environment=queries.environment(), state=SubmissionState.SENT, sent_at__gte=at - ASKED_BACK
    ).order_by("-sent_at", "-pk")
    asked = list(dict.fromkeys([*doubtful, *recent.values_list("puid", flat=True)[:MOST]]))
    unknown: list[str] = []
    for count, puid in enumerate(asked):
        known = door.knows(puid)
        if known is None:
            return count, unknown + [each for each in asked[count:] if each in doubtful]
        if not known:
            unknown.append(puid)
    return len(asked), unknown
