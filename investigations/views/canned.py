"""Canned reasons: where they are kept, and what a case's page offers of them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from enforcement.models import Appeal
from enforcement.permissions import can_hear_appeals
from governance.accounts.views.acting import person
from governance.policies.models import Policy
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import canned
from investigations.enums import ReasonFor
from investigations.filters import CannedFilter, language
from investigations.forms.arranging import CannedForm, CannedTextsForm, canned_languages
from investigations.models import CannedReason, Case
from investigations.queries import canned as queries
from investigations.queries import exhibits, lines, work
from investigations.text import fields
from investigations.views import appeals
from investigations.views.arranging import asked_or_done
from investigations.views.case import load
from listings.models import Merchant

KEYS = "123456789"


@dataclass(frozen=True)
class Choice:
    """One reason in the picker, filled in; `key` picks it."""

    offered: queries.Offered
    text: str
    key: str


class CannedList(ListPage):
    section, title = "reasons", gettext_lazy("Canned reasons")
    may_open = staticmethod(permissions.can_keep_reasons)
    template_name = "investigations/canned_list.html"
    row_template = "investigations/canned_row.html"
    filterset_class = CannedFilter
    order = ("name", "pk")
    columns = (
        Column("name", gettext_lazy("Name"), grow=True, sort="name", value=lambda row: row.name),
        Column("policy", gettext_lazy("Policy"), value=lambda row: row.policy.number if row.policy else ""),
        Column("purpose", gettext_lazy("Used for"), fit=True, value=lambda row: row.get_purpose_display()),
        Column("languages", gettext_lazy("Languages"), fit=True, spare=True),
        Column("uses", gettext_lazy("Used"), num=True, value=lambda row: row.uses),
    )

    def rows(self) -> QuerySet[CannedReason]:
        return queries.kept()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = self.page.rows
        titles = lines.policy_titles({row.policy_id for row in rows if row.policy_id}, language=language())
        texts = queries.newest(row.pk for row in rows)
        for row in rows:
            row.title = titles.get(row.policy_id or 0, "")
            row.languages = [tag for key, tag in texts if key == row.pk]
            found = texts.get((row.pk, language())) or texts.get((row.pk, queries.FALLBACK))
            row.text = found.text if found else ""
        return super().get_context_data(**kwargs)


@asked_or_done
@opens(permissions.can_keep_reasons)
def new(request: HttpRequest) -> HttpResponse:
    form = CannedForm(request.POST or None, policies=_policies())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = canned.create(
                name=given["name"],
                policy=Policy.objects.get(pk=given["policy"]) if given["policy"] else None,
                purpose=given["purpose"],
                texts=form.texts,
                actor=person(request),
                at=timezone.now(),
            )
            toasts.tell(request, _("Wrote “%(name)s”") % {"name": made.name})
            return redirect("investigations:reason", pk=made.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.is_bound else 200
    context = {"form": form, "fields": [f"{{{name}}}" for name in fields.FIELDS]}
    return render(request, "investigations/canned_new.html", context, status=status)


@asked_or_done
@opens(permissions.can_keep_reasons)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One reason with its words in all languages, to be written anew, and what they were before."""
    reason = get_object_or_404(queries.kept(), pk=pk)
    now = queries.newest([reason.pk])
    current = {f"text_{tag}": now[pk, tag].text for tag in canned_languages() if (pk, tag) in now}
    form = CannedTextsForm(request.POST or None, initial=current)
    if request.method == "POST" and form.is_valid():
        try:
            changed = canned.write(reason=reason, texts=form.texts, actor=person(request), at=timezone.now())
            toasts.tell(request, _("Wrote “%(name)s”") % {"name": reason.name} if changed else _("Nothing was changed"))
            return redirect("investigations:reason", pk=pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    titles = lines.policy_titles([reason.policy_id] if reason.policy_id else [], language=language())
    context = {
        "reason": reason,
        "form": form,
        "policy_title": titles.get(reason.policy_id or 0, ""),
        "versions": queries.versions(reason),
        "fields": [f"{{{name}}}" for name in fields.FIELDS],
    }
    return render(request, "investigations/canned.html", context, status=422 if form.is_bound else 200)


@require_POST
@opens(permissions.can_keep_reasons)
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    reason = get_object_or_404(CannedReason, pk=pk)
    try:
        canned.retire(reason=reason, actor=person(request), at=timezone.now())
        toasts.tell(request, _("Retired “%(name)s”") % {"name": reason.name})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:reasons")


@require_GET
@opens(permissions.can_work)
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be put into the reason on a case's page: for the file, in the person's language; on request in the merchant's."""
    case = load(request, pk)
    purpose = ReasonFor.FINE if request.GET.get("for") == ReasonFor.FINE else ReasonFor.VIOLATES
    policies = set(work.unsettled(case).values_list("violation__policy", flat=True)) | {case.policy_id}
    context = {
        "here": reverse("investigations:case-reasons", args=[pk]),
        "into": "#fine-reason" if purpose == ReasonFor.FINE else "#reason",
        "may_turn": True,
    }
    asked = request.GET.get("language", "own")
    return _offer(request, purpose, policies, case.merchant, lambda: _of_case(case), asked, context)


@require_GET
@opens(can_hear_appeals)
def offer_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """What may be put into the answer to an appeal. The merchant reads it: in their language, on request in the person's."""
    appeal = appeals.load(request, pk)
    policies = {appeal.decision.version.policy_id}
    context = {"here": reverse("investigations:appeal-reasons", args=[pk]), "into": "#answer"}
    asked = request.GET.get("language", "merchant")
    return _offer(request, ReasonFor.ANSWER, policies, appeal.merchant, lambda: _of_appeal(appeal), asked, context)


def _offer(
    request: HttpRequest,
    purpose: ReasonFor,
    policies: Collection[int | None],
    merchant: Merchant,
    about: Callable[[], Mapping[str, str]],
    asked: str,
    context: dict[str, Any],
) -> HttpResponse:
    theirs, own = merchant.language.split("-")[0], language()
    tag = theirs if asked == "merchant" else own
    known = [key for key in policies if key]
    with translation.override(tag):
        titles = lines.policy_titles(known[:1], language=tag)
        values = {"merchant": merchant.name, "policy": next(iter(titles.values()), ""), **about()}
    filled = {key: value for key, value in values.items() if value}
    found = queries.offered(policies=known, purpose=purpose, language=tag)
    context |= {
        "choices": [
            Choice(each, fields.fill(each.text.text, filled), KEYS[at] if at < len(KEYS) else "")
            for at, each in enumerate(found)
        ],
        "purpose": purpose,
        "language": tag,
        "own": own,
        "theirs": theirs,
        "may_keep": permissions.can_keep_reasons(request.user),
    }
    return render(request, "investigations/_reasons_dialog.html", context)


def _of_case(case: Case) -> dict[str, str]:
    """What the fields of a canned reason stand for in a case."""
    return {
        "legal_basis": case.policy.live.legal_basis if case.policy and case.policy.live else "",
        "case": str(case),
        "listings": formats.number(exhibits.items_of(case).count()),
        "markets": formats.series(formats.country(code) for code in case.markets),
    }


def _of_appeal(appeal: Appeal) -> dict[str, str]:
    """And in an appeal."""
    return {
        "legal_basis": appeal.decision.version.legal_basis,
        "case": appeal.reference,
        "listings": formats.number(appeal.decision.items.count()),
        "markets": formats.series(formats.country(code) for code in appeal.decision.markets),
    }


def _policies() -> list[tuple[int, str]]:
    keys = list(Policy.objects.filter(live__isnull=False).order_by("pk").values_list("pk", flat=True))
    return sorted(lines.policy_titles(keys, language=language()).items(), key=lambda choice: choice[1])
