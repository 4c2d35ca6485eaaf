"""The page where a version is written, with its rule checked while it is typed."""

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.forms.policies import VersionForm, initial_of, kept_words
from enforcement.queries import policies as queries
from enforcement.views.policies import language
from governance.policies.domain import rules, versions
from governance.policies.enums import Subject, VersionState
from governance.policies.models import Policy, PolicyVersion
from governance.policies.permissions import can_write_policy
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal

LONGEST_RULE = 10_000


@opens(can_write_policy)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the draft in the making, or begin the next version from the one in force."""
    policy = get_object_or_404(Policy, pk=pk)
    making = queries.in_the_making(policy)
    if making is not None and making.state == VersionState.SUBMITTED:
        messages.info(request, _("Version %(n)s waits for approval and is fixed.") % {"n": making.number})
        return redirect("enforcement:policy-version", pk=pk, number=making.number)
    base = making or policy.live or policy.versions.order_by("-number").first()
    if request.method == "POST":
        return _save(request, policy, making, base)
    form = VersionForm(language=language(), initial=initial_of(base) if base else None)
    return _page(request, policy, making, base, form)


@opens(permissions.can_see_policies)
@require_POST
def check_rule(request: HttpRequest) -> HttpResponse:
    """What is wrong with a rule, or what it reads; an htmx part of the page."""
    source = request.POST.get("rule", "")[: LONGEST_RULE + 1]
    subject = Subject.MERCHANTS if request.GET.get("subject") == Subject.MERCHANTS else Subject.LISTINGS
    return render(request, "enforcement/_rule_check.html", {"source": source, "check": rules.check(source, subject)})


def _save(
    request: HttpRequest, policy: Policy, making: PolicyVersion | None, base: PolicyVersion | None
) -> HttpResponse:
    form = VersionForm(request.POST, language=language())
    if not form.is_valid():
        return _page(request, policy, making, base, form, status=422)
    terms, now = form.terms(kept_words(base)), timezone.now()
    try:
        if making is None:
            version = versions.draft(policy=policy, terms=terms, actor=request.user, at=now)  # type: ignore[arg-type]
        else:
            version = versions.edit(version=making, terms=terms, actor=request.user, at=now)  # type: ignore[arg-type]
        if "submit" in request.POST:
            versions.submit(version=version, actor=request.user, at=now)  # type: ignore[arg-type]
    except versions.Incomplete as incomplete:
        for field, problem in incomplete.problems.items():
            form.add_error(field if field in form.fields else None, problem)
        return _page(request, policy, version, base, form, status=422)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, policy, making, base, form, status=422)
    if "submit" in request.POST:
        toasts.tell(request, _("Submitted. Another person must approve it before it is in force."))
        return redirect("enforcement:policy-version", pk=policy.pk, number=version.number)
    toasts.tell(request, _("Draft saved."))
    return redirect("enforcement:policy-edit", pk=policy.pk)


def _page(
    request: HttpRequest,
    policy: Policy,
    making: PolicyVersion | None,
    base: PolicyVersion | None,
    form: VersionForm,
    status: int = 200,
) -> HttpResponse:
    rule = form["rule"].value() or ""
    context = {
        "policy": policy,
        "making": making,
        "base": base,
        "form": form,
        "source": rule,
        "check": rules.check(rule, Subject(policy.subject)),
        "page": secrets.token_hex(8),
    }
    return render(request, "enforcement/policy_edit.html", context, status=status)
