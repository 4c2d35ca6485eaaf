"""When a decision takes effect, and whether another person has to say yes before anybody is told."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from enforcement.domain.proposals import NotPermitted
from enforcement.enums import DecisionState, HeldFor, WithoutNotice
from enforcement.measures import MEASURES
from enforcement.models import Decision
from enforcement.queries import deadlines, sizes
from governance.accounts.models import User
from governance.policies.enums import Measure, Severity
from governance.policies.models import PolicyVersion
from governance.web.refusals import Refusal
from listings.models import Merchant

USUAL_CURE_DAYS = 5
NOTICE = timedelta(days=30)
"""Before an account is closed (Regulation (EU) 2019/1150, Art. 4(2)), unless Art. 4(4) says otherwise."""


@dataclass(frozen=True)
class Timing:
    """What the decider asks for.

    `cure_days`: working days to correct before it takes effect; None is as the policy says, 0 at once. `starts_at`: nobody is told
    before. `without_notice`: why an account is closed at once.
    """

    cure_days: int | None = None
    starts_at: datetime | None = None
    without_notice: WithoutNotice | None = None


AS_USUAL = Timing()
AT_ONCE = Timing(cure_days=0)


@dataclass(frozen=True)
class Planned:
    """`cure_days` of the merchant's working days pass between telling them and taking effect."""

    state: DecisionState
    starts_at: datetime
    cure_days: int
    held_for: tuple[HeldFor, ...]


def plan(
    *,
    merchant: Merchant,
    version: PolicyVersion,
    measure: Measure,
    items: int,
    asked: Timing,
    actor: User | None,
    at: datetime,
) -> Planned:
    """Say when a decision about so many items takes effect, and who else is asked. Raises NotPermitted and Refusal where the measure
    cannot be timed so."""
    kind = MEASURES[measure]
    if asked.starts_at is not None and asked.starts_at <= at:
        raise Refusal(_("Choose a start that lies in the future, or none to begin at once."))
    if asked.cure_days and not kind.curable:
        raise NotPermitted(_("“%(measure)s” gives no time to correct.") % {"measure": measure.label})
    if asked.without_notice and not kind.needs_notice:
        raise NotPermitted(_("Only the closing of an account has a notice that could be left out."))
    days = _cure_days(version, measure, asked)
    begins = asked.starts_at or _some_time_after(at, actor)
    held_for = _held_for(merchant, measure, items, scheduled=begins > at)
    starts_at, _correct_by = effect(merchant, measure, days, begins, notice=asked.without_notice is None)
    state = DecisionState.HELD if held_for else DecisionState.PENDING if starts_at > at else DecisionState.IN_FORCE
    return Planned(state, starts_at, days, held_for)


def _cure_days(version: PolicyVersion, measure: Measure, asked: Timing) -> int:
    """Days to correct before it takes effect: what was asked for, else the policy's where its matter is not critical."""
    if not MEASURES[measure].curable:
        return 0
    if asked.cure_days is not None:
        return asked.cure_days
    return 0 if version.severity == Severity.CRITICAL else version.cure_days


def effect(
    merchant: Merchant, measure: Measure, days: int, begins: datetime, *, notice: bool
) -> tuple[datetime, date | None]:
    """When it takes effect if the merchant is told at `begins`, and the last day to correct, if there is one."""
    if MEASURES[measure].needs_notice and notice:
        return begins + NOTICE, None
    if not days:
        return begins, None
    correct_by = deadlines.working_days_after(merchant.country, begins.date(), days)
    return deadlines.day_after(correct_by), correct_by


def effect_of(decision: Decision, begins: datetime) -> tuple[datetime, date | None]:
    """The same of a decision that was held until `begins`."""
    measure = Measure(decision.measure)
    return effect(decision.merchant, measure, decision.cure_days, begins, notice=not decision.without_notice)


def _held_for(merchant: Merchant, measure: Measure, items: int, *, scheduled: bool) -> tuple[HeldFor, ...]:
    """A harsh measure, a large merchant or many listings at once are for two people; a schedule waits by itself."""
    kind = MEASURES[measure]
    acts = kind.territorial or kind.on_merchant
    causes = {
        HeldFor.MEASURE: kind.needs_second_person,
        HeldFor.SIZE: acts and sizes.is_large(merchant.pk),
        HeldFor.MASS: acts and items >= settings.SECOND_PERSON_LISTINGS,
        HeldFor.SCHEDULE: scheduled,
    }
    return tuple(cause for cause, holds in causes.items() if holds)


def _some_time_after(at: datetime, actor: User | None) -> datetime:
    """What automation decides may begin at a random moment, so that nobody learns from the clock what gave them away."""
    spread = settings.AUTOMATION_SPREAD_MINUTES * 60
    return at if actor is not None or not spread else at + timedelta(seconds=secrets.randbelow(spread))
