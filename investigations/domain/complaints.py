"""What buyers complain about with the number of their order: two complaints of one buyer on one order of one listing are one.

Only their own: whoever types somebody else's number learns nothing of what they wrote. The number stands with the notice, as name and address
do, and nowhere else.
"""

from collections.abc import Sequence
from hashlib import sha256

from django.db import connection

from investigations.enums import OPEN_NOTICES, NoticeState
from investigations.models import Notice, NoticeItem
from investigations.queries.things import Thing
from investigations.text.identifiers import compact
from listings.models import Merchant


def new_in(things: Sequence[Thing], *, email: str, order_number: str) -> tuple[list[Thing], Notice | None]:
    """What of it the buyer has not complained about yet, and where nothing is left the complaint that waits already.

    Locks out the same complaint that is sent at the same time, until the transaction ends.
    """
    order, address = compact(order_number), email.strip().lower()
    if not order or not address:
        return list(things), None
    with connection.cursor() as cursor:
        turn = int.from_bytes(sha256(f"{address} {order}".encode()).digest()[:8], signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [turn])
    waiting = NoticeItem.objects.filter(
        notice__reporter__email=address, state__in=sorted({*OPEN_NOTICES, NoticeState.SET_ASIDE})
    )
    rows = waiting.exclude(notice__order_number="").select_related("notice").order_by("pk")
    known = {
        (item.merchant_id, item.listing_id): item.notice for item in rows if compact(item.notice.order_number) == order
    }
    left = [thing for thing in things if _subject(thing) not in known]
    return left, None if left else next((known[_subject(thing)] for thing in things), None)


def _subject(thing: Thing) -> tuple[int, int | None]:
    return (thing.pk, None) if isinstance(thing, Merchant) else (thing.merchant_id, thing.pk)
