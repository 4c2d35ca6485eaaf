"""A case for what was found and reported alike: what is reported joins what a sweep has found, and the other way round.

Both sides take the merchants' turn first (`in_turn`), so that neither opens a case while the other opens one about the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection

from enforcement.models import Violation
from governance.policies.enums import SEVERITY_RANK, Severity
from investigations.domain import moves, priorities, resting
from investigations.enums import NoticeState, ReporterKind
from investigations.models import Case, CaseItem, Claim, NoticeItem
from investigations.queries import same_cause

TURN = 0x5EA3
"""The class of the advisory locks by which merchants' cases are opened one after another."""
JUST_AFTER = timedelta(microseconds=1)


def in_turn(merchants: Iterable[int]) -> None:
    """Wait until nobody else opens cases about these merchants; until the transaction ends."""
    keys = sorted({key % 2**31 for key in merchants})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS key ORDER BY key", [TURN, keys])


def wait_in(placed: Mapping[NoticeItem, CaseItem], cases: Mapping[int, Case], at: datetime) -> None:
    """What is reported waits in these items of locked cases, each due with the first of what waits in it."""
    joined = joining_at({item.case_id for item in placed.values()}, at)
    sooner: dict[int, Case] = {}
    for report, item in placed.items():
        report.case_item, report.joined_at = item, joined[item.case_id]
        case, due = cases[item.case_id], max(at, report.due_at)
        if due < case.due_at:
            case.due_at = due
            sooner[case.pk] = case
    NoticeItem.objects.bulk_update(placed, ["case_item", "joined_at"])
    Case.objects.bulk_update(sooner.values(), ["due_at"])


def joining_at(cases: Collection[int], at: datetime) -> dict[int, datetime]:
    """When what comes into these locked cases now joins them: after whoever holds one has taken it, whatever the clocks say.

    A request that began before the claim may come to the case after it; what it brings has been before nobody.
    """
    held = Claim.objects.filter(case__in=cases, ended_at__isnull=True).values_list("case", "claimed_at")
    return dict.fromkeys(cases, at) | {case: max(at, claimed_at + JUST_AFTER) for case, claimed_at in held}


def join(reports: Sequence[NoticeItem], items: Mapping[int, CaseItem], cases: Mapping[int, Case], at: datetime) -> int:
    """Let what is reported wait in `items`, by its key, where those wait still, now that their cases are locked. Returns how many.

    A case that rests wakes: there is somebody who waits for an answer.
    """
    still = same_cause.still_open(items.values(), cases)
    groups: dict[int, dict[NoticeItem, CaseItem]] = {}
    for report in reports:
        item = still.get(items[report.pk].pk) if report.pk in items else None
        if item is not None:
            groups.setdefault(item.case_id, {})[report] = item
    was_due = {key: cases[key].due_at for key in groups}
    wait_in({report: item for placed in groups.values() for report, item in placed.items()}, cases, at)
    for key, placed in sorted(groups.items()):
        case = cases[key]
        resting.wake_reported(case, at=at)
        trusted = any(report.notice.reporter_kind == ReporterKind.FLAGGER for report in placed)
        data: dict[str, object] = {"notices": len({report.notice_id for report in placed}), "trusted": trusted}
        if case.due_at < was_due[key]:
            data["due_at"] = case.due_at.isoformat()
        moves.record("case.reported", case, actor=None, at=at, data=data)
    return sum(map(len, groups.values()))


def free_of_answers(items: Mapping[int, CaseItem]) -> dict[int, CaseItem]:
    """Of what was reported those, by the key of the violation, whose notices nobody is about to answer; these are held so.

    Whoever answers a notice by itself holds it and then waits for its case: waiting here would be for each other.
    """
    rows = NoticeItem.objects.filter(case_item__in=[item.pk for item in items.values()], state=NoticeState.RECEIVED)
    held = set(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    busy = {item for key, item in rows.values_list("pk", "case_item") if key not in held}
    return {key: item for key, item in items.items() if item.pk not in busy}


def take_in(
    found: Sequence[Violation], items: Mapping[int, CaseItem], cases: Mapping[int, Case], at: datetime
) -> set[int]:
    """Put what a sweep found into the locked cases in which the same was reported (`items`, by its key); returns the keys of
    what was put.

    It is a new item, for whoever has the case before them to look at; those who reported wait for the verdict on it.
    """
    still = same_cause.still_open(items.values(), cases)
    pairs = [(still[items[each.pk].pk], each) for each in found if each.pk in items and items[each.pk].pk in still]
    _replace(pairs, at)
    put: dict[int, list[Violation]] = {}
    for item, violation in pairs:
        put.setdefault(item.case_id, []).append(violation)
    for key, new in sorted(put.items()):
        _judge_as_found(cases[key], new)
        moves.record("case.items_added", cases[key], actor=None, at=at, data={"items": len(new)})
    priorities.reckon(put, at=at)
    return {violation.pk for new in put.values() for violation in new}


def _replace(pairs: Sequence[tuple[CaseItem, Violation]], at: datetime) -> None:
    """Who waits for the one waits for the other, which has what the rule saw. What was answered stays where it was: somebody
    who hears an appeal about it may hold it."""
    made = CaseItem.objects.bulk_create(
        CaseItem(
            case_id=item.case_id,
            listing_id=item.listing_id,
            violation=violation,
            added_at=at,
            came_from_id=item.came_from_id,
        )
        for item, violation in pairs
    )
    instead = {item.pk: new for (item, _violation), new in zip(pairs, made, strict=True)}
    waiting = list(NoticeItem.objects.filter(case_item__in=list(instead), state=NoticeState.RECEIVED))
    for report in waiting:
        report.case_item = instead[report.case_item_id or 0]
    NoticeItem.objects.bulk_update(waiting, ["case_item"])
    CaseItem.objects.filter(pk__in=list(instead)).update(settled_at=at)


def _judge_as_found(case: Case, found: Collection[Violation]) -> None:
    """Under the rule's policy, where nobody has chosen one, and as grave as the rule says, where that is graver."""
    first = min(found, key=lambda each: SEVERITY_RANK[Severity(each.version.severity)])
    case.policy = case.policy or first.policy
    if SEVERITY_RANK[Severity(first.version.severity)] < SEVERITY_RANK[Severity(case.severity)]:
        case.severity = first.version.severity
    case.save(update_fields=["policy", "severity"])
