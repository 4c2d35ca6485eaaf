"""What waits today: cases put aside, asked about, held, handed back, merged, reopened, decided in part and with two measures; acts on
many of them; and one that missed its deadline."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count
from django.utils import timezone

from enforcement.measures import MEASURES
from governance.cli.world.days import World
from governance.cli.world.rollout import deliver
from governance.policies.enums import Measure
from investigations.domain import (
    arranging,
    asking,
    bulk,
    bulk_work,
    cases,
    claims,
    files,
    golden,
    reopening,
    resting,
    watching,
)
from investigations.enums import AskedOf, BulkVerb, CaseOutcome, CaseState, Verdict, WakeOn
from investigations.models import BulkRun, Case, Question


def is_there() -> bool:
    return Question.objects.exists()


def make(world: World) -> None:
    waiting = _waiting()
    _rest(world, waiting)
    _ask(world, waiting)
    _hold(world, waiting)
    _merge(world)
    _reopen(world)
    _in_parts(world)
    _watch(world, waiting)
    _many(world)
    _test(world)
    _held_now(world, waiting)


def _waiting() -> Iterator[Case]:
    """Open ones that no report is in and that are not late, those that came before today first, then by priority."""
    rows = Case.objects.filter(state=CaseState.OPEN, origin="sweep", kept_for=None, due_at__gt=timezone.now())
    for key in list(rows.order_by("opened_at__date", "-priority", "pk").values_list("pk", flat=True)[:60]):
        case = rows.filter(pk=key, snoozes=None, questions=None).select_related("policy", "merchant", "queue").first()
        if case is not None:  # else something became of it meanwhile
            yield case


def _take(case: Case, world: World, name: str, at: dt.datetime) -> None:
    claims.claim(case=case, person=world.person(name), at=at)


def _after(world: World, case: Case, minutes: float) -> dt.datetime:
    """So many minutes before now, but not before the case was opened."""
    return max(world.before(minutes=minutes), case.opened_at + dt.timedelta(seconds=1))


def _rest(world: World, waiting: Iterator[Case]) -> None:
    for case, reason, days, wake in zip(
        waiting,
        ("The merchant promised the test report until Thursday", "Wartet auf die Antwort des Herstellers"),
        (4, 9),
        (WakeOn.CHANGE, WakeOn.ANSWER),
        strict=False,
    ):
        at = _after(world, case, 200)
        _take(case, world, "moderator", at)
        until = world.now + dt.timedelta(days=days)
        person = world.person("moderator")
        resting.snooze(
            case=case, actor=person, reason=reason, until=until, wake_on=wake, at=at + dt.timedelta(minutes=2)
        )


def _ask(world: World, waiting: Iterator[Case]) -> None:
    """One waits for Legal, one for a senior, one was answered and is kept for whoever asked."""
    asked = (
        ("moderator", AskedOf.LEGAL, "Is a certificate enough that was issued to the former importer?"),
        ("colleague", AskedOf.SENIOR, "Zählt ein Modell im Maßstab 1:1 als Spielzeug?"),
        ("moderator", AskedOf.SENIOR, "Two policies fit. Under which is it decided?"),
    )
    question = None
    for (name, whom, text), case in zip(asked, waiting, strict=False):
        at = _after(world, case, 170)
        _take(case, world, name, at)
        question = asking.ask(
            case=case, asked_of=whom, text=text, actor=world.person(name), at=at + dt.timedelta(minutes=3)
        )
    answer = "Under the graver one; the other is decided with it as a second measure."
    if question is not None:
        asking.answer(question=question, text=answer, actor=world.person("senior"), at=world.before(minutes=20))


def _hold(world: World, waiting: Iterator[Case]) -> None:
    """Two are with a senior; one was handed back to whoever held it, with what to look at."""
    for number, case in zip(range(3), waiting, strict=False):
        at = _after(world, case, 150 - number)
        name = ("moderator", "colleague", "moderator")[number]
        _take(case, world, name, at)
        reason = ("Unsure whether the exception applies", "Grenzfall, bitte ansehen", "Looks like a replica")[number]
        items = {item.pk: Verdict.UNSURE for item in case.items.all()}
        claims.hold(case=case, actor=world.person(name), reason=reason, verdicts=items, at=at + dt.timedelta(minutes=2))
        if number == 2:
            senior, back = world.person("senior"), at + dt.timedelta(minutes=40)
            _take(case, world, "senior", back)
            note = "Look at the third photo: the marking is there. @Moderator K7, please decide."
            asking.hand_back(case=case, to_person=True, note=note, actor=senior, at=back + dt.timedelta(minutes=4))


def _merge(world: World) -> None:
    """Two cases of one merchant become one."""
    rows = Case.objects.filter(state=CaseState.OPEN, kept_for=None, questions=None, snoozes=None)
    twice = rows.values("merchant").annotate(n=Count("pk")).filter(n__gt=1).order_by("-n", "merchant").first()
    if twice is None:
        return
    first, second = rows.filter(merchant=twice["merchant"]).order_by("opened_at", "pk")[:2]
    reason = "Same goods, same seller: judged together."
    arranging.merge(case=second, into=first, actor=world.person("senior"), reason=reason, at=world.before(minutes=12))


def _reopen(world: World) -> None:
    case = (
        Case.objects.filter(state=CaseState.CLOSED, outcome=CaseOutcome.NO_VIOLATION, origin="sweep")
        .order_by("-closed_at")
        .first()
    )
    if case is not None:
        reason = "The manufacturer says that this batch was never tested."
        reopening.reopen(case=case, actor=world.person("senior"), reason=reason, at=world.before(minutes=90))


def _in_parts(world: World) -> None:
    """A case of several listings, one of which is decided, with two measures; the rest waits in somebody's hands."""
    rows = Case.objects.filter(state=CaseState.OPEN, policy__isnull=False, kept_for=None, questions=None, snoozes=None)
    case = rows.annotate(n=Count("items")).filter(n__gt=1).order_by("-n", "pk").first()
    live = case.policy.live if case and case.policy else None
    if case is None or live is None:
        return
    senior, at = world.person("senior"), world.before(minutes=8)
    first = case.items.filter(settled_at=None).order_by("pk").first()
    measures = [Measure(each) for each in live.measures if not MEASURES[Measure(each)].on_merchant]
    usual = Measure(live.default_measure)
    second = next(
        (each for each in measures if each in (Measure.WARN, Measure.BLOCK_RELISTING) and each != usual), None
    )
    _take(case, world, "senior", at)
    cases.decide(
        case=case,
        verdicts={first.pk: Verdict.VIOLATES},  # type: ignore[union-attr]
        measure=usual,
        markets=sorted(set(case.markets) & set(live.jurisdictions)),
        actor=senior,
        reason="The first is clear; the others need the supplier’s paper.",
        at=at + dt.timedelta(minutes=3),
        also=second,
        keep=True,
    )
    files.note(
        case=case, actor=senior, text="Supplier asked for the papers of the others.", at=at + dt.timedelta(minutes=4)
    )
    deliver(world.now)


