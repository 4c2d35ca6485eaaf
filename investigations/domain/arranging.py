"""Arranging cases of one merchant: merging one into another, splitting some of its items off, and taking both back.

Only what still waits moves. What was decided, written or put to a merged case stays where it was said, and is read in the case
that took it in (`queries.family`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.policies.enums import SEVERITY_RANK, Severity
from governance.web.refusals import MoveRefused, Refusal
from investigations import permissions
from investigations.domain import claims, joining, moves, priorities, telling
from investigations.domain.acting import check_why
from investigations.enums import (
    FROM_OUTSIDE,
    LIVE_CASES,
    CaseOrigin,
    CaseOutcome,
    CaseState,
    ClaimEnd,
    News,
    NoticeState,
)
from investigations.models import Case, CaseItem, CaseMove, Claim, NoticeItem, OrderItem, Watch
from investigations.queries import work


class NotTogether(Refusal):
    """The cases are of different merchants, or one and the same."""


class NothingToSplit(Refusal):
    """Nothing was chosen, or everything was."""


@transaction.atomic
def merge(*, case: Case, into: Case, actor: User, reason: str, at: datetime) -> Case:
    """Close `case` as merged, and let what waits in it wait in `into`, which keeps the nearer deadline and the graver severity.

    A claim on it ends, and its holder is told. Who watched it watches the other. What was reported is locked before the cases, as
    whoever answers it does, and has come to who holds `into` now. Returns `into`.
    """
    check_why(reason)
    if case.pk == into.pk:
        raise NotTogether(_("A case cannot be merged into itself."))
    held = set(_waiting_reports(case).select_for_update(of=("self",)).order_by("pk"))
    case, into = moves.lock_both(case, into)
    _check_merge(case, into, actor)
    if set(_waiting_reports(case)) - held:
        raise MoveRefused(_("A report came into %(case)s at this moment. Merge it again.") % {"case": case})
    moved = _move_items(list(work.unsettled(case)), case, into, at)
    joined = joining.joining_at([into.pk], at)[into.pk]
    NoticeItem.objects.filter(pk__in=[report.pk for report in held], case_item__case=into).update(joined_at=joined)
    _end_claim(case, into, actor, reason, at)
    _take_watchers(case, into, at)
    moves.move(case, CaseState.CLOSED, actor=actor, reason=reason, at=at, outcome=CaseOutcome.MERGED, into=into)
    into.due_at = min(case.due_at, into.due_at)
    into.severity = _worst([Severity(case.severity), Severity(into.severity)])
    into.save(update_fields=["due_at", "severity"])
    priorities.reckon([into.pk], at=at)
    moves.record("case.merged", case, actor=actor, at=at, data={"into": str(into), "items": moved, "reason": reason})
    moves.record("case.took_in", into, actor=actor, at=at, data={"case": str(case), "items": moved, "reason": reason})
    return into


@transaction.atomic
def undo_merge(*, case: Case, actor: User, at: datetime) -> Case:
    """What came with a merged case goes back into it, where it waited. Raises MoveRefused where something came of it since."""
    if case.merged_into is None:
        raise MoveRefused(_("%(case)s is not merged.") % {"case": case})
    case, into = moves.lock_both(case, case.merged_into)
    came = list(CaseItem.objects.filter(case=into, came_from=case).order_by("id"))
    _check_undo(case, into, came, actor)
    before = CaseMove.objects.filter(case=case, to_state=CaseState.CLOSED).order_by("-id").first()
    to = CaseState.HELD if before and before.from_state == CaseState.HELD else CaseState.OPEN
    moves.move(case, to, actor=actor, at=at)
    CaseItem.objects.filter(pk__in=[item.pk for item in came]).update(case=case, came_from=None)
    priorities.reckon([case.pk, into.pk], at=at)
    moves.record("case.merge_undone", case, actor=actor, at=at, data={"from": str(into), "items": len(came)})
    return case


@transaction.atomic
def split(*, case: Case, items: Collection[int], actor: User, reason: str, at: datetime) -> Case:
    """Put these items, by key, into a new case of the same merchant, with the same deadline. Returns the new case.

    Its cause has a number of its own beside the old one, so that both may live; what a sweep finds anew comes to the old one,
    and what stands in the new one stays there.
    """
    check_why(reason)
    case = moves.lock(case)
    _check_free(case, actor)
    waiting = list(work.unsettled(case).select_related("violation__version__policy"))
    chosen = [item for item in waiting if item.pk in set(items)]
    if not chosen or len(chosen) == len(waiting):
        raise NothingToSplit(_("Choose some of the listings that wait, and leave at least one."))
    new = _new_case(case, chosen, at)
    _move_items(chosen, case, new, at)
    priorities.reckon([case.pk, new.pk], at=at)
    count = {"items": len(chosen), "reason": reason}
    moves.record("case.split", case, actor=actor, at=at, data=count | {"into": str(new)})
    moves.record("case.split_off", new, actor=actor, at=at, data=count | {"from": str(case)})
    return new


@transaction.atomic
def undo_split(*, case: Case, actor: User, at: datetime) -> Case:
    """Merge what was split off back into where it came from. Returns that case."""
    first = CaseItem.objects.filter(case=case, came_from__isnull=False).select_related("came_from").first()
    if first is None or first.came_from is None:
        raise MoveRefused(_("%(case)s was not split off from another.") % {"case": case})
    return merge(case=case, into=first.came_from, actor=actor, reason=_("The split was undone"), at=at)


# --- what must hold --------------------------------------------------------------------------------


def _check_merge(case: Case, into: Case, actor: User) -> None:
    for each in (case, into):
        _check_real(each)
    if case.merchant_id != into.merchant_id:
        raise NotTogether(_("Only cases of one merchant can be merged. Link them instead."))
    for each in (case, into):
        if each.state not in LIVE_CASES:
            raise MoveRefused(_("%(case)s is closed.") % {"case": each})
    if case.state == CaseState.HELD and into.state != CaseState.HELD and not permissions.can_take_held(actor):
        raise MoveRefused(_("%(case)s waits for a senior reviewer. Merge the other into it instead.") % {"case": case})


def _check_real(case: Case) -> None:
    """A golden case stays by itself; that it is one is not said."""
    if case.golden_id is not None:
        raise MoveRefused(_("%(case)s cannot be merged or split.") % {"case": case})


def _check_free(case: Case, actor: User) -> None:
    _check_real(case)
    if case.state not in LIVE_CASES:
        raise MoveRefused(_("%(case)s is closed.") % {"case": case})
    held = _claim(case)
    if held is not None and held.person_id != actor.pk:
        raise MoveRefused(_("%(case)s is with %(person)s.") % {"case": case, "person": held.person})


def _check_undo(case: Case, into: Case, came: Sequence[CaseItem], actor: User) -> None:
    if case.outcome != CaseOutcome.MERGED or into.state not in LIVE_CASES:
        raise MoveRefused(_("%(case)s is closed.") % {"case": into})
    held = _claim(into)
    if held is not None and held.person_id != actor.pk:
        raise MoveRefused(_("%(case)s is with %(person)s.") % {"case": into, "person": held.person})
    if any(item.settled_at for item in came):
        raise MoveRefused(_("Something of it was decided or corrected since, so that it stays merged."))
    same = Case.objects.filter(merchant=case.merchant, cause_key=case.cause_key, state__in=LIVE_CASES)
    if same.exclude(pk=case.pk).exists():
        raise MoveRefused(_("A new case for the same cause has been opened meanwhile."))


# --- what is done ----------------------------------------------------------------------------------


def _claim(case: Case) -> Claim | None:
    return Claim.objects.filter(case=case, ended_at__isnull=True).select_related("person").first()


def _move_items(items: Sequence[CaseItem], case: Case, to: Case, at: datetime) -> int:
    """What waits in both already is settled in the one that is left, and its notices wait in the other; returns how many moved."""
    there = {_subject(item): item for item in work.unsettled(to)}
    twice = {item.pk: there[_subject(item)] for item in items if _subject(item) in there}
    moving = [item.pk for item in items if item.pk not in twice]
    for key, same in twice.items():
        NoticeItem.objects.filter(case_item=key, state=NoticeState.RECEIVED).update(case_item=same)
        OrderItem.objects.filter(case_item=key).update(case_item=same)
    CaseItem.objects.filter(pk__in=list(twice)).update(settled_at=at)
    return CaseItem.objects.filter(pk__in=moving).update(case=to, came_from=case)


def _waiting_reports(case: Case) -> QuerySet[NoticeItem]:
    return NoticeItem.objects.filter(
        case_item__case=case, case_item__settled_at__isnull=True, state=NoticeState.RECEIVED
    )


def _subject(item: CaseItem) -> tuple[int | None, int | None]:
    """What a case has at most once: a violation, or what was reported about a listing."""
    return (item.violation_id, None) if item.violation_id else (None, item.listing_id)


def _end_claim(case: Case, into: Case, actor: User, reason: str, at: datetime) -> None:
    held = _claim(case)
    if held is None:
        return
    claims.end(held, ClaimEnd.MERGED, at=at, reason=reason)
    text = _("%(case)s goes on in %(into)s: %(reason)s") % {"case": case, "into": into, "reason": reason}
    telling.tell(people=[held.person], kind=News.MERGED, case=into, actor=actor, text=text, at=at)


def _take_watchers(case: Case, into: Case, at: datetime) -> None:
    people = Watch.objects.filter(case=case).order_by("id").values_list("person", flat=True)
    Watch.objects.bulk_create([Watch(case=into, person_id=key, since=at) for key in people], ignore_conflicts=True)


def _new_case(case: Case, chosen: Sequence[CaseItem], at: datetime) -> Case:
    versions = [item.violation.version for item in chosen if item.violation]
    policies = {version.policy for version in versions}
    held = _claim(case)
    waits = CaseState(held.taken_from) if held else CaseState(case.state)
    root = case.cause_key.partition("#")[0]
    number = Case.objects.filter(cause_key__startswith=f"{root}#{case.pk}.").count() + 1
    return Case.objects.create(
        merchant=case.merchant,
        policy=policies.pop() if len(policies) == 1 else case.policy,
        cause_key=f"{root}#{case.pk}.{number}",
        origin=CaseOrigin(case.origin) if case.origin in FROM_OUTSIDE else CaseOrigin.STAFF,
        queue=case.queue,
        state=waits,
        severity=_worst([Severity(version.severity) for version in versions] or [Severity(case.severity)]),
        opened_at=case.opened_at,
        due_at=case.due_at,
    )


def _worst(severities: Sequence[Severity]) -> Severity:
    return min(severities, key=SEVERITY_RANK.__getitem__)
