"""A team lead hands waiting cases to a person and takes back what somebody holds: first what would happen, then the act."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from governance.accounts.views.acting import person
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import handing
from investigations.domain.handing import Done, Doubtful
from investigations.filters import language
from investigations.forms.team import HandForm, TakeBackForm
from investigations.models import Case
from investigations.queries import handing as queries
from investigations.queries import lines, work
from investigations.views.queue import QueuePage

UNDO_SECONDS = 30
HANDED, TAKEN = gettext_lazy("Hand to a person"), gettext_lazy("Take back")


@opens(permissions.can_lead)
def hand(request: HttpRequest) -> HttpResponse:
    """Chosen in a list (posted without the form's own fields), or by `ids` in the address."""
    cases = _chosen(request)
    if not cases:
        return _nothing(request)
    if "person" not in request.POST and "note" not in request.POST:
        return _ask_whom(request, cases, HandForm())
    form = HandForm(request.POST)
    if not form.is_valid():
        return _ask_whom(request, cases, form, status=422)
    try:
        done = handing.hand(cases=cases, **form.cleaned_data, actor=person(request), at=timezone.now())
    except Doubtful as doubtful:
        form.add_error("despite", [*doubtful.concerns, str(doubtful)])
        return _ask_whom(request, cases, form, status=409)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _ask_whom(request, cases, form, status=409)
    taker = form.cleaned_data["person"]
    text = ngettext("Handed %(n)s case to %(person)s", "Handed %(n)s cases to %(person)s", len(done.cases))
    names = {"n": formats.number(len(done.cases)), "person": taker}
    undo = reverse("investigations:team-to-queue", args=["-".join(str(case.pk) for case in done.cases)])
    toasts.tell(request, text % names, note=_("They get it next."), undo=undo, seconds=UNDO_SECONDS)
    return _back(request, done)


@opens(permissions.can_lead)
def take_back(request: HttpRequest) -> HttpResponse:
    cases = _chosen(request)
    if not cases:
        return _nothing(request)
    if "note" not in request.POST:
        return _ask_why(request, cases, TakeBackForm())
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _ask_why(request, cases, form, status=422)
    try:
        done = handing.take_back(cases=cases, note=form.cleaned_data["note"], actor=person(request), at=timezone.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _ask_why(request, cases, form, status=409)
    text = ngettext("Took %(n)s case back", "Took %(n)s cases back", len(done.cases))
    toasts.tell(
        request,
        text % {"n": formats.number(len(done.cases))},
        note=_("It waits where it waited before; you can hand it to somebody."),
    )
    return _back(request, done)


@require_POST
@opens(permissions.can_lead)
def to_queue(request: HttpRequest, keys: str) -> HttpResponse:
    """The handing undone: for everybody again."""
    cases = list(work.visible_cases(request.user).filter(pk__in=keys.split("-")).order_by("pk"))
    try:
        done = handing.to_queue(cases=cases, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:queue")
    text = ngettext("%(n)s case waits for everybody again", "%(n)s cases wait for everybody again", len(done.cases))
    toasts.tell(request, text % {"n": formats.number(len(done.cases))})
    return _back(request, done)


def _chosen(request: HttpRequest) -> list[Case]:
    """The most urgent first, as many as go at once."""
    if request.method == "POST":
        rows = QueuePage.selected(request)
    else:
        keys = [key for key in request.GET.getlist("ids") if key.isdecimal() and len(key) < 19]
        rows = work.visible_cases(request.user).filter(pk__in=keys).select_related("merchant", "policy", "queue")
    return list(rows.order_by("-priority", "pk")[: handing.MOST])


def _nothing(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("No case is chosen, or you may not read it. Nothing was done."))
    return redirect("investigations:queue")


def _ask_whom(request: HttpRequest, cases: Sequence[Case], form: HandForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    found = queries.candidates(cases, at=now)
    context = _about(cases) | {"form": form, "candidates": found, "total": len(cases), "heading": HANDED}
    return render(request, "investigations/hand.html", context, status=status)


def _ask_why(request: HttpRequest, cases: Sequence[Case], form: TakeBackForm, status: int = 200) -> HttpResponse:
    context = _about(cases) | {"form": form, "heading": TAKEN}
    return render(request, "investigations/take_back.html", context, status=status)


def _about(cases: Sequence[Case]) -> dict[str, object]:
    now = timezone.now()
    found = lines.of(cases, language=language(), at=now)
    return {"cases": [(case, found[case.pk], lines.clock(case.due_at, at=now)) for case in cases], "most": handing.MOST}


def _back(request: HttpRequest, done: Done) -> HttpResponse:
    """To the queue, with what was left as it is and why."""
    for _case, reason in done.left:
        messages.warning(request, reason)
    return redirect("investigations:queue")


for _view in (hand, take_back, to_queue):
    _view.section = "queue"  # type: ignore[attr-defined]
