import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from enforcement.enums import Owed
from enforcement.models import Violation
from governance.audit.models import Entry
from governance.policies.enums import Severity
from investigations.domain import opening
from investigations.domain.queues import ensure_default_queues
from investigations.models import Case, CaseItem, Queue
from listings.models import Holiday
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


def test_one_case_for_each_merchant_and_cause() -> None:
    magnets, cords = make.policy("magnets"), make.policy("cords")
    nordlicht, casa = make.merchant("Nordlicht"), make.merchant("Casa Serena", country="IT")
    cube, sphere, lamp = make.listing(nordlicht, "Cube"), make.listing(nordlicht, "Sphere"), make.listing(casa, "Lamp")
    for of, against in ((cube, magnets), (sphere, magnets), (cube, cords), (lamp, magnets)):
        make.violation(of, against)

    assert opening.open_owed(at=NOON) == 4

    rows = Case.objects.order_by("merchant__name", "policy__slug").values_list(
        "merchant__name", "policy__slug", "state"
    )
    assert list(rows) == [
        ("Casa Serena", "magnets", "open"),
        ("Nordlicht", "cords", "open"),
        ("Nordlicht", "magnets", "open"),
    ]
    in_nordlicht = CaseItem.objects.filter(case__merchant=nordlicht, case__policy=magnets)
    assert set(in_nordlicht.values_list("listing__title", flat=True)) == {"Cube", "Sphere"}
    assert not Violation.objects.exclude(owed=Owed.NOTHING).exists()
    assert Entry.objects.filter(verb="case.opened").count() == 3


def test_a_second_run_changes_nothing() -> None:
    make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=2)
    before = list(Case.objects.values()), list(CaseItem.objects.values())

    assert opening.open_owed(at=NOON + timedelta(hours=1)) == 0

    assert (list(Case.objects.values()), list(CaseItem.objects.values())) == before


def test_what_is_owed_twice_stands_in_the_case_once() -> None:
    case = make.case(make.policy("magnets"), make.merchant("Nordlicht"))
    Violation.objects.update(owed=Owed.CASE)

    opening.open_owed(at=NOON)

    assert case.items.count() == 1
    assert Case.objects.count() == 1


def test_a_new_violation_joins_the_live_case() -> None:
    magnets, nordlicht = make.policy("magnets"), make.merchant("Nordlicht")
    case = make.case(magnets, nordlicht, markets=("DE",))
    make.violation(make.listing(nordlicht, "Late", markets=("FR",)), magnets)

    opening.open_owed(at=NOON + timedelta(hours=1))

    case.refresh_from_db()
    assert case.items.count() == 2
    assert case.markets == ["DE", "FR"]
    assert Entry.objects.filter(verb="case.items_added", subject_id=case.pk).count() == 1


def test_batches_follow_each_other_until_nothing_is_owed(monkeypatch: pytest.MonkeyPatch) -> None:
    magnets, nordlicht = make.policy("magnets"), make.merchant("Nordlicht")
    for number in range(5):
        make.violation(make.listing(nordlicht, f"Cube {number}"), magnets)
    monkeypatch.setattr("investigations.domain.opening.BATCH", 2)

    assert opening.open_owed(at=NOON) == 5

    assert Case.objects.get().items.count() == 5


@pytest.mark.parametrize(
    ("family", "severity", "queue"),
    [
        ("toys", Severity.CRITICAL, "critical"),
        ("toys", Severity.SERIOUS, "product_safety"),
        ("alcohol", Severity.MODERATE, "restricted"),
        ("apparel", Severity.MINOR, "consumer_information"),
        ("something_new", Severity.MINOR, "general"),
    ],
)
def test_the_first_queue_that_fits_takes_the_case(family: str, severity: Severity, queue: str) -> None:
    case = make.case(make.policy("policy", family=family, severity=severity), make.merchant("Nordlicht"))

    assert case.queue.key == queue


def test_a_queue_that_was_changed_stays_as_it_is() -> None:
    ensure_default_queues()
    Queue.objects.filter(key="general").update(decide_within_hours=5)

    ensure_default_queues()

    assert Queue.objects.get(key="general").decide_within_hours == 5
    assert Queue.objects.count() == 5


def test_the_deadline_counts_working_days_of_the_merchants_country() -> None:
    make.market("AE", working_days=(1, 2, 3, 4, 7))
    friday = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
    german = make.case(make.policy("magnets"), make.merchant("Nordlicht", country="DE"), at=friday)
    gulf = make.case(make.policy("cords"), make.merchant("Yasmin", country="AE"), at=friday)

    # 48 hours: Friday noon to midnight, Monday, Tuesday until noon; in the Emirates of this test Sunday is worked, Friday not.
    assert german.due_at == datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    assert gulf.due_at == datetime(2026, 12, 1, 0, 0, tzinfo=UTC)


def test_a_holiday_does_not_count() -> None:
    Holiday.objects.create(market=make.market("DE"), date=date(2026, 11, 24), name="Day of rest")
    case = make.case(make.policy("magnets"), make.merchant("Nordlicht"), at=NOON)

    assert case.due_at == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def test_priority_grows_with_severity_reach_and_age() -> None:
    nordlicht = make.merchant("Nordlicht")
    grave = make.case(make.policy("grave", severity=Severity.CRITICAL), nordlicht)
    minor = make.case(make.policy("minor", severity=Severity.MINOR), nordlicht)
    popular = make.policy("popular", severity=Severity.MINOR)
    bestseller = make.listing(nordlicht, "Bestseller")
    make.sold(bestseller, orders=1_000, visits=50_000)
    make.violation(bestseller, popular)
    opening.open_owed(at=NOON)
    wanted = Case.objects.get(policy=popular)

    assert grave.priority == 42.0
    assert minor.priority == 14.7
    assert wanted.priority == 24.5
    assert wanted.priority_parts == {"severity": 0.35, "reach": 1.0, "age": 0.7}
    assert (wanted.orders_30d, wanted.views_30d) == (1_000, 50_000)


def test_no_query_for_each_violation() -> None:
    """A batch costs the same number of statements whether it holds one merchant's violations or three's."""
    magnets = make.policy("magnets")
    ensure_default_queues()

    def statements(names: list[str]) -> int:
        for name in names:
            of = make.merchant(name)
            make.violation(make.listing(of, f"Cube of {name}"), magnets)
        with connection.execute_wrapper(counter := _Counter()):
            opening.open_owed(at=NOON)
        return counter.count

    assert statements(["One"]) == statements(["Two", "Three", "Four"])


class _Counter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN204
        self.count += 1
        return execute(sql, params, many, context)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_one_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two connections: each takes what the other has not locked, and both come into the same case."""
    monkeypatch.setattr("investigations.domain.opening.BATCH", 4)
    magnets, nordlicht = make.policy("magnets"), make.merchant("Nordlicht")
    for number in range(40):
        make.violation(make.listing(nordlicht, f"Cube {number}"), magnets)
    start, taken = threading.Barrier(2), []

    def work() -> None:
        start.wait(10)
        taken.append(opening.open_owed(at=NOON))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sum(taken) == 40
    assert Case.objects.get().items.count() == 40
    assert not Violation.objects.exclude(owed=Owed.NOTHING).exists()
