"""Alerts as people read them: the list, one with the listings that are like it, and what came of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from governance.accounts.permissions import Anyone
from governance.web import keyset
from investigations import permissions
from investigations.enums import MatchState
from investigations.models import RecallAlert, RecallImport, RecallMatch, RecallVersion
from investigations.queries.exhibits import amount
from investigations.text import identifiers, likeness, passages
from investigations.text.passages import Part, Span
from listings.models import Listing, ListingImage

PAGE = 25
IMPORTS_SHOWN = 20


@dataclass(frozen=True)
class Candidate:
    """A match with its listing, and the equal passages marked."""

    number: int
    match: RecallMatch
    photos: int

    @property
    def listing(self) -> Listing:
        return self.match.listing

    @property
    def changed(self) -> bool:
        """The merchant has changed it since; it is held against the alert again at once."""
        return self.listing.version != self.match.listing_version

    @property
    def amount(self) -> Decimal | None:
        return amount(self.listing.price_minor, self.listing.currency)

    @cached_property
    def title(self) -> list[Part]:
        return passages.whole(self.listing.title, self._spans(self.listing.title))

    @cached_property
    def description(self) -> list[Part]:
        text = self.listing.description
        return passages.passages(text, self._spans(text), whole_up_to=400)

    @property
    def equal(self) -> list[Mapping[str, str]]:
        """What is equal, words in one line."""
        found = [each for each in self.match.basis if each["what"] != "words"]
        words = [each["theirs"] for each in self.match.basis if each["what"] == "words"]
        return found + ([{"what": "words", "ours": "", "theirs": ", ".join(words)}] if words else [])

    def _spans(self, text: str) -> list[Span]:
        return [span for each in self.match.basis for span in _places(each, text)]


def _places(equal: Mapping[str, str], text: str) -> Iterator[Span]:
    key = identifiers.compact(equal["theirs"])
    if key and text:
        yield from (Span(*found.span()) for found in likeness.model_pattern(key).finditer(text))


def visible(user: Anyone) -> QuerySet[RecallAlert]:
    """All alerts, each with how many listings of the person's markets are to be looked at, and how many are the product."""
    if not permissions.can_read_recalls(user):
        return RecallAlert.objects.none()
    return RecallAlert.objects.annotate(
        waiting=_count(user, MatchState.OPEN), confirmed=_count(user, MatchState.CONFIRMED)
    )


def _count(user: Anyone, state: MatchState) -> Coalesce:
    rows = matches(user).filter(alert=OuterRef("pk"), state=state).order_by()
    return Coalesce(Subquery(rows.values("alert").annotate(n=Count("pk")).values("n")), 0)


def with_open(rows: QuerySet[RecallAlert], user: Anyone) -> QuerySet[RecallAlert]:
    return rows.filter(Exists(matches(user).filter(alert=OuterRef("pk"), state=MatchState.OPEN)))


def matches(user: Anyone) -> QuerySet[RecallMatch]:
    """Of listings in the person's markets."""
    if not permissions.can_read_recalls(user):
        return RecallMatch.objects.none()
    markets = permissions.markets(user)
    return (
        RecallMatch.objects.all()
        if markets is None
        else RecallMatch.objects.filter(listing__markets__overlap=list(markets))
    )


def counts(alert: RecallAlert, user: Anyone) -> dict[str, int]:
    """Of each state, and `to_act` for confirmed ones upon which nothing was done."""
    rows = matches(user).filter(alert=alert).order_by()
    found = dict.fromkeys(MatchState.values, 0) | dict(rows.values_list("state").annotate(n=Count("pk")))
    found["to_act"] = rows.filter(state=MatchState.CONFIRMED, decision__isnull=True).count()
    return found


def candidates(
    alert: RecallAlert, user: Anyone, state: MatchState, *, cursor: str | None = None
) -> tuple[list[Candidate], keyset.KeysetPage]:
    """The surest first."""
    rows = matches(user).filter(alert=alert, state=state)
    rows = rows.select_related("listing__merchant", "listing__category", "decided_by", "decision")
    page = keyset.page(rows, order=("-sureness", "pk"), cursor=cursor, size=PAGE)
    keys = [match.listing_id for match in page.rows]
    photos = dict(ListingImage.objects.filter(listing__in=keys).values_list("listing").annotate(n=Count("id")))
    found = [Candidate(n, match, photos.get(match.listing_id, 0)) for n, match in enumerate(page.rows, start=1)]
    return found, page


def to_act(alert: RecallAlert, user: Anyone) -> list[RecallMatch]:
    rows = matches(user).filter(alert=alert, state=MatchState.CONFIRMED, decision__isnull=True)
    return list(rows.select_related("listing__merchant").order_by("listing__merchant__name", "pk"))


def imports() -> list[RecallImport]:
    """The newest first."""
    return list(RecallImport.objects.select_related("actor").order_by("-at", "-pk")[:IMPORTS_SHOWN])


def versions(alert: RecallAlert) -> list[RecallVersion]:
    return list(alert.versions.select_related("came_by__actor").order_by("-number"))


def waiting_alerts(user: Anyone) -> int:
    return with_open(RecallAlert.objects.all(), user).count()
