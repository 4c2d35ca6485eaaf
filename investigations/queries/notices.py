"""Notices as people may read them: what waits, until when a reporter may appeal, who may not hear it, what of a case was reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value

from enforcement.domain.decisions import UNDO_GRACE, UNDO_WINDOW
from enforcement.enums import DecisionState, Origin
from enforcement.models import Decision
from enforcement.queries import deadlines
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.accounts.permissions import Anyone
from governance.policies.enums import Subject
from investigations import permissions
from investigations.enums import OPEN_NOTICES, NoticeState, ReporterKind
from investigations.models import Case, CaseItem, Notice, NoticeItem, NoticeMail, NoticeMove
from investigations.models.notice import order_key
from investigations.queries import work
from listings.models import OrderLine
from listings.queries import merchants

AT_ONCE = 500
FEW = 5


def items(user: Anyone) -> QuerySet[NoticeItem]:
    """What was reported in the person's markets; to the key of a trusted flagger, what came in its name."""
    rows = NoticeItem.objects.select_related("notice__reporter", "listing", "merchant", "decision")
    if not permissions.can_read_notices(user):
        return rows.none()
    if isinstance(user, User) and user.kind == Kind.SERVICE and hasattr(user, "reporter"):
        return rows.filter(notice__reporter=user.reporter)
    markets = permissions.markets(user)
    if markets is None:
        return rows
    whole = Q(listing__isnull=True) & merchants.in_any(markets)
    return rows.filter(Q(listing__markets__overlap=sorted(markets)) | whole)


def visible(user: Anyone) -> QuerySet[Notice]:
    """Notices of which the person may read something."""
    return Notice.objects.filter(pk__in=items(user).order_by().values("notice"))


@dataclass(frozen=True)
class Waiting:
    """How much of what a person may read is to be decided, and how much of that is late."""

    open: int
    late: int


def waiting(user: Anyone, *, at: datetime) -> Waiting:
    rows = items(user).filter(state__in=sorted(OPEN_NOTICES)).order_by()
    return Waiting(**rows.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at))))


def case_of(item: NoticeItem) -> Case | None:
    """The case in which it waits, or was judged."""
    return Case.objects.filter(items=item.case_item_id).first() if item.case_item_id else None


def bought_at(item: NoticeItem) -> datetime | None:
    """When what is reported was bought with the order that the buyer names, as far as the marketplace's orders say."""
    if not item.notice.order_number or item.listing_id is None:
        return None
    rows = OrderLine.objects.filter(order_id=item.notice.order_number, listing=item.listing_id)
    return rows.order_by("pk").values_list("ordered_at", flat=True).first()


def on_the_same_order(notice: Notice, user: Anyone) -> list[str]:
    """References of other complaints with its order number that the person may read, the newest first, few of them.

    Whoever knows a number may have typed it: nothing but this list follows from two that are alike.
    """
    if not notice.order_number:
        return []
    rows = visible(user).exclude(pk=notice.pk).exclude(order_number="").alias(order=order_key(F("order_number")))
    same = rows.filter(order=order_key(Value(notice.order_number))).exclude(order="")
    return list(same.order_by("-pk").values_list("reference", flat=True)[:FEW])


def moves(of: Iterable[NoticeItem]) -> list[NoticeMove]:
    """The newest first."""
    rows = NoticeMove.objects.filter(item__in=[item.pk for item in of]).select_related("actor", "mail")
    return list(rows.order_by("-moved_at", "-pk"))


def closes_at(item: NoticeItem) -> datetime:
    """Until when the last decision that nothing is done may be appealed against: six months, to the end of that day."""
    decided = item.moves.filter(to_state=NoticeState.NO_ACTION).order_by("-pk").values_list("moved_at", flat=True)
    return closes_after(decided[:1].get())


def closes_after(decided_at: datetime) -> datetime:
    return deadlines.end_of_day(deadlines.months_after(decided_at.date(), deadlines.APPEAL_MONTHS))


def deciders(item: NoticeItem) -> frozenset[int]:
    """People who decided that nothing is done."""
    rows = item.moves.filter(to_state=NoticeState.NO_ACTION, actor__isnull=False)
    return frozenset(rows.values_list("actor_id", flat=True))


def followed(item: NoticeItem) -> QuerySet[Decision]:
    """Decisions upon it, outside its case, that were not withdrawn before anybody was told."""
    rows = Decision.objects.filter(
        origin_kind=Origin.NOTICE,
        origin_ref=item.notice.reference,
        merchant=item.merchant_id,
        items__listing=item.listing_id,
        case_decision__isnull=True,
    )
    return rows.exclude(state=DecisionState.WITHDRAWN).order_by("pk")


