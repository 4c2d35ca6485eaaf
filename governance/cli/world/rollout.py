"""The past weeks: policies were rolled out family by family, each with a sweep; people decided what came of it, day by day."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from enforcement.domain import decisions, messages, sweep_work, sweeps, taking_effect
from enforcement.enums import DecisionState, SweepKind
from enforcement.models import Decision, Sweep
from enforcement.queries import outbox
from governance.cli.world.days import SATURDAY, World
from governance.policies.enums import Measure, Mode
from investigations.domain import cases, claims
from investigations.enums import CaseState, Verdict
from investigations.models import Case, CaseItem, Skills
from investigations.queries import work

FAMILIES = (
    ("baby",), ("toys",), ("weapons",), ("tobacco",), ("electronics",), ("batteries",), ("food",), ("alcohol",),
)  # fmt: skip
"""The oldest first. The rest waits for the sweep over everything."""
DAYS_AGO = (54, 46, 40, 33, 25, 19, 11, 1)
HANDS = ("moderator", "colleague", "arabic", "newcomer")
SHARE_FINE, SHARE_SKIPPED, SHARE_HELD, SHARE_LATE = 0.28, 0.07, 0.06, 0.1
SMALL = 0.2
LEFT = 12
"""Days: of the last step that is older than two, one case still waits, and is late."""
VIOLATES = (
    "The listing itself says so; see the matched words.",
    "Checked against the policy’s guidance: it counts.",
    "The required statement is missing in text and pictures.",
    "Das Angebot nennt die verbotene Eigenschaft selbst.",
    "L’annonce le dit elle-même, dans le titre.",
)
FINE = (
    "Another product: the word stands in the brand’s name.",
    "The exception of the policy applies; the paper is attached.",
    "Offered to trade only, which the policy leaves out.",
    "Nur Zubehör, nicht das Produkt selbst.",
)
SKIPPED = ("I know the seller", "I do not read this language well enough", "I need a break from this subject")
HELD = ("Unsure whether the exception applies", "Two policies may apply, please look", "Grenzfall: Sammlerstück?")


@dataclass
class Desk:
    """When each person is free again, so that nobody works on two cases at once."""

    world: World
    free: dict[str, dt.datetime] = field(default_factory=dict)

    def sits(self, username: str, wanted: dt.datetime, seconds: int) -> dt.datetime:
        """When they take a case that they would like to take at `wanted`, for so long. Within working hours."""
        moment = max(wanted, self.free.get(username, wanted))
        if moment.hour >= 17:
            moment = (moment + dt.timedelta(days=1)).replace(hour=7, minute=self.world.chance.randint(0, 59))
        while moment.weekday() >= SATURDAY:
            moment += dt.timedelta(days=1)
        self.free[username] = moment + dt.timedelta(seconds=seconds + self.world.chance.randint(20, 240))
        return moment


def is_there() -> bool:
    return Sweep.objects.filter(kind=SweepKind.POLICIES).exists()


def make(world: World) -> None:
    desk = Desk(world)
    for days, families in _steps(world):
        at = world.ago(days, 5, 40)
        sweep(world, families, at)
        work_off(world, desk, at)
        go_on(world, until=min(at + dt.timedelta(days=7), world.now))


def _steps(world: World) -> list[tuple[int, tuple[str, ...]]]:
    """Days ago and families; of a small catalogue all at once, five weeks ago."""
    if world.size < SMALL:
        return [(DAYS_AGO[3], tuple(name for families in FAMILIES for name in families))]
    return list(zip(DAYS_AGO, FAMILIES, strict=True))


def sweep(world: World, families: tuple[str, ...], at: dt.datetime) -> None:
    """A sweep with these families, its decisions by automation, its letters and its cases."""
    chosen = [each.pk for each in world.policies.values() if each.family in families and each.mode != Mode.OFF]
    made = sweeps.start(
        kind=SweepKind.POLICIES,
        policies=chosen,
        actor=world.person("manager"),
        reason=f"Rolled out: {', '.join(families)}",
        at=at,
    )
    clock = _ticking(at)
    while sweep_work.run_next(sweep_id=made.pk, at_once=4, clock=clock):
        pass
    decisions.decide_owed(clock=clock)
    cases.open_owed(at=clock())
    deliver(at + dt.timedelta(minutes=20))


def work_off(world: World, desk: Desk, opened: dt.datetime) -> None:
    """What waits is decided within a working day, some of it late; what came yesterday waits."""
    chance, age = world.chance, (world.now - opened).days
    waiting = list(Case.objects.filter(state=CaseState.OPEN, opened_at__gte=opened).order_by("-priority", "pk"))
    planned = []
    for case in waiting[: -1 if age <= LEFT else None]:
        late = chance.random() < SHARE_LATE
        waits = dt.timedelta(days=chance.uniform(3, 5)) if late else dt.timedelta(hours=chance.uniform(1.5, 11))
        planned.append((opened + waits, case.pk, case))
    for wanted, _key, case in sorted(planned):
        decide(world, desk, case, wanted)


def decide(world: World, desk: Desk, case: Case, wanted: dt.datetime, *, fine: float = SHARE_FINE) -> None:
    """By somebody whom the queue would give it to; now and then somebody passed it by first, or a senior decides."""
    chance = world.chance
    people = [name for name in HANDS if Case.objects.filter(_fits(world, name), pk=case.pk).exists()]
    username = chance.choice(people or ["moderator"])
    if wanted + dt.timedelta(days=3) > world.now:
        return
    if len(people) > 1 and chance.random() < SHARE_SKIPPED:
        other = chance.choice([name for name in people if name != username])
        at = desk.sits(other, wanted, 40)
        claims.claim(case=case, person=world.person(other), at=at)
        claims.skip(
            case=case, actor=world.person(other), reason=chance.choice(SKIPPED), at=at + dt.timedelta(seconds=35)
        )
        wanted = at + dt.timedelta(minutes=5)
    if chance.random() < SHARE_HELD:
        at = desk.sits(username, wanted, 200)
        claims.claim(case=case, person=world.person(username), at=at)
        claims.hold(
            case=case, actor=world.person(username), reason=chance.choice(HELD), at=at + dt.timedelta(minutes=3)
        )
        username, wanted = "senior", at + dt.timedelta(hours=chance.uniform(1, 6))
    seconds = int(min(chance.lognormvariate(4.6, 0.6), 800))
    at = desk.sits(username, wanted, seconds)
    claims.claim(case=case, person=world.person(username), at=at)
    judge(world, case, username, at + dt.timedelta(seconds=seconds), fine=fine)


def judge(world: World, case: Case, username: str, at: dt.datetime, *, fine: float = SHARE_FINE) -> None:
    """Give every listing its verdict, and the policy's usual measure to what violates."""
    chance, policy = world.chance, case.policy
    items = list(CaseItem.objects.filter(case=case, settled_at__isnull=True).order_by("pk"))
    verdicts = {item.pk: Verdict.FINE if chance.random() < fine else Verdict.VIOLATES for item in items}
    violates = Verdict.VIOLATES in verdicts.values()
    live = policy.live if policy else None
    version = next((item.violation.version for item in items if item.violation), live)
    measure = Measure(version.default_measure) if version and violates else None
    cases.decide(
        case=case,
        verdicts=verdicts,
        measure=measure,
        markets=sorted(set(case.markets) & set(version.jurisdictions)) if version and violates else (),
        actor=world.person(username),
        reason=chance.choice(VIOLATES if violates else FINE),
        fine_reason=chance.choice(FINE) if Verdict.FINE in verdicts.values() else "",
        at=at,
    )
    deliver(at + dt.timedelta(minutes=2))


def go_on(world: World, *, until: dt.datetime) -> None:
    """What time brings: a second person says yes to what is held, deadlines pass, merchants are reminded."""
    for held in Decision.objects.filter(state=DecisionState.HELD).order_by("pk"):
        at = held.decided_at + dt.timedelta(hours=3)
        if at < until:
            taking_effect.approve(decision=held, actor=world.person("lead"), reason="Agreed.", at=at)
    taking_effect.remind_due(until)
    taking_effect.start_due(until)
    deliver(until)


def deliver(at: dt.datetime) -> None:
    """Send what is owed to merchants, as workers would have then; without the PDF, which takes ten times as long to set."""
    for key in outbox.due(at):
        messages.deliver(message_id=key, at=at, with_paper=False)


def _fits(world: World, username: str) -> Q:
    return work.fits(Skills.objects.filter(person=world.person(username)).first())


def _ticking(at: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that goes on a second with each look."""
    ticks: Iterator[int] = iter(range(1_000_000))
    return lambda: at + dt.timedelta(seconds=next(ticks) * 0.5)
