"""Whoever reported is answered when what they wait for is final: a decision that was held, or a case whose verdict nobody can undo."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from django.db import transaction

from enforcement.domain.decisions import UNDO_GRACE, UNDO_WINDOW
from enforcement.enums import DecisionState
from enforcement.models import Decision
from governance.accounts.models import User
from investigations.domain import notice_cases, notices
from investigations.enums import Verdict
from investigations.models import CaseDecision, NoticeItem
from investigations.queries import notices as queries
from investigations.queries import same_cause


def follow_decided(*, at: datetime) -> int:
    """Close what was decided upon by itself and told since: it waited for a second person or a day. Returns how many."""
    return sum(_follow(item, at) for item in queries.to_follow())


def answer_judged(*, at: datetime) -> int:
    """Tell the reporters of cases that were decided for good: acted, or no action with the reasons given there.

    What is fine there, but limited by a decision of the same matter made in another case, was acted upon: that decision answers it, once
    nobody can undo it. What a refused decision has left without one goes into a case again. One mail for each notice and ruling. Returns how many.
    """
    rows = list(queries.to_answer(at).values_list("notice", "pk"))
    return sum(_answer([pk for _notice, pk in group], at) for _key, group in groupby(rows, key=lambda row: row[0]))


@transaction.atomic
def _follow(item: NoticeItem, at: datetime) -> int:
    return notices.follow(notices.lock_all([item.pk])[0], None, at)


@transaction.atomic
def _answer(keys: Sequence[int], at: datetime) -> int:
    """Of one notice."""
    locked = notices.lock_all(keys)
    still = set(queries.to_answer(at).filter(pk__in=keys).values_list("pk", flat=True))
    acted: dict[tuple[Decision, User], list[NoticeItem]] = {}
    fine: dict[CaseDecision, list[NoticeItem]] = {}
    left: list[NoticeItem] = []
    elsewhere = same_cause.acted_upon([item for item in locked if item.pk in still])
    for item in locked:
        if item.pk not in still:
            continue
        ruling = item.case_item.settled_by if item.case_item else None
        if ruling is not None and item.case_item and item.case_item.verdict == Verdict.FINE:
            standing = elsewhere.get(item.pk)
            if standing is None:
                fine.setdefault(ruling, []).append(item)
            elif standing.decided_at <= at - UNDO_WINDOW - UNDO_GRACE:
                acted.setdefault((standing, ruling.person), []).append(item)
        elif ruling is not None and ruling.decision and ruling.decision.state != DecisionState.WITHDRAWN:
            acted.setdefault((ruling.decision, ruling.person), []).append(item)
        else:
            left.append(item)
    for (decision, person), items in acted.items():
        notices.close(items, decision, actor=person, at=at)
    for ruling, items in fine.items():
        notices.end(items, ruling.fine_reason, actor=ruling.person, at=at)
    notice_cases.wait_again(left, at=at)
    return sum(map(len, [*acted.values(), *fine.values()]))
