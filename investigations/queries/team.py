"""The people at the queue: what they may be given, what they hold, when they are away, and what fits none of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet

from governance.accounts.enums import Kind
from governance.accounts.models import RoleGrant, User
from investigations import permissions
from investigations.enums import CaseState
from investigations.models import Absence, Case, CaseDecision, Claim, Skills
from investigations.queries import work
from investigations.queries.days import ONE_DAY


@dataclass
class Member:
    """One who works at the queue. `markets` are those of their roles, None for all."""

    person: User
    roles: list[RoleGrant]
    markets: list[str] | None
    skills: Skills | None
    claim: Claim | None
    decided_today: int
    absences: list[Absence] = field(default_factory=list)
    away: Absence | None = None


def workers() -> QuerySet[User]:
    """Active people with a role that works on cases."""
    return User.objects.filter(is_active=True, kind=Kind.PERSON, grants__role__in=permissions.WORKERS).distinct()


def members(chosen: QuerySet[User], *, at: datetime) -> list[Member]:
    """What is known of each of these people: four queries, however many they are."""
    kept = Absence.objects.filter(withdrawn_at__isnull=True, ends_on__gte=(at - ONE_DAY).date())
    people = list(
        chosen.select_related("skills")
        .prefetch_related(
            Prefetch("grants", RoleGrant.objects.order_by("role", "id")),
            Prefetch("absences", kept.order_by("starts_on", "id"), to_attr="coming"),
            Prefetch(
                "claims", Claim.objects.filter(ended_at__isnull=True).select_related("case"), to_attr="live_claims"
            ),
        )
        .order_by("pseudonym", "pk")
    )
    begun = {person.pk: work.day_of(person, at)[1] for person in people}
    decided = _decided(begun)
    return [_member(person, decided.get(person.pk, 0), at) for person in people]


def fit_nobody() -> QuerySet[Case]:
    """Cases that wait and that nobody may be given, whoever is there today. What people set for themselves does not count: in a
    small team this list would give it away."""
    anybody = Q(pk__in=[])
    for person in workers().select_related("skills").prefetch_related("grants").order_by("pk"):
        theirs = fits(person)
        if not theirs:
            return Case.objects.none()
        anybody |= theirs
    return Case.objects.filter(state=CaseState.OPEN).exclude(anybody)


def fits(person: User) -> Q:
    """Cases in the person's markets whose queue asks no more than they have. Empty fits all."""
    markets = _markets(person.grants.all())
    found = work.fits(getattr(person, "skills", None))
    return found if markets is None else found & Q(markets__overlap=markets)


def _member(person: User, decided: int, at: datetime) -> Member:
    today, _begun = work.day_of(person, at)
    absences: list[Absence] = [each for each in person.coming if each.ends_on >= today]  # type: ignore[attr-defined]
    return Member(
        person=person,
        roles=list(person.grants.all()),
        markets=_markets(person.grants.all()),
        skills=getattr(person, "skills", None),
        claim=next(iter(person.live_claims), None),  # type: ignore[attr-defined]
        decided_today=decided,
        absences=absences,
        away=next((each for each in absences if each.starts_on <= today), None),
    )


def _markets(grants: Iterable[RoleGrant]) -> list[str] | None:
    """Where these roles hold; None is everywhere."""
    held = [grant.markets for grant in grants]
    return None if any(not markets for markets in held) else sorted({code for markets in held for code in markets})


def _decided(begun: dict[int, datetime]) -> dict[int, int]:
    """How many cases each has decided since their day began."""
    if not begun:
        return {}
    since = Q(pk__in=[])
    for person, moment in begun.items():
        since |= Q(person=person, decided_at__gte=moment)
    rows = (
        CaseDecision.objects.filter(since, undone_at__isnull=True, claim__run__isnull=True)
        .order_by()
        .values_list("person")
    )
    return dict(rows.annotate(count=Count("id")))
