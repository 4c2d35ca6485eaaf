"""Searching merchants; and what searches of cases and decisions may name of theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from enforcement.enums import STANDING_DECISIONS, LiftedBecause, ViolationState
from enforcement.models import Appeal, Decision, ItemReversal, PointEntry, Violation
from enforcement.queries import points as ledger
from enforcement.queries.decisions import concerns
from governance.policies.language.kinds import Kind
from governance.policies.language.scope import About
from governance.policies.language.vocabulary import FACTS, WINDOWS
from governance.web import formats
from investigations.enums import LIVE_CASES, Moment, SearchKind
from investigations.models import Case, LinkRisk
from investigations.queries import work
from investigations.queries.conditions.spelled import Spelled
from investigations.queries.searched.kind import (
    Facet,
    Place,
    Reader,
    Searched,
    Stored,
    Timed,
    again,
    countries,
    labels,
    stored,
)
from listings.enums import ListingState, MerchantKind, MerchantState
from listings.models import Listing, MerchantWindow, TraderIdentity

_M = Kind.MERCHANT
_IN_RULES = {fact.name: fact for fact in FACTS if fact.owner is _M}
POINTS = {"1": (0, 0), "2": (1, 3), "3": (4, 7), "4": (8, None)}
"""Bands of points, both ends included, by their number: the bounds are those of a merchant's page."""
RISKS = {"1": (0.0, 0.25), "2": (0.25, 0.5), "3": (0.5, 0.75), "4": (0.75, None)}
"""Bands of risk that comes over links, from and until."""


def facts_of_merchant(prefix: str = "") -> tuple[Stored, ...]:
    """`prefix` leads from the rows that are searched to their merchant."""
    return (*_who(prefix), *_figures(prefix), *_bound(prefix))


def _who(prefix: str) -> tuple[Stored, ...]:
    def own(field: str) -> F:
        return F(f"{prefix}{field}")

    return (
        again(_IN_RULES["reference"], own("external_id")),
        again(_IN_RULES["name"], own("name")),
        again(_IN_RULES["kind"], own("kind")),
        stored(
            _M, "state", Kind.TEXT, _("state of the merchant"), _("active, or closed by the merchant."),
            own("state"), example='merchant.state == "active"',
        ),
        again(_IN_RULES["country"], own("country")),
        again(_IN_RULES["language"], own("language")),
        again(_IN_RULES["joinedAt"], midnight(f"{prefix}joined_on")),
        again(_IN_RULES["createdAt"], own("created_at")),
        again(
            _IN_RULES["traderVerified"],
            lambda reader: Exists(
                TraderIdentity.objects.filter(merchant=OuterRef(f"{prefix}pk"), verified_on__lte=reader.at.date())
            ),
        ),
        again(_IN_RULES["points"], lambda reader: _points(reader.at, f"{prefix}pk")),
    )  # fmt: skip


def _figures(prefix: str) -> tuple[Stored, ...]:
    """What is found, worked on, decided and known about them, in the markets of whoever asks."""
    outer = {"merchant": OuterRef(f"{prefix}pk")}
    listings = Listing.objects.filter(**outer, state=ListingState.ON_SALE)
    violations = Violation.objects.filter(**outer, state=ViolationState.OPEN)
    decided = Decision.objects.filter(**outer)
    appeals = Appeal.objects.filter(**outer)
    taken_back = ItemReversal.objects.filter(
        item__decision__merchant=OuterRef(f"{prefix}pk"), because=LiftedBecause.OVERTURNED
    )
    risk = LinkRisk.objects.filter(**outer)

    def live(reader: Reader) -> QuerySet[Case]:
        own = Case.objects.filter(reader.concerned(), work.known_to(reader.person), **outer)
        return own.filter(state__in=LIVE_CASES)

    def concerning(rows: QuerySet[Any], reader: Reader, decision: str = "pk") -> QuerySet[Any]:
        return rows if reader.markets is None else rows.filter(concerns(sorted(reader.markets), decision))

    return (
        stored(
            _M, "listings", Kind.WHOLE, _("listings on sale"), _("How many of theirs are on sale."),
            lambda reader: count(listings.filter(reader.concerned())), example="merchant.listings > 1000",
        ),
        stored(
            _M, "openViolations", Kind.WHOLE, _("open violations"), _("Of any policy, those in shadow mode too."),
            lambda reader: count(violations.filter(reader.concerned())), example="merchant.openViolations > 3",
        ),
        stored(
            _M, "openCases", Kind.WHOLE, _("open cases"), _("Cases about them that are not closed."),
            lambda reader: count(live(reader)), example="merchant.openCases > 0",
        ),
        stored(
            _M, "lateCases", Kind.WHOLE, _("late cases"), _("Open cases that should have been decided."),
            lambda reader: count(live(reader).filter(due_at__lt=reader.at)), example="merchant.lateCases > 0",
        ),
        stored(
            _M, "decisions", Kind.WHOLE, _("decisions"), _("All that was ever decided about them."),
            lambda reader: count(concerning(decided, reader)), example="merchant.decisions == 0",
        ),
        stored(
            _M, "inForce", Kind.WHOLE, _("decisions in force"), _("Those that stand, in whole or in part."),
            lambda reader: count(concerning(decided.filter(state__in=STANDING_DECISIONS), reader)),
            example="merchant.inForce >= 5",
        ),
        stored(
            _M, "overturned", Kind.WHOLE, _("things overturned on appeal"),
            _("Listings, or the account, of which an appeal took the decision back."),
            lambda reader: count(taken_back.filter(reader.concerned("item__markets")), by="item__decision__merchant"),
            example="merchant.overturned > 2",
        ),
        stored(
            _M, "appeals", Kind.WHOLE, _("appeals"), _("All that they ever filed."),
            lambda reader: count(concerning(appeals, reader, "decision")), example="merchant.appeals > 10",
        ),
        stored(
            _M, "risk", Kind.NUMBER, _("risk by links"), _("0 to 1: their own, and what comes to them from linked merchants."),
            Subquery(risk.values("risk")[:1]), optional=True, example="merchant.risk > 0.5",
        ),
        stored(
            _M, "linked", Kind.BOOLEAN, _("linked"), _("They are in a group of linked merchants."),
            Exists(risk.filter(group__isnull=False)), example="merchant.linked && merchant.country != \"DE\"",
        ),
    )  # fmt: skip


