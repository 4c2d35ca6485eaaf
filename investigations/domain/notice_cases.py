"""Notices and cases: what is reported waits where the same waits already, else in the live case of its merchant and ground, until it
is judged there or alone."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import Policy
from governance.web.refusals import Refusal
from investigations import events
from investigations.domain import claims, deadlines, joining, moves, opening, priorities, queues, routing, settling
from investigations.enums import GROUND_SEVERITY, CaseOrigin, CaseOutcome, NoticeGround, NoticeState
from investigations.models import Case, CaseItem, NoticeItem
from investigations.queries import notices as queries
from investigations.queries import same_cause, work
from investigations.queries.routing import active

BATCH = 200


def cause_of(ground: NoticeGround | str) -> str:
    """The cause key of a case in which notices on this ground wait."""
    return f"notice:{ground}"


def open_owed(*, at: datetime, items: Collection[int] | None = None) -> int:
    """Put everything reported that owes a case into one (None: all of it); returns how much. Safe to run twice, and beside itself."""
    taken = 0
    while batch := _open_batch(at, items):
        taken += batch
    return taken


@transaction.atomic
def choose_policy(*, case: Case, policy: Policy, actor: User, at: datetime) -> Case:
    """Say under which policy what was reported is judged: no rule has found it. Raises ClaimLost where the actor does not hold it."""
    case = moves.lock(case)
    claims.held_by(case, actor, at)
    if work.unsettled(case).filter(violation__isnull=False).exists():
        raise Refusal(_("A rule found something in this case: it is judged under the policy of that rule."))
    if policy.live_id is None or policy.subject not in queries.subjects_of(case):
        raise Refusal(_("Choose a policy in force about what was reported: listings, or the merchant."))
    case.policy = policy
    case.save(update_fields=["policy"])
    moves.record("case.policy_chosen", case, actor=actor, at=at, data={"policy": policy.number})
    return case


def leave(items: Sequence[NoticeItem], *, outcome: CaseOutcome, at: datetime) -> None:
    """These were answered by themselves: what nobody else reported need not be judged in its case any more.

    A case in which nothing is left closes, with this outcome where nobody decided in it.
    """
    keys = {item.case_item_id for item in items if item.case_item_id}
    waiting = NoticeItem.objects.filter(case_item__in=keys, state=NoticeState.RECEIVED)
    keys -= set(waiting.values_list("case_item", flat=True))
    open_items = CaseItem.objects.filter(pk__in=keys, settled_at__isnull=True, violation__isnull=True)
    found = CaseItem.objects.filter(pk__in=keys, settled_at__isnull=True, violation__isnull=False)
    priorities.reckon(sorted(set(found.values_list("case", flat=True))), at=at)
    for pk in sorted(set(open_items.values_list("case", flat=True))):
        case = moves.lock(Case(pk=pk))
        open_items.filter(case=case).update(settled_at=at)
        if not work.unsettled(case).exists():
            settling.close_empty(case, at, outcome=outcome)
        priorities.reckon([pk], at=at)


def wait_again(items: Sequence[NoticeItem], *, at: datetime) -> None:
    """Put into a case anew what one has left without an answer: its decision was refused or withdrawn before it was told."""
    if not items:
        return
    NoticeItem.objects.filter(pk__in=[item.pk for item in items]).update(case_item=None)
    open_owed(at=at, items=[item.pk for item in items])


# --- opening ---------------------------------------------------------------------------------------


@transaction.atomic
def _open_batch(at: datetime, items: Collection[int] | None) -> int:
    rows = queries.owing_a_case().select_for_update(skip_locked=True, of=("self",))
    owed = list((rows if items is None else rows.filter(pk__in=items))[:BATCH])
    joining.in_turn(item.merchant_id for item in owed)
    there = same_cause.waiting_for(owed)
    groups: dict[opening.Key, list[NoticeItem]] = {}
    for item in owed:
        if item.pk not in there:
            groups.setdefault((item.merchant_id, cause_of(item.notice.ground)), []).append(item)
    known = opening.cases_of(groups)
    locked = opening.lock_live({*(case.pk for case in known.values()), *(item.case_id for item in there.values())})
    placed = joining.join(owed, there, locked, at)
    live = {key: locked[case.pk] for key, case in known.items() if case.pk in locked}
    new = [key for key in sorted(groups) if key not in live]
    if new:
        _insert([groups[key] for key in new], at)
        live |= opening.live_cases(new)
    by_case: dict[Case, list[NoticeItem]] = {}
    for key in sorted(set(groups) & set(live)):
        by_case.setdefault(live[key], []).extend(groups[key])
    placed += _place(by_case, at)
    priorities.reckon({*locked, *(case.pk for case in live.values())}, at=at)
    routing.place([live[key] for key in new if key in live], queues=active(), at=at)
    events.cases_moved.send(sender=Case)
    _record(live, set(new), groups, at)
    return placed


def _insert(groups: Sequence[Sequence[NoticeItem]], at: datetime) -> None:
    default = queues.default_queue()
    calendars = deadlines.calendars({group[0].merchant.country for group in groups})
    rows = []
    for group in groups:
        first = group[0]
        severity = GROUND_SEVERITY[NoticeGround(first.notice.ground)]
        usual = calendars[first.merchant.country].after(at, default.decide_within_hours)
        rows.append(
            Case(
                merchant=first.merchant,
                cause_key=cause_of(first.notice.ground),
                origin=CaseOrigin.NOTICE,
                queue=default,
                severity=severity,
                opened_at=at,
                due_at=max(at, min(usual, *(item.due_at for item in group))),
            )
        )
    Case.objects.bulk_create(rows, ignore_conflicts=True)


def _place(groups: Mapping[Case, Sequence[NoticeItem]], at: datetime) -> int:
    """Let each wait in its case, one item per listing however many reported it. A case is due with the first of them."""
    CaseItem.objects.bulk_create(
        [
            CaseItem(case=case, listing_id=key, added_at=at)
            for case, group in groups.items()
            for key in dict.fromkeys(item.listing_id for item in group)
        ],
        ignore_conflicts=True,
    )
    waiting = CaseItem.objects.filter(case__in=list(groups), settled_at__isnull=True, violation__isnull=True)
    by_listing = {(item.case_id, item.listing_id): item for item in waiting.order_by("pk")}
    placed = {item: by_listing[case.pk, item.listing_id] for case, group in groups.items() for item in group}
    joining.wait_in(placed, {case.pk: case for case in groups}, at)
    return len(placed)


def _record(
    live: dict[opening.Key, Case], new: set[opening.Key], groups: dict[opening.Key, list[NoticeItem]], at: datetime
) -> None:
    for verb, fresh in (("case.opened", True), ("case.items_added", False)):
        subjects = [
            entries.Subject(case.pk, str(case), {"items": len(groups[key])})
            for key, case in live.items()
            if (key in new) == fresh
        ]
        if subjects:
            entries.record_many(verb=verb, actor=None, subject_kind="case", subjects=subjects, at=at)
