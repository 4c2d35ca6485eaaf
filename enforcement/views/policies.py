"""Policies: the list, one policy with its versions, and its verbs."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain.transparency import payloads
from enforcement.engine.columns.plans import part_read_by_row
from enforcement.filters import PolicyFilter
from enforcement.forms.policies import Approve, GrantWaiver, NewPolicy, SetMode
from enforcement.language.transparency.names import category_name
from enforcement.queries import overturned
from enforcement.queries import policies as queries
from governance.accounts.permissions import functions
from governance.policies.domain import policies, rules, versions, waivers
from governance.policies.enums import MODE_MEANS, Mode, Subject, VersionState, family_name
from governance.policies.language import RuleProblems
from governance.policies.models import Policy, PolicyVersion, Waiver
from governance.policies.permissions import can_approve_policy, can_switch_policy, can_waive, can_write_policy
from governance.web import charts, formats, toasts
from governance.web.access import opens
from governance.web.choices import Option
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from listings.models import Listing, Merchant

DECIDED_UNDER = frozenset({VersionState.LIVE, VersionState.SUPERSEDED, VersionState.WITHDRAWN})
"""States of versions under which something may have been decided."""
YEAR = "365"
SPANS: dict[str, tuple[Any, int | None]] = {
    "90": (gettext_lazy("90 days"), 90),
    YEAR: (gettext_lazy("A year"), 365),
    "all": (pgettext_lazy("span of time", "Ever"), None),
}


def _since(span: str) -> datetime | None:
    """When the span began that is shown of appeals; a year unless another is asked for."""
    days = SPANS.get(span, SPANS[YEAR])[1]
    return timezone.now() - timedelta(days=days) if days else None


def language() -> str:
    return (get_language() or "en").split("-")[0]


class PolicyList(ListPage):
    section, title = "policies", gettext_lazy("Policies")
    may_open = staticmethod(permissions.can_see_policies)
    filterset_class = PolicyFilter
    order = ("severity_rank", "title", "pk")
    columns = (
        Column("title", gettext_lazy("Policy"), grow=True, sort="title", value=lambda row: row.title),
        Column("number", gettext_lazy("Id"), value=lambda row: row.number),
        Column("family", gettext_lazy("Family"), sort="family", value=lambda row: family_name(row.family)),
        Column("severity", gettext_lazy("Severity"), sort="severity_rank", value=lambda row: row.severity),
        Column("mode", gettext_lazy("Mode"), value=lambda row: row.get_mode_display()),
        Column("legal_basis", gettext_lazy("Legal basis"), hidden=True, value=lambda row: row.legal_basis),
        Column("markets", gettext_lazy("Markets"), value=lambda row: " ".join(row.jurisdictions or [])),
        Column("open", gettext_lazy("Open"), num=True, sort="open_violations", value=lambda row: row.open_violations),
        Column(
            "wrong",
            pgettext_lazy("violations", "Found fine"),
            num=True,
            sort="dismissed",
            value=lambda row: row.dismissed,
        ),
    )
    row_template = "enforcement/policy_row.html"
    template_name = "enforcement/policy_list.html"

    def rows(self) -> QuerySet[Policy]:
        return queries.policies(language())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_write = can_write_policy(self.request.user)
        return super().get_context_data(may_write=may_write, new_form=NewPolicy() if may_write else None, **kwargs)


@opens(permissions.can_see_policies)
def detail(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
    """One policy: `number` chooses the version to read, else the live one, else the latest."""
    policy = get_object_or_404(Policy.objects.select_related("owner"), pk=pk)
    all_versions = queries.versions(policy)
    version = _chosen(policy, all_versions, number)
    span = request.GET.get("appeals", YEAR)
    heard = overturned.by_version(policy, since=_since(span))
    context = {
        "policy": policy,
        "versions": all_versions,
        "version": version,
        "texts": _texts(version),
        "categories": queries.category_names(version, language()) if version else [],
        "pending": next((v for v in all_versions if v.state in (VersionState.DRAFT, VersionState.SUBMITTED)), None),
        "track": queries.track(policy),
        "heard": heard,
        "to_review": next((row for row in heard if row.asks_for_review), None),
        "spans": [Option(key, label, url=f"?appeals={key}#appeals") for key, (label, _days) in SPANS.items()],
        "span": span if span in SPANS else YEAR,
        "recent": queries.recent(policy),
        "bars": _bars(policy),
        "matter": _matter(version),
        "by_row": _by_row(policy, version),
        "mode_moves": queries.mode_moves(policy),
        "waivers": list(policy.waivers.select_related("merchant", "listing", "owner").order_by("-ends_on", "-pk")[:20]),
        "modes": [(mode, MODE_MEANS[mode]) for mode in Mode],
        "may_write": can_write_policy(request.user),
        "may_switch": can_switch_policy(request.user),
        "may_undo": permissions.can_undo_many(request.user) and version is not None and version.state in DECIDED_UNDER,
        "may_waive": can_waive(request.user),
        "may_approve": _may_approve(request, version),
        "approve_form": Approve(initial={"function": next(iter(sorted(functions(request.user))), "")}),
        "waiver_form": GrantWaiver(),
        "today": timezone.localdate(),
    }
    return render(request, "enforcement/policy_detail.html", context)


@opens(can_write_policy)
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    form = NewPolicy(request.POST)
    if form.is_valid():
        try:
            policy = policies.create(
                slug=form.cleaned_data["slug"],
                family=form.cleaned_data["family"],
                subject=Subject(form.cleaned_data["subject"]),
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("slug", str(refusal))
        else:
            return redirect("enforcement:policy-edit", pk=policy.pk)
    return render(request, "enforcement/policy_new.html", {"form": form}, status=422)


@opens(can_write_policy)
@require_POST
def submit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    version = get_object_or_404(PolicyVersion, policy_id=pk, number=number)
    try:
        versions.submit(version=version, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except versions.Incomplete as incomplete:
        for problem in incomplete.problems.values():
            messages.error(request, problem)
        return redirect("enforcement:policy-edit", pk=pk)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Submitted. Another person must approve it before it is in force."))
    return redirect("enforcement:policy-version", pk=pk, number=number)


@opens(can_approve_policy)
@require_POST
def answer(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Approve a submitted version, or object to it."""
    version = get_object_or_404(PolicyVersion, policy_id=pk, number=number)
    form = Approve(request.POST)
    if not form.is_valid() or form.cleaned_data["function"] not in functions(request.user):
        messages.error(request, _("Choose a function that you answer for."))
        return redirect("enforcement:policy-version", pk=pk, number=number)
    verb = versions.object_to if request.POST.get("answer") == "object" else versions.approve
    try:
        done = verb(version=version, actor=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        in_force = done.state == VersionState.LIVE
        toasts.tell(request, _("Approved: the version is in force.") if in_force else _("Sent back with your comment."))
    return redirect("enforcement:policy-version", pk=pk, number=number)


@opens(can_write_policy)
@require_POST
def withdraw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    version = get_object_or_404(PolicyVersion, policy_id=pk, number=number)
    reason = request.POST.get("reason", "")[:500]
    try:
        versions.withdraw(version=version, actor=request.user, reason=reason, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Withdrawn."))
    return redirect("enforcement:policy", pk=pk)


@opens(can_switch_policy)
@require_POST
def set_mode(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(Policy, pk=pk)
    form = SetMode(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a mode and say why."))
        return redirect("enforcement:policy", pk=pk)
    mode = Mode(form.cleaned_data["mode"])
    try:
        policies.set_mode(
            policy=policy,
            mode=mode,
            reason=form.cleaned_data["reason"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Mode is now “%(mode)s”, from the next sweep on.") % {"mode": mode.label})
    return redirect("enforcement:policy", pk=pk)


@opens(can_waive)
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    policy = get_object_or_404(Policy, pk=pk)
    form = GrantWaiver(request.POST)
    if not form.is_valid():
        messages.error(request, _("The waiver was not granted: fill in every field."))
        return redirect("enforcement:policy", pk=pk)
    data = dict(form.cleaned_data)
    try:
        subject = _subject(data.pop("subject"))
        waivers.grant(policy=policy, subject=subject, actor=request.user, at=timezone.now(), **data)  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Waiver granted until %(day)s.") % {"day": formats.day(data["ends_on"])})
    return redirect("enforcement:policy", pk=pk)


@opens(can_waive)
@require_POST
def revoke_waiver(request: HttpRequest, pk: int, waiver: int) -> HttpResponse:
    found = get_object_or_404(Waiver, policy_id=pk, pk=waiver)
    try:
        waivers.revoke(waiver=found, actor=request.user, reason="", at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Waiver revoked. The next sweep looks again."))
    return redirect("enforcement:policy", pk=pk)


def _subject(text: str) -> Merchant | Listing | str:
    kind, _dash, number = text.strip().partition("-")
    if kind.upper() not in ("L", "M") or not number.isdigit():
        return text.strip()
    listing = Listing.objects.filter(pk=int(number)).first() if kind.upper() == "L" else None
    found = listing or (Merchant.objects.filter(pk=int(number)).first() if kind.upper() == "M" else None)
    if found is None:
        raise Refusal(_("There is no %(subject)s.") % {"subject": text})
    return found


def _chosen(policy: Policy, found: list[PolicyVersion], number: int | None) -> PolicyVersion | None:
    if number is not None:
        return next((version for version in found if version.number == number), None)
    return next((version for version in found if version.pk == policy.live_id), found[0] if found else None)


def _matter(version: PolicyVersion | None) -> dict[str, Any] | None:
    """Under what the Transparency Database is told of restrictions by this version."""
    if version is None:
        return None
    matter = payloads.matter_under(version)
    return {"name": category_name(matter.category), "keywords": matter.keywords, "other": matter.other}


def _by_row(policy: Policy, version: PolicyVersion | None) -> str:
    """The part of the rule because of which sweeps read it row by row; empty for one that does not compile, or not yet."""
    if version is None or policy.subject != Subject.LISTINGS:
        return ""
    try:
        return part_read_by_row(rules.compiled(version.rule))
    except RuleProblems:
        return ""


def _texts(version: PolicyVersion | None) -> list[Any]:
    """The version's words: the reader's language first, then English, then the others."""
    if version is None:
        return []
    first = {language(): 0, "en": 1}
    return sorted(version.texts.all(), key=lambda text: (first.get(text.language, 2), text.language))


def _may_approve(request: HttpRequest, version: PolicyVersion | None) -> bool:
    waits = version is not None and version.state == VersionState.SUBMITTED
    return bool(waits and can_approve_policy(request.user) and version and version.author_id != request.user.pk)


def _bars(policy: Policy) -> charts.Bars | None:
    found = queries.by_market(policy)
    if not found:
        return None
    return charts.share_bars([(formats.country(code), count, "") for code, count in found[:8]])
