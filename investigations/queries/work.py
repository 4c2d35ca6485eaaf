"""Which cases a person may see, and which one is next for them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from enforcement.enums import ViolationState
from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.policies.enums import SEVERITY_RANK, Severity
from investigations import permissions
from investigations.enums import AskedOf, CaseState, ClaimEnd, Skill
from investigations.models import (
    Absence,
    Break,
    Case,
    CaseDecision,
    CaseItem,
    Claim,
    GridPage,
    OwnLimits,
    PictureSeen,
    Question,
    Queue,
    Skills,
    Skip,
    Snooze,
    WellbeingRules,
)
from investigations.queries import wellbeing
from listings.models import Listing


@dataclass(frozen=True)
class Standing:
    """What the queue may give a person today. Without skills entered there is no limit. `own` is what they have set for
    themselves, `rules` what holds for everybody; `hard_today` counts cases that are hard to look at, `pictures_today` photos of such that
    they saw sharp, None where that is not for the reader's eyes."""

    skills: Skills | None = None
    decided_today: int = 0
    away_until: date | None = None
    own: OwnLimits | None = None
    hard_today: int = 0
    pictures_today: int | None = 0
    rules: WellbeingRules | None = None
    break_until: datetime | None = None

    @property
    def left_today(self) -> int | None:
        """How many cases more; None without a limit."""
        most = self.skills.cases_a_day if self.skills else None
        return None if most is None else max(0, most - self.decided_today)

    @property
    def most_hard(self) -> int | None:
        """How many cases that are hard to look at in a day; None without a limit."""
        own = self.own.hard_a_day if self.own else None
        return wellbeing.lower(self.rules.hard_a_day if self.rules else None, own)

    @property
    def hard_left(self) -> int | None:
        """How many of them more; None without a limit."""
        return None if self.most_hard is None else max(0, self.most_hard - self.hard_today)

    @property
    def most_pictures(self) -> int | None:
        """How many photos of such cases in a day; None without a limit."""
        own = self.own.pictures_a_day if self.own else None
        return wellbeing.lower(self.rules.pictures_a_day if self.rules else None, own)

    @property
    def pictures_left(self) -> int | None:
        """How many of them more; None without a limit."""
        return None if self.most_pictures is None else max(0, self.most_pictures - (self.pictures_today or 0))

    @property
    def hard_room(self) -> int | None:
        """How many cases hard to look at may still be given by both limits, as if each had one photo; None without a limit."""
        return wellbeing.lower(self.hard_left, self.pictures_left)

    @property
    def gets_hard(self) -> bool:
        """Whether a case that is hard to look at may be given."""
        return self.hard_room != 0

    @property
    def gets_none(self) -> bool:
        return self.away_until is not None or self.break_until is not None or self.left_today == 0


def visible_cases(user: Anyone) -> QuerySet[Case]:
    """Cases that a person may read: those that touch a market of theirs; of Legal, those out of which it was asked. Golden
    ones only who has worked on them."""
    if not permissions.can_open_case(user):
        return Case.objects.none()
    markets = permissions.markets(user)
    rows = Case.objects.all() if markets is None else Case.objects.filter(markets__overlap=sorted(markets))
    if permissions.can_read_cases(user):
        return rows.filter(known_to(user.pk))
    return rows.filter(Exists(Question.objects.filter(case=OuterRef("pk"), asked_of=AskedOf.LEGAL)))


def known_to(person: int | None) -> Q:
    """Of cases: a golden one is there for nobody but who has worked on it. Whatever counts cases for a person counts by this, or the
    difference would show which are golden."""
    return Q(golden__isnull=True) | Q(Exists(Claim.objects.filter(case=OuterRef("pk"), person=person)))


def standing(user: Anyone, *, at: datetime) -> Standing:
    """Two queries. A day is that of the person's own time zone; what they decided by acting on many cases at once is not counted."""
    today, begun = day_of(user, at)
    away = Absence.objects.filter(
        person=OuterRef("pk"), withdrawn_at__isnull=True, starts_on__lte=today, ends_on__gte=today
    )
    decided = CaseDecision.objects.filter(
        person=OuterRef("pk"), decided_at__gte=begun, undone_at__isnull=True, claim__run__isnull=True
    )
    hard = wellbeing.hard_claims(begun).filter(person=OuterRef("pk")).order_by().values("person")
    pictures = PictureSeen.objects.filter(person=OuterRef("pk"), day=today, hard=True).order_by().values("person")
    paused = Break.objects.filter(person=OuterRef("pk"), started_at__lte=at, ends_at__gt=at)
    found = (
        User.objects.filter(pk=user.pk or 0)
        .select_related("skills", "own_limits")
        .annotate(
            away_until=Subquery(away.order_by("-ends_on").values("ends_on")[:1]),
            decided=Coalesce(Subquery(decided.order_by().values("person").annotate(n=Count("id")).values("n")), 0),
            hard_today=Coalesce(Subquery(hard.annotate(n=Count("case", distinct=True)).values("n")), 0),
            pictures_today=Coalesce(Subquery(pictures.annotate(n=Count("id")).values("n")), 0),
            break_until=Subquery(paused.order_by("-ends_at").values("ends_at")[:1]),
        )
        .first()
    )
    if found is None:
        return Standing()
    return Standing(
        skills=getattr(found, "skills", None),
        decided_today=found.decided,
        away_until=found.away_until,
        own=getattr(found, "own_limits", None),
        hard_today=found.hard_today,
        pictures_today=found.pictures_today,
        rules=wellbeing.rules(),
        break_until=found.break_until,
    )


