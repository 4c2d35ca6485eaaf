"""Policies as named commitments: made once, and switched between modes."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.enums import MODE_MOVES, Mode, Subject
from governance.policies.models import Policy, PolicyMove
from governance.web.refusals import MoveRefused, Refusal


class SlugTaken(Refusal):
    """Another policy has this short name."""


@transaction.atomic
def create(*, slug: str, family: str, subject: Subject, actor: User, at: datetime) -> Policy:
    """Make a policy without any version: it does nothing until one is in force and its mode is moved."""
    if Policy.objects.filter(slug=slug).exists():
        raise SlugTaken(_("“%(slug)s” is taken. Choose another short name.") % {"slug": slug})
    policy = Policy.objects.create(slug=slug, family=family, subject=subject, owner=actor, created_at=at)
    entries.record(
        verb="policy.created",
        actor=actor,
        subject_kind="policy",
        subject_id=policy.pk,
        subject_ref=policy.number,
        data={"slug": slug},
        at=at,
    )
    return policy


@transaction.atomic
def set_mode(*, policy: Policy, mode: Mode, actor: User, reason: str, at: datetime) -> Policy:
    """Switch what the policy does with what it finds, from the next sweep on."""
    policy = _move(policy, mode, actor=actor, reason=reason, at=at)
    entries.record(
        verb="policy.mode_set",
        actor=actor,
        subject_kind="policy",
        subject_id=policy.pk,
        subject_ref=policy.number,
        data={"mode": mode, "reason": reason},
        at=at,
    )
    return policy


def _move(policy: Policy, to: Mode, *, actor: User, reason: str, at: datetime) -> Policy:
    """Lock, check, write, record. The only function that writes a policy's mode."""
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    was = Mode(policy.mode)
    if to not in MODE_MOVES[was]:
        raise MoveRefused(_("The policy is already “%(mode)s”.") % {"mode": was.label})
    if to != Mode.OFF and policy.live_id is None:
        raise MoveRefused(_("No version is in force yet. Have one approved first."))
    policy.mode = to
    policy.save(update_fields=["mode"])
    PolicyMove.objects.create(policy=policy, from_mode=was, to_mode=to, actor=actor, reason=reason, moved_at=at)
    return policy
