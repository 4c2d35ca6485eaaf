"""Second readings of the past weeks with agreement and difference, test cases, a calibration with its outcome."""

import datetime as dt

from governance.cli.world.days import World
from investigations.domain import calibrations, golden, reviews, sampling
from investigations.enums import CaseOutcome, CaseState, ReviewOutcome, ReviewState, Verdict
from investigations.models import Calibration, CalibrationItem, Case, GoldenCase, SecondReview, SecondVerdict

SHARE_DIFFERS = 0.12
READERS = ("senior", "investigator", "lead")
KEPT = 4
PRECEDENTS = (
    ("A brand’s name that contains the word is no mention.", Verdict.FINE),
    ("“For adults” in small print does not change what the pictures show.", Verdict.VIOLATES),
    ("Ein Zubehörteil ist kein Angebot des Produkts selbst.", Verdict.FINE),
)
CALIBRATED = "toys-small-parts"


def is_there() -> bool:
    return GoldenCase.objects.exists()


def make(world: World) -> None:
    for days in range(49, -1, -7):
        at = world.ago(days, 6, 10)
        sampling.draw_owed(at=at)
        _read(world, at + dt.timedelta(hours=2), leave=4 if days == 0 else 0)
    _keep(world)
    _calibrate(world)


def _read(world: World, at: dt.datetime, *, leave: int) -> None:
    """What waits is read by one senior after the other; where two differ a third settles it the next day, mostly."""
    waits = SecondReview.objects.filter(state=ReviewState.WAITING).count()
    for number in range(max(waits - leave, 0)):
        reader = world.person(READERS[number % len(READERS)])
        moment = min(at + dt.timedelta(minutes=6 * number), world.now - dt.timedelta(minutes=20))
        review = reviews.take_next(person=reader, at=moment)
        if review is None:
            continue
        differs = world.chance.random() < SHARE_DIFFERS
        rows = SecondVerdict.objects.filter(review=review).order_by("pk")
        review = reviews.read(
            review=review,
            verdicts={row.pk: _other(row.first) if differs else Verdict(row.first) for row in rows},
            measure=None,
            note="The exception seems to apply here." if differs else "",
            actor=reader,
            at=moment + dt.timedelta(minutes=4),
        )
        if review.state == ReviewState.DIFFERS and (leave == 0 or number % 2):
            _settle(world, review, min(moment + dt.timedelta(hours=20), world.now - dt.timedelta(minutes=10)))


def _settle(world: World, review: SecondReview, at: dt.datetime) -> None:
    outcome = world.chance.choice((ReviewOutcome.FIRST, ReviewOutcome.SECOND, ReviewOutcome.UNCLEAR))
    words, verdict = world.chance.choice(PRECEDENTS)
    lasting = outcome == ReviewOutcome.SECOND
    reviews.settle(
        review=review,
        outcome=outcome,
        precedent=words if lasting else "",
        verdict=verdict if lasting else None,
        actor=world.person("manager"),
        at=at,
    )


def _other(verdict: str) -> Verdict:
    return Verdict.FINE if verdict == Verdict.VIOLATES else Verdict.VIOLATES


def _keep(world: World) -> None:
    """Test cases, from what people decided about to the end."""
    kept = 0
    closed = Case.objects.filter(state=CaseState.CLOSED, outcome=CaseOutcome.DECIDED, policy__isnull=False)
    for case in closed.exclude(items__verdict="").order_by("-pk").distinct()[:40]:
        if kept == KEPT:
            return
        try:
            golden.keep(
                case=case,
                why="The offer says it in its own words, and the exception is ruled out by the pictures.",
                actor=world.person("senior"),
                at=world.ago(8, 15, 10 * kept),
            )
            kept += 1
        except golden.NotGolden:
            continue


def _calibrate(world: World) -> None:
    """A session that was closed, with its outcome; one that is open until Friday."""
    lead = world.person("lead")
    slugs = [CALIBRATED, *sorted(world.policies)]
    for open_until_now in (False, True):
        opened = world.ago(2 if open_until_now else 20, 9)
        session = None
        for slug in slugs:
            try:
                session = calibrations.open_session(
                    title="Where small parts begin" if slug == CALIBRATED else f"Edge cases: {slug.replace('-', ' ')}",
                    policy=world.policies[slug],
                    count=4,
                    closes_on=opened.date() + dt.timedelta(days=7),
                    actor=lead,
                    at=opened,
                )
            except calibrations.NothingToJudge:
                continue
            slugs = slugs[slugs.index(slug) + 1 :]
            break
        if session is not None:
            _judge(world, session, opened, closes=not open_until_now)


def _judge(world: World, session: Calibration, opened: dt.datetime, *, closes: bool) -> None:
    items = list(CalibrationItem.objects.filter(calibration=session).select_related("case_item").order_by("pk"))
    for number, name in enumerate(
        ("moderator", "colleague", "arabic", "senior") if closes else ("moderator", "senior")
    ):
        verdicts = {
            item.pk: _other(item.case_item.verdict)
            if place == 0 and number % 2
            else Verdict(item.case_item.verdict or Verdict.VIOLATES)
            for place, item in enumerate(items)
        }
        at = min(opened + dt.timedelta(hours=3 + 5 * number), world.now - dt.timedelta(minutes=30))
        calibrations.judge(session=session, verdicts=verdicts, actor=world.person(name), at=at)
    if not closes:
        return
    lead, at = world.person("lead"), opened + dt.timedelta(days=5)
    words = "What counts is what a child can reach without a tool. The test report decides where there is one."
    calibrations.close(session=session, words=words, actor=lead, at=at)
    for item in items:
        calibrations.settle(
            item=item,
            verdict=Verdict(item.case_item.verdict or Verdict.VIOLATES),
            precedent=words if item == items[0] else "",
            language="en",
            actor=lead,
            at=at + dt.timedelta(minutes=3),
        )
