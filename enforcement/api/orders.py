"""Names in a request become rows that the asker may see; what is unknown is said by field."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from enforcement.domain.timing import Timing
from enforcement.enums import WithoutNotice
from enforcement.models import Decision, DecisionItem
from enforcement.queries import decisions as queries
from enforcement.queries.decisions import Markets
from governance.policies.enums import Measure
from governance.policies.models import Policy, PolicyVersion
from listings.models import Listing, Merchant


def ordered(data: Mapping[str, Any], *, markets: Markets) -> dict[str, Any]:
    """The arguments of `decisions.issue` that a request names. Raises ValidationError."""
    merchant = Merchant.objects.filter(public_id=data["merchant"]).first()
    if merchant is None:
        raise _unknown("merchant", _("There is no merchant with this id."))
    return {
        "merchant": merchant,
        "version": _version(data["policy"]),
        "violations": _violations(data["violations"], markets),
        "listings_without_violation": _listings(merchant, data["listings"], markets),
        "measure": Measure(data["measure"]),
        "markets": data["markets"],
        "minimum_age": data["minimum_age"],
        "reason": data["reason"],
        "ends_at": data["ends_at"],
        "asked": Timing(
            cure_days=data["cure_days"],
            starts_at=data["starts_at"],
            without_notice=WithoutNotice(data["without_notice"]) if data["without_notice"] else None,
        ),
        "supersedes": _decision(data["supersedes"], markets),
    }


def named_items(decision: Decision, keys: Sequence[int] | None) -> list[DecisionItem] | None:
    """The decision's items with these keys; None for none named."""
    if keys is None:
        return None
    items = {item.pk: item for item in decision.items.all()}
    missing = sorted(set(keys) - set(items))
    if missing:
        raise _unknown("items", _("No items of this decision: %(keys)s.") % {"keys": missing})
    return [items[key] for key in dict.fromkeys(keys)]


def _version(slug: str) -> PolicyVersion:
    policy = Policy.objects.filter(slug=slug).select_related("live__policy").first()
    if policy is None or policy.live is None:
        raise _unknown("policy", _("There is no policy in force with this name."))
    return policy.live


def _violations(keys: Sequence[int], markets: Markets) -> list[Any]:
    found = list(queries.violations(markets).filter(pk__in=keys))
    missing = sorted(set(keys) - {violation.pk for violation in found})
    if missing:
        raise _unknown("violations", _("No violations with these ids: %(keys)s.") % {"keys": missing})
    return found


def _listings(merchant: Merchant, keys: Sequence[str], markets: Markets) -> list[Listing]:
    rows = Listing.objects.filter(merchant=merchant, external_id__in=keys)
    found = list(rows if markets is None else rows.filter(markets__overlap=list(markets)))
    missing = sorted(set(keys) - {listing.external_id for listing in found})
    if missing:
        raise _unknown("listings", _("The merchant has no such listings: %(keys)s.") % {"keys": ", ".join(missing)})
    return found


def _decision(reference: str | None, markets: Markets) -> Decision | None:
    if reference is None:
        return None
    found = queries.decisions(markets).filter(reference=reference).first()
    if found is None:
        raise _unknown("supersedes", _("There is no decision with this reference."))
    return found


def _unknown(field: str, message: str) -> serializers.ValidationError:
    return serializers.ValidationError({field: [message]})