def _bound(prefix: str) -> tuple[Stored, ...]:
    """What binds the whole account."""

    def since(field: str) -> Any:
        return ExpressionWrapper(Q(**{f"{prefix}{field}__isnull": False}), BooleanField())

    return (
        stored(
            _M, "suspended", Kind.BOOLEAN, _("suspended"), _("Nothing of theirs is on sale."), since("suspended_at"),
            example="merchant.suspended",
        ),
        stored(
            _M, "terminated", Kind.BOOLEAN, _("terminated"), _("The account is closed by us."), since("terminated_at"),
            example="!merchant.terminated",
        ),
        stored(
            _M, "rightsSuspended", Kind.BOOLEAN, _("listing rights suspended"), _("They may offer nothing new."),
            since("listing_rights_suspended_at"), example="merchant.rightsSuspended",
        ),
        stored(
            _M, "payoutsWithheld", Kind.BOOLEAN, _("payouts withheld"), _("Nothing is paid out to them."),
            since("payouts_withheld_at"), example="merchant.payoutsWithheld",
        ),
    )  # fmt: skip


def windows_of_merchant(prefix: str = "") -> Mapping[str, Place]:
    """What stands behind `merchant.returnRate(30)` and its like."""
    found: dict[str, Place] = {}
    for days in WINDOWS:
        rows = MerchantWindow.objects.filter(merchant=OuterRef(f"{prefix}pk"), days=days)
        for name, (sum_of, shared) in _WINDOW.items():
            part = Subquery(rows.values(sum_of)[:1])
            whole = Subquery(rows.values(shared)[:1]) if shared else None
            place = part if whole is None else Spelled("({0}::double precision / NULLIF({1}, 0))", part, whole)
            found[f"merchant._window{days}.{name}"] = lambda _reader, place=place: place  # type: ignore[misc]
    return found


_WINDOW = {
    "visits": ("visits", ""),
    "orders": ("orders", ""),
    "revenueEur": ("revenue_eur", ""),
    "returnRate": ("returns", "orders"),
    "complaintRate": ("complaints", "orders"),
    "rating": ("rating_sum", "rating_count"),
}


def count(rows: QuerySet[Any], by: str = "merchant") -> Coalesce:
    """How many rows there are of the one that is asked about; `by` is the field that leads to it."""
    counted = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def midnight(field: str) -> Spelled:
    """When a day begins in UTC."""
    return Spelled("({0}::timestamp AT TIME ZONE 'UTC')", F(field), output_field=DateTimeField())


def _points(at: datetime, merchant: str = "pk") -> Coalesce:
    entries = PointEntry.objects.filter(merchant=OuterRef(merchant), entered_at__lte=at, lapses_at__gt=at).order_by()
    return Coalesce(Subquery(entries.values("merchant").annotate(total=ledger.NET).values("total")), 0)


def _point_bands(_values: Sequence[str], _language: str) -> Mapping[str, str]:
    return {number: point_band(number) for number in POINTS}


def point_band(number: str) -> str:
    low, high = POINTS[number]
    if high is None:
        return now_in_words("%(low)s and more") % {"low": formats.number(low)}
    if low == high:
        return formats.number(low)
    return now_in_words("%(low)s to %(high)s") % {"low": formats.number(low), "high": formats.number(high)}


def _risk_bands(_values: Sequence[str], _language: str) -> Mapping[str, str]:
    return {number: risk_band(number) for number in RISKS}


def risk_band(number: str) -> str:
    low, high = RISKS[number]
    if high is None:
        return now_in_words("%(low)s and more") % {"low": formats.percent(low)}
    return now_in_words("%(low)s to %(high)s") % {"low": formats.percent(low), "high": formats.percent(high)}


MERCHANTS = Searched(
    kind=SearchKind.MERCHANTS,
    about=About.FOUND_MERCHANTS,
    facts=facts_of_merchant(),
    hidden=windows_of_merchant(),
    moments={
        Moment.JOINED: Timed(_("When they joined"), midnight("joined_on")),
        Moment.CHANGED: Timed(_("When they were last changed"), F("changed_at")),
        Moment.DECIDED: Timed(
            _("When they were last decided about"),
            Subquery(
                Decision.objects.filter(merchant=OuterRef("pk")).order_by("-decided_at").values("decided_at")[:1]
            ),
        ),
    },
    columns={"country": "country", "state": "state", "kind": "kind", "points": "points", "risk": "link_risk__risk"},
    facets=(
        Facet("country", _("Country"), "country", names=countries),
        Facet("state", _("State"), "state", names=labels(MerchantState)),
        Facet("kind", _("Kind"), "kind", names=labels(MerchantKind)),
        Facet(
            "points_band", _("Points"), "width_bucket(points, ARRAY[-1000000, 1, 4, 8])::text", in_order=True,
            names=_point_bands,
        ),
        Facet(
            "risk_band", _("Risk by links"),
            "width_bucket(risk, ARRAY[0, 0.25, 0.5, 0.75]::double precision[])::text",
            source="found WHERE risk IS NOT NULL", in_order=True, names=_risk_bands,
        ),
    ),
)  # fmt: skip
