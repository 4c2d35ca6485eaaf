"""Canned reasons as they are offered and kept: the newest text of each language, how often each was used."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from investigations.enums import ReasonFor
from investigations.models import CannedReason, CannedText, CannedUse

FALLBACK = "en"


@dataclass(frozen=True)
class Offered:
    """One that may be inserted, in the language that was asked for, else in English."""

    reason: CannedReason
    text: CannedText


def kept() -> QuerySet[CannedReason]:
    """All with the number of their uses, for the list."""
    uses = CannedUse.objects.filter(text__reason=OuterRef("pk")).order_by().values("text__reason")
    counted = Coalesce(Subquery(uses.annotate(count=Count("id")).values("count")), 0)
    return CannedReason.objects.select_related("policy").annotate(uses=counted)


def newest(reasons: Iterable[int]) -> dict[tuple[int, str], CannedText]:
    """By reason and language."""
    rows = CannedText.objects.filter(reason__in=list(reasons)).select_related("written_by")
    latest = rows.order_by("reason", "language", "-version").distinct("reason", "language")
    return {(text.reason_id, text.language): text for text in latest}


def offered(*, policies: Iterable[int], purpose: ReasonFor, language: str) -> list[Offered]:
    """Those of these policies and the general ones, the most used first."""
    rows = kept().filter(Q(policy__in=set(policies)) | Q(policy__isnull=True), purpose=purpose, retired_at=None)
    reasons = sorted(rows.order_by("name", "pk"), key=lambda reason: -reason.uses)  # type: ignore[attr-defined]
    texts = newest(reason.pk for reason in reasons)
    found = ((reason, texts.get((reason.pk, language)) or texts.get((reason.pk, FALLBACK))) for reason in reasons)
    return [Offered(reason, text) for reason, text in found if text is not None]


def versions(reason: CannedReason) -> list[CannedText]:
    """Everything that was written, the newest first, each with how often it was used."""
    rows = reason.texts.select_related("written_by").annotate(count=Count("uses"))
    return list(rows.order_by("-written_at", "-pk"))
