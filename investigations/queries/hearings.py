"""What a person reads to hear an appeal: the contested listings as they were decided on, and how they stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from enforcement import permissions
from enforcement.enums import OPEN_APPEALS, AppealState, ItemOutcome
from enforcement.models import Appeal, AppealDecision, AppealItem, Decision, DecisionItem
from enforcement.queries import appeals as queries
from governance.accounts.permissions import Anyone
from governance.policies.models import PolicyText
from investigations.queries.exhibits import amount
from investigations.text import explanations, passages
from listings.enums import Exposure
from listings.models import Listing, ListingVersion, ListingVisibility

SOURCE = "en"
MARKS: dict[Exposure, tuple[str, str]] = {
    Exposure.SHOWN: ("ok", "eye"),
    Exposure.AGE_GATED: ("info", "lock"),
    Exposure.HIDDEN: ("critical", "eye-off"),
}


@dataclass
class Contested:
    """One item. `then` is the listing's content in the version that was decided on."""

    number: int
    row: AppealItem
    then: Mapping[str, Any]
    hidden: Mapping[str, Exposure]
    explanation: explanations.Explanation = field(init=False)

    def __post_init__(self) -> None:
        self.explanation = explanations.read(self.item.facts.get("explanation"))

    @property
    def item(self) -> DecisionItem:
        return self.row.item

    @property
    def listing(self) -> Listing | None:
        return self.item.listing

    @property
    def outcome(self) -> ItemOutcome | None:
        return ItemOutcome(self.row.outcome) if self.row.outcome else None

    @property
    def reversed_already(self) -> bool:
        """We took it back by ourselves while the appeal was open."""
        return hasattr(self.item, "reversal") and not self.row.outcome

    @property
    def name(self) -> str:
        return str(self.item.facts.get("title") or "")

    @property
    def language(self) -> str:
        return str(self.item.facts.get("language") or "")

    @property
    def currency(self) -> str:
        return str(self.item.facts.get("currency") or "")

    @property
    def amount(self) -> Any:
        return amount(self.item.facts.get("price_minor"), self.currency)

    @property
    def changed(self) -> bool:
        return self.listing is not None and self.listing.version != self.item.listing_version

    @cached_property
    def title(self) -> list[passages.Part]:
        return passages.whole(self.name, self.explanation.spans("title"))

    @cached_property
    def description(self) -> list[passages.Part]:
        return passages.passages(str(self.then.get("description") or ""), self.explanation.spans("description"))

    @property
    def now(self) -> list[tuple[str, str, str, str]]:
        """Each market of the listing with what its shoppers meet now: code, tone, icon, words."""
        if self.listing is None:
            return []
        seen = [(code, self.hidden.get(code, Exposure.SHOWN)) for code in self.listing.markets]
        return [(code, *MARKS[exposure], str(exposure.label)) for code, exposure in seen]


def visible(user: Anyone) -> QuerySet[Appeal]:
    """Appeals that a person may read: those that concern a market of theirs."""
    if not permissions.can_read_appeals(user):
        return Appeal.objects.none()
    return queries.listed(permissions.markets(user))


def waiting_for(user: Anyone) -> QuerySet[Appeal]:
    """What a person may take up, by its day: nothing that they decided, replaced or entered themselves."""
    part = Q(decided_by=user.pk) | Q(supersedes__decided_by=user.pk) | Q(second_word__person=user.pk)
    own = AppealDecision.objects.filter(decision__in=Decision.objects.filter(part)).values("appeal")
    waiting = visible(user).filter(state=AppealState.FILED).exclude(filed_by=user.pk).exclude(pk__in=own)
    return waiting.order_by("due_at", "pk")


def in_hand(user: Anyone) -> Appeal | None:
    """The appeal that a person has begun and that is due first."""
    mine = visible(user).filter(state=AppealState.IN_REVIEW, assigned_to=user.pk)
    return mine.order_by("due_at", "pk").first()


@dataclass(frozen=True)
class Load:
    """How many are to be heard, and how many of them are late, due soon, or wait for the merchant."""

    waiting: int
    late: int
    soon: int
    asked: int


def soon() -> timedelta:
    """Before its day, when an appeal is due soon."""
    return timedelta(hours=settings.APPEAL_REMIND_HOURS)


def load(user: Anyone, *, at: datetime) -> Load:
    counts = (
        visible(user)
        .filter(state__in=OPEN_APPEALS)
        .aggregate(
            waiting=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            soon=Count("pk", filter=Q(due_at__gte=at, due_at__lte=at + soon())),
            asked=Count("pk", filter=Q(asked_until__gte=at)),
        )
    )
    return Load(**counts)


def together(items: Sequence["Contested"]) -> list[tuple[Decision, int]]:
    """The decisions that are heard as one, with how many listings of each; nothing where there is one alone."""
    counts: dict[Decision, int] = {}
    for each in items:
        counts[each.item.decision] = counts.get(each.item.decision, 0) + 1
    return list(counts.items()) if len(counts) > 1 else []


def contested(appeal: Appeal) -> list[Contested]:
    """The items of an appeal in four queries, however many there are."""
    rows = list(
        appeal.items.select_related("item__listing", "item__violation", "item__reversal", "item__decision").order_by(
            "item__decision_id", "item_id"
        )
    )
    contents = _contents([row.item for row in rows])
    hidden = _hidden([row.item.listing_id for row in rows if row.item.listing_id is not None])
    return [
        Contested(number, row, contents.get(row.item_id, {}), hidden.get(row.item.listing_id or 0, {}))
        for number, row in enumerate(rows, start=1)
    ]


def policy_text(appeal: Appeal, *, language: str) -> PolicyText | None:
    """The words of the version that was decided under, in the reader's language, else in English."""
    texts = {text.language: text for text in appeal.decision.version.texts.all()}
    return texts.get(language) or texts.get(SOURCE)


def _contents(items: Sequence[DecisionItem]) -> dict[int, dict[str, Any]]:
    """By item, the content of the version that was decided on."""
    wanted = {(item.listing_id, item.listing_version): item.pk for item in items if item.listing_id}
    rows = ListingVersion.objects.filter(
        listing__in={listing for listing, _number in wanted}, number__in={number for _listing, number in wanted}
    ).values_list("listing_id", "number", "content")
    return {wanted[listing, number]: content for listing, number, content in rows if (listing, number) in wanted}


def _hidden(listings: Sequence[int]) -> dict[int, dict[str, Exposure]]:
    found: dict[int, dict[str, Exposure]] = {}
    rows = ListingVisibility.objects.filter(listing__in=listings).values_list("listing_id", "market", "exposure")
    for listing, market, exposure in rows:
        found.setdefault(listing, {})[market] = Exposure(exposure)
    return found
