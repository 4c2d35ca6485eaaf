"""A worker that is killed between sending and noting: its statement is there once, and we know it."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from enforcement.models import TransparencySubmission, TransparencyTry
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground
from tests.enforcement.transparency.database import TOKEN, Database
from tests.fixtures.workers import Worker, forget


@pytest.fixture
def own_worker(database: Database, worker: Worker, monkeypatch: pytest.MonkeyPatch) -> Iterator[Worker]:
    """The workers of this test know its database."""
    monkeypatch.setenv("DSA_TDB", "production")
    monkeypatch.setenv("DSA_TDB_TOKEN", TOKEN)
    monkeypatch.setenv("DSA_TDB_PRODUCTION_URL", database.url)
    worker.kill()
    worker.start()
    yield worker
    worker.kill()


@pytest.mark.workers
def test_a_worker_killed_before_it_notes_the_answer_leaves_one_statement(
    own_worker: Worker, database: Database
) -> None:
    from enforcement.tasks import send_statements  # noqa: PLC0415 -- as beat would

    ground = Ground()
    ground.issue([ground.violation(ground.listing("Ball"))], Measure.REMOVE, actor=None, at=timezone.now())
    database.fails = ["keep"]
    send_statements.delay()
    assert database.kept.wait(30)
    own_worker.kill()
    row = TransparencySubmission.objects.get()
    assert (row.state, row.attempts, len(database.stored)) == ("owed", 1, 1)
    assert TransparencyTry.objects.get().ended_at is None
    forget()  # what the dead worker had taken comes back only after Celery's own time limit
    TransparencySubmission.objects.update(next_try_at=timezone.now())  # as when the lease has run out

    own_worker.start()
    send_statements.delay()
    own_worker.settle()
    row.refresh_from_db()
    assert (row.state, row.attempts, list(database.stored)) == ("sent", 2, [row.puid])
