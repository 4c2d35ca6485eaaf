"""A page of up to twenty listings, decided in one stroke: approved but for the exceptions.

A page is carried out tile by tile, one transaction each, by the verb that decides a case: what has changed under it is left out
and said, the rest is kept. What was entered is written down first, so that it happens once however often it is sent.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.domain import decisions
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import Measure
from governance.web import formats
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import cases, claims, moves, undoing
from investigations.domain.acting import lock_person
from investigations.domain.claims import ClaimLost, HoldsAnother
from investigations.enums import ClaimEnd, TileAnswer, Verdict
from investigations.models import Case, CaseItem, Claim, GridPage, Queue
from investigations.queries import grid as queries
from investigations.queries import work

SIZE = 20


class NotSeen(Refusal):
    """Tiles would be approved that the person has not had in view. `cases` are their keys."""

    def __init__(self, keys: Collection[int]) -> None:
        text = ngettext(
            "%(count)s listing would be approved that you have not seen. Nothing has happened yet.",
            "%(count)s listings would be approved that you have not seen. Nothing has happened yet.",
            len(keys),
        )
        super().__init__(text % {"count": formats.number(len(keys))})
        self.cases = sorted(keys)


class NotOnTiles(Refusal):
    """The case is read in full, or has changed under the page."""


@dataclass(frozen=True)
class Answer:
    """What is to become of a tile: a `TileAnswer` or a measure, and why."""

    answer: str = TileAnswer.APPROVE
    reason: str = ""


@transaction.atomic
def draw(*, person: User, queue: Queue | None, at: datetime) -> GridPage | None:
    """The most urgent cases that wait for this person, now theirs; the page that they have already, if they do. Raises HoldsAnother."""
    mine = claims.own(person, at)
    if mine is not None:
        raise HoldsAnother(_("You hold %(case)s. Decide, release or skip it first.") % {"case": mine.case})
    _lapse(person, at)
    if page := work.live_page(person):
        return page
    standing = work.standing(person, at=at)
    rows = queries.waiting(person, queue=queue, at=at, known=standing).select_related("merchant", "policy")
    most = SIZE if standing.left_today is None else min(SIZE, standing.left_today)
    free = rows.select_for_update(skip_locked=True, of=("self",))
    if not (found := queries.bearable(free, person, most=most, known=standing)):
        return None
    page = GridPage.objects.create(queue=queue, person=person, size=len(found), opened_at=at)
    for case in sorted(found, key=lambda each: each.pk):
        claims.take(case, person, at, page=page)
    return page


@transaction.atomic
def extend(*, page: GridPage, actor: User, at: datetime) -> GridPage:
    """A fresh quarter of an hour for all that is left of it. Raises ClaimLost."""
    page = _lock(page, actor)
    live = Claim.objects.filter(page=page, ended_at__isnull=True, expires_at__gt=at).select_related("case")
    subjects = [entries.Subject(each.case_id, str(each.case)) for each in live.order_by("case")]
    if not subjects:
        raise ClaimLost(_("Your page has run out. What you had not submitted waits in its queue again."))
    claims.keep_page(page.pk, at=at)
    entries.record_many(verb="case.claim_extended", actor=actor, subject_kind="case", subjects=subjects, at=at)
    return page


def beat(*, page: GridPage, person: User, at: datetime) -> None:
    """Its reader is there: the claims stay, and lapse, together."""
    claims.beat_page(page=page, person=person, at=at)


def give_back(*, page: GridPage, actor: User, at: datetime) -> int:
    """End the page: what is left of it may come to the same person again. Returns how many cases."""
    page = _end(page, actor, at)
    rows = Claim.objects.filter(page=page, ended_at__isnull=True).select_related("case").order_by("case")
    return sum(_return(each, ClaimEnd.RELEASED, "", actor, at) for each in rows)


def submit(
    *,
    page: GridPage,
    answers: Mapping[int, Answer],
    seen: Collection[int],
    unseen: str = "",
    actor: User,
    clock: Callable[[], datetime],
) -> GridPage:
    """Carry the page out. `answers` are by case; what has none is approved, if it was `seen`. `unseen` says what becomes of what was
    not: to be approved all the same or left in the queue; without a word NotSeen is raised and nothing happens.

    Sent again it goes on where it was broken off, by what was entered the first time. Raises ClaimLost, NotSeen and Refusal.
    """
    page = _write_down(page, answers, frozenset(seen), unseen, actor, clock())
    for held in list(Claim.objects.filter(page=page, ended_at__isnull=True).select_related("case").order_by("case")):
        entered = page.answers.get(str(held.case_id))
        if entered is None:  # it had run out when the page was sent
            _lapse_one(held, clock())
        else:
            _carry_out(held, Answer(**entered), actor, clock())
    return _end(page, actor, clock())


def undo(*, page: GridPage, actor: User, at: datetime) -> tuple[int, list[str]]:
    """Take back what was decided on the page within its ten seconds: it is before the person again, as it was entered. What was left
    or went to a senior stays there. Returns how many cases, and why others were not. Raises TooLateToUndo."""
    page = _open_again(page, actor, at)
    back, told = 0, []
    for ruling in queries.undoable(page):
        try:
            undoing.undo_decision(ruling=ruling, actor=actor, at=at)
            back += 1
        except Refusal as refusal:
            told.append(f"{ruling.case}: {refusal}")
    return back, told


# --- carrying out --------------------------------------------------------------------------------


@transaction.atomic
def _write_down(
    page: GridPage, given: Mapping[int, Answer], seen: frozenset[int], unseen: str, actor: User, at: datetime
) -> GridPage:
    """What was entered, once; of a page that was sent before, what was entered then."""
    page = _lock(page, actor)
    if page.submitted_at is not None:
        return page
    live = Claim.objects.filter(page=page, ended_at__isnull=True, expires_at__gt=at)
    rows = {claim.case_id: claim for claim in live.select_related("case__queue")}
    if not rows:
        raise ClaimLost(_("Your page has run out. Nothing was decided; what was on it waits in its queue again."))
    answers = {key: given.get(key, Answer()) for key in rows}
    alone = {key for key, claim in rows.items() if not queries.whole(claim.case, *queries.only_item(claim.case))}
    for key in set(rows) - alone:
        answers[key] = Answer(TileAnswer.LEAVE, _("To be read in full"))
    _check(answers)
    by_accident = {key for key in alone - seen if answers[key].answer == TileAnswer.APPROVE}
    if by_accident and unseen not in (TileAnswer.APPROVE, TileAnswer.LEAVE):
        raise NotSeen(by_accident)
    for key in by_accident if unseen == TileAnswer.LEAVE else ():
        answers[key] = Answer(TileAnswer.LEAVE, _("Not seen"))
    page.answers = {str(key): asdict(answer) for key, answer in answers.items()}
    page.submitted_at = at
    page.save(update_fields=["answers", "submitted_at"])
    _record(page, answers, unseen=len(by_accident) if unseen == TileAnswer.APPROVE else 0, actor=actor, at=at)
    return page


def _check(answers: Mapping[int, Answer]) -> None:
    for key, answer in answers.items():
        if answer.answer not in (*TileAnswer.values, *queries.ON_TILES):
            raise Refusal(_("C-%(case)s is marked with something unknown. Nothing was decided.") % {"case": key})
        if answer.answer != TileAnswer.APPROVE and not answer.reason.strip():
            raise Refusal(_("Say why C-%(case)s is marked. Nothing was decided yet.") % {"case": key})


def _carry_out(held: Claim, answer: Answer, actor: User, at: datetime) -> None:
    if answer.answer == TileAnswer.LEAVE:
        _return(held, ClaimEnd.LEFT, answer.reason, actor, at)
        return
    try:
        _decide(held, answer, actor, at)
    except ClaimLost:
        _lapse_one(held, at)
    except Refusal as refusal:
        _return(held, ClaimEnd.LEFT, str(refusal), actor, at)


@transaction.atomic
def _decide(held: Claim, answer: Answer, actor: User, at: datetime) -> None:
    case = moves.lock(held.case)
    claims.held_by(case, actor, at)
    item = _still_alone(case, held)
    verdicts = {TileAnswer.APPROVE: Verdict.FINE, TileAnswer.SENIOR: Verdict.UNSURE}
    verdict = verdicts.get(answer.answer, Verdict.VIOLATES)  # type: ignore[call-overload]
    measure = Measure(answer.answer) if verdict == Verdict.VIOLATES else None
    if measure is not None and measure not in queries.offered(case, item):
        raise NotOnTiles(_("“%(measure)s” is not offered for it. Read it in full.") % {"measure": measure.label})
    version = item.violation.version if item.violation else None
    here = item.listing.markets if item.listing and measure == Measure.RESTRICT_MARKETS else []
    cases.decide(
        case=case,
        verdicts={item.pk: verdict},
        measure=measure,
        markets=[market for market in here if version and market in version.jurisdictions],
        minimum_age=version.minimum_age if version and measure == Measure.AGE_GATE else None,
        actor=actor,
        reason=answer.reason,
        fine_reason=_("Seen on a page of listings: nothing is wrong") if verdict == Verdict.FINE else "",
        at=at,
    )


def _still_alone(case: Case, held: Claim) -> CaseItem:
    """The listing as it was when the page was drawn. Raises NotOnTiles where it has changed, or something was added."""
    item, waiting = queries.only_item(case)
    if item is None or item.listing is None or queries.whole(case, item, waiting):
        raise NotOnTiles(_("The case has changed since you opened the page. Read it in full."))
    if item.listing.changed_at > held.claimed_at:
        raise NotOnTiles(_("The merchant has changed the listing since you opened the page. Look at it again."))
    return item


@transaction.atomic
def _return(held: Claim, ended_as: ClaimEnd, reason: str, actor: User, at: datetime) -> bool:
    case = moves.lock(held.case)
    live = Claim.objects.filter(pk=held.pk, ended_at__isnull=True).first()
    if live is None:
        return False
    claims.give_back(live, case, ended_as, actor=actor, at=at, reason=reason)
    return True


def _lapse(person: User, at: datetime) -> None:
    """What of a page has run out and beat has not found yet; a page of which nothing is left is at its end."""
    over = Claim.objects.filter(person=person, page__isnull=False, ended_at__isnull=True).select_related("case")
    for held in over.order_by("case"):
        _lapse_one(held, at)
    live = Claim.objects.filter(person=person, page__isnull=False, ended_at__isnull=True).values("page")
    GridPage.objects.filter(person=person, ended_at__isnull=True).exclude(pk__in=live).update(ended_at=at)


@transaction.atomic
def _lapse_one(held: Claim, at: datetime) -> None:
    claims.lapse_if_run_out(moves.lock(held.case), at)


# --- the page itself -----------------------------------------------------------------------------


def _lock(page: GridPage, actor: User) -> GridPage:
    page = GridPage.objects.select_for_update(of=("self",)).select_related("queue").get(pk=page.pk)
    if page.person_id != actor.pk:
        raise ClaimLost(_("This page is somebody else's."))
    return page


@transaction.atomic
def _end(page: GridPage, actor: User, at: datetime) -> GridPage:
    page = _lock(page, actor)
    if page.ended_at is None:
        page.ended_at = at
        page.save(update_fields=["ended_at"])
    return page


@transaction.atomic
def _open_again(page: GridPage, actor: User, at: datetime) -> GridPage:
    lock_person(actor)
    page = _lock(page, actor)
    if page.submitted_at is None or page.ended_at is None:
        raise MoveRefused(_("This page has not been submitted."))
    if at - page.ended_at > decisions.UNDO_WINDOW + decisions.UNDO_GRACE:
        raise undoing.TooLateToUndo(
            _("The ten seconds are over. Each decision can still be reversed; its merchant is then told.")
        )
    if not queries.undoable(page).exists():
        raise MoveRefused(_("Nothing was decided on this page, or all of it is undone."))
    undoing.give_up_others(actor, at)
    page.submitted_at, page.ended_at = None, None
    page.save(update_fields=["submitted_at", "ended_at"])
    return page


def _record(page: GridPage, answers: Mapping[int, Answer], *, unseen: int, actor: User, at: datetime) -> None:
    counts: dict[str, int] = {}
    for each in answers.values():
        counts[str(each.answer)] = counts.get(str(each.answer), 0) + 1
    entries.record(
        verb="grid.submitted",
        actor=actor,
        subject_kind="grid_page",
        subject_id=page.pk,
        subject_ref=str(page),
        data=counts | {"approved_unseen": unseen or None},
        at=at,
    )
