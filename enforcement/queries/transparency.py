"""What the EU's Transparency Database is owed, what it has, and what is missing between the two."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet

from enforcement.enums import DecisionState, Environment, LiftedBecause, Origin, SubmissionState
from enforcement.language.transparency import EEA
from enforcement.language.transparency.mapping import EVERYWHERE, REPORTED
from enforcement.models import (
    Decision,
    DecisionItem,
    ItemReversal,
    TransparencyReconciliation,
    TransparencySubmission,
    TransparencyTry,
)
from enforcement.queries.decisions import Markets, concerns
from listings.models import Listing, Market

IN_FORCE_ONCE = frozenset(
    {
        DecisionState.IN_FORCE,
        DecisionState.PARTLY_REVERSED,
        DecisionState.REVERSED,
        DecisionState.SUPERSEDED,
        DecisionState.SETTLED,
        DecisionState.EXPIRED,
    }
)
"""States of decisions that are or were in force. What only waits for somebody restricts nothing yet."""
REFUSED_TOKEN = frozenset({401, 403})
TOKEN_PAUSE, PAUSE = timedelta(minutes=15), timedelta(minutes=1)
LATE = timedelta(days=1)
TOO_MANY, SERVER_FAULT = 429, 500


def environment() -> Environment:
    """Whose rows are owed now. While nothing is sent they wait for production."""
    return Environment.SANDBOX if settings.DSA_TDB == Environment.SANDBOX else Environment.PRODUCTION


def is_on() -> bool:
    return settings.DSA_TDB in Environment.values


def served() -> frozenset[str]:
    """The countries in which the marketplace sells."""
    return frozenset(Market.objects.values_list("code", flat=True))


def oldest_listing(decision: Decision) -> datetime:
    """When the first of the decision's listings was created."""
    found: datetime = Listing.objects.filter(decision_items__decision=decision).aggregate(at=Min("created_at"))["at"]
    return found


def submissions(markets: Markets) -> QuerySet[TransparencySubmission]:
    """Those about decisions that concern these markets, with what a row of them shows."""
    rows = TransparencySubmission.objects.select_related("decision")
    return rows if markets is None else rows.filter(concerns(markets, "decision_id"))


def of_decision(decision_id: int) -> QuerySet[TransparencySubmission]:
    """What the database is owed or has of one decision, by environment, the newest first."""
    return TransparencySubmission.objects.filter(decision_id=decision_id).order_by("-created_at", "-pk")


def with_tries(rows: QuerySet[TransparencySubmission]) -> QuerySet[TransparencySubmission]:
    return rows.prefetch_related(Prefetch("tries", queryset=TransparencyTry.objects.order_by("pk")))


def due(at: datetime) -> QuerySet[TransparencySubmission]:
    """What may be sent now, the longest waiting first."""
    rows = TransparencySubmission.objects.filter(environment=environment(), state=SubmissionState.OWED)
    return rows.filter(next_try_at__lte=at).order_by("next_try_at", "pk")


def missing(at: datetime, *, since: datetime | None = None) -> QuerySet[Decision]:
    """Decisions that the database is to be told about and that have no row. What was undone at once was never told."""
    target = environment()
    rows = Decision.objects.filter(measure__in=REPORTED, state__in=IN_FORCE_ONCE, starts_at__lte=at)
    rows = rows.exclude(origin_kind=Origin.ORDER)  # DSA Art. 17(5)
    if since is not None:
        rows = rows.filter(decided_at__gte=since)
    if not served() & EEA:
        rows = rows.exclude(measure__in=EVERYWHERE)
    there = Exists(DecisionItem.objects.filter(decision=OuterRef("pk"), markets__overlap=sorted(EEA)))
    undone = Exists(ItemReversal.objects.filter(item__decision=OuterRef("pk"), because=LiftedBecause.UNDONE))
    owed = Exists(TransparencySubmission.objects.filter(decision=OuterRef("pk"), environment=target))
    return rows.filter(Q(measure__in=EVERYWHERE) | there).exclude(undone).exclude(owed).order_by("pk")


def last_try() -> TransparencyTry | None:
    """The last try of which we know how it ended."""
    return TransparencyTry.objects.filter(ended_at__isnull=False).order_by("-ended_at", "-pk").first()


def token_refused() -> TransparencyTry | None:
    """The last try, if the database did not know us: then nothing goes out but one look from time to time."""
    last = last_try()
    return last if last and last.status in REFUSED_TOKEN else None


def paused_until(at: datetime) -> datetime | None:
    """When sending goes on after a refused token, or after the database was busy, broken or away."""
    last = last_try()
    if last is None or last.ended_at is None:
        return None
    away = last.status is None or last.status == TOO_MANY or last.status >= SERVER_FAULT
    if last.status not in REFUSED_TOKEN and not away:
        return None
    until = last.ended_at + (PAUSE if away else TOKEN_PAUSE)
    return until if until > at else None


def counts(at: datetime) -> dict[str, int]:
    """How many there are in each state of the environment that is in use, and how many wait for more than a day."""
    rows = TransparencySubmission.objects.filter(environment=environment())
    by_state = {each.value: Count("pk", filter=Q(state=each)) for each in SubmissionState}
    late = Count("pk", filter=Q(state=SubmissionState.OWED, created_at__lt=at - LATE))
    return rows.aggregate(**by_state, late=late)


def attention() -> str:
    """What waits for a person, for the rail: a token that is not accepted, else how many were refused."""
    if is_on() and token_refused():
        return "!"
    refused = TransparencySubmission.objects.filter(environment=environment(), state=SubmissionState.REFUSED).count()
    return str(refused or "")


def last_reconciliation() -> TransparencyReconciliation | None:
    return TransparencyReconciliation.objects.filter(environment=environment()).order_by("-made_at", "-pk").first()


def tried_before(submission: TransparencySubmission, this: TransparencyTry) -> bool:
    """Whether this number has gone out already: then only we can have used it."""
    return TransparencyTry.objects.filter(submission=submission, puid=this.puid, pk__lt=this.pk).exists()
