"""What a person does with a case: take, decide, undo, hold, skip, release, annotate. One domain call each."""

from datetime import timedelta
from pathlib import Path

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from enforcement.domain.decisions import UNDO_WINDOW
from enforcement.enums import DecisionState
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import cases, claims, files, presence, shift
from investigations.enums import EvidenceKind
from investigations.filters import language
from investigations.forms import DecideForm, FileForm, LinkForm, NoteForm, ReasonForm, TranslationForm
from investigations.models import Case, CaseDecision, CaseItem, Evidence
from investigations.queries import colleagues as queries
from investigations.queries import exhibits, family, panel, trail, work
from investigations.views import deciding, golden
from investigations.views.case import load, show
from investigations.views.dialogs import ENTERED, entered
from investigations.views.giving import back, go_on
from investigations.views.words import Deed

NAMES_SHOWN = 8


@require_POST
@opens(permissions.can_work)
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the case. Where a claim was lost, what had been entered is posted with it and stands on the page again."""
    case = load(request, pk)
    try:
        claims.claim(case=case, person=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if ENTERED in request.POST:
        return show(request, load(request, pk), form=entered(request, case))
    return redirect("investigations:case", pk=pk)


@require_POST
@opens(permissions.can_work)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers a partial update with the new claim, so that nothing entered is lost; else goes back to the page."""
    case = load(request, pk)
    try:
        held = claims.extend(case=case, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        held = None
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "investigations/_claim.html", {"case": case, "claim": held})
    return redirect("investigations:case", pk=pk)


@require_POST
@opens(permissions.can_read_cases)
def here(request: HttpRequest, pk: int) -> HttpResponse:
    """The page says that its reader is there; answers who else is, and that a claim is gone where it is."""
    case, now = load(request, pk), timezone.now()
    if "active" in request.POST:
        claims.beat(case=case, person=request.user, at=now)  # type: ignore[arg-type]
    others = presence.look(case_id=case.pk, person=request.user, at=now)  # type: ignore[arg-type]
    lost = "mine" in request.POST and work.live_claim_on(case, request.user) is None
    if lost and (why := trail.taken_back_because(case, request.user)):
        messages.warning(request, _("A team lead took %(case)s back: “%(why)s”") % {"case": case, "why": why})
    return render(request, "investigations/_here.html", {"others": others, "lost": lost})


