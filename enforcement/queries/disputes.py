"""Disputes outside the house: who may read which, the bodies, and the counts that a transparency report asks for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Exists, OuterRef, QuerySet

from enforcement.enums import LOST_DISPUTES, DisputeState, Forum
from enforcement.models import Dispute, DisputeBody, DisputeStep
from enforcement.queries import decisions
from enforcement.queries.decisions import Markets


def listed(markets: Markets) -> QuerySet[Dispute]:
    """Disputes about decisions that concern these markets, with what a row of them shows."""
    rows = Dispute.objects.select_related("merchant", "decision__version__policy", "body", "appeal")
    return rows if markets is None else rows.filter(decisions.concerns(markets, "decision"))


def steps(dispute: Dispute) -> list[DisputeStep]:
    """The newest first, with their papers."""
    return list(dispute.steps.select_related("actor").prefetch_related("documents").order_by("-at", "-pk"))


def bodies() -> QuerySet[DisputeBody]:
    rows = DisputeBody.objects.annotate(used=Exists(Dispute.objects.filter(body=OuterRef("pk"))))
    return rows.order_by("name", "pk")


def named_in(language: str) -> list[DisputeBody]:
    """The bodies that a statement in this language tells of."""
    return list(DisputeBody.objects.filter(named=True, languages__contains=[language]).order_by("name", "pk"))


@dataclass(frozen=True)
class Totals:
    """Disputes brought from one day to another. `median_days` are from being brought to the outcome, of those with one.

    `carried_out` counts what went against us and was done; a report asks for its share.
    """

    brought: int
    open: int
    outcomes: dict[str, int]
    lost: int
    carried_out: int
    median_days: int | None


def totals(rows: QuerySet[Dispute], *, forum: Forum, since: date, until: date) -> Totals:
    """Of these rows, those before one kind of forum that were brought within the days, both included."""
    found = rows.filter(forum=forum, brought_on__range=(since, until)).order_by("pk")
    return _totals(found.values_list("state", "outcome", "brought_on", "decided_on"))


def _totals(rows: Iterable[tuple[str, str, date, date | None]]) -> Totals:
    rows = list(rows)
    lost = [state for state, outcome, _brought, _decided in rows if outcome in LOST_DISPUTES]
    days = [(decided - brought).days for _state, _outcome, brought, decided in rows if decided is not None]
    return Totals(
        brought=len(rows),
        open=sum(state == DisputeState.OPEN for state, *_rest in rows),
        outcomes=dict(Counter(outcome for _state, outcome, *_rest in rows if outcome)),
        lost=len(lost),
        carried_out=sum(state == DisputeState.IN_EFFECT for state in lost),
        median_days=round(median(days)) if days else None,
    )
