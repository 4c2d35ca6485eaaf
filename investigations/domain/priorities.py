"""How urgent a case is: severity × reach × age, each a factor of at most 1, as a number of at most 100.

Reach is the interest in the listings that wait: orders of 30 days, and 50 views for one order, on a logarithmic scale that
ends at 300. Age is the share of the time to the deadline that has gone. Neither alone makes a case unimportant: their
factors begin at 0.6 and 0.7. What a trusted flagger reported and waits for an answer counts more (DSA Art. 22(1)). What an
authority ordered goes ahead of all that, and what comes back to somebody (answered, handed back) ahead of everything.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case as Choose
from django.db.models import Exists, Expression, F, FloatField, JSONField, OuterRef, QuerySet, Sum, Value, When
from django.db.models.functions import Abs, Cast, Extract, Greatest, JSONObject, Least, Ln, Round

from governance.policies.enums import Severity
from investigations.enums import LIVE_CASES, NoticeState, OrderOutcome, ReporterKind
from investigations.models import Case, CaseItem, NoticeItem, OrderItem
from listings.queries import merchants

WEIGHT = {Severity.CRITICAL: 1.0, Severity.SERIOUS: 0.8, Severity.MODERATE: 0.55, Severity.MINOR: 0.35}
REACH_FLOOR, AGE_FLOOR = 0.6, 0.7
VIEWS_PER_ORDER, REACH_CEILING = 50, 300
AHEAD = 100.0
ORDERED = 99.5
TRUSTED = 1.4
NOTABLE = 0.5
"""A smaller change of priority is not written."""


def refresh(*, at: datetime) -> int:
    """Bring the priorities of all live cases up to the hour; returns how many changed."""
    live = Case.objects.filter(state__in=LIVE_CASES).annotate(change=Abs(_priority(at) - F("priority")))
    return _write(Case.objects.filter(pk__in=live.filter(change__gte=NOTABLE).values("pk")), at=at)


def reckon(case_ids: Iterable[int], *, at: datetime) -> None:
    """Count again what waits in these cases, and their priority. One in which nothing waits keeps its last figures."""
    waiting = CaseItem.objects.filter(case__in=list(case_ids), settled_at__isnull=True)
    ids = list(waiting.order_by("case").values_list("case", flat=True).distinct())
    if not ids:
        return
    cases = Case.objects.in_bulk(ids)
    markets: dict[int, set[str]] = defaultdict(set)
    languages: dict[int, set[str]] = defaultdict(set)
    rows = list(
        waiting.values_list(
            "case_id", "violation__markets", "listing__markets", "case__merchant_id", "listing__language"
        )
    )
    whole = {seller for _case, codes, offered, seller, _language in rows if not (codes or offered)}
    of_whole = merchants.markets_of(whole)
    for case_id, codes, offered, seller, language in rows:
        markets[case_id].update(codes or offered or of_whole[seller])
        languages[case_id].update([language.split("-")[0]] if language else ())
    sums = waiting.filter(listing__windows__days=30).values("case_id")
    reach = {
        row["case_id"]: row
        for row in sums.annotate(views=Sum("listing__windows__visits"), orders=Sum("listing__windows__orders"))
    }
    for case in cases.values():
        found = reach.get(case.pk, {"views": 0, "orders": 0})
        case.markets, case.languages = sorted(markets[case.pk]), sorted(languages[case.pk])
        case.views_30d, case.orders_30d = found["views"], found["orders"]
    Case.objects.bulk_update(cases.values(), ["markets", "languages", "views_30d", "orders_30d"], batch_size=500)
    _write(Case.objects.filter(pk__in=ids), at=at)


def _write(cases: QuerySet[Case], *, at: datetime) -> int:
    """`reported` is no factor, but says that somebody who reported something of it waits for an answer."""
    parts = {"severity": _severity(), "reach": Round(_reach(), 2), "age": Round(_age(at), 2)}
    said = {"reported": Value(1.0)}
    trusted = When(_trusted(), then=JSONObject(**parts, **said, trusted=Value(TRUSTED)))
    ordered = When(_ordered(), then=JSONObject(**parts, ordered=Value(ORDERED)))
    both = When(_ordered() & _reported(), then=JSONObject(**parts, **said, ordered=Value(ORDERED)))
    reported = When(_reported(), then=JSONObject(**parts, **said))
    return cases.update(
        priority=_priority(at),
        priority_parts=Choose(both, ordered, trusted, reported, default=JSONObject(**parts), output_field=JSONField()),
    )


def _priority(at: datetime) -> Any:
    more = Choose(When(_trusted(), then=Value(TRUSTED)), default=Value(1.0), output_field=FloatField())
    usual = Round(Least(Value(100.0), Value(100.0) * _severity() * _reach() * _age(at) * more), 1)
    first = (When(kept_for__isnull=False, then=Value(AHEAD)), When(_ordered(), then=Value(ORDERED)))
    return Choose(*first, default=usual, output_field=FloatField())


def _ordered() -> Exists:
    waiting = OrderItem.objects.filter(outcome=OrderOutcome.OPEN, case_item__settled_at__isnull=True)
    return Exists(waiting.filter(case_item__case=OuterRef("pk")))


def _trusted() -> Exists:
    return _reported(notice__reporter_kind=ReporterKind.FLAGGER)


def _reported(**more: str) -> Exists:
    waiting = {"case_item__settled_at__isnull": True, "state": NoticeState.RECEIVED}
    return Exists(NoticeItem.objects.filter(case_item__case=OuterRef("pk"), **waiting, **more))


def _severity() -> Expression:
    whens = [When(severity=severity, then=Value(weight)) for severity, weight in WEIGHT.items()]
    return Choose(*whens, output_field=FloatField())


def _reach() -> Any:
    interest = Cast(F("orders_30d"), FloatField()) + Cast(F("views_30d"), FloatField()) / Value(float(VIEWS_PER_ORDER))
    share = Least(Value(1.0), Ln(interest + Value(1.0)) / Ln(Value(float(REACH_CEILING + 1))))
    return Value(REACH_FLOOR) + Value(1 - REACH_FLOOR) * share


def _age(at: datetime) -> Any:
    gone = Extract(Value(at) - F("opened_at"), "epoch")
    given = Greatest(Extract(F("due_at") - F("opened_at"), "epoch"), Value(1))
    share = Least(Value(1.0), Greatest(Value(0.0), Cast(gone, FloatField()) / Cast(given, FloatField())))
    return Value(AGE_FLOOR) + Value(1 - AGE_FLOOR) * share
