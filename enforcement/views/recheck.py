"""What a merchant reads of a listing that they have changed since the decision: being checked, corrected, or still found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from enforcement.enums import STANDING_DECISIONS, ClosedBecause, DecisionState, ViolationState
from enforcement.language import seeing
from enforcement.language.words import Words
from enforcement.models import Decision, DecisionItem, Violation
from enforcement.queries import rechecks
from listings.models import Listing

OPEN_STATES = STANDING_DECISIONS | {DecisionState.PENDING}


@dataclass(frozen=True)
class Again:
    """`corrected` is said in a word beside the listing, else `text` and, where it is still found, what is."""

    text: str
    corrected: bool = False
    seen: Sequence[str] = ()
    seen_language: str = ""


def of(decision: Decision, items: Sequence[DecisionItem], words: Words) -> dict[int, Again]:
    """By item, of a decision that something may still come of."""
    if decision.state not in OPEN_STATES:
        return {}
    changed = [
        (item.pk, item.violation, item.listing)
        for item in items
        if item.violation and item.listing and item.listing.version != item.listing_version
    ]
    waiting = rechecks.owed_among([listing.pk for _item, _found, listing in changed]) if changed else set()
    found = {key: _again(violation, listing, words, waiting) for key, violation, listing in changed}
    return {key: again for key, again in found.items() if again is not None}


def _again(violation: Violation, listing: Listing, words: Words, waiting: Collection[int]) -> Again | None:
    if violation.state == ViolationState.CLOSED:
        is_corrected = violation.closed_because == ClosedBecause.CORRECTED
        return Again(words("again.corrected"), corrected=True) if is_corrected else None
    if listing.pk in waiting:
        return Again(words("again.owed"))
    if violation.listing_version != listing.version:
        return Again(words("again.undecided"))
    return Again(
        words("again.found", date=words.minute(violation.seen_at)),
        seen=seeing.seen(violation.explanation, words.language),
        seen_language=seeing.spoken(words.language),
    )
