"""Buyers of a product that was taken off sale as illegal are to be told of it, upon a decision that stands (DSA Art. 32)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from enforcement.enums import TAKEN_BACK_DECISIONS, DecisionState, Origin
from enforcement.models import Decision
from enforcement.queries import decisions as queries
from governance.accounts.models import User
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import consumers
from investigations.domain.acting import check_person
from investigations.domain.consumers import Words
from investigations.enums import ConsumerCause
from investigations.models import ConsumerNotice

LONGEST_CAUSE = 80


class NotIllegal(Refusal):
    """The decision takes no listing off sale for being illegal, so nobody has bought anything that is."""


class OwedAlready(Refusal):
    """Buyers are told of a decision once."""


@transaction.atomic
def tell_buyers(*, decision: Decision, words: Words, actor: User, at: datetime) -> ConsumerNotice:
    """Owe the buyers of its listings what they are told; once, whoever asks for it at the same time.

    Raises NotAPerson, MoveRefused (taken back, replaced), NotIllegal, OwedAlready and WordsMissing; then nothing is written.
    """
    check_person(actor)
    rows = Decision.objects.select_for_update(of=("self",)).select_related("version", "superseded_by", "merchant")
    decision = rows.get(pk=decision.pk)
    known = ConsumerNotice.objects.filter(decision=decision).first()
    if known is not None:
        raise OwedAlready(
            _("The buyers are told of %(decision)s already: %(notice)s. Nothing was added.")
            % {"decision": decision.reference, "notice": known.reference}
        )
    _check(decision)
    cause, ref = ConsumerCause.ILLEGAL, _cause_of(decision)
    return consumers.owe(decision=decision, cause=cause, cause_ref=ref, words=words, actor=actor, at=at)


def _check(decision: Decision) -> None:
    if decision.state in TAKEN_BACK_DECISIONS:
        raise MoveRefused(
            _("%(decision)s was taken back. There is nothing to tell its buyers.") % {"decision": decision.reference}
        )
    if decision.state == DecisionState.SUPERSEDED:
        raise MoveRefused(
            _("%(later)s has replaced %(decision)s. Tell the buyers there.")
            % {"later": decision.superseded_by, "decision": decision.reference}
        )
    about_listings = decision.items.filter(listing__isnull=False, reversal__isnull=True).exists()
    if not about_listings or not queries.took_off_as_illegal(decision):
        raise NotIllegal(
            _("%(decision)s takes no listing off sale for being illegal. Buyers are told of what does.")
            % {"decision": decision.reference}
        )


def _cause_of(decision: Decision) -> str:
    """Our reference of the order, or the law."""
    named = decision.origin_ref if decision.origin_kind == Origin.ORDER else decision.version.legal_basis
    return named if len(named) <= LONGEST_CAUSE else f"{named[: LONGEST_CAUSE - 1]}…"
