"""Which cases a person may see, and which one is next for them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from enforcement.enums import ViolationState
from governance.accounts.permissions import Anyone
from investigations import permissions
from investigations.enums import AskedOf, CaseState, ClaimEnd
from investigations.models import Case, CaseDecision, CaseItem, Claim, Question, Queue, Skip, Snooze
from listings.models import Listing


def visible_cases(user: Anyone) -> QuerySet[Case]:
    """Cases that a person may read: those that touch a market of theirs; of Legal, those out of which it was asked."""
    if not permissions.can_open_case(user):
        return Case.objects.none()
    markets = permissions.markets(user)
    rows = Case.objects.all() if markets is None else Case.objects.filter(markets__overlap=sorted(markets))
    if permissions.can_read_cases(user):
        return rows
    return rows.filter(Exists(Question.objects.filter(case=OuterRef("pk"), asked_of=AskedOf.LEGAL)))


def next_cases(user: Anyone, *, queue: Queue | None = None, held: bool = False) -> QuerySet[Case]:
    """What a person may be given next, the most urgent first: nothing that rests, that waits for an answer or for somebody
    else; and, where it does not come back to them, nothing that they skipped, held or decided on before."""
    of_person = {"case": OuterRef("pk"), "person": user.pk}
    fresh = (
        ~Exists(Skip.objects.filter(**of_person))
        & ~Exists(CaseDecision.objects.filter(**of_person, undone_at__isnull=True))
        & ~Exists(Claim.objects.filter(**of_person, ended_as=ClaimEnd.HELD))
    )
    waiting = visible_cases(user).filter(
        Q(kept_for=user.pk) | Q(fresh, kept_for__isnull=True),
        ~Exists(Snooze.objects.filter(case=OuterRef("pk"), woken_at=None)),
        ~Exists(Question.objects.filter(case=OuterRef("pk"), answered_at=None, withdrawn_at=None)),
        state=CaseState.HELD if held else CaseState.OPEN,
    )
    if queue is not None:
        waiting = waiting.filter(queue=queue)
    return waiting.order_by("-priority", "id")


def live_claim(user: Anyone) -> Claim | None:
    """The claim that a person holds, be it run out or not."""
    return Claim.objects.filter(person=user.pk, ended_at__isnull=True).select_related("case").first()


def listings_of(case: Case) -> QuerySet[Listing]:
    """Those that something of the case is still open about, decided or not."""
    still_open = CaseItem.objects.filter(case=case, listing=OuterRef("pk"), violation__state=ViolationState.OPEN)
    return Listing.objects.filter(Exists(still_open)).order_by("pk")


def unsettled(case: Case) -> QuerySet[CaseItem]:
    """What of a case waits for a verdict, in the order of its coming."""
    return CaseItem.objects.filter(Q(case=case), settled_at__isnull=True).order_by("id")
