"""What somebody wants to decide, held against the policy version, the merchant and what is already in force."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from enforcement.enums import ViolationState
from enforcement.measures import MEASURES
from enforcement.models import Decision, DecisionItem, Restriction, Violation
from enforcement.queries import restrictions as in_force
from enforcement.queries import waiting
from governance.policies.enums import Measure, Subject, VersionState
from governance.policies.models import PolicyVersion
from governance.web import formats
from governance.web.refusals import Refusal
from listings.models import Listing, Merchant
from listings.queries import merchants

DECIDABLE = frozenset({VersionState.LIVE, VersionState.SUPERSEDED})
"""A version that was never in force founds no decision; one that was replaced still does for what happened under it."""
OLDEST = 99


class NothingToDecide(Refusal):
    """No violation and no listing was named."""


class NotPermitted(Refusal):
    """The policy version does not permit this measure, this age or these markets."""


class WrongSubject(Refusal):
    """What was named is not of this merchant, this policy, or the kind that the measure acts on."""


class AlreadyDecided(Refusal):
    """A decision in force covers this policy and this version of the listing: nobody is punished twice."""


class NotOnSaleThere(Refusal):
    """The listing is offered in none of the markets, so there is nothing to restrict."""


@dataclass(frozen=True)
class Proposed:
    """One subject: a listing in one version, or (both empty) the merchant. `territory` is where the measure would hold."""

    listing: Listing | None
    listing_version: int | None
    violation: Violation | None
    territory: tuple[str, ...]
    markets: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.listing.external_id if self.listing else ""


@dataclass(frozen=True)
class Proposal:
    """Checked, and ready to be written. `standing` are the restrictions in force on its listings beforehand."""

    merchant: Merchant
    version: PolicyVersion
    measure: Measure
    markets: tuple[str, ...]
    minimum_age: int | None
    label: str
    listings_a_day: int | None
    items: tuple[Proposed, ...]
    standing: tuple[Restriction, ...]


def check(
    *,
    merchant: Merchant,
    version: PolicyVersion,
    violations: Sequence[Violation],
    listings: Sequence[Listing],
    measure: Measure,
    markets: Collection[str],
    minimum_age: int | None,
    supersedes: Decision | None = None,
    beside: Collection[Decision] = (),
    whole: bool = False,
) -> Proposal:
    """Refuse, with what to do instead, or return what is to be written. The merchant's row is locked by the caller.

    `whole` names the merchant itself, without a violation that a rule has found.
    """
    _check_version(version, measure)
    _check_subjects(merchant, version, measure, violations, listings, whole)
    kind = MEASURES[measure]
    named = _named_markets(version, measure, markets) if kind.territorial else ()
    items = _items(version, violations, listings, named)
    if whole and not items:
        items = (_of_merchant(version, merchant),)
    if kind.territorial:
        _check_offered(items)
    standing = tuple(in_force.limiting([item.listing.pk for item in items if item.listing]))
    _check_not_decided(merchant, version, items, [*beside, *([supersedes] if supersedes else [])])
    age = _age(version, minimum_age) if kind.needs_age else None
    label = version.label if kind.needs_label else ""
    limit = version.listings_a_day if kind.needs_limit else None
    return Proposal(merchant, version, measure, named, age, label, limit, items, standing)


def check_reach(proposal: Proposal, within: frozenset[str] | None) -> None:
    """Of a merchant as a whole, which a rule has found nothing about. Refuse what reaches beyond these markets (None: all)."""
    beyond = set() if within is None else {market for item in proposal.items for market in item.markets} - within
    if beyond:
        raise NotPermitted(
            _("This also holds in %(markets)s, where you do not decide. Leave it to somebody who decides there too.")
            % {"markets": formats.series(sorted(beyond))}
        )


def _check_version(version: PolicyVersion, measure: Measure) -> None:
    if version.state not in DECIDABLE:
        raise NotPermitted(_("This version of the policy was never in force, so nothing can be decided under it."))
    if measure not in version.measures:
        permitted = formats.series(str(Measure(each).label) for each in version.measures)
        raise NotPermitted(
            _("The policy does not permit “%(measure)s”. It permits: %(permitted)s.")
            % {"measure": measure.label, "permitted": permitted}
        )


def _check_subjects(
    merchant: Merchant,
    version: PolicyVersion,
    measure: Measure,
    violations: Sequence[Violation],
    listings: Sequence[Listing],
    whole: bool,
) -> None:
    if not violations and not listings and not whole:
        raise NothingToDecide(_("Name at least one violation or listing."))
    if version.policy.subject not in MEASURES[measure].subjects:
        raise WrongSubject(
            _("“%(measure)s” acts on listings; this policy is about merchants.") % {"measure": measure.label}
        )
    owners = {violation.merchant_id for violation in violations} | {listing.merchant_id for listing in listings}
    if owners - {merchant.pk}:
        raise WrongSubject(_("Some of these belong to another merchant. A decision is about one merchant."))
    if any(violation.policy_id != version.policy_id for violation in violations):
        raise WrongSubject(_("Some of these violations are of another policy. Decide them under their own."))
    if any(violation.state != ViolationState.OPEN for violation in violations):
        raise WrongSubject(_("Some of these violations are closed meanwhile. Load the page again and decide the rest."))
    about_listings = version.policy.subject == Subject.LISTINGS
    if whole and about_listings:
        raise WrongSubject(_("This policy is about listings. Choose one about merchants for a merchant as a whole."))
    if listings and not about_listings:
        raise WrongSubject(_("This policy is about merchants; name no listings."))
    if any((violation.listing_id is not None) != about_listings for violation in violations):
        raise WrongSubject(_("A violation does not fit the policy's subject."))


def _named_markets(version: PolicyVersion, measure: Measure, markets: Collection[str]) -> tuple[str, ...]:
    if MEASURES[measure].names_markets and not markets:
        raise NotPermitted(_("Name the markets in which the listings are to be restricted."))
    outside = sorted(set(markets) - set(version.jurisdictions))
    if outside:
        raise NotPermitted(_("The policy does not apply in %(markets)s.") % {"markets": formats.series(outside)})
    return tuple(sorted(set(markets)))


def _age(version: PolicyVersion, minimum_age: int | None) -> int:
    age = version.minimum_age if minimum_age is None else minimum_age
    if age is None or not 1 <= age <= OLDEST:
        raise NotPermitted(_("Give the age from which the listings may be seen, between 1 and 99."))
    return age


def _items(
    version: PolicyVersion, violations: Sequence[Violation], listings: Sequence[Listing], named: tuple[str, ...]
) -> tuple[Proposed, ...]:
    found = [_of_violation(version, violation, named) for violation in violations]
    with_violation = {violation.listing_id for violation in violations}
    found += [
        _of_listing(version, listing, listing.version, None, named)
        for listing in listings
        if listing.pk not in with_violation
    ]
    repeated = [pk for pk, times in Counter(item.listing.pk for item in found if item.listing).items() if times > 1]
    if repeated:
        raise WrongSubject(_("A listing is named twice."))
    return tuple(found)


def _of_violation(version: PolicyVersion, violation: Violation, named: tuple[str, ...]) -> Proposed:
    if violation.listing is None:
        return Proposed(None, None, violation, (), tuple(violation.markets))
    return _of_listing(version, violation.listing, violation.listing_version or 0, violation, named)


def _of_merchant(version: PolicyVersion, merchant: Merchant) -> Proposed:
    """In the markets of the policy in which they are established or sell."""
    markets = tuple(sorted(merchants.markets_of([merchant.pk])[merchant.pk] & set(version.jurisdictions)))
    if not markets:
        raise NotPermitted(_("The policy applies in no country in which this merchant is established or sells."))
    return Proposed(None, None, None, (), markets)


def _of_listing(
    version: PolicyVersion, listing: Listing, number: int, violation: Violation | None, named: tuple[str, ...]
) -> Proposed:
    territory = _territory(version, listing, violation, named)
    markets = tuple(market for market in listing.markets if market in territory)
    return Proposed(listing, number, violation, territory, markets)


def territory_of(decision: Decision, item: DecisionItem) -> tuple[str, ...]:
    """Where a decision's measure holds for one of its items, now that it takes effect."""
    if item.listing is None:
        return ()
    return _territory(decision.version, item.listing, item.violation, tuple(decision.markets))


