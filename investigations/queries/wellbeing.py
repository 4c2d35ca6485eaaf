"""How much of what is hard to look at a person has seen, since when they have worked without a pause, and what they set."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.policies.models import Policy
from investigations.models import Break, Claim, HardPolicy, OwnLimits, PictureSeen, WellbeingRules

LOOKED_BACK = timedelta(hours=12)
CLAIMS_READ = 300


@dataclass(frozen=True)
class Pictures:
    """Photos that a person saw sharp, and those of them that are of hard cases: on this day, and in seven days."""

    today: int
    hard_today: int
    week: int
    hard_week: int


@dataclass(frozen=True)
class Seen:
    """How many hard cases a person has opened to work on: today, and in seven days."""

    person: User
    today: int
    week: int


def rules() -> WellbeingRules:
    """Those in force; the usual ones where nobody has set others."""
    return WellbeingRules.objects.filter(pk=1).first() or WellbeingRules(pk=1)


def own(user: Anyone) -> OwnLimits:
    return OwnLimits.objects.filter(person=user.pk).first() or OwnLimits()


def is_hard(policy: str = "policy") -> Exists:
    """Condition on a row whose field `policy` names a policy: it shows what is hard to look at."""
    return Exists(HardPolicy.objects.filter(policy=OuterRef(policy)))


def spared(limits: OwnLimits | None, *, hard: bool) -> Q:
    """Cases that a person may be given by what they have set. `hard`: those hard to look at are among them."""
    found = Q() if hard else ~Q(is_hard())
    if limits is not None and limits.families:
        found &= Q(policy__isnull=True) | ~Q(policy__family__in=limits.families)
    return found


def lower(everybody: int | None, own: int | None) -> int | None:
    """Of what holds for all and what a person has set; None is no limit."""
    return min((each for each in (everybody, own) if each is not None), default=None)


def hard_claims(since: datetime) -> QuerySet[Claim]:
    """What was opened of it since, by whoever."""
    return Claim.objects.filter(is_hard("case__policy"), claimed_at__gte=since)


def hard_policies() -> set[int]:
    return set(HardPolicy.objects.values_list("policy", flat=True))


def at_work_since(user: Anyone, *, at: datetime, pause: timedelta) -> datetime | None:
    """When the person began to work without a pause that long; None where they pause now. One query."""
    spans = Claim.objects.filter(person=user.pk, claimed_at__gte=at - LOOKED_BACK).order_by("-claimed_at", "-pk")
    begun, later = None, at
    for claimed, ended in spans.values_list("claimed_at", "ended_at")[:CLAIMS_READ]:
        if later - (ended or later) >= pause:
            break
        begun = later = claimed
    return begun


def tired_since(user: Anyone, rules: WellbeingRules, limits: OwnLimits | None, *, at: datetime) -> datetime | None:
    """Since when the person has worked without a break, where it is time for one; None where it is not, or they want no
    reminder. At most one query."""
    own = limits.break_after if limits else None
    after = rules.break_after if own is None else own
    if not after:
        return None
    since = at_work_since(user, at=at, pause=timedelta(minutes=rules.break_lasts))
    return since if since is not None and at - since >= timedelta(minutes=after) else None


def running_break(user: Anyone, *, at: datetime) -> Break | None:
    return Break.objects.filter(person=user.pk, started_at__lte=at, ends_at__gt=at).order_by("-ends_at").first()


def seen(people: Iterable[User], *, today: datetime, week: datetime) -> list[Seen]:
    """One query, however many they are. `today` and `week` are when each began, for all alike."""
    shown = list(people)
    rows = hard_claims(week).filter(person__in=[each.pk for each in shown]).order_by().values_list("person")
    counts = {
        person: (day, week)
        for person, day, week in rows.annotate(
            day=Count("case", distinct=True, filter=Q(claimed_at__gte=today)), week=Count("case", distinct=True)
        )
    }
    return [Seen(each, *counts.get(each.pk, (0, 0))) for each in shown]


def pictures(user: Anyone, *, today: date) -> Pictures:
    """For the person's own eyes. One query."""
    rows = PictureSeen.objects.filter(person=user.pk, day__gt=today - timedelta(days=7), day__lte=today)
    on_day = Q(day=today)
    return Pictures(
        **rows.aggregate(
            today=Count("id", filter=on_day),
            hard_today=Count("id", filter=on_day & Q(hard=True)),
            week=Count("id"),
            hard_week=Count("id", filter=Q(hard=True)),
        )
    )


def families() -> list[str]:
    """Those that policies in force belong to."""
    rows = Policy.objects.filter(live__isnull=False).order_by("family").values_list("family", flat=True)
    return list(rows.distinct())
