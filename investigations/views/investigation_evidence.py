"""Evidence of an investigation, what it found, and its dossier."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from governance.accounts.views.acting import person
from governance.policies.enums import Severity
from governance.policies.models import Policy
from governance.policies.permissions import can_write_policy
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import dossiers
from investigations.domain import findings as domain
from investigations.domain import investigation_exhibits as exhibits
from investigations.enums import CollectedKind, ExhibitKind
from investigations.filters import language
from investigations.forms.investigations import ExhibitForm, FindNothing, OpenCases, ProposePolicy, WritePolicy
from investigations.models import Finding, InvestigationExhibit
from investigations.queries import investigations as queries
from investigations.queries import policies_in_force
from investigations.queries.listings import visible_listings
from investigations.views.investigations import load, verb


@require_POST
@opens(permissions.can_work_on_investigations)
def add_file(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    form = ExhibitForm(request.POST, request.FILES, prefix="exhibit")
    if not form.is_valid():
        messages.error(request, next(str(error) for errors in form.errors.values() for error in errors))
        return redirect("investigations:investigation", pk=pk)
    given = form.cleaned_data
    return verb(
        request, pk, exhibits.add_file, _("Kept under its hash"), investigation=found, title=given["title"],
        source=given["source"], filename=given["file"].name, chunks=given["file"].chunks(),
    )  # fmt: skip


@require_POST
@opens(permissions.can_work_on_investigations)
def capture(request: HttpRequest, pk: int, listing: int) -> HttpResponse:
    """Keep a listing's page as it is now."""
    found = load(request, pk)
    row = get_object_or_404(visible_listings(request.user).select_related("merchant"), pk=listing)
    told = _("Kept as it is now")
    return verb(request, pk, exhibits.capture, told, investigation=found, listing=row)


@require_POST
@opens(permissions.can_work_on_investigations)
def verify(request: HttpRequest, pk: int, exhibit: int) -> HttpResponse:
    piece = _piece(request, pk, exhibit)
    try:
        matches = exhibits.verify(exhibit=piece, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if matches:
            toasts.tell(request, _("It matches its hash"))
        else:
            messages.error(
                request, _("It does not match its hash: it was changed or is missing. The chain of custody says so.")
            )
    return redirect("investigations:investigation", pk=pk)


@require_POST
@opens(permissions.can_read_investigations)
def download(request: HttpRequest, pk: int, exhibit: int) -> HttpResponse:
    """The evidence as a file; who had it, is noted."""
    piece = _piece(request, pk, exhibit)
    try:
        data = exhibits.download(exhibit=piece, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:investigation", pk=pk)
    name = f"{piece.source}.json" if piece.kind == ExhibitKind.PAGE else piece.filename or "file"
    return _file(data, name, "application/octet-stream")


@opens(permissions.can_work_on_investigations)
def cases(request: HttpRequest, pk: int) -> HttpResponse:
    """Put collected listings before moderators."""
    found = load(request, pk)
    collected = queries.collected(found, CollectedKind.LISTING)
    listings = [
        (each.listing.pk, f"L-{each.listing.pk} · {each.listing} · {each.listing.merchant.name}")
        for each in collected
        if each.listing
    ]
    form = OpenCases(
        request.POST or None, listings=listings, policies=policies_in_force.by_title(),
        initial={"listings": [str(key) for key, _label in listings]},
    )  # fmt: skip
    if form.is_valid():
        given = form.cleaned_data
        try:
            finding = domain.open_cases(
                investigation=found, listings=[int(key) for key in given["listings"]],
                policy=Policy.objects.get(pk=given["policy"]), severity=Severity(given["severity"]), text=given["text"],
                actor=person(request), at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            count = finding.cases.count()
            toasts.tell(request, ngettext("Opened %(n)s case", "Opened %(n)s cases", count) % {"n": count})
            return redirect("investigations:investigation", pk=pk)
    title = pgettext("verb", "Open cases")
    context = {"investigation": found, "form": form, "title": title, "submit": title, "none": not listings}
    return render(request, "investigations/finding.html", context, status=422 if form.is_bound else 200)


@opens(permissions.can_work_on_investigations)
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a policy; what a search asked may be its expression."""
    found = load(request, pk)
    form = ProposePolicy(request.POST or None, initial={"rule": request.GET.get("rule", "")[:10_000]})
    if form.is_valid():
        try:
            domain.propose_policy(investigation=found, actor=person(request), at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("rule" if "rule" in refusal.errors else None, str(refusal))
        else:
            toasts.tell(request, _("Proposed"), note=_("A governance manager who works on it can write the policy."))
            return redirect("investigations:investigation", pk=pk)
    title = _("Propose a policy")
    context = {"investigation": found, "form": form, "title": title, "submit": title}
    return render(request, "investigations/finding.html", context, status=422 if form.is_bound else 200)


@opens(permissions.can_work_on_investigations)
def nothing(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    form = FindNothing(request.POST or None)
    if form.is_valid():
        told, text = _("Finding written"), form.cleaned_data["text"]
        return verb(request, pk, domain.find_nothing, told, investigation=found, text=text)
    title = _("Nothing further")
    context = {"investigation": found, "form": form, "title": title, "submit": _("Write the finding")}
    return render(request, "investigations/finding.html", context, status=422 if form.is_bound else 200)


@require_POST
@opens(can_write_policy)
def write_policy(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    """A draft with the words and the expression of the proposal."""
    row = get_object_or_404(
        Finding.objects.select_related("investigation"), pk=finding, investigation=load(request, pk)
    )
    form = WritePolicy(request.POST)
    if not form.is_valid():
        messages.error(request, next(str(error) for errors in form.errors.values() for error in errors))
        return redirect("investigations:investigation", pk=pk)
    try:
        policy = domain.begin_policy(
            finding=row, actor=person(request), language=language(), at=timezone.now(), **form.cleaned_data
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:investigation", pk=pk)
    return redirect("enforcement:policy-edit", pk=policy.pk)


@require_POST
@opens(permissions.can_work_on_investigations)
def dossier(request: HttpRequest, pk: int) -> HttpResponse:
    found = load(request, pk)
    try:
        made = dossiers.make(investigation=found, language=language(), actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("investigations:investigation", pk=pk)
    return _file(made.data, made.name, "application/pdf")


def _piece(request: HttpRequest, pk: int, exhibit: int) -> InvestigationExhibit:
    rows = InvestigationExhibit.objects.select_related("investigation")
    return get_object_or_404(rows, pk=exhibit, investigation=load(request, pk))


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    plain = "".join(
        each if each.isalnum() or each in "-_." else "_" for each in name.replace("\\", "/").rsplit("/", 1)[-1]
    )
    response["Content-Disposition"] = f'attachment; filename="{plain or "file"}"'
    return response


for _view in (add_file, capture, verify, download, cases, propose, nothing, write_policy, dossier):
    _view.section = "investigations"  # type: ignore[attr-defined]
