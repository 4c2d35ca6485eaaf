"""The numbers of the home page: what shoppers meet, how fast and how rightly we decide, what it costs merchants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

WEEKS = 16
PERIOD = timedelta(days=28)


@dataclass(frozen=True)
class Week:
    """One week of shoppers' views; `breaking` are views of listings that are now known to break a policy."""

    begins: date
    views: int
    breaking: int

    @property
    def per_10k(self) -> float | None:
        return self.breaking / self.views * 10_000 if self.views else None


_WEEKS = """
    WITH known AS (
        SELECT DISTINCT listing_id FROM enforcement_violation
        WHERE listing_id IS NOT NULL AND mode <> 'shadow'
          AND (state = 'open' OR closed_because NOT IN ('dismissed', 'overturned', 'waived'))
    )
    SELECT date_trunc('week', m.date)::date AS week, sum(m.impressions),
           COALESCE(sum(m.impressions) FILTER (WHERE k.listing_id IS NOT NULL), 0)
    FROM listings_listingmetric m JOIN listings_listing l ON l.id = m.listing_id
    LEFT JOIN known k ON k.listing_id = m.listing_id
    WHERE m.date >= %(since)s AND m.date < %(until)s
      AND (%(markets)s::text[] = '{}' OR l.markets::text[] && %(markets)s::text[])
    GROUP BY 1 ORDER BY 1
"""


def weeks(*, today: date, markets: Sequence[str]) -> list[Week]:
    """Whole weeks before this one, oldest first."""
    until = today - timedelta(days=today.weekday())
    params: dict[str, date | list[str]] = {
        "since": until - timedelta(weeks=WEEKS),
        "until": until,
        "markets": list(markets),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WEEKS, params)
        return [Week(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Figures:
    """The last 28 days. None is: nothing to measure it on yet."""

    open_violations: int
    merchants_with_violations: int
    merchants: int
    hours_to_decide: float | None
    appeals_decided: int
    appeals_changed: int
    found_fine: int
    closed_by_people: int
    revenue_held_eur: float

    @property
    def changed_on_appeal(self) -> float | None:
        return self.appeals_changed / self.appeals_decided if self.appeals_decided else None

    @property
    def false_share(self) -> float | None:
        return self.found_fine / self.closed_by_people if self.closed_by_people else None


_FIGURES = """
    SELECT
      (SELECT count(*) FROM enforcement_violation WHERE state = 'open' AND mode <> 'shadow'),
      (SELECT count(DISTINCT merchant_id) FROM enforcement_violation WHERE state = 'open' AND mode <> 'shadow'),
      (SELECT count(*) FROM listings_merchant WHERE state = 'active'),
      (SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - opened_at)) / 3600
         FROM investigations_case WHERE state = 'closed' AND closed_at >= %(since)s),
      (SELECT count(*) FROM enforcement_appeal
         WHERE decided_at >= %(since)s AND state IN ('upheld', 'partly_overturned', 'overturned')),
      (SELECT count(*) FROM enforcement_appeal
         WHERE decided_at >= %(since)s AND state IN ('partly_overturned', 'overturned')),
      (SELECT count(*) FROM enforcement_violation
         WHERE closed_at >= %(since)s AND closed_because IN ('dismissed', 'overturned')),
      (SELECT count(DISTINCT i.violation_id) FROM enforcement_decisionitem i
         JOIN enforcement_decision d ON d.id = i.decision_id
         WHERE d.decided_by_id IS NOT NULL AND d.decided_at >= %(since)s),
      (SELECT COALESCE(sum(w.revenue_eur), 0) FROM listings_listingwindow w WHERE w.days = 30
         AND EXISTS (SELECT 1 FROM listings_listingvisibility s WHERE s.listing_id = w.listing_id AND s.exposure = 'hidden'))
"""


def figures(*, at: datetime) -> Figures:
    """`revenue_held_eur` is the last 30 days' revenue of listings that are off sale somewhere."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"since": at - PERIOD})
        found = cursor.fetchone()
    return Figures(
        open_violations=found[0],
        merchants_with_violations=found[1],
        merchants=found[2],
        hours_to_decide=None if found[3] is None else float(found[3]),
        appeals_decided=found[4],
        appeals_changed=found[5],
        found_fine=found[6],
        closed_by_people=found[6] + found[7],
        revenue_held_eur=float(found[8]),
    )
