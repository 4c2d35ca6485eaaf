"""Adding things to an investigation in one act, opening it first where there is none yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import investigations
from investigations.domain.investigations import MOST_AT_ONCE
from investigations.models import Case, Investigation, LinkGroup, SearchRun
from listings.models import Listing, Merchant

__all__ = ["MOST_AT_ONCE", "Things", "add"]


@dataclass(frozen=True)
class Things:
    listings: Sequence[Listing] = ()
    merchants: Sequence[Merchant] = ()
    cases: Sequence[Case] = ()
    groups: Sequence[LinkGroup] = ()
    run: SearchRun | None = None


@transaction.atomic
def add(
    *,
    into: Investigation | None,
    title: str,
    question: str,
    reason: str,
    things: Things,
    actor: User,
    at: datetime,
) -> tuple[Investigation, int]:
    """Returns the investigation, and how much of it was not there yet."""
    if into is None:
        if not permissions.can_investigate(actor):
            raise Refusal(_("Choose an investigation on which you work."))
        into = investigations.open_new(title=title, question=question, actor=actor, at=at)
    added = investigations.collect(
        investigation=into, listings=things.listings, merchants=things.merchants, cases=things.cases,
        groups=things.groups, reason=reason, actor=actor, at=at,
    )  # fmt: skip
    if things.run is not None:
        investigations.keep_search(investigation=into, run=things.run, title=reason, actor=actor, at=at)
        added += 1
    return into, added
