"""What the rule on the page would find: asked for as its author pauses, answered from a sample first, then read on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from enforcement.domain import preview_runs
from enforcement.domain.preview_runs import Asked
from enforcement.domain.previews import SnapshotGone
from enforcement.forms.preview import draft_of, page_of
from enforcement.views.preview_panel import panel
from governance.policies.language import RuleProblems
from governance.policies.models import Policy
from governance.policies.permissions import can_write_policy
from governance.web.access import opens

ANSWER = "#preview-answer"
NOTHING_TO_SWAP = 204


@opens(can_write_policy)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """The first answer. A rule that does not compile has its problems shown beside it: here the preview only waits."""
    return _begin(request, get_object_or_404(Policy, pk=pk))


@opens(can_write_policy)
@require_POST
def read_on(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """How far it is; at the end the whole answer in the place of the first. Nothing, where the author has typed on."""
    policy, asked = get_object_or_404(Policy, pk=pk), Asked(_owner(request), number)
    try:
        run = preview_runs.read_on(asked)
    except SnapshotGone:
        return _whole(_begin(request, policy))  # a newer one is there
    if run is None:
        return HttpResponse(status=NOTHING_TO_SWAP)
    if not run.done:
        return render(request, "enforcement/_preview_progress.html", {"run": run, "asked": asked, "policy": policy})
    return _whole(render(request, "enforcement/_preview.html", panel(run, asked, policy)))


def _begin(request: HttpRequest, policy: Policy) -> HttpResponse:
    owner = _owner(request)
    draft = draft_of(request.POST, policy)
    try:
        asked, run = preview_runs.ask(owner, draft, at=timezone.now())
    except RuleProblems:
        preview_runs.forget(owner)
        return render(request, "enforcement/_preview_waits.html", {"empty": not draft.rule.strip()})
    return render(request, "enforcement/_preview.html", panel(run, asked, policy))


def _whole(answer: HttpResponse) -> HttpResponse:
    return reswap(retarget(answer, ANSWER), "innerHTML")


def _owner(request: HttpRequest) -> str:
    return f"{request.user.pk}:{page_of(request.POST)}"
