"""Orders of authorities as people may read them: what waits, what is late, what of a case was ordered, which letters are owed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from governance.accounts.permissions import Anyone
from investigations import permissions
from investigations.enums import OPEN_ORDERS, OrderOutcome
from investigations.models import (
    AuthorityOrder,
    Case,
    CaseItem,
    OrderCheck,
    OrderHandover,
    OrderItem,
    OrderLetter,
    OrderMove,
)

AT_ONCE = 500


def visible(user: Anyone) -> QuerySet[AuthorityOrder]:
    """Orders that hold in the person's markets, and those that do not say where they hold."""
    if not permissions.can_read_orders(user):
        return AuthorityOrder.objects.none()
    markets = permissions.markets(user)
    if markets is None:
        return AuthorityOrder.objects.all()
    return AuthorityOrder.objects.filter(Q(markets__overlap=sorted(markets)) | Q(markets=[]))


def counted(rows: QuerySet[AuthorityOrder]) -> QuerySet[AuthorityOrder]:
    """With how many things each names, and how many of them are to be done."""
    return rows.annotate(named=Count("items"), waiting=Count("items", filter=Q(items__outcome=OrderOutcome.OPEN)))


@dataclass(frozen=True)
class Waiting:
    """How many orders are open, and how many of those are late."""

    open: int
    late: int


def waiting(user: Anyone, *, at: datetime) -> Waiting:
    rows = visible(user).filter(state__in=sorted(OPEN_ORDERS)).order_by()
    return Waiting(**rows.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at))))


def items(order: AuthorityOrder) -> list[OrderItem]:
    rows = order.items.select_related("merchant", "listing", "decision__version", "case_item__case")
    return list(rows.order_by("pk"))


def to_decide(order: AuthorityOrder) -> list[OrderItem]:
    """Listings that wait for a decision, by merchant."""
    rows = order.items.filter(outcome=OrderOutcome.OPEN, listing__isnull=False, decision__isnull=True)
    return list(rows.select_related("listing", "merchant").order_by("merchant__name", "merchant_id", "pk"))


def moves(order: AuthorityOrder) -> list[OrderMove]:
    """The newest first."""
    return list(order.moves.select_related("actor").order_by("-moved_at", "-pk"))


def letters(order: AuthorityOrder) -> list[OrderLetter]:
    return list(order.letters.select_related("merchant", "sent_by").order_by("-created_at", "-pk"))


def handovers(order: AuthorityOrder) -> list[OrderHandover]:
    return list(order.handovers.select_related("item__merchant", "given_by").order_by("-given_at", "-pk"))


def last_check(order: AuthorityOrder) -> OrderCheck | None:
    return order.checks.select_related("checked_by").order_by("-checked_at", "-pk").first()


def to_follow() -> list[AuthorityOrder]:
    """Open orders of which something was decided, or judged in its case, and is not final yet."""
    moved = Q(decision__isnull=False) | Q(case_item__settled_at__isnull=False)
    rows = OrderItem.objects.filter(moved, order=OuterRef("pk"), outcome=OrderOutcome.OPEN)
    return list(AuthorityOrder.objects.filter(Exists(rows), state__in=sorted(OPEN_ORDERS)).order_by("pk"))


def to_send(at: datetime) -> list[int]:
    """Keys of letters that may be tried now, the longest waiting first."""
    rows = OrderLetter.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=at).exclude(to="")
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


def by_hand(user: Anyone, *, at: datetime) -> QuerySet[OrderLetter]:
    """Letters that no mail takes to where they belong: a person sends them, as soon as the order allows it."""
    rows = OrderLetter.objects.filter(Q(to="", next_try_at__lte=at) | Q(given_up_at__isnull=False), sent_at=None)
    return rows.filter(order__in=visible(user).order_by().values("pk"))


# --- cases -----------------------------------------------------------------------------------------


def of_case(case: Case) -> list[AuthorityOrder]:
    """What of a case was ordered: the orders, in the order in which they came."""
    named = OrderItem.objects.filter(order=OuterRef("pk"), case_item__case=case)
    return list(AuthorityOrder.objects.filter(Exists(named)).order_by("received_at", "pk"))


def waiting_in(items: Iterable[CaseItem]) -> dict[int, AuthorityOrder]:
    """The order that waits for each of these, by the key of the item of the case: the first, where several do."""
    rows = OrderItem.objects.filter(case_item__in=[item.pk for item in items], outcome=OrderOutcome.OPEN)
    found: dict[int, AuthorityOrder] = {}
    for row in rows.select_related("order").order_by("pk"):
        found.setdefault(row.case_item_id or 0, row.order)
    return found
