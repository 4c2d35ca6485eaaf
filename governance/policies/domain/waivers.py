"""Waivers: a policy does not apply to one merchant, brand or listing, with an owner, a proof and an end."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import Policy, Waiver
from governance.web.refusals import MoveRefused, Refusal
from listings.models import Listing, Merchant

LONGEST_DAYS = 366


@transaction.atomic
def grant(
    *,
    policy: Policy,
    subject: Merchant | Listing | str,
    reason: str,
    proof: str,
    starts_on: date,
    ends_on: date,
    actor: User,
    at: datetime,
) -> Waiver:
    """Exempt `subject`: a merchant, a listing, or a brand given as text. It ends by itself, after a year at most."""
    if not (reason.strip() and proof.strip()):
        raise Refusal(_("A waiver needs a reason and a proof."))
    if ends_on < starts_on:
        raise Refusal(_("The waiver would end before it starts."))
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise Refusal(_("A waiver lasts a year at most; grant it again after a look."))
    waiver = Waiver.objects.create(
        policy=policy,
        merchant=subject if isinstance(subject, Merchant) else None,
        listing=subject if isinstance(subject, Listing) else None,
        brand=subject if isinstance(subject, str) else "",
        owner=actor,
        reason=reason,
        proof=proof,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    _record("waiver.granted", waiver, actor, at)
    return waiver


@transaction.atomic
def revoke(*, waiver: Waiver, actor: User, reason: str, at: datetime) -> Waiver:
    """End a waiver now; the next sweep looks at its subject again."""
    waiver = Waiver.objects.select_for_update().get(pk=waiver.pk)
    if waiver.revoked_at is not None:
        raise MoveRefused(_("This waiver was revoked before."))
    waiver.revoked_at = at
    waiver.save(update_fields=["revoked_at"])
    _record("waiver.revoked", waiver, actor, at, reason)
    return waiver


def _record(verb: str, waiver: Waiver, actor: User, at: datetime, reason: str = "") -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="waiver",
        subject_id=waiver.pk,
        subject_ref=f"P-{waiver.policy_id:04d}",
        data={"reason": reason or waiver.reason, "ends_on": waiver.ends_on.isoformat()},
        at=at,
    )