def _territory(
    version: PolicyVersion, listing: Listing, violation: Violation | None, named: tuple[str, ...]
) -> tuple[str, ...]:
    """Where nothing is named the measure holds wherever the policy applies, in markets entered later too. What a rule
    saw in some of the listing's markets only is acted upon in those only."""
    territory = named or tuple(sorted(version.jurisdictions))
    if violation is not None:
        held = set(violation.markets)
        if held < set(listing.markets) & set(version.jurisdictions):
            territory = tuple(market for market in sorted(held) if market in territory)
    return territory


def _check_offered(items: Sequence[Proposed]) -> None:
    nowhere = [item.name for item in items if not item.markets]
    if nowhere:
        raise NotOnSaleThere(
            _("%(listings)s: not offered in these markets. Leave it out or choose other markets.")
            % {"listings": formats.series(nowhere)}
        )


def _check_not_decided(
    merchant: Merchant, version: PolicyVersion, items: Sequence[Proposed], but: Collection[Decision]
) -> None:
    """`but` are decisions that may stand on the same: the one that is replaced, and others of the same act."""
    versions = {item.listing.pk: item.listing_version for item in items if item.listing}
    policy, keys = version.policy_id, list(versions)
    covering = in_force.covering(policy_id=policy, merchant_id=merchant.pk, listing_ids=keys)
    to_come = waiting.waiting_items(policy_id=policy, merchant_id=merchant.pk, listing_ids=keys)
    standing = [(each.item, each.decision) for each in covering] + [(item, item.decision) for item in to_come]
    for item, decision in standing:
        same = item.listing_id is None or item.listing_version == versions[item.listing_id]
        if same and decision not in but:
            name = item.facts.get("listing") or merchant.name
            raise AlreadyDecided(
                _(
                    "%(name)s was decided on already, by %(reference)s, which stands. Reverse, withdraw or replace that first."
                )
                % {"name": name, "reference": decision.reference}
            )