def to_follow() -> list[NoticeItem]:
    """What is open although a decision was made upon it that nothing holds any more."""
    told = (
        Decision.objects.filter(
            origin_kind=Origin.NOTICE,
            origin_ref=OuterRef("notice__reference"),
            case_decision__isnull=True,
        )
        .filter(
            Q(items__listing=OuterRef("listing"))
            | Q(items__isnull=False, items__listing__isnull=True, merchant=OuterRef("merchant"))
        )
        .exclude(state__in=[DecisionState.HELD, DecisionState.WITHDRAWN])
    )
    return list(NoticeItem.objects.filter(Exists(told), state__in=sorted(OPEN_NOTICES)).order_by("pk"))


def to_answer(at: datetime) -> QuerySet[NoticeItem]:
    """What waits although its case has judged it, and nobody can undo that any more."""
    for_good = Q(
        case_item__settled_by__undone_at__isnull=True,
        case_item__settled_by__decided_at__lte=at - UNDO_WINDOW - UNDO_GRACE,
    )
    gone = Q(case_item__settled_by__isnull=True)
    held = Q(case_item__verdict="violates", case_item__settled_by__decision__state=DecisionState.HELD)
    rows = NoticeItem.objects.filter(state=NoticeState.RECEIVED, case_item__settled_at__isnull=False)
    return rows.filter(for_good | gone).exclude(held).order_by("notice", "pk")


def to_send(at: datetime) -> list[int]:
    """Keys of mails that may be tried now, the longest waiting first."""
    rows = NoticeMail.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=at)
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


# --- cases -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """How much of a case was reported, and by whom: the kinds with how many notices each, trusted flaggers first."""

    notices: int
    kinds: list[tuple[ReporterKind, int]]


def of_case(case: Case) -> QuerySet[NoticeItem]:
    rows = NoticeItem.objects.filter(case_item__case=case)
    return rows.select_related("notice__reporter", "listing", "merchant").order_by("received_at", "pk")


def subjects_of(case: Case) -> list[Subject]:
    """What policies may be about under which a case is judged that no rule has opened: what waits in it."""
    waiting = work.unsettled(case)
    about = {
        Subject.LISTINGS: waiting.filter(listing__isnull=False).exists(),
        Subject.MERCHANTS: waiting.filter(listing__isnull=True).exists(),
    }
    return [subject for subject, there in about.items() if there]


def reported(case: Case) -> Reported:
    rows = NoticeItem.objects.filter(case_item__case=case).values_list("notice__reporter_kind")
    counts = dict(rows.order_by().annotate(count=Count("notice", distinct=True)))
    kinds = [(kind, counts[kind]) for kind in reversed(ReporterKind) if kind in counts]
    return Reported(sum(counts.values()), kinds)


def origin_of(case: Case, of: Iterable[CaseItem]) -> tuple[Origin, str]:
    """What a decision on these items goes back to: the first notice about them, a trusted flagger's before others; else the case.

    What a sweep had found before it was reported goes back to the case: nobody's notice led to that. When either came counts,
    not when it was put where it waits: a decision that was refused puts both into a case anew.
    """
    keys = [item.pk for item in of]
    if not keys:
        return Origin.CASE, str(case)
    led = Q(case_item__violation__isnull=True) | Q(received_at__lte=F("case_item__violation__found_at"))
    waiting = NoticeItem.objects.filter(led, case_item__in=keys, state=NoticeState.RECEIVED)
    trusted = Q(notice__reporter_kind=ReporterKind.FLAGGER)
    rows = waiting.annotate(trusted=Count("pk", filter=trusted)).order_by("-trusted", "pk")
    reference = rows.values_list("notice__reference", flat=True).first()
    return (Origin.NOTICE, reference) if reference else (Origin.CASE, str(case))


def awaited(of: Iterable[CaseItem]) -> bool:
    """Whether somebody who reported one of these waits for an answer."""
    return NoticeItem.objects.filter(case_item__in=[item.pk for item in of], state=NoticeState.RECEIVED).exists()


def since(case: Case, at: datetime) -> list[NoticeItem]:
    """What was reported about what waits in a case after this moment, such as that of a claim."""
    rows = of_case(case).filter(state=NoticeState.RECEIVED, case_item__settled_at__isnull=True, joined_at__gt=at)
    return list(rows)


def owing_a_case() -> QuerySet[NoticeItem]:
    rows = NoticeItem.objects.filter(state=NoticeState.RECEIVED, case_item__isnull=True)
    return rows.select_related("notice", "listing", "merchant").order_by(F("pk"))
