"""What stands in the decision panel of a case: what was entered, else what was undone, else what the policy suggests."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from enforcement.models import Decision
from enforcement.queries.waiting import is_scheduled
from investigations.enums import Verdict
from investigations.forms import CURE_CHOICES, DecideForm
from investigations.models import Case, CaseDecision
from investigations.queries import panel, work

MINUTE = "%Y-%m-%dT%H:%M"
"""As a browser's field for day and time has it."""
FINE_REASONS = (
    gettext_lazy("The rule caught something else"),
    gettext_lazy("The proof is there"),
    gettext_lazy("The policy does not cover this"),
    gettext_lazy("Corrected since"),
)


def of(case: Case, beside: panel.Panel, form: DecideForm | None, taken_back: CaseDecision | None) -> dict[str, Any]:
    """What stands in the panel: what was entered, else what was undone, else what the policy suggests."""
    last = work.unsettled(case).order_by("-id").values_list("pk", flat=True).first() or 0
    if form is not None:
        return {
            "verdicts": form.given(),
            "measure": form.data.get("measure", ""),
            "also": form.data.get("also", ""),
            "markets": form.posted_markets,
            "minimum_age": form.data.get("minimum_age", ""),
            "cure_days": form.data.get("cure_days", ""),
            "without_notice": form.data.get("without_notice", ""),
            "starts_at": form.data.get("starts_at", ""),
            "reason": form.data.get("reason", ""),
            "fine_reason": _for_reporters(case, form.data.get("fine_reason", "")),
            "known_up_to": form.data.get("known_up_to", last),
        }
    before = taken_back.decision if taken_back else None
    suggested = beside.suggested
    verdicts = work.unsettled(case).exclude(verdict="").values_list("pk", "verdict")
    return {
        "verdicts": {key: Verdict(verdict) for key, verdict in verdicts},
        "measure": before.measure if before else suggested.value if suggested else "",
        "also": _also(taken_back),
        "markets": (before.markets if before else []) or beside.decidable,
        "minimum_age": (before.minimum_age if before else None)
        or (beside.version.minimum_age if beside.version else None),
        "cure_days": _cure_days(before, beside),
        "without_notice": before.without_notice if before else "",
        "starts_at": timezone.localtime(before.starts_at).strftime(MINUTE) if before and is_scheduled(before) else "",
        "reason": before.reason if before else beside.text.title if beside.text else "",
        "fine_reason": "" if case.is_reported else str(FINE_REASONS[0]),
        "known_up_to": last,
    }


def _for_reporters(case: Case, entered: str) -> str:
    """What was offered before somebody reported it was written for us, not for them."""
    return "" if case.is_reported and entered in map(str, FINE_REASONS) else entered


def _also(taken_back: CaseDecision | None) -> str:
    if taken_back is None or taken_back.decision is None:
        return ""
    second = taken_back.also.exclude(measure=taken_back.decision.measure).order_by("pk").first()
    return second.measure if second else ""


def _cure_days(before: Decision | None, beside: panel.Panel) -> str:
    """What was taken back, where it can be offered again; else the policy's own."""
    chosen = str(before.cure_days) if before else ""
    usual = before is None or beside.version is None or before.cure_days == beside.version.cure_days
    return "" if usual or chosen not in dict(CURE_CHOICES) else chosen


def as_data(entered: dict[str, Any]) -> dict[str, Any]:
    """What stands in the panel, as the form would post it."""
    return {
        "measure": entered["measure"],
        "also": entered["also"],
        "markets": entered["markets"],
        "minimum_age": entered["minimum_age"] or "",
        "cure_days": entered["cure_days"],
        "without_notice": entered["without_notice"],
        "starts_at": entered["starts_at"],
        "reason": entered["reason"],
        "known_up_to": entered["known_up_to"],
    } | {f"verdict-{key}": verdict.value for key, verdict in entered["verdicts"].items()}


def undone(case: Case) -> CaseDecision | None:
    """The last decision on the case, when it was taken back."""
    last = CaseDecision.objects.filter(case=case).select_related("decision").order_by("-decided_at", "-id").first()
    return last if last and last.undone_at else None