def day_of(user: Anyone, at: datetime) -> tuple[date, datetime]:
    """The day that it is for a person, and when it began."""
    zone = ZoneInfo(getattr(user, "time_zone", "") or "UTC")
    today = at.astimezone(zone).date()
    return today, datetime.combine(today, time(), zone)


def next_cases(
    user: Anyone, *, at: datetime, queue: Queue | None = None, held: bool = False, known: Standing | None = None
) -> QuerySet[Case]:
    """What a person may be given next, the most urgent first: nothing that rests, that waits for an answer or for somebody
    else; and, where it does not come back to them, what their skills fit and their own limits leave, and nothing that they skipped,
    held or decided on before. Nothing for who is away or pauses, or has had what they may have today. `known`: their standing, where it is known."""
    now = known or standing(user, at=at)
    if now.gets_none:
        return Case.objects.none()
    of_person = {"case": OuterRef("pk"), "person": user.pk}
    fresh = (
        ~Exists(Skip.objects.filter(**of_person))
        & ~Exists(CaseDecision.objects.filter(**of_person, undone_at__isnull=True))
        & ~Exists(Claim.objects.filter(**of_person, ended_as=ClaimEnd.HELD))
    )
    waiting = visible_cases(user).filter(
        Q(kept_for=user.pk)
        | (Q(fresh, kept_for__isnull=True) & fits(now.skills) & wellbeing.spared(now.own, hard=now.gets_hard)),
        ~Exists(Snooze.objects.filter(case=OuterRef("pk"), woken_at=None)),
        ~Exists(Question.objects.filter(case=OuterRef("pk"), answered_at=None, withdrawn_at=None)),
        state=CaseState.HELD if held else CaseState.OPEN,
    )
    if queue is not None:
        waiting = waiting.filter(queue=queue)
    return waiting.order_by("-priority", "id")


def fits(skills: Skills | None) -> Q:
    """Cases whose queue asks of a person no more than they have."""
    if skills is None:
        return Q()
    severities = [each for each in Severity if SEVERITY_RANK[each] >= SEVERITY_RANK[Severity(skills.highest)]]
    known = {
        Skill.LANGUAGE: Q(languages__contained_by=skills.languages) if skills.languages else None,
        Skill.MARKET: Q(markets__overlap=skills.markets) if skills.markets else None,
        Skill.FAMILY: Q(policy__isnull=True) | Q(policy__family__in=skills.families) if skills.families else None,
        Skill.SEVERITY: Q(severity__in=severities) if len(severities) < len(Severity) else None,
    }
    found = Q()
    for skill, condition in known.items():
        if condition is not None:
            found &= ~Q(queue__asks__contains=[skill.value]) | condition
    return found


def live_claim(user: Anyone) -> Claim | None:
    """The claim that a person holds beside those of a page, be it run out or not."""
    rows = Claim.objects.filter(person=user.pk, ended_at__isnull=True, page__isnull=True, run__isnull=True)
    return rows.select_related("case").first()


def live_page(user: Anyone) -> GridPage | None:
    """The page of listings that a person has before them; one that has run out altogether is none."""
    held = Claim.objects.filter(page=OuterRef("pk"), ended_at__isnull=True)
    rows = GridPage.objects.filter(Exists(held), person=user.pk, ended_at__isnull=True)
    return rows.select_related("queue").first()


def live_claim_on(case: Case, user: Anyone) -> Claim | None:
    return Claim.objects.filter(case=case, person=user.pk, ended_at__isnull=True).first()


def listings_of(case: Case) -> QuerySet[Listing]:
    """Those that something of the case is still open about, decided or not."""
    still_open = CaseItem.objects.filter(case=case, listing=OuterRef("pk"), violation__state=ViolationState.OPEN)
    return Listing.objects.filter(Exists(still_open)).order_by("pk")


def unsettled(case: Case) -> QuerySet[CaseItem]:
    """What of a case waits for a verdict, in the order of its coming."""
    return CaseItem.objects.filter(Q(case=case), settled_at__isnull=True).order_by("id")
