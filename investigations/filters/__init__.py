"""One filter set per list, for its page and its API endpoint alike."""

import re
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from enforcement.enums import ViolationState
from enforcement.models import Violation
from governance.accounts.models import User
from governance.policies.enums import Severity
from governance.web.references import read_reference
from investigations.enums import (
    GROUND_NAME,
    LIVE_CASES,
    OPEN_NOTICES,
    OPEN_ORDERS,
    BulkState,
    BulkVerb,
    CaseOutcome,
    CaseState,
    ListingStanding,
    MatchState,
    News,
    NoticeGround,
    NoticeState,
    OrderKind,
    OrderState,
    ReasonFor,
    RecallSource,
    ReporterKind,
    ReporterState,
    ReviewKind,
    ReviewOutcome,
    ReviewState,
)
from investigations.models import (
    AuthorityOrder,
    BulkRun,
    CannedReason,
    CannedText,
    Case,
    Claim,
    LinkGroup,
    LinkRisk,
    Notice,
    NoticeItem,
    OrderItem,
    Queue,
    RecallAlert,
    RecallMatch,
    Reporter,
    ReporterRight,
    SecondReview,
    Snooze,
    Telling,
    Watch,
)
from investigations.queries import lines, orders, reporters, team
from investigations.queries.listings import standing_as
from investigations.text import recall_words
from listings.enums import LinkKind, ListingState, MerchantKind, MerchantState
from listings.models import Category, Listing, Market, Merchant

CASE_ID = re.compile(r"^C-?(\d{1,18})$", re.IGNORECASE)
LISTING_ID = re.compile(r"^L-?(\d{1,18})$", re.IGNORECASE)
EAN = re.compile(r"^\d{8,14}$")


def language() -> str:
    return (get_language() or "en").split("-")[0]


def queue_choices() -> list[tuple[str, str]]:
    """Also those that were removed: cases were decided in them."""
    queues = Queue.objects.order_by("removed_at", "is_default", "position", "id")
    return [(queue.key, queue.name_in(language())) for queue in queues]


def market_choices() -> list[tuple[str, str]]:
    return [(code, code) for code in Market.objects.order_by("code").values_list("code", flat=True)]


def category_choices() -> list[tuple[str, str]]:
    rows = Category.objects.filter(depth=0).order_by("code").values_list("code", "names")
    return sorted(
        ((code, names.get(language()) or names.get("en") or code) for code, names in rows), key=lambda c: c[1]
    )


def policy_choices() -> list[tuple[str, str]]:
    """The policies under which there are cases, by title."""
    keys = Case.objects.order_by().values_list("policy", flat=True).distinct()
    titles = lines.policy_titles([key for key in keys if key], language=language())
    return sorted(((str(key), title) for key, title in titles.items()), key=lambda choice: choice[1])


class CaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Merchant or case"), method="search", help_text=_("Merchant, or C-123"))
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=CaseState.choices)
    queue = django_filters.MultipleChoiceFilter(label=_("Queue"), field_name="queue__key", choices=queue_choices)
    severity = django_filters.MultipleChoiceFilter(label=_("Severity"), choices=Severity.choices)
    policy = django_filters.ChoiceFilter(label=_("Policy"), choices=policy_choices)
    market = django_filters.MultipleChoiceFilter(label=_("Markets"), choices=market_choices, method="in_markets")
    outcome = django_filters.MultipleChoiceFilter(label=_("Outcome"), choices=CaseOutcome.choices)
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    mine = django_filters.BooleanFilter(label=_("With me"), method="only_mine")
    unfit = django_filters.BooleanFilter(label=_("Fits nobody"), method="only_unfit")
    watched = django_filters.BooleanFilter(label=_("Watched by me"), method="only_watched")
    resting = django_filters.BooleanFilter(label=_("Put aside"), method="only_resting")
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")
    opened = django_filters.DateFromToRangeFilter(label=_("Opened"), field_name="opened_at")

    class Meta:
        model = Case
        fields = ("state", "severity", "outcome")

    def search(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        if found := CASE_ID.match(value.strip()):
            return rows.filter(pk=int(found[1]))
        return rows.filter(merchant__name__icontains=value)

    def in_markets(self, rows: QuerySet[Case], name: str, value: list[str]) -> QuerySet[Case]:
        return rows.filter(markets__overlap=value) if value else rows

    def only_late(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        late = Q(state__in=LIVE_CASES, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)

    def only_mine(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        held = Claim.objects.filter(case=OuterRef("pk"), person=self.request.user.pk, ended_at__isnull=True)
        return rows.filter(Exists(held)) if value else rows.exclude(Exists(held))

    def only_watched(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        watching = Watch.objects.filter(case=OuterRef("pk"), person=self.request.user.pk)
        return rows.filter(Exists(watching)) if value else rows.exclude(Exists(watching))

    def only_resting(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        asleep = Snooze.objects.filter(case=OuterRef("pk"), woken_at=None)
        return rows.filter(Exists(asleep)) if value else rows.exclude(Exists(asleep))

    def only_unfit(self, rows: QuerySet[Case], name: str, value: bool) -> QuerySet[Case]:
        unfit = team.fit_nobody().values("pk")
        return rows.filter(pk__in=unfit) if value else rows.exclude(pk__in=unfit)


class BulkFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=BulkState.choices)
    verb = django_filters.MultipleChoiceFilter(label=_("What"), choices=BulkVerb.choices)
    prepared = django_filters.DateFromToRangeFilter(label=_("Prepared"), field_name="prepared_at")

    class Meta:
        model = BulkRun
        fields: tuple[str, ...] = ()


class TeamFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Person"), field_name="pseudonym", lookup_expr="icontains")
    holds = django_filters.BooleanFilter(label=_("Holds a case"), method="only_holding")

    class Meta:
        model = User
        fields: tuple[str, ...] = ()

    def only_holding(self, rows: QuerySet[User], name: str, value: bool) -> QuerySet[User]:
        held = Claim.objects.filter(person=OuterRef("pk"), ended_at__isnull=True)
        return rows.filter(Exists(held)) if value else rows.exclude(Exists(held))


class ListingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title, id or EAN"), method="search", help_text=_("Title, L-123 or an EAN"))
    standing = django_filters.ChoiceFilter(label=_("Where it stands"), choices=ListingStanding.choices, method="stands")
    category = django_filters.MultipleChoiceFilter(label=_("Category"), choices=category_choices, method="under")
    market = django_filters.MultipleChoiceFilter(label=_("Markets"), choices=market_choices, method="in_markets")
    merchant = django_filters.CharFilter(label=_("Merchant"), field_name="merchant__public_id")
    policy = django_filters.NumberFilter(label=_("Violates policy number"), method="violates")
    price_eur = django_filters.RangeFilter(label=_("Price in euro"))
    sold = django_filters.NumberFilter(label=_("Sold in 30 days, at least"), field_name="sold", lookup_expr="gte")
    changed = django_filters.DateFromToRangeFilter(label=_("Changed"), field_name="changed_at")

    class Meta:
        model = Listing
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        value = value.strip()
        if found := LISTING_ID.match(value):
            return rows.filter(pk=int(found[1]))
        if EAN.match(value):
            return rows.filter(Q(ean=value) | Q(external_id=value))
        return rows.filter(title__icontains=value)

    def stands(self, rows: QuerySet[Listing], name: str, value: str) -> QuerySet[Listing]:
        standing = ListingStanding(value)
        if standing == ListingStanding.ENDED:
            return rows.filter(state=ListingState.ENDED)
        if standing != ListingStanding.ON_SALE:
            return rows.filter(standing_as(standing))
        return rows.filter(~standing_as(ListingStanding.HIDDEN), state=ListingState.ON_SALE)

    def under(self, rows: QuerySet[Listing], name: str, value: list[str]) -> QuerySet[Listing]:
        condition = Q()
        for code in value:
            condition |= Q(category__code=code) | Q(category__code__startswith=f"{code}/")
        return rows.filter(condition)

    def in_markets(self, rows: QuerySet[Listing], name: str, value: list[str]) -> QuerySet[Listing]:
        return rows.filter(markets__overlap=value) if value else rows

    def violates(self, rows: QuerySet[Listing], name: str, value: Any) -> QuerySet[Listing]:
        found = Violation.objects.filter(listing=OuterRef("pk"), policy=int(value), state=ViolationState.OPEN)
        return rows.filter(Exists(found))


class MerchantFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Name or key"), method="search", help_text=_("Name, or the marketplace's key")
    )
    country = django_filters.MultipleChoiceFilter(label=_("Country"), choices=lambda: merchant_countries())
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=MerchantKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=MerchantState.choices)
    suspended = django_filters.BooleanFilter(
        label=_("Listing rights suspended"),
        field_name="listing_rights_suspended_at",
        lookup_expr="isnull",
        exclude=True,
    )
    open_cases = django_filters.BooleanFilter(label=_("Has open cases"), method="with_cases")
    points = django_filters.NumberFilter(label=_("Points, at least"), field_name="points", lookup_expr="gte")

    class Meta:
        model = Merchant
        fields = ("kind", "state")

    def search(self, rows: QuerySet[Merchant], name: str, value: str) -> QuerySet[Merchant]:
        value = value.strip()
        return rows.filter(Q(name__icontains=value) | Q(external_id=value) | Q(public_id=value.upper()))

    def with_cases(self, rows: QuerySet[Merchant], name: str, value: bool) -> QuerySet[Merchant]:
        live = Case.objects.filter(merchant=OuterRef("pk"), state__in=LIVE_CASES)
        return rows.filter(Exists(live)) if value else rows.exclude(Exists(live))


def merchant_countries() -> list[tuple[str, str]]:
    codes = Merchant.objects.order_by("country").values_list("country", flat=True).distinct()
    return [(code, code) for code in codes]


class TellingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Merchant or case"), method="search")
    kind = django_filters.MultipleChoiceFilter(label=_("What"), choices=News.choices)
    unread = django_filters.BooleanFilter(label=_("Not read"), field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Telling
        fields = ("kind",)

    def search(self, rows: QuerySet[Telling], name: str, value: str) -> QuerySet[Telling]:
        if found := CASE_ID.match(value.strip()):
            return rows.filter(case=int(found[1]))
        return rows.filter(case__merchant__name__icontains=value)


class CannedFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or words"), method="search")
    policy = django_filters.ChoiceFilter(label=_("Policy"), choices=lambda: canned_policies())
    purpose = django_filters.ChoiceFilter(label=_("Used for"), choices=ReasonFor.choices)
    retired = django_filters.BooleanFilter(
        label=_("Retired"), field_name="retired_at", lookup_expr="isnull", exclude=True
    )

    class Meta:
        model = CannedReason
        fields = ("purpose",)

    def search(self, rows: QuerySet[CannedReason], name: str, value: str) -> QuerySet[CannedReason]:
        said = CannedText.objects.filter(reason=OuterRef("pk"), text__icontains=value)
        return rows.filter(Q(name__icontains=value) | Exists(said))


def canned_policies() -> list[tuple[str, str]]:
    """The policies that have canned reasons of their own."""
    keys = CannedReason.objects.order_by().values_list("policy", flat=True).distinct()
    titles = lines.policy_titles([key for key in keys if key], language=language())
    return sorted(((str(key), title) for key, title in titles.items()), key=lambda choice: choice[1])


class LinkGroupFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Merchant"), method="search", help_text=_("Name, or the marketplace's key"))
    kind = django_filters.MultipleChoiceFilter(label=_("Held together by"), choices=LinkKind.choices, method="tied_by")
    size = django_filters.NumberFilter(label=_("Merchants, at least"), field_name="size", lookup_expr="gte")
    stopped = django_filters.BooleanFilter(label=_("Somebody was suspended or terminated"), method="with_stopped")

    class Meta:
        model = LinkGroup
        fields: tuple[str, ...] = ()

    def search(self, rows: QuerySet[LinkGroup], name: str, value: str) -> QuerySet[LinkGroup]:
        value = value.strip()
        of_merchant = (
            Q(merchant__name__icontains=value) | Q(merchant__external_id=value) | Q(merchant__public_id=value.upper())
        )
        return rows.filter(Exists(LinkRisk.objects.filter(of_merchant, group=OuterRef("pk"))))

    def tied_by(self, rows: QuerySet[LinkGroup], name: str, value: list[str]) -> QuerySet[LinkGroup]:
        return rows.filter(kinds__has_any_keys=value) if value else rows

    def with_stopped(self, rows: QuerySet[LinkGroup], name: str, value: bool) -> QuerySet[LinkGroup]:
        return rows.filter(stopped__gt=0) if value else rows.filter(stopped=0)


class NoticeItemFilter(django_filters.FilterSet):
    """Never by a name: who reported is read on the notice alone, their kind may be asked for."""

    q = django_filters.CharFilter(label=_("Reference, listing or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=NoticeState.choices)
    open = django_filters.BooleanFilter(label=_("To be decided"), method="only_open")
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    ground = django_filters.MultipleChoiceFilter(
        label=_("Ground"),
        field_name="notice__ground",
        choices=[(each.value, GROUND_NAME[each]) for each in NoticeGround],
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Reported by"), field_name="notice__reporter_kind", choices=ReporterKind.choices
    )
    reporter = django_filters.NumberFilter(label=_("Reporter number"), field_name="notice__reporter")
    unfounded = django_filters.BooleanFilter(label=_("Manifestly unfounded"))
    received = django_filters.IsoDateTimeFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = NoticeItem
        fields = ("state", "unfounded")

    def search(self, rows: QuerySet[NoticeItem], name: str, value: str) -> QuerySet[NoticeItem]:
        if reference := read_reference(value):
            return rows.filter(notice__reference=reference)
        if found := LISTING_ID.match(value.strip()):
            return rows.filter(listing=int(found[1]))
        return rows.filter(Q(listing__title__icontains=value) | Q(merchant__name__icontains=value))

    def only_open(self, rows: QuerySet[NoticeItem], name: str, value: bool) -> QuerySet[NoticeItem]:
        return rows.filter(state__in=OPEN_NOTICES) if value else rows.exclude(state__in=OPEN_NOTICES)

    def only_late(self, rows: QuerySet[NoticeItem], name: str, value: bool) -> QuerySet[NoticeItem]:
        late = Q(state__in=OPEN_NOTICES, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)


class NoticeFilter(django_filters.FilterSet):
    """Notices over the API: by what became of something in them."""

    state = django_filters.MultipleChoiceFilter(label=_("State"), method="with_state", choices=NoticeState.choices)
    open = django_filters.BooleanFilter(label=_("To be decided"), method="with_open")
    ground = django_filters.MultipleChoiceFilter(label=_("Ground"), choices=NoticeGround.choices)
    received = django_filters.IsoDateTimeFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = Notice
        fields = ("ground",)

    def with_state(self, rows: QuerySet[Notice], name: str, value: list[str]) -> QuerySet[Notice]:
        items = NoticeItem.objects.filter(notice=OuterRef("pk"), state__in=value)
        return rows.filter(Exists(items)) if value else rows

    def with_open(self, rows: QuerySet[Notice], name: str, value: bool) -> QuerySet[Notice]:
        items = NoticeItem.objects.filter(notice=OuterRef("pk"), state__in=sorted(OPEN_NOTICES))
        return rows.filter(Exists(items)) if value else rows.exclude(Exists(items))


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number, authority or listing"), method="search", help_text=_("Ours or theirs, an authority, L-123")
    )
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=OrderKind.choices)
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=OrderState.choices)
    open = django_filters.BooleanFilter(label=_("Open"), method="only_open")
    late = django_filters.BooleanFilter(label=_("Late"), method="only_late")
    due = django_filters.DateFromToRangeFilter(label=_("Due"), field_name="due_at")
    unsent = django_filters.BooleanFilter(label=_("With a letter to send"), method="only_unsent")
    authority = django_filters.CharFilter(label=_("Authority"), lookup_expr="icontains")
    country = django_filters.CharFilter(label=_("Its country"), lookup_expr="iexact")
    ground = django_filters.MultipleChoiceFilter(
        label=_("Ground"), choices=[(each.value, GROUND_NAME[each]) for each in NoticeGround]
    )
    received = django_filters.DateFromToRangeFilter(label=_("Received"), field_name="received_at")

    class Meta:
        model = AuthorityOrder
        fields = ("kind", "state", "ground")

    def search(self, rows: QuerySet[AuthorityOrder], name: str, value: str) -> QuerySet[AuthorityOrder]:
        value = value.strip()
        if reference := read_reference(value):
            return rows.filter(reference=reference)
        if found := LISTING_ID.match(value):
            return rows.filter(Exists(OrderItem.objects.filter(order=OuterRef("pk"), listing=int(found[1]))))
        named = OrderItem.objects.filter(order=OuterRef("pk"), merchant__name__icontains=value)
        return rows.filter(Q(number__icontains=value) | Q(authority__icontains=value) | Exists(named))

    def only_unsent(self, rows: QuerySet[AuthorityOrder], name: str, value: bool) -> QuerySet[AuthorityOrder]:
        letters = orders.by_hand(self.request.user, at=timezone.now()).values("order")
        return rows.filter(pk__in=letters) if value else rows.exclude(pk__in=letters)

    def only_open(self, rows: QuerySet[AuthorityOrder], name: str, value: bool) -> QuerySet[AuthorityOrder]:
        return rows.filter(state__in=OPEN_ORDERS) if value else rows.exclude(state__in=OPEN_ORDERS)

    def only_late(self, rows: QuerySet[AuthorityOrder], name: str, value: bool) -> QuerySet[AuthorityOrder]:
        late = Q(state__in=OPEN_ORDERS, due_at__lt=timezone.now())
        return rows.filter(late) if value else rows.exclude(late)


class ReporterFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name, address or brand"), method="search")
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind"), choices=[each for each in ReporterKind.choices if each[0] != ReporterKind.ANONYMOUS]
    )
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ReporterState.choices)
    hint = django_filters.BooleanFilter(label=_("Numbers call for a step"), method="only_called_for")

    class Meta:
        model = Reporter
        fields = ("kind", "state")

    def search(self, rows: QuerySet[Reporter], name: str, value: str) -> QuerySet[Reporter]:
        branded = ReporterRight.objects.filter(reporter=OuterRef("pk"), brand__icontains=value)
        return rows.filter(Q(name__icontains=value) | Q(email__icontains=value.strip()) | Exists(branded))

    def only_called_for(self, rows: QuerySet[Reporter], name: str, value: bool) -> QuerySet[Reporter]:
        keys = reporters.called_for(at=timezone.now())
        return rows.filter(pk__in=keys) if value else rows.exclude(pk__in=keys)


class ReviewFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Case, decision or merchant"), method="search")
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ReviewState.choices)
    kind = django_filters.MultipleChoiceFilter(label=_("Drawn"), choices=ReviewKind.choices)
    outcome = django_filters.MultipleChoiceFilter(label=_("Outcome"), choices=ReviewOutcome.choices)
    person = django_filters.NumberFilter(label=_("Person number"), field_name="person")
    policy = django_filters.NumberFilter(label=_("Policy number"), field_name="policy")
    language = django_filters.CharFilter(label=_("Merchant's language"), field_name="language")

    class Meta:
        model = SecondReview
        fields = ("state", "kind", "outcome")

    def search(self, rows: QuerySet[SecondReview], name: str, value: str) -> QuerySet[SecondReview]:
        if found := CASE_ID.match(value.strip()):
            return rows.filter(ruling__case=int(found[1]))
        if reference := read_reference(value):
            return rows.filter(Q(decision__reference=reference) | Q(ruling__decision__reference=reference))
        merchant = Q(ruling__case__merchant__name__icontains=value) | Q(decision__merchant__name__icontains=value)
        return rows.filter(merchant)


def risk_choices() -> list[tuple[str, str]]:
    return sorted(((kind, str(label)) for kind, label in recall_words.RISKS.items()), key=lambda choice: choice[1])


class RecallFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Reference, brand, product or barcode"), method="search")
    open = django_filters.BooleanFilter(label=_("With listings to be looked at"), method="only_open")
    source = django_filters.MultipleChoiceFilter(label=_("Published by"), choices=RecallSource.choices)
    risk = django_filters.MultipleChoiceFilter(label=_("Risk"), choices=risk_choices, method="of_risk")
    market = django_filters.MultipleChoiceFilter(label=_("Listings in"), choices=market_choices, method="in_markets")
    published = django_filters.DateFromToRangeFilter(label=_("Published"), field_name="published_on")

    class Meta:
        model = RecallAlert
        fields = ("source",)

    def search(self, rows: QuerySet[RecallAlert], name: str, value: str) -> QuerySet[RecallAlert]:
        value = value.strip()
        words = Q(reference__iexact=value) | Q(name__icontains=value) | Q(product__icontains=value)
        return rows.filter(words | Q(brands__icontains=value) | Q(barcodes__contains=[value]))

    def only_open(self, rows: QuerySet[RecallAlert], name: str, value: bool) -> QuerySet[RecallAlert]:
        return rows.filter(**({"waiting__gt": 0} if value else {"waiting": 0}))

    def of_risk(self, rows: QuerySet[RecallAlert], name: str, value: list[str]) -> QuerySet[RecallAlert]:
        return rows.filter(risk_types__overlap=value) if value else rows

    def in_markets(self, rows: QuerySet[RecallAlert], name: str, value: list[str]) -> QuerySet[RecallAlert]:
        alike = RecallMatch.objects.filter(alert=OuterRef("pk"), listing__markets__overlap=value)
        return rows.filter(Exists(alike.exclude(state__in=[MatchState.GONE, MatchState.REJECTED]))) if value else rows