@require_POST
@opens(permissions.can_work)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    case = load(request, pk)
    try:
        claims.release(case=case, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:case", pk=pk)
    toasts.tell(request, _("Released %(case)s") % {"case": case}, note=_("It waits in its queue again."))
    return back(request)


@require_POST
@opens(permissions.can_work)
def skip(request: HttpRequest, pk: int) -> HttpResponse:
    case, form = load(request, pk), ReasonForm(request.POST, prefix="skip")
    reason = form.cleaned_data["why"] if form.is_valid() else ""
    try:
        step = shift.skip(case=case, actor=request.user, reason=reason, chance=golden.drawn(), at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        return _refused(request, case, refusal)
    toasts.tell(request, _("Skipped %(case)s") % {"case": case}, note=_("It does not come back to you by itself."))
    return go_on(request, step)


@require_POST
@opens(permissions.can_work)
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    case, words = load(request, pk), ReasonForm(request.POST, prefix="hold")
    reason = words.cleaned_data["why"] if words.is_valid() else ""
    given = DecideForm(request.POST, case=case, markets=())
    try:
        step = shift.hold(
            case=case,
            actor=request.user,  # type: ignore[arg-type]
            reason=reason,
            verdicts=given.given(),
            chance=golden.drawn(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _refused(request, case, refusal)
    toasts.tell(request, _("Held %(case)s for a senior reviewer") % {"case": case}, note=_("Your verdicts go with it."))
    return go_on(request, step)


@require_POST
@opens(permissions.can_work)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide, and open the next case at once. What is refused comes back as it was entered."""
    case, now = load(request, pk), timezone.now()
    beside = panel.of(case, language=language(), at=now)
    form = DecideForm(request.POST, case=case, markets=beside.decidable)
    deed = deciding.deed_of(case, beside, form)
    if not form.is_valid():
        messages.error(request, _("Something entered was not understood. Nothing was decided."))
        return show(request, case, form=form, status=422)
    given = form.cleaned_data
    try:
        step = shift.decide(
            case=case,
            verdicts=given["verdicts"],
            measure=given["measure"],
            markets=form.named_markets,
            minimum_age=given["minimum_age"],
            asked=form.asked,
            actor=request.user,  # type: ignore[arg-type]
            reason=given["reason"],
            fine_reason=given["fine_reason"],
            chance=golden.drawn(),
            at=now,
            also=given["also"],
            keep=given["keep"],
            canned=form.canned,
            read=form.read,
        )
    except Refusal as refusal:
        return _refused(request, case, refusal)
    _tell_decided(request, case, step, deed)
    return go_on(request, step)


@require_POST
@opens(permissions.can_work)
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    ruling = get_object_or_404(CaseDecision.objects.select_related("case"), pk=pk, person=request.user.pk)
    try:
        cases.undo_decision(ruling=ruling, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:case", pk=ruling.case_id)
    toasts.tell(request, _("Undone"), note=_("%(case)s is yours again; nothing was sent.") % {"case": ruling.case})
    return redirect("investigations:case", pk=ruling.case_id)


# --- notes and evidence ----------------------------------------------------------------------------


@require_POST
@opens(permissions.can_annotate)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    case, form = load(request, pk), NoteForm(request.POST)
    if form.is_valid():
        files.note(case=case, actor=request.user, text=form.cleaned_data["text"], at=timezone.now())  # type: ignore[arg-type]
    else:
        messages.error(request, _("The note is empty."))
    return redirect("investigations:case-tab", pk=pk, tab="notes")


@require_GET
@opens(permissions.can_annotate)
def colleagues(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may be named in a note: those who may read the case, by the beginning of a word of their pseudonym."""
    case, typed = load(request, pk), request.GET.get("q", "").casefold()
    names = [person.pseudonym for person in queries.who_may_read(case) if person != request.user]
    fitting = [name for name in names if f" {name.casefold()}".find(f" {typed}") >= 0]
    return JsonResponse({"results": fitting[:NAMES_SHOWN]})


@require_POST
@opens(permissions.can_annotate)
def add_link(request: HttpRequest, pk: int) -> HttpResponse:
    case, form = load(request, pk), LinkForm(request.POST)
    if form.is_valid():
        files.add_link(case=case, actor=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
    else:
        messages.error(request, _said(form))
    return redirect("investigations:case-tab", pk=pk, tab="evidence")


@require_POST
@opens(permissions.can_annotate)
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    case, form = load(request, pk), FileForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data["file"]
        now = timezone.now()
        kept = files.add_file(
            case=case,
            actor=request.user,  # type: ignore[arg-type]
            title=form.cleaned_data["title"],
            filename=given.name,
            chunks=given.chunks(),
            at=now,
        )
        if kept.taken_at != now:
            messages.info(request, _("This file is here already, as “%(title)s”.") % {"title": kept.title})
    else:
        messages.error(request, _said(form))
    return redirect("investigations:case-tab", pk=pk, tab="evidence")


@require_POST
@opens(permissions.can_annotate)
def add_snapshot(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    case = load(request, pk)
    row = get_object_or_404(CaseItem.objects.select_related("case", "listing"), pk=item, case=case)
    try:
        files.add_snapshot(item=row, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:case-tab", pk=pk, tab="evidence")


@require_POST
@opens(permissions.can_annotate)
def translate(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """What a listing says, in another language."""
    case = load(request, pk)
    row = get_object_or_404(CaseItem.objects.select_related("case", "listing", "violation"), pk=item, case=case)
    form = TranslationForm(request.POST)
    try:
        if not form.is_valid():
            raise Refusal(_("The translation is empty, or longer than 10,000 characters."))
        files.translate(item=row, **form.cleaned_data, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    number = request.POST.get("number", "")
    if not request.htmx or not number.isdecimal():  # type: ignore[attr-defined]
        return redirect("investigations:case", pk=pk)
    context = {"case": case, "exhibit": exhibits.one(row, number=int(number), language=language()), "current": True}
    return render(request, "investigations/_exhibit.html", context | {"may_annotate": True, "in_place": True})


@opens(permissions.can_open_case)
def download(request: HttpRequest, pk: int, evidence: int) -> HttpResponseBase:
    """A file as it was given, always as a download: the browser shows nothing of it."""
    case = load(request, pk)
    found = get_object_or_404(Evidence, pk=evidence, case__in=family.keys(case), kind=EvidenceKind.FILE)
    path = files.path_of(found.sha256)
    if not path.is_file():
        raise Http404
    name = Path(str(found.content.get("filename") or "file").replace("\\", "/")).name
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")


def _refused(request: HttpRequest, case: Case, refusal: Refusal) -> HttpResponse:
    """The page as it was entered, with the reason why nothing happened."""
    messages.error(request, str(refusal))
    return show(request, load(request, case.pk), form=entered(request, case), status=409)


def _tell_decided(request: HttpRequest, case: Case, step: shift.Step, deed: Deed) -> None:
    note = ""
    if step.next == case:
        note = _("%(case)s is still yours: decide the rest.") % {"case": case}
    elif step.next is not None:
        note = _("%(case)s is yours now.") % {"case": step.next}
    if step.ruling is not None:
        took = formats.span(timedelta(seconds=step.ruling.handling_seconds))
        handled = _("Handled in %(span)s.") % {"span": took}
        note = f"{note} {handled}".strip()
    if step.ruling is None:
        toasts.tell(request, _("%(case)s waits for a senior reviewer") % {"case": case}, note=note)
        return
    undo_url = reverse("investigations:ruling-undo", args=[step.ruling.pk])
    seconds = int(UNDO_WINDOW.total_seconds())
    toasts.tell(request, _done(step.ruling, deed), note=note, undo=undo_url, seconds=seconds)


def _done(ruling: CaseDecision, deed: Deed) -> str:
    """What has happened; of what waits, what is to happen."""
    state = ruling.decision.state if ruling.decision else ""
    if state == DecisionState.HELD:
        return _("Waits for a second person: %(deed)s") % {"deed": deed.label}
    if state == DecisionState.PENDING:
        return _("Announced to the merchant: %(deed)s") % {"deed": deed.label}
    return deed.done


def _said(form: forms.Form) -> str:
    """The first thing that a form complains about."""
    return next((str(error) for errors in form.errors.values() for error in errors), "")
