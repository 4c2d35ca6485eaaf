"""Reporters: warned, then suspended for a time, by a person with reasons; how right they were; and who calls for a step."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from governance.web.shares import wilson
from investigations.domain import notice_intake, notices, reporters
from investigations.domain.acting import ReasonsMissing
from investigations.domain.notice_intake import Sender
from investigations.domain.reporters import Known
from investigations.enums import REPORTER_MOVES, NoticeGround, ReporterState
from investigations.models import Reporter, ReporterMove
from investigations.queries import reporters as queries
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.domain.test_notice_intake import flagger
from tests.investigations.domain.test_notices import send_all

pytestmark = pytest.mark.django_db
UNTIL = NOON + timedelta(days=30)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def known(ground: Ground, *outcomes: str) -> Reporter:
    """Rina, with a report judged so each: `no` action, `unfounded`, or `acted` upon."""
    reporter = None
    for number, outcome in enumerate(outcomes or ("open",)):
        listing = ground.listing(f"Ball {number}")
        notice = notice_intake.receive(
            things=[listing], ground=NoticeGround.OTHER, reason="Loose.", language="en",
            sender=Sender(name="Rina", email="rina@x.example"), actor=ground.mona, at=NOON,
        )  # fmt: skip
        item, reporter = notice.items.get(), notice.reporter
        if outcome == "acted":
            notices.decide(
                item=item,
                version=ground.version,
                measure=Measure.REMOVE,
                markets=(),
                reason="",
                actor=ground.mona,
                at=NOON,
            )
        elif outcome != "open":
            notices.no_action(item=item, reasons="No.", actor=ground.mona, at=NOON, unfounded=outcome == "unfounded")
    assert reporter is not None
    return reporter


def warned(ground: Ground) -> Reporter:
    return reporters.warn(reporter=known(ground), reasons="Ten times nothing.", actor=ground.tilda, at=NOON)


def test_two_steps_with_reasons_and_an_end(ground: Ground) -> None:
    with pytest.raises(MoveRefused):
        reporters.suspend(reporter=known(ground), reasons="So.", until=UNTIL, actor=ground.tilda, at=NOON)
    row = reporters.suspend(reporter=warned(ground), reasons="Again.", until=UNTIL, actor=ground.tilda, at=NOON)
    assert (row.state, row.is_suspended(UNTIL - timedelta(seconds=1)), row.is_suspended(UNTIL)) == (
        "suspended",
        True,
        False,
    )
    assert send_all()[-2:] == ["A warning about your reports", "We set aside your reports for some time"]
    assert all(part in mail.outbox[-1].body for part in ("Again.", "23 December 2026"))
    assert reporters.end_suspensions(at=UNTIL - timedelta(seconds=1)) == 0
    assert (reporters.end_suspensions(at=UNTIL), reporters.end_suspensions(at=UNTIL)) == (1, 0)
    row.refresh_from_db()
    assert (row.state, row.suspended_until) == (ReporterState.WARNED, None)
    verbs = list(Entry.objects.filter(subject_kind="reporter").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["reporter.warned", "reporter.suspended", "reporter.suspension_ended"]


def test_a_person_takes_it_back(ground: Ground) -> None:
    row = reporters.suspend(reporter=warned(ground), reasons="Again.", until=UNTIL, actor=ground.tilda, at=NOON)
    assert reporters.forgive(reporter=row, reasons="A mistake.", actor=ground.tilda, at=NOON).state == "warned"
    assert reporters.forgive(reporter=row, reasons="Ours.", actor=ground.tilda, at=NOON).state == "good"
    assert send_all()[-1] == "Our warning is withdrawn"
    with pytest.raises(MoveRefused):
        reporters.forgive(reporter=row, reasons="More.", actor=ground.tilda, at=NOON)


@pytest.mark.parametrize("reasons", ["", "  ", "x" * 10_001])
def test_reasons_are_told(ground: Ground, reasons: str) -> None:
    with pytest.raises(ReasonsMissing):
        reporters.warn(reporter=known(ground), reasons=reasons, actor=ground.tilda, at=NOON)


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_suspension_ends_within_a_year(ground: Ground, days: int) -> None:
    until = NOON + timedelta(days=days)
    with pytest.raises(Refusal, match="within a year"):
        reporters.suspend(reporter=warned(ground), reasons="So.", until=until, actor=ground.tilda, at=NOON)


def test_no_program_does_it(ground: Ground) -> None:
    program = User.objects.create_user("shop", kind=Kind.SERVICE)
    with pytest.raises(Refusal, match="A person"):
        reporters.warn(reporter=known(ground), reasons="So.", actor=program, at=NOON)


@pytest.mark.parametrize(("was", "to"), list(product(ReporterState, ReporterState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: ReporterState, to: ReporterState) -> None:
    row = known(ground)
    Reporter.objects.update(state=was, suspended_until=UNTIL if was == ReporterState.SUSPENDED else None)
    row.refresh_from_db()
    until = UNTIL if to == ReporterState.SUSPENDED else None
    fields: dict[str, Any] = {"reasons": "So.", "until": until, "actor": ground.tilda, "at": NOON}
    if to in REPORTER_MOVES[was]:
        reporters._move(row, to, **fields)
        assert Reporter.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            reporters._move(row, to, **fields)


def test_what_was_told_stays(ground: Ground) -> None:
    warned(ground)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReporterMove.objects.update(reasons="Other.")


def test_how_right_they_were(ground: Ground) -> None:
    row = known(ground, "acted", "acted", "no", "unfounded", "open")
    record = queries.records([row], at=NOON)[row.pk]
    assert (record.sent, record.judged, record.acted, record.unfounded, record.lately) == (5, 4, 2, 1, 4)
    assert (record.share, record.bounds) == (0.5, wilson(2, 4))
    assert not record.calls_for_step


@pytest.mark.parametrize(
    ("outcomes", "called"),
    [
        (["unfounded"] * 3, True),
        (["unfounded"] * 2, False),
        (["unfounded"] * 3 + ["no"] * 7, False),
        (["no"] * 5, False),
    ],
)
def test_numbers_call_for_a_step_by_count_and_share(ground: Ground, outcomes: list[str], called: bool) -> None:
    row = known(ground, *outcomes)
    assert queries.called_for(at=NOON) == ([row.pk] if called else [])


def test_after_a_step_it_is_counted_anew(ground: Ground) -> None:
    row = known(ground, *["unfounded"] * 3)
    reporters.warn(reporter=row, reasons="So.", actor=ground.tilda, at=NOON + timedelta(hours=1))
    assert queries.called_for(at=NOON + timedelta(hours=2)) == []
    assert queries.called_for(at=NOON + timedelta(days=181)) == []


def test_only_what_ended_without_action_is_called_unfounded(ground: Ground) -> None:
    row = known(ground, "no", "open")
    first, second = row.notices.order_by("pk")
    for _twice in range(2):
        assert notices.call_unfounded(item=first.items.get(), actor=ground.mona, at=NOON).unfounded
    with pytest.raises(MoveRefused):
        notices.call_unfounded(item=second.items.get(), actor=ground.mona, at=NOON)
    appealed = notices.appeal(item=first.items.get(), text="No.", at=NOON)
    again = notices.answer(item=appealed, right=True, reasons="Yes.", actor=ground.sela, at=NOON)
    assert not again.unfounded


def test_a_flagger_is_entered_once_and_put_right(ground: Ground) -> None:
    first = flagger(ground)
    with pytest.raises(Known):
        flagger(ground)
    award = reporters.Award("Safer Toys", "new@safetoys.example", "de", "BNetzA", (), date(2026, 2, 1))
    changed = reporters.enter_flagger(award=award, flagger=first, actor=ground.tilda, at=NOON)
    assert (Reporter.objects.count(), changed.name, changed.areas) == (1, "Safer Toys", [])
    for wrong in ({"coordinator": " "}, {"valid_to": date(2025, 1, 1)}):
        with pytest.raises(Refusal):
            flagger(ground, email="other@x.example", **wrong)
    with pytest.raises(Refusal, match="no trusted flagger"):
        reporters.enter_flagger(award=award, flagger=known(ground), actor=ground.tilda, at=NOON)
