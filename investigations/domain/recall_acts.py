"""What is done about the listings that are a recalled product: one decision per merchant, and their buyers are to be told."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.domain import decisions
from enforcement.enums import Origin, ViolationState
from enforcement.models import Decision, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from governance.web.refusals import Refusal
from investigations.domain import consumers
from investigations.domain.acting import Acted, check_person
from investigations.domain.consumers import Words
from investigations.enums import ConsumerCause, MatchState
from investigations.models import RecallAlert, RecallMatch
from listings.models import Merchant


class NothingConfirmed(Refusal):
    """Nobody has said of a listing that it is the product."""


@transaction.atomic
def act(
    *,
    alert: RecallAlert,
    version: PolicyVersion,
    measure: Measure,
    markets: Collection[str],
    reason: str,
    words: Words,
    only_in: Collection[str] | None,
    actor: User,
    at: datetime,
) -> Acted:
    """Decide upon every listing that is confirmed to be the product, in the actor's markets (`only_in`; None: all).

    Raises NothingConfirmed, and WordsMissing where buyers would not learn all four things; then nothing is written.
    """
    check_person(actor)
    consumers.check(words)
    by_merchant: dict[int, list[RecallMatch]] = {}
    for match in _confirmed(alert, only_in):
        by_merchant.setdefault(match.listing.merchant_id, []).append(match)
    if not by_merchant:
        raise NothingConfirmed(_("Say first which listings are the recalled product."))
    made: list[Decision] = []
    refused: list[tuple[str, str]] = []
    for matches in by_merchant.values():
        merchant = matches[0].listing.merchant
        try:
            with transaction.atomic():
                decision = _decide(alert, merchant, matches, version, measure, markets, reason, actor, at)
                ref, cause = alert.full_name, ConsumerCause.RECALL
                consumers.owe(decision=decision, cause=cause, cause_ref=ref, words=words, actor=actor, at=at)
        except Refusal as refusal:
            refused.append((merchant.name, str(refusal)))
        else:
            made.append(decision)
    return Acted(tuple(made), tuple(refused))


def _confirmed(alert: RecallAlert, only_in: Collection[str] | None) -> list[RecallMatch]:
    rows = alert.matches.select_for_update(of=("self",)).filter(state=MatchState.CONFIRMED, decision__isnull=True)
    if only_in is not None:
        rows = rows.filter(listing__markets__overlap=list(only_in))
    return list(rows.select_related("listing__merchant").order_by("listing__merchant_id", "pk"))


def _decide(
    alert: RecallAlert,
    merchant: Merchant,
    matches: list[RecallMatch],
    version: PolicyVersion,
    measure: Measure,
    markets: Collection[str],
    reason: str,
    actor: User,
    at: datetime,
) -> Decision:
    listings = [match.listing for match in matches]
    found = Violation.objects.filter(policy=version.policy, listing__in=listings, state=ViolationState.OPEN)
    decision = decisions.issue(
        merchant=merchant,
        version=version,
        violations=list(found),
        listings_without_violation=listings,
        measure=measure,
        markets=markets,
        minimum_age=None,
        actor=actor,
        reason=reason,
        at=at,
        origin_kind=Origin.RECALL,
        origin_ref=alert.full_name,
    )
    RecallMatch.objects.filter(pk__in=[match.pk for match in matches]).update(decision=decision)
    return decision
