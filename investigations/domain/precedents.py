"""Precedents: how doubtful cases were settled, beside the policy's guidance until somebody retires them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from investigations.enums import Verdict
from investigations.models import CalibrationItem, Precedent, SecondReview
from listings.models import Listing

LONGEST = 1_000


@transaction.atomic
def write(
    *,
    policy: Policy | None,
    listing: Listing | None,
    words: str,
    verdict: Verdict | None,
    language: str,
    review: SecondReview | None = None,
    calibration_item: CalibrationItem | None = None,
    actor: User,
    at: datetime,
) -> Precedent:
    """Write down what a settled difference means for the next case of its kind."""
    if policy is None:
        raise Refusal(_("It was judged under no policy, so there is no guidance to add to."))
    if verdict is None:
        raise Refusal(_("Say what such a listing is: it violates, it is fine, or it is unsure."))
    if len(words) > LONGEST:
        raise Refusal(_("A precedent has at most 1,000 characters: one thought that helps the next person."))
    precedent = Precedent.objects.create(
        policy=policy,
        verdict=verdict,
        language=language,
        words=words.strip(),
        listing=listing,
        review=review,
        calibration_item=calibration_item,
        written_by=actor,
        written_at=at,
    )
    _record("precedent.written", precedent, actor, at)
    return precedent


@transaction.atomic
def retire(*, precedent: Precedent, actor: User, at: datetime) -> Precedent:
    """Take it from beside the guidance. It stays readable."""
    precedent = Precedent.objects.select_for_update().get(pk=precedent.pk)
    if precedent.retired_at is not None:
        raise MoveRefused(_("This precedent is retired already."))
    precedent.retired_by, precedent.retired_at = actor, at
    precedent.save(update_fields=["retired_by", "retired_at"])
    _record("precedent.retired", precedent, actor, at)
    return precedent


def _record(verb: str, precedent: Precedent, actor: User, at: datetime) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="policy",
        subject_id=precedent.policy_id,
        subject_ref=f"P-{precedent.policy_id}",
        data={"precedent": precedent.pk, "verdict": precedent.verdict},
        at=at,
    )
