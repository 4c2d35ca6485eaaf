"""What families and severities said of a queue is its rule after the migration, also where a marketplace had changed them."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from investigations.queries import routing

pytestmark = pytest.mark.django_db(transaction=True)
ROUTING = ("investigations", "0005_routing")


@pytest.fixture
def before() -> Iterator[MigrationExecutor]:
    """The database as it was before; it is brought up again whatever happens."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    wanted = MigrationLoader(connection).get_migration(*ROUTING).dependencies
    executor.migrate([next((app, name) for app, name in wanted if app == "investigations")])
    yield MigrationExecutor(connection)
    MigrationExecutor(connection).migrate(newest)


def test_queues_take_what_they_took(before: MigrationExecutor) -> None:
    older = before.loader.project_state(list(before.loader.applied_migrations)).apps.get_model(
        "investigations", "Queue"
    )
    rows = [
        ("critical", 10, [], ["critical"]),
        ("drinks", 20, ["alcohol", "tobacco"], ["serious", "minor"]),
        ("everything", 30, [], []),
        ("rest", 40, ["odd"], []),
    ]
    for key, position, families, severities in rows:
        older.objects.create(
            key=key,
            names={"en": key},
            position=position,
            families=families,
            severities=severities,
            decide_within_hours=7,
        )

    before.migrate([ROUTING])

    found = {queue.key: queue for queue in routing.active()}
    assert {key: queue.rule for key, queue in found.items()} == {
        "critical": 'case.severity in ["critical"]',
        "drinks": 'case.family in ["alcohol", "tobacco"] && case.severity in ["serious", "minor"]',
        "everything": "true",
        "rest": "",
    }
    assert [queue.key for queue in found.values() if queue.is_default] == ["rest"]
    assert {queue.decide_within_hours for queue in found.values()} == {7}
    assert not any(check.problems for check in routing.checks(queue.rule for queue in found.values()))
    assert apps.get_model("investigations", "Queue").objects.count() == 4
