"""Steps of the ladder that merchants have reached: the list, one step, and a person's word on it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from enforcement import permissions
from enforcement.domain import ladder_steps
from enforcement.enums import DecisionState, StepState
from enforcement.filters import StepFilter
from enforcement.models import Decision, LadderStep
from enforcement.models.ladder import Milestone
from enforcement.queries import ladders as queries
from enforcement.queries import points as ledger
from enforcement.views.ladder import measure_name
from governance.policies.enums import Measure
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal


class StepList(ListPage):
    section, title = "ladder-steps", gettext_lazy("Steps due")
    may_open = staticmethod(permissions.can_see_steps)
    template_name = "enforcement/step_list.html"
    row_template = "enforcement/step_row.html"
    filterset_class = StepFilter
    order = ("-reached_at", "-pk")
    columns = (
        Column("merchant", gettext_lazy("Merchant"), grow=True, value=lambda row: row.merchant.name),
        Column("measure", gettext_lazy("Measure"), value=lambda row: row.get_measure_display()),
        Column("points", gettext_lazy("Points"), num=True, value=lambda row: row.points),
        Column("milestone", gettext_lazy("Due from"), num=True, value=lambda row: row.milestone),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("by", gettext_lazy("Reached by"), extra=True, value=lambda row: row.reached_by.reference),
        Column("reached", gettext_lazy("Reached"), num=True, sort="reached_at", value=lambda row: row.reached_at),
    )

    def rows(self) -> QuerySet[LadderStep]:
        return queries.steps(permissions.markets(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        for row in self.page.rows:
            row.name = name_of(row)
        return super().get_context_data(**kwargs)


def name_of(step: LadderStep) -> str:
    return measure_name(Milestone(step.milestone, Measure(step.measure), step.days))


@require_safe
@opens(permissions.can_see_steps)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, _load(request, pk))


@opens(permissions.can_decide_steps)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide: the measure is applied, and the merchant gets a statement of reasons."""
    return _verb(request, pk, ladder_steps.take, _taken)


@opens(permissions.can_decide_steps)
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, ladder_steps.decline, lambda _step: _("Not now. Your reason stands in the file."))


def _taken(decision: Decision) -> str:
    if decision.state == DecisionState.HELD:
        return _("Decided. It waits for a second person; until then nobody is told.")
    return _("Carried out. The merchant gets the statement of reasons.")


def _verb(request: HttpRequest, pk: int, verb: Callable[..., Any], done: Callable[[Any], str]) -> HttpResponse:
    step, reason = _load(request, pk), request.POST.get("reason", "")[:2_000]
    try:
        outcome = verb(step=step, actor=request.user, reason=reason, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _show(request, _load(request, pk), reason=reason, status=422)
    toasts.tell(request, done(outcome), note=step.merchant.name)
    return redirect("enforcement:ladder-step", pk=pk)


def _load(request: HttpRequest, pk: int) -> LadderStep:
    return get_object_or_404(queries.steps(permissions.markets(request.user)), pk=pk)


def _show(request: HttpRequest, step: LadderStep, *, reason: str = "", status: int = 200) -> HttpResponse:
    warned = Decision.objects.filter(merchant=step.merchant_id, measure=Measure.WARN, decided_at__lt=step.reached_at)
    context = {
        "step": step,
        "name": name_of(step),
        "points_now": ledger.balance(step.merchant_id, timezone.now()),
        "warned": warned.order_by("-decided_at").first(),
        "moves": step.moves.select_related("actor").order_by("-moved_at", "-pk"),
        "reason": reason,
        "may_decide": step.state == StepState.PROPOSED and permissions.can_decide_steps(request.user),
    }
    return render(request, "enforcement/step_detail.html", context, status=status)


detail.section = "ladder-steps"  # type: ignore[attr-defined]
