"""The next case is found by an index, however many wait and whatever is asked of the person."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from governance.accounts.enums import Role
from governance.policies.enums import Severity
from governance.policies.models import Policy
from investigations.domain import queues, team
from investigations.domain.team import Limits
from investigations.models import Case, Queue
from investigations.queries import work
from listings.models import Merchant
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
MANY = 6_000


@pytest.fixture
def many() -> list[Queue]:
    """Some thousands of cases, most of them in one queue."""
    known = queues.ensure_default_queues()
    merchants = Merchant.objects.bulk_create(
        Merchant(external_id=f"m{n}", name=f"M {n}", country="DE", created_at=NOON, changed_at=NOON)
        for n in range(MANY)
    )
    policy = Policy.objects.get(pk=make.policy("magnets").pk)
    Case.objects.bulk_create(
        Case(
            merchant=merchant,
            policy=policy,
            cause_key=f"policy:{policy.pk}",
            origin="sweep",
            queue=known[n % 10 and 2],
            severity="serious",
            priority=n % 97,
            markets=["DE"],
            languages=["de"],
            opened_at=NOON,
            due_at=NOON + timedelta(days=2),
        )
        for n, merchant in enumerate(merchants)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return known


@pytest.mark.parametrize("limits", [None, Limits(languages=["de", "fr"], markets=["DE"], highest=Severity.SERIOUS)])
@pytest.mark.parametrize("in_one_queue", [True, False])
def test_the_next_case_is_read_in_the_order_of_an_index(
    many: list[Queue], limits: Limits | None, in_one_queue: bool
) -> None:
    kim = make.person("kim", Role.MODERATOR)
    if limits:
        team.set_skills(person=kim, limits=limits, actor=kim, at=NOON)
    waiting = work.next_cases(kim, at=NOON, queue=many[2] if in_one_queue else None)

    plan = json.loads(waiting[:1].explain(format="json", analyze=True))[0]["Plan"]

    nodes = list(_nodes(plan))
    assert "Sort" not in {node["Node Type"] for node in nodes}
    read = [node for node in nodes if node.get("Relation Name") == "investigations_case"]
    assert [node["Node Type"] for node in read] == ["Index Scan"]
    assert read[0]["Index Name"] == ("case_next" if in_one_queue else "case_by_priority")
    assert read[0]["Actual Rows"] <= 10


def _nodes(plan: dict[str, Any]) -> Any:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
