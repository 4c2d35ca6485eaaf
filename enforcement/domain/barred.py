"""What keeps a listing from going live whatever the rules say of it: the merchant's rights, a limit, and a block on offering again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from enforcement.models import Restriction
from enforcement.queries import offers, relisting
from enforcement.queries.offers import Known
from enforcement.queries.relisting import Offer
from governance.policies.models import PolicyVersion
from listings.domain.drafts import Key, ListingDraft
from listings.enums import ListingState
from listings.text import ListingText


@dataclass(frozen=True)
class Again:
    """The same product was removed before and may not be offered again. `decision` is named to its own merchant only; `markets` empty
    means every market."""

    version: PolicyVersion
    markets: Sequence[str]
    decision: str


@dataclass(frozen=True)
class Barred:
    """`suspended_since`: the merchant may offer nothing new, and this is. `a_day`: as many new listings as may be offered in a day were
    offered today (UTC), and this is one more."""

    suspended_since: datetime | None = None
    a_day: int | None = None
    again: Again | None = None

    @property
    def everywhere(self) -> bool:
        return self.suspended_since is not None or self.a_day is not None

    def in_market(self, market: str) -> bool:
        return self.everywhere or (self.again is not None and market in (self.again.markets or [market]))


class Gate:
    """The three, for the drafts of one request in their order: one that may go live takes one of the day's places.

    No query unless a merchant is limited or under a block.
    """

    def __init__(self, drafts: Sequence[ListingDraft], known: Known, at: datetime) -> None:
        self.drafts, self.known = drafts, known
        self.taken = Counter[int](self._today(at))
        self.seen: set[Key] = set()
        self.again = self._again(at)

    def of(self, number: int) -> Barred:
        draft = self.drafts[number]
        merchant, new = self.known.merchants[draft.merchant_id], draft.key not in self.known.listings
        limit = merchant["new_listings_a_day"]
        full = new and limit is not None and draft.key not in self.seen and self.taken[draft.merchant_id] >= limit
        return Barred(
            suspended_since=merchant["listing_rights_suspended_at"] if new else None,
            a_day=limit if full else None,
            again=self.again.get(number),
        )

    def goes_live(self, number: int) -> None:
        """It takes a place, once."""
        draft = self.drafts[number]
        if draft.key not in self.known.listings and draft.key not in self.seen:
            self.seen.add(draft.key)
            self.taken[draft.merchant_id] += 1

    def _today(self, at: datetime) -> dict[int, int]:
        limited = [key for key, row in self.known.merchants.items() if row["new_listings_a_day"] is not None]
        return offers.new_today(limited, at) if limited else {}

    def _again(self, at: datetime) -> dict[int, Again]:
        asked = [
            number
            for number, draft in enumerate(self.drafts)
            if self.known.merchants[draft.merchant_id][offers.UNDER_BLOCK] and draft.state == ListingState.ON_SALE
        ]
        if not asked:
            return {}
        blocks = relisting.blocked([self._offer(self.drafts[number], at) for number in asked])
        found = zip(asked, blocks, strict=True)
        return {number: _said(self.drafts[number], block) for number, block in found if block is not None}

    def _offer(self, draft: ListingDraft, at: datetime) -> Offer:
        """As it would be stored. What is stored just so has not changed."""
        stored = self.known.listings.get(draft.key)
        same = stored is not None and stored["content_hash"] == draft.content_hash
        return Offer(
            merchant_id=draft.merchant_id,
            listing_id=stored["id"] if stored else None,
            ean=draft.ean,
            product=relisting.product(draft.brand, draft.attributes),
            skeleton=ListingText(draft.title, draft.description, draft.attributes).normalised.skeleton,
            pictures=frozenset(draft.images),
            changed_at=stored["changed_at"] if stored and same else at,
        )


def _said(draft: ListingDraft, block: Restriction) -> Again:
    own = block.merchant_id == draft.merchant_id
    return Again(block.decision.version, block.markets, block.decision.reference if own else "")
