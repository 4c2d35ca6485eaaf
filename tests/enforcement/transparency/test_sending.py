"""Sending, against a database that answers by its rules, fails, hangs, and loses its answers."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.conf import settings as settings_of

from enforcement import tasks
from enforcement.domain import decisions
from enforcement.domain.transparency import door, reconciling, sending, submissions
from enforcement.enums import SubmissionState
from enforcement.models import TransparencySubmission, TransparencyTry
from enforcement.queries import transparency as queries
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.enforcement.transparency.database import Database
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=1)
MINUTE = timedelta(minutes=1)
MUCH_LATER = NOON + timedelta(hours=6)


def owed(ground: Ground, count: int = 1) -> list[TransparencySubmission]:
    for number in range(count):
        ground.issue([ground.violation(ground.listing(f"Ball {number}"))], Measure.REMOVE)
    return list(TransparencySubmission.objects.order_by("pk"))


def states() -> list[str]:
    return list(TransparencySubmission.objects.order_by("pk").values_list("state", flat=True))


def marked(row: TransparencySubmission, text: str) -> None:
    """Give a payload words that the database of this test objects to."""
    TransparencySubmission.objects.filter(pk=row.pk).update(payload=row.payload | {"decision_facts": text})


def test_one_goes_alone_and_keeps_what_the_database_says(ground: Ground, database: Database) -> None:
    owed(ground)
    assert sending.send_due(at=LATER) is False
    row = TransparencySubmission.objects.get()
    assert (row.state, row.sent_at, row.attempts) == (SubmissionState.SENT, LATER, 1)
    assert row.uuid == database.stored[row.puid]["uuid"] == row.answer["uuid"]
    assert database.posts == [("statement", 1)]
    assert [(one.status, one.ended_at) for one in TransparencyTry.objects.all()] == [(201, LATER)]


def test_several_go_together_and_each_once(ground: Ground, database: Database) -> None:
    owed(ground, 3)
    for _ in range(3):
        sending.send_due(at=LATER)
    assert states() == ["sent"] * 3
    assert database.posts == [("statements", 3)]
    assert len({row.uuid for row in TransparencySubmission.objects.all()}) == 3


def test_not_before_the_undo_has_passed_and_not_after_it_was_used(ground: Ground, database: Database) -> None:
    owed(ground)
    sending.send_due(at=NOON + timedelta(seconds=5))
    assert database.asked == []
    decisions.undo(decision=ground.merchant.decisions.get(), actor=ground.mona, at=NOON)
    sending.send_due(at=LATER)
    assert (database.asked, states()) == ([], ["withdrawn"])


def test_switched_off_nothing_leaves(ground: Ground, database: Database, settings: LazySettings) -> None:
    settings.DSA_TDB = "off"
    owed(ground)
    assert sending.send_due(at=LATER) is False
    assert (database.asked, states()) == ([], ["owed"])


def test_the_product_code_goes_where_the_api_wants_it(ground: Ground, database: Database) -> None:
    ground.issue([ground.violation(ground.listing("Ball", ean="4006381333931"))], Measure.REMOVE)
    sending.send_due(at=LATER)
    assert database.asked[0][2]["content_id"] == {"EAN-13": "4006381333931"}
    assert next(iter(database.stored.values()))["content_id_ean"] == "4006381333931"


def test_one_that_is_wrong_is_refused_with_its_fields(ground: Ground, database: Database) -> None:
    (row,) = owed(ground)
    marked(row, "bad words")
    database.objects["bad words"] = {"category": ["The selected category is invalid."]}
    sending.send_due(at=LATER)
    row.refresh_from_db()
    assert (row.state, row.errors) == ("refused", {"category": ["The selected category is invalid."]})
    sending.send_due(at=MUCH_LATER)
    assert database.posts == [("statement", 1)]


def test_of_a_batch_only_what_is_wrong_is_refused(ground: Ground, database: Database) -> None:
    rows = owed(ground, 3)
    marked(rows[1], "bad words")
    database.objects["bad words"] = {"category": ["No."]}
    sending.send_due(at=LATER)
    assert states() == ["sent", "refused", "sent"]
    assert database.posts == [("statements", 3), ("statements", 2)]
    assert TransparencyTry.objects.count() == 3


@pytest.mark.parametrize("fault", [429, 500, 503])
def test_busy_or_broken_is_asked_later_and_later(ground: Ground, database: Database, fault: int) -> None:
    owed(ground)
    at, waits = LATER, []
    for _ in range(4):
        database.fails = [fault]
        sending.send_due(at=at)
        row = TransparencySubmission.objects.get()
        waits.append(row.next_try_at - at)
        at = row.next_try_at
    assert waits == list(sending.WAITS[:4])
    assert str(fault) in row.error
    sending.send_due(at=at)
    assert states() == ["sent"]


def test_while_it_is_busy_nobody_else_knocks(ground: Ground, database: Database) -> None:
    owed(ground)
    database.fails = [429]
    sending.send_due(at=LATER)
    ground.issue([ground.violation(ground.listing("Cube"))], Measure.REMOVE, at=NOON)
    sending.send_due(at=LATER + timedelta(seconds=30))
    assert len(database.posts) == 1
    sending.send_due(at=LATER + timedelta(seconds=61))
    assert states() == ["sent", "sent"]


def test_no_answer_in_time_is_no_answer(ground: Ground, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "SECONDS", 0.2)
    owed(ground)
    database.fails = ["hang"]
    sending.send_due(at=LATER)
    assert states() == ["owed"]
    assert TransparencyTry.objects.get().status is None
    assert "TimeoutError" in TransparencySubmission.objects.get().error


@pytest.mark.parametrize("count", [1, 3])
def test_an_answer_that_was_lost_is_not_a_second_statement(ground: Ground, database: Database, count: int) -> None:
    owed(ground, count)
    database.fails = ["cut"]
    sending.send_due(at=LATER)
    assert (states(), len(database.stored)) == (["owed"] * count, count)
    sending.send_due(at=MUCH_LATER)
    assert (states(), len(database.stored)) == (["sent"] * count, count)
    assert set(TransparencySubmission.objects.values_list("uuid", flat=True)) == {""}


def test_a_worker_that_dies_after_sending_leaves_it_to_the_next(ground: Ground, database: Database) -> None:
    owed(ground, 2)
    attempts = sending._claim(LATER)
    door.send([each.row.payload for each in attempts])
    sending.send_due(at=LATER + MINUTE)
    assert states() == ["owed"] * 2, "claimed rows are left alone for as long as a task may take"
    sending.send_due(at=LATER + sending.LEASE)
    assert (states(), len(database.stored)) == (["sent"] * 2, 2)


def test_a_number_that_somebody_else_has_used_is_replaced(ground: Ground, database: Database) -> None:
    rows = owed(ground, 2)
    taken = rows[0].puid
    database.store(rows[0].payload)
    sending.send_due(at=LATER)
    rows[0].refresh_from_db()
    assert states() == ["sent", "sent"]
    assert rows[0].puid != taken == rows[0].tries.order_by("pk").first().puid  # type: ignore[union-attr]
    assert len(database.stored) == 3


def test_a_token_that_is_not_known_stops_everything_until_it_is(ground: Ground, database: Database) -> None:
    owed(ground, 2)
    database.token = "another"
    sending.send_due(at=LATER)
    assert (states(), len(database.posts)) == (["owed"] * 2, 1)
    refused = queries.token_refused()
    assert refused is not None
    assert (refused.status, queries.attention()) == (401, "!")
    sending.send_due(at=LATER + timedelta(minutes=14))
    assert len(database.posts) == 1
    database.token = "1|a-token"
    sending.send_due(at=LATER + timedelta(minutes=15))
    assert (states(), queries.token_refused()) == (["sent"] * 2, None)


@pytest.mark.parametrize("fault", [413, 422])
def test_an_objection_that_names_nothing_is_asked_about_one_by_one(
    ground: Ground, database: Database, fault: int
) -> None:
    owed(ground, 2)
    database.fails = [fault]
    sending.send_due(at=LATER)
    assert states() == ["sent", "sent"]
    assert database.posts == [("statements", 2), ("statement", 1), ("statement", 1)]


def test_two_workers_claim_different_rows(ground: Ground, database: Database) -> None:
    owed(ground, 3)
    first, second = sending._claim(LATER), sending._claim(LATER)
    assert (len(first), len(second)) == (3, 0)


def test_more_than_a_batch_goes_in_turns(ground: Ground, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH_MOST", 2)
    owed(ground, 3)
    assert [sending.send_due(at=LATER) for _ in range(2)] == [True, False]
    assert database.posts == [("statements", 2), ("statement", 1)]


def test_what_was_on_its_way_when_it_was_undone_is_said_to_be_there(ground: Ground, database: Database) -> None:
    (row,) = owed(ground)
    attempts = sending._claim(LATER)
    submissions.withdraw(decision=row.decision)
    sending._after(door.send([row.payload]), attempts, LATER)
    row.refresh_from_db()
    assert (row.state, row.uuid) == (SubmissionState.SENT, database.stored[row.puid]["uuid"])


def test_a_late_answer_changes_nothing(ground: Ground, database: Database) -> None:
    owed(ground)
    attempts = sending._claim(LATER)
    answer = door.send([attempts[0].row.payload])
    for _ in range(2):
        sending._after(answer, attempts, LATER)
    assert states() == ["sent"]


def test_beat_sends_owes_and_reconciles(ground: Ground, database: Database) -> None:
    owed(ground)
    tasks.owe_statements()
    tasks.send_statements()
    tasks.reconcile_statements()
    found = queries.last_reconciliation()
    assert found is not None
    assert (found.accepted, found.checked, found.unknown) == (1, 1, [])
    beaten = {entry["task"] for entry in settings_of.CELERY_BEAT_SCHEDULE.values()}
    assert {f"enforcement.tasks.{name}_statements" for name in ("owe", "send", "reconcile")} <= beaten


def test_the_switch_to_production_owes_what_the_sandbox_took(
    ground: Ground, database: Database, settings: LazySettings
) -> None:
    settings.DSA_TDB = "sandbox"
    owed(ground)
    sending.send_due(at=LATER)
    settings.DSA_TDB = "production"
    sending.send_due(at=LATER)
    assert states() == ["sent"]
    assert submissions.owe_missing(at=LATER) == 1
    sending.send_due(at=LATER)
    assert states() == ["sent", "sent"]


def test_only_the_configured_host_is_asked_and_never_without_encryption(
    ground: Ground, database: Database, settings: LazySettings
) -> None:
    settings.DSA_TDB_URLS = {"production": "http://transparency.example"}
    owed(ground)
    sending.send_due(at=LATER)
    assert "without encryption" in TransparencySubmission.objects.get().error
    assert database.asked == []


def test_the_day_is_reconciled(ground: Ground, database: Database) -> None:
    rows = owed(ground, 3)
    marked(rows[1], "bad words")
    database.objects["bad words"] = {"category": ["No."]}
    sending.send_due(at=LATER)
    del database.stored[rows[0].puid]
    made = reconciling.reconcile(at=MUCH_LATER)
    assert (made.decided, made.accepted, made.refused, made.waiting, made.late) == (3, 2, 1, 0, 0)
    assert (made.checked, made.unknown, made.added) == (2, [rows[0].puid], 0)
    ground.issue([ground.violation(ground.listing("Cube"))], Measure.REMOVE)
    next_day = reconciling.reconcile(at=MUCH_LATER + timedelta(days=5))
    assert (next_day.waiting, next_day.late, next_day.unknown) == (1, 1, [rows[0].puid])
    assert queries.last_reconciliation() == next_day


class Clock:
    """Time that passes by sleeping alone."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_no_second_holds_more_requests_than_it_may(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(door, "time", clock)
    monkeypatch.setattr(door, "A_SECOND", 3)
    seconds = []
    for _ in range(7):
        door.knows("x")
        seconds.append(int(clock.now))
    assert seconds == [1_000] * 3 + [1_001] * 3 + [1_002]
