"""The team's history of searches: kept by itself, for a time."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.enums import SearchKind
from investigations.models import SearchRun
from investigations.queries.search_figures import Found

AGAIN = timedelta(minutes=10)
"""The same search of the same person within this is one run."""
LONGEST = 4_000
SHORTEST_REASON = 5


@transaction.atomic
def ran(*, kind: SearchKind, query: str, found: Found, actor: User, at: datetime) -> SearchRun | None:
    """Keep that somebody searched. Nothing, where the address is empty or too long to be asked again."""
    if not query or len(query) > LONGEST:
        return None
    limited = permissions.markets(actor)
    markets = None if limited is None else sorted(limited)
    same = SearchRun.objects.filter(person=actor, kind=kind, query=query, ran_at__gt=at - AGAIN)
    same = same.order_by("-ran_at", "-id")
    digest = "" if found.cut else found.sha256
    if (last := same.first()) and (last.sha256, last.found, last.more, last.markets) == (
        digest, found.now, found.cut, markets
    ):  # fmt: skip
        return last
    return SearchRun.objects.create(
        person=actor, kind=kind, query=query, found=found.now, more=found.cut, sha256=digest, markets=markets, ran_at=at
    )


def reason_given(text: str) -> str:
    """Why a result leaves the house. Raises Refusal where nothing much is said."""
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON:
        raise Refusal(_("Say what the file is for: it stands in the log."))
    return reason


@transaction.atomic
def export(*, kind: SearchKind, query: str, found: int, file: str, reason: str, actor: User, at: datetime) -> None:
    """Note that a result leaves the house, and why."""
    data = {"query": query, kind.value: found, "as": file, "reason": reason}
    entries.record(verb="search.exported", actor=actor, subject_kind="search", data=data, at=at)


@transaction.atomic
def forget_old(*, at: datetime) -> int:
    """Drop runs older than `SEARCH_HISTORY_DAYS`; returns how many."""
    old = SearchRun.objects.filter(ran_at__lt=at - timedelta(days=settings.SEARCH_HISTORY_DAYS))
    dropped, _by_model = old.delete()
    return dropped
