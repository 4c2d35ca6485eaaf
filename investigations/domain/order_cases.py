"""Orders and cases: what is ordered waits in a case of its merchant and order, ahead of what else waits, until it is judged there or here."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal
from investigations import events
from investigations.domain import moves, opening, order_states, priorities, queues, routing, settling
from investigations.domain.acting import check_person
from investigations.domain.order_states import lock, record
from investigations.enums import (
    CARRIED_OUT_ORDERS,
    GROUND_SEVERITY,
    CaseOrigin,
    CaseOutcome,
    NoticeGround,
    OrderKind,
    OrderOutcome,
    OrderState,
)
from investigations.models import AuthorityOrder, Case, CaseItem, OrderItem
from investigations.queries import work
from investigations.queries.routing import active


class NothingToOpen(Refusal):
    """No listing of the order waits outside a case."""


def cause_of(order: AuthorityOrder) -> str:
    """The cause key of a case in which an order's listings wait."""
    return f"order:{order.reference}"


@transaction.atomic
def open_cases(*, order: AuthorityOrder, actor: User, at: datetime) -> list[Case]:
    """Let every listing that waits do so in the case of its merchant, opened or joined; returns those cases."""
    check_person(actor)
    order = lock(order)
    if order.kind == OrderKind.INFORM or order.state not in CARRIED_OUT_ORDERS:
        raise MoveRefused(_("Cases are opened upon an order to act that was checked and is not done yet."))
    rows = order.items.select_for_update(of=("self",)).filter(
        outcome=OrderOutcome.OPEN, listing__isnull=False, decision__isnull=True, case_item__isnull=True
    )
    groups: dict[opening.Key, list[OrderItem]] = {}
    for item in rows.select_related("merchant").order_by("pk"):
        groups.setdefault((item.merchant_id or 0, cause_of(order)), []).append(item)
    if not groups:
        raise NothingToOpen(_("No listing of this order waits outside a case."))
    live = opening.live_cases(groups)
    new = [key for key in sorted(groups) if key not in live]
    if new:
        _insert(order, [groups[key] for key in new], at)
        live |= opening.live_cases(new)
    for key, group in groups.items():
        _place(live[key], group, at)
    cases = [live[key] for key in sorted(groups)]
    priorities.reckon([case.pk for case in cases], at=at)
    routing.place([live[key] for key in new], queues=active(), at=at)
    events.cases_moved.send(sender=Case)
    for verb, keys in (("case.opened", new), ("case.items_added", sorted(set(groups) - set(new)))):
        subjects = [entries.Subject(live[key].pk, str(live[key]), {"items": len(groups[key])}) for key in keys]
        if subjects:
            entries.record_many(verb=verb, actor=actor, subject_kind="case", subjects=subjects, at=at)
    if order.state == OrderState.CHECKED:
        order_states.move(order, OrderState.EXECUTING, actor=actor, at=at)
    record("authority_order.cases_opened", order, actor, at, cases=[str(case) for case in cases])
    return cases


def leave(order: AuthorityOrder, *, at: datetime, items: Collection[int] | None = None) -> None:
    """These things (None: all) of a locked order need not be judged in their cases any more; one with nothing left closes."""
    rows = order.items.filter(case_item__isnull=False, case_item__settled_at__isnull=True)
    keys = list((rows if items is None else rows.filter(pk__in=items)).values_list("case_item", flat=True))
    waiting = CaseItem.objects.filter(pk__in=keys, settled_at__isnull=True, violation__isnull=True)
    for pk in sorted(set(waiting.values_list("case", flat=True))):
        case = moves.lock(Case(pk=pk))
        left = waiting.filter(case=case).update(settled_at=at)
        if left and not work.unsettled(case).exists():
            settling.close_empty(case, at, outcome=CaseOutcome.RESOLVED)
        priorities.reckon([case.pk], at=at)


def _insert(order: AuthorityOrder, groups: Sequence[Sequence[OrderItem]], at: datetime) -> None:
    default = queues.default_queue()
    Case.objects.bulk_create(
        [
            Case(
                merchant=group[0].merchant,
                cause_key=cause_of(order),
                origin=CaseOrigin.ORDER,
                queue=default,
                severity=GROUND_SEVERITY[NoticeGround(order.ground)],
                opened_at=at,
                due_at=max(at, order.due_at),
            )
            for group in groups
        ],
        ignore_conflicts=True,
    )


def _place(case: Case, group: Sequence[OrderItem], at: datetime) -> None:
    CaseItem.objects.bulk_create(
        [CaseItem(case=case, listing_id=item.listing_id, added_at=at) for item in group], ignore_conflicts=True
    )
    by_listing = {item.listing_id: item for item in work.unsettled(case).filter(violation__isnull=True)}
    for item in group:
        item.case_item = by_listing[item.listing_id]
    OrderItem.objects.bulk_update(group, ["case_item"])
