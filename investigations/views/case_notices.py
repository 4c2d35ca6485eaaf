"""What of a case was reported: the notices beside its listings, and under which policy it is judged."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.accounts.permissions import Anyone
from governance.policies.models import Policy
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import notice_cases
from investigations.enums import FROM_OUTSIDE, CaseOrigin
from investigations.forms.notices import ChoosePolicy
from investigations.models import Case, Claim
from investigations.queries import notices as queries
from investigations.queries import orders, policies_in_force, work


def context(case: Case, user: Anyone, held: Claim | None, *, mine: bool, notices: int) -> dict[str, Any]:
    """How much was reported and by whom, or what was ordered; for who holds the case what has come since, and the choice of a policy
    where no rule found anything. `notices` is how much was reported."""
    found: dict[str, Any] = {"reported": queries.reported(case) if notices else None}
    if mine and held is not None and case.is_reported:
        found["came_since"] = queries.since(case, held.claimed_at)
    if case.origin not in FROM_OUTSIDE:
        return found
    found["from_outside"] = True
    if case.origin == CaseOrigin.ORDER:
        found |= {"orders": orders.of_case(case), "may_read_orders": permissions.can_read_orders(user)}
    if mine and not work.unsettled(case).filter(violation__isnull=False).exists():
        found["policy_form"] = ChoosePolicy(policies=_policies(case), initial={"policy": case.policy_id})
    return found


def _policies(case: Case) -> list[tuple[int, str]]:
    return policies_in_force.by_title(queries.subjects_of(case))


@require_POST
@opens(permissions.can_work)
def choose_policy(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(work.visible_cases(request.user), pk=pk)
    form = ChoosePolicy(request.POST, policies=_policies(case))
    if not form.is_valid():
        messages.error(request, _("Choose a policy from the list."))
        return redirect("investigations:case", pk=pk)
    policy = get_object_or_404(Policy, pk=form.cleaned_data["policy"])
    try:
        notice_cases.choose_policy(case=case, policy=policy, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("%(case)s is judged under %(policy)s") % {"case": case, "policy": policy.number})
    return redirect("investigations:case", pk=pk)
