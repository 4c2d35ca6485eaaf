"""What families and severities said of a queue is its rule after the migration, also where a marketplace had changed them."""

from itertools import takewhile

import pytest
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader

from investigations.queries import routing

ROUTING = ("investigations", "0005_routing")


@pytest.mark.django_db
def test_queues_take_what_they_took() -> None:
    """The models as they were when the rules were written, on a table of their own: to take the database back through all
    that came after would take minutes."""
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*ROUTING)
    state = loader.project_state(migration.dependencies[:1])
    earlier = list(takewhile(lambda each: not isinstance(each, RunPython), migration.operations))
    for operation in earlier:
        operation.state_forwards("investigations", state)
    older = state.apps.get_model("investigations", "Queue")
    rows = [
        ("critical", 10, [], ["critical"]),
        ("drinks", 20, ["alcohol", "tobacco"], ["serious", "minor"]),
        ("everything", 30, [], []),
        ("rest", 40, ["odd"], []),
    ]
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA before")
        cursor.execute("SET LOCAL search_path TO before, public")
    with connection.schema_editor() as editor:
        editor.create_model(older)
        for key, position, families, severities in rows:
            older.objects.create(
                key=key, names={"en": key}, position=position, families=families, severities=severities,
                decide_within_hours=7,
            )  # fmt: skip
        write_rules = migration.operations[len(earlier)]
        assert isinstance(write_rules, RunPython)
        write_rules.code(state.apps, editor)

    found = {queue.key: queue for queue in older.objects.order_by("is_default", "position")}
    assert {key: queue.rule for key, queue in found.items()} == {
        "critical": 'case.severity in ["critical"]',
        "drinks": 'case.family in ["alcohol", "tobacco"] && case.severity in ["serious", "minor"]',
        "everything": "true",
        "rest": "",
    }
    assert [queue.key for queue in found.values() if queue.is_default] == ["rest"]
    assert {queue.decide_within_hours for queue in found.values()} == {7}
    assert not any(check.problems for check in routing.checks(queue.rule for queue in found.values()))
