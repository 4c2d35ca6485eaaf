"""Violations that owe a case come into one: the live case of their merchant and cause, or a new one."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction

from enforcement.domain import violations
from enforcement.enums import Owed
from enforcement.models import Violation
from governance.audit.domain import entries
from governance.policies.enums import SEVERITY_RANK, Severity
from investigations import events
from investigations.domain import deadlines, joining, priorities, queues, routing, telling
from investigations.enums import LIVE_CASES, CaseOrigin, CaseOutcome
from investigations.models import Case, CaseItem
from investigations.queries import family, same_cause
from investigations.queries.routing import active

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
        .select_related("policy", "version__policy", "merchant")
        .order_by("id")[:BATCH]
    )
    joining.in_turn(each.merchant_id for each in owed)
    standing = _standing(owed)
    fresh = [each for each in owed if each.pk not in standing]
    reported = joining.free_of_answers(same_cause.reported_as(fresh))
    known = cases_of(_by_cause(fresh))
    locked = lock_live({*(case.pk for case in known.values()), *(item.case_id for item in reported.values())})
    taken_in = joining.take_in(fresh, reported, locked, at)
    by_cause = _by_cause(each for each in fresh if each.pk not in taken_in)
    live = {key: locked[known[key].pk] for key in by_cause if key in known and known[key].pk in locked}
    new = [by_cause[key] for key in sorted(set(by_cause) - set(live))]
    if new:
        _insert(new, at)
        live |= live_cases(key for key in by_cause if key not in live)
    placed = [violation for key in by_cause if key in live for violation in by_cause[key]]
    added = _add(placed, live, at)
    priorities.reckon({case.pk for case in live.values()}, at=at)
    routing.place([live[key] for key in map(_key_of_group, new) if key in live], queues=active(), at=at)
    there = [each for each in owed if each.pk in standing or each.pk in taken_in]
    violations.owe_nothing(violations=[*placed, *there])
    _record(live, set(map(_key_of_group, new)), added, at)
    events.cases_moved.send(sender=Case)
    return len(placed) + len(there)


def _standing(owed: Sequence[Violation]) -> set[int]:
    """Those that wait in a live case already, be it not the one of their cause: they were moved there."""
    rows = CaseItem.objects.filter(
        violation__in=owed, settled_at__isnull=True, case__state__in=LIVE_CASES, case__golden__isnull=True
    )
    return {key for key in rows.values_list("violation", flat=True) if key}


def _by_cause(owed: Iterable[Violation]) -> dict[Key, list[Violation]]:
    groups: dict[Key, list[Violation]] = {}
    for violation in owed:
        groups.setdefault(_key(violation), []).append(violation)
    return groups


def _key(violation: Violation) -> Key:
    return violation.merchant_id, f"policy:{violation.policy_id}"


def _key_of_group(group: Sequence[Violation]) -> Key:
    return _key(group[0])


def live_cases(keys: Iterable[Key]) -> dict[Key, Case]:
    """The live cases of these causes, or those that took them in, locked so that nobody closes them meanwhile."""
    found = cases_of(keys)
    live = lock_live({case.pk for case in found.values()})
    return {key: live[case.pk] for key, case in found.items() if case.pk in live}


def lock_live(keys: Collection[int]) -> dict[int, Case]:
    """Those of these cases that live, by their keys, locked in one order."""
    if not keys:
        return {}
    rows = Case.objects.select_for_update().filter(pk__in=keys, state__in=LIVE_CASES)
    return {case.pk: case for case in rows.order_by("pk")}


def cases_of(keys: Iterable[Key]) -> dict[Key, Case]:
    """The live cases of these causes, or those that took them in; not locked."""
    wanted = set(keys)
    near = Case.objects.filter(
        merchant__in={merchant for merchant, _cause in wanted}, cause_key__in={cause for _merchant, cause in wanted}
    )
    found = _by_key(near.filter(state__in=LIVE_CASES), wanted)
    if missing := wanted - set(found):
        merged = _by_key(near.filter(outcome=CaseOutcome.MERGED).order_by("pk"), missing)
        found |= {key: family.end_of(case) for key, case in merged.items()}
    return found


def _by_key(cases: Iterable[Case], wanted: set[Key]) -> dict[Key, Case]:
    """The last of each key."""
    return {key: case for case in cases if (key := (case.merchant_id, case.cause_key)) in wanted}


def _insert(groups: Sequence[Sequence[Violation]], at: datetime) -> None:
    """One case for each group, in the default queue until its facts are known. A case that another worker opened for the cause
    meanwhile is left alone."""
    default = queues.default_queue()
    calendars = deadlines.calendars({group[0].merchant.country for group in groups})
    rows = []
    for group in groups:
        first = group[0]
        severity = min((Severity(each.version.severity) for each in group), key=SEVERITY_RANK.__getitem__)
        rows.append(
            Case(
                merchant=first.merchant,
                policy=first.policy,
                cause_key=_key(first)[1],
                origin=CaseOrigin.SWEEP,
                queue=default,
                severity=severity,
                opened_at=at,
                due_at=calendars[first.merchant.country].after(at, default.decide_within_hours),
            )
        )
    Case.objects.bulk_create(rows, ignore_conflicts=True)


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
        cases = {case.pk: case for key, case in live.items() if (key in new) == fresh}
        subjects = [entries.Subject(case.pk, str(case), {"items": added[case.pk]}) for case in cases.values()]
        if subjects:
            telling.watchers(verb, dict.fromkeys(cases, ""), actor=None, at=at)
            entries.record_many(verb=verb, actor=None, subject_kind="case", subjects=subjects, at=at)
