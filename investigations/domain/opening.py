"""Violations that owe a case come into one: the live case of their merchant and cause, or a new one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from enforcement.domain import violations
from enforcement.enums import Owed
from enforcement.models import Violation
from governance.audit.domain import entries
from governance.policies.enums import SEVERITY_RANK, Severity
from investigations.domain import deadlines, priorities, queues
from investigations.enums import LIVE_CASES, CaseOrigin
from investigations.models import Case, CaseItem, Queue

BATCH = 500

Key = tuple[int, str]
"""Merchant and cause: what a live case is one of."""


def open_owed(*, at: datetime) -> int:
    """Put every violation that owes a case into one; returns how many. Safe to run twice, and beside itself."""
    taken = 0
    while batch := _open_batch(at):
        taken += batch
    return taken


@transaction.atomic
def _open_batch(at: datetime) -> int:
    owed = list(
        Violation.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(owed=Owed.CASE)
        .select_related("policy", "version", "merchant")
        .order_by("id")[:BATCH]
    )
    by_cause = _by_cause(owed)
    live = live_cases(by_cause)
    new = [by_cause[key] for key in sorted(set(by_cause) - set(live))]
    if new:
        _insert(new, at)
        live |= live_cases(key for key in by_cause if key not in live)
    placed = [violation for key in by_cause if key in live for violation in by_cause[key]]
    added = _add(placed, live, at)
    priorities.reckon({case.pk for case in live.values()}, at=at)
    violations.owe_nothing(violations=placed)
    _record(live, {_key(group[0]) for group in new}, added, at)
    return len(placed)


def _by_cause(owed: Iterable[Violation]) -> dict[Key, list[Violation]]:
    groups: dict[Key, list[Violation]] = {}
    for violation in owed:
        groups.setdefault(_key(violation), []).append(violation)
    return groups


def _key(violation: Violation) -> Key:
    return violation.merchant_id, f"policy:{violation.policy_id}"


def live_cases(keys: Iterable[Key]) -> dict[Key, Case]:
    """The live cases of these causes, locked so that nobody closes them meanwhile."""
    wanted = set(keys)
    near = Case.objects.filter(
        merchant__in={merchant for merchant, _cause in wanted},
        cause_key__in={cause for _merchant, cause in wanted},
        state__in=LIVE_CASES,
    )
    found = [pk for pk, *key in near.values_list("pk", "merchant_id", "cause_key") if tuple(key) in wanted]
    locked = Case.objects.select_for_update().filter(pk__in=found, state__in=LIVE_CASES).order_by("pk")
    return {(case.merchant_id, case.cause_key): case for case in locked}


def _insert(groups: Sequence[Sequence[Violation]], at: datetime) -> None:
    """One case for each group. A case that another worker opened for the cause meanwhile is left alone."""
    known = queues.ensure_default_queues()
    calendars = deadlines.calendars({group[0].merchant.country for group in groups})
    rows = []
    for group in groups:
        first = group[0]
        severity = min((Severity(each.version.severity) for each in group), key=SEVERITY_RANK.__getitem__)
        queue = queues.route(family=first.policy.family, severity=severity, queues=known)
        rows.append(
            Case(
                merchant=first.merchant,
                policy=first.policy,
                cause_key=_key(first)[1],
                origin=CaseOrigin.SWEEP,
                queue=queue,
                severity=severity,
                opened_at=at,
                due_at=_due(queue, calendars[first.merchant.country], at),
            )
        )
    Case.objects.bulk_create(rows, ignore_conflicts=True)


def _due(queue: Queue, calendar: deadlines.Calendar, at: datetime) -> datetime:
    return calendar.after(at, queue.decide_within_hours)


def _add(placed: Sequence[Violation], live: dict[Key, Case], at: datetime) -> dict[int, int]:
    """Add the items, and count them by case. A violation that stands in its case already stays there once."""
    items = [
        CaseItem(case=live[_key(each)], listing_id=each.listing_id, violation=each, added_at=at) for each in placed
    ]
    CaseItem.objects.bulk_create(items, ignore_conflicts=True)
    added: dict[int, int] = {}
    for item in items:
        added[item.case_id] = added.get(item.case_id, 0) + 1
    return added


def _record(live: dict[Key, Case], new: set[Key], added: dict[int, int], at: datetime) -> None:
    for verb, fresh in (("case.opened", True), ("case.items_added", False)):
        subjects = [
            entries.Subject(case.pk, str(case), {"items": added[case.pk]})
            for key, case in live.items()
            if (key in new) == fresh
        ]
        if subjects:
            entries.record_many(verb=verb, actor=None, subject_kind="case", subjects=subjects, at=at)
