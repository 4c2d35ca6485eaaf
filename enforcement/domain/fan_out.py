"""From committed events to deliveries: numbers are given by one writer at a time, then each endpoint gets its rows.

See docs/adr/0033-events-numbered-after-commit.md for why the number is not given when the event is written.
"""

from datetime import datetime

from django.db import connection, transaction

from enforcement import events
from enforcement.enums import EndpointState, EventType
from enforcement.models import WebhookEndpoint

AT_ONCE = 5_000
WRITER = 7_190_033  # the advisory lock of whoever numbers
NUMBER = """
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
            SELECT id FROM enforcement_deliveryevent WHERE number IS NULL AND type <> %(test)s ORDER BY id LIMIT %(most)s
        ) AS waiting
    )
    UPDATE enforcement_deliveryevent e
    SET number = fresh.place + (SELECT COALESCE(max(number), 0) FROM enforcement_deliveryevent)
    FROM fresh WHERE e.id = fresh.id
"""
LAST = "SELECT COALESCE(max(number), 0) FROM enforcement_deliveryevent"
SPREAD = """
    INSERT INTO enforcement_delivery (endpoint_id, event_id, subject, state, attempts, next_try_at)
    SELECT %(endpoint)s, id, subject, 'owed', 0, %(at)s FROM enforcement_deliveryevent
    WHERE number > %(after)s AND number <= %(upto)s AND (%(types)s = '{}' OR type = ANY(%(types)s::text[]))
    ORDER BY number
    ON CONFLICT (endpoint_id, event_id) DO NOTHING
"""


def spread(*, at: datetime) -> int:
    """Number what is committed and owe it to every active endpoint. Safe at any time; returns how many were numbered."""
    total = 0
    while True:
        numbered, more = _turn(at)
        total += numbered
        if not more:
            return total


@transaction.atomic
def _turn(at: datetime) -> tuple[int, bool]:
    """One bounded transaction; whether another is needed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [WRITER]
        )  # its own statement: the next one sees all before it
        cursor.execute(NUMBER, {"test": EventType.TEST.value, "most": AT_ONCE})
        numbered = cursor.rowcount
        cursor.execute(LAST)
        (last,) = cursor.fetchone()
        behind = [_owe(endpoint, last, at) for endpoint in _active() if endpoint.after < last]
    return numbered, numbered == AT_ONCE or any(behind)


def _active() -> list[WebhookEndpoint]:
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    return list(rows.filter(state=EndpointState.ACTIVE).order_by("pk"))


def _owe(endpoint: WebhookEndpoint, last: int, at: datetime) -> bool:
    """Write the endpoint's next deliveries; whether it is still behind."""
    upto = min(endpoint.after + AT_ONCE, last)
    with connection.cursor() as cursor:
        cursor.execute(
            SPREAD,
            {"endpoint": endpoint.pk, "after": endpoint.after, "upto": upto, "types": endpoint.types, "at": at},
        )
        written = cursor.rowcount
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(after=upto)
    if written:
        events.endpoint_due.send(WebhookEndpoint, endpoint_id=endpoint.pk)
    return upto < last