def _watch(world: World, waiting: Iterator[Case]) -> None:
    """Cases that are watched, linked, and talked about."""
    first, second = next(waiting, None), next(waiting, None)
    if first is None or second is None:
        return
    watching.watch(case=first, actor=world.person("moderator"), at=world.before(minutes=70))
    watching.link(
        case=first,
        other=second,
        why="Same supplier on both labels",
        actor=world.person("senior"),
        at=world.before(minutes=60),
    )
    text = "Same label as in the linked case. @Moderator K7, do you know this supplier?"
    files.note(case=first, actor=world.person("senior"), text=text, at=world.before(minutes=55))


def _many(world: World) -> None:
    """Acts on many cases: done, prepared, waiting for a second person, given up."""
    lead, senior = world.person("lead"), world.person("senior")
    free = Case.objects.filter(state=CaseState.OPEN, kept_for=None, questions=None, snoozes=None, origin="sweep")
    low = [each.pk for each in free.order_by("priority", "pk")[:24]]
    done = _prepared(
        BulkVerb.NOTE,
        {"text": "The trade association has published new guidance."},
        low[:8],
        lead,
        world.before(hours=4),
    )
    _run(done, low[:8], world.before(hours=4))
    aside = _prepared(
        BulkVerb.ASIDE,
        {"until": (world.now + dt.timedelta(days=5)).isoformat()},
        low[8:12],
        senior,
        world.before(hours=2),
    )
    _run(aside, low[8:12], world.before(hours=2))
    given_up = _prepared(BulkVerb.CLOSE, {}, low[12:18], senior, world.before(minutes=50))
    bulk.discard(
        run=given_up, actor=senior, reason="Three of them are not alike after all.", at=world.before(minutes=45)
    )
    _prepared(BulkVerb.WATCH, {}, low[18:24], lead, world.before(minutes=15))


def _prepared(verb: BulkVerb, params: dict[str, str], keys: list[int], actor: object, at: dt.datetime) -> BulkRun:
    return bulk.prepare(
        verb=verb,
        params=params,
        rows=Case.objects.filter(pk__in=keys),
        actor=actor,  # type: ignore[arg-type]
        reason="Alike, and none of them urgent.",
        at=at,
        ticked=keys,
    )


def _run(run: BulkRun, keys: list[int], at: dt.datetime) -> None:
    actor = run.prepared_by
    bulk.begin(run=run, rows=Case.objects.filter(pk__in=keys), typed=None, actor=actor, at=at + dt.timedelta(minutes=1))
    while bulk_work.run(run_id=run.pk, clock=lambda: at + dt.timedelta(minutes=2)):
        pass


def _test(world: World) -> None:
    """Three people had a test case this morning; one of them judged otherwise."""
    for number, name in enumerate(("arabic", "moderator", "colleague")):
        person, at = world.person(name), world.before(minutes=36 - 4 * number)
        case = golden.next_case(person=person, queue=None, held=False, chance=0.0, at=at)
        if case is None or case.golden is None:
            continue
        answers = {item.pk: Verdict(item.answer) for item in case.items.all()}
        if number == 1:
            answers = dict.fromkeys(answers, Verdict.FINE)
        measure = (
            Measure(case.golden.measures[0]) if Verdict.VIOLATES in answers.values() and case.golden.measures else None
        )
        cases.decide(
            case=case,
            verdicts=answers,
            measure=measure,
            actor=person,
            reason="The title says it.",
            at=at + dt.timedelta(minutes=3),
        )


def _held_now(world: World, waiting: Iterator[Case]) -> None:
    """Colleagues are at work: their claims run out in a quarter of an hour, as claims do."""
    for name, case in zip(("colleague", "investigator"), waiting, strict=False):
        _take(case, world, name, world.now)
