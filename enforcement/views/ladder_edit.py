"""The page where a draft of the ladder is written."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain import ladder_presets, ladders
from enforcement.forms.ladder import COLUMNS, LadderForm, initial_of
from enforcement.models import Ladder
from enforcement.queries import ladders as queries
from enforcement.views.ladder import SECTION
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal


@opens(permissions.can_write_ladder)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft from a preset, or from the ladder in force."""
    preset, live, now = ladder_presets.preset(request.POST.get("preset", "")), queries.live(), timezone.now()
    if preset is None and live is None:
        messages.error(request, _("Choose what to begin from."))
        return redirect("enforcement:ladder")
    name, terms = (preset.name, preset.terms) if preset else (live.name, live.terms)  # type: ignore[union-attr]
    source = preset.source_url if preset else ""
    try:
        ladders.draft(name=name, terms=terms, source_url=source, actor=request.user, at=now)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("enforcement:ladder")
    return redirect("enforcement:ladder-edit")


@opens(permissions.can_write_ladder)
def edit(request: HttpRequest) -> HttpResponse:
    drafted = queries.drafted()
    if drafted is None:
        messages.info(request, _("No draft is in the making. Begin one here."))
        return redirect("enforcement:ladder")
    if request.method != "POST":
        return _page(request, drafted, LadderForm(initial=initial_of(drafted)))
    form = LadderForm(request.POST)
    if not form.is_valid():
        return _page(request, drafted, form, status=422)
    name, terms = form.cleaned_data["name"], form.terms()
    try:
        ladders.edit(ladder=drafted, name=name, terms=terms, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except ladders.Wrong as wrong:
        form.mark(wrong.problems)
        return _page(request, drafted, form, status=422)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, drafted, form, status=422)
    toasts.tell(request, _("Draft saved."), note=_("See below whom it would move."))
    return redirect("enforcement:ladder-version", number=drafted.number)


edit.section = SECTION  # type: ignore[attr-defined]


def _page(request: HttpRequest, drafted: Ladder, form: LadderForm, *, status: int = 200) -> HttpResponse:
    context = {"ladder": drafted, "form": form, "columns": COLUMNS}
    return render(request, "enforcement/ladder_edit.html", context, status=status)
