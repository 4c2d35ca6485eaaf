"""What a person at the queue does in one stroke: finish with one case and begin the next."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from enforcement.domain.timing import AS_USUAL, Timing
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import asking, cases, claims, golden, resting
from investigations.enums import AskedOf, CaseState, Verdict, WakeOn
from investigations.models import Case, CaseDecision
from investigations.queries import work

NEVER = 1.0
"""No draw brings a golden case."""


@dataclass(frozen=True)
class Step:
    """What came of the case that was finished, and the one that is the person's now (None: nothing waits)."""

    finished: Case
    ruling: CaseDecision | None
    next: Case | None


@transaction.atomic
def decide(
    *,
    case: Case,
    verdicts: Mapping[int, Verdict],
    measure: Measure | None,
    markets: Sequence[str],
    minimum_age: int | None,
    asked: Timing = AS_USUAL,
    actor: User,
    reason: str,
    fine_reason: str,
    chance: float = NEVER,
    at: datetime,
    also: Measure | None = None,
    keep: bool = False,
    canned: Collection[int] = (),
    read: Collection[int] = (),
) -> Step:
    """`cases.decide`, and take the next; the same, where it is kept."""
    was_held = _was_held(actor)
    ruling = cases.decide(
        case=case,
        verdicts=verdicts,
        measure=measure,
        markets=markets,
        minimum_age=minimum_age,
        asked=asked,
        actor=actor,
        reason=reason,
        fine_reason=fine_reason,
        at=at,
        also=also,
        keep=keep,
        canned=canned,
        read=read,
    )
    return Step(case, ruling, _go_on(case, actor, at, held=was_held, chance=chance))


@transaction.atomic
def skip(*, case: Case, actor: User, reason: str, chance: float = NEVER, at: datetime) -> Step:
    was_held = _was_held(actor)
    claims.skip(case=case, actor=actor, reason=reason, at=at)
    return Step(case, None, _go_on(case, actor, at, held=was_held, chance=chance))


@transaction.atomic
def hold(
    *, case: Case, actor: User, reason: str, verdicts: Mapping[int, Verdict], chance: float = NEVER, at: datetime
) -> Step:
    was_held = _was_held(actor)
    claims.hold(case=case, actor=actor, reason=reason, verdicts=verdicts, at=at)
    return Step(case, None, _go_on(case, actor, at, held=was_held, chance=chance))


@transaction.atomic
def snooze(*, case: Case, actor: User, reason: str, until: datetime, wake_on: WakeOn, at: datetime) -> Step:
    was_held = _was_held(actor)
    resting.snooze(case=case, actor=actor, reason=reason, until=until, wake_on=wake_on, at=at)
    return Step(case, None, _go_on(case, actor, at, held=was_held, chance=NEVER))


@transaction.atomic
def ask(*, case: Case, asked_of: AskedOf, text: str, actor: User, at: datetime) -> Step:
    was_held = _was_held(actor)
    asking.ask(case=case, asked_of=asked_of, text=text, actor=actor, at=at)
    return Step(case, None, _go_on(case, actor, at, held=was_held, chance=NEVER))


@transaction.atomic
def hand_back(*, case: Case, to_person: bool, note: str, actor: User, at: datetime) -> Step:
    asking.hand_back(case=case, to_person=to_person, note=note, actor=actor, at=at)
    return Step(case, None, _go_on(case, actor, at, held=True, chance=NEVER))


def _was_held(actor: User) -> bool:
    held = work.live_claim(actor)
    return held is not None and held.taken_from == CaseState.HELD


def _go_on(case: Case, actor: User, at: datetime, *, held: bool, chance: float) -> Case | None:
    """The next in the same queue, else in any: of what is held, where it came from there. `chance` as for golden cases. Whoever
    opened it out of a page of a grid goes on with that."""
    if work.live_page(actor):
        return None
    if held and (found := claims.claim_next(person=actor, held=True, at=at)):
        return found
    return golden.next_case(person=actor, queue=case.queue, held=False, chance=chance, at=at) or claims.claim_next(
        person=actor, at=at
    )
