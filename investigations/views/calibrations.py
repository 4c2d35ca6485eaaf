"""Calibration sessions: the list, opening one, judging by oneself, and all side by side once it is closed."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.accounts.views.acting import person
from governance.policies.models import Policy
from governance.policies.text import guidance
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import calibrations
from investigations.enums import Verdict
from investigations.filters import language, policy_choices
from investigations.forms.quality import CalibrationForm
from investigations.models import Calibration, CalibrationItem
from investigations.queries import calibrations as queries
from investigations.queries import lines, panel
from investigations.views.verdicts import EVERY, VERDICTS, given

SECTION = "quality"


@opens(permissions.can_open_quality)
def index(request: HttpRequest) -> HttpResponse:
    rows = list(queries.sessions()[:200])
    titles = lines.policy_titles({row.policy_id for row in rows}, language=language())
    context = {
        "rows": [(row, titles.get(row.policy_id, row.policy.slug)) for row in rows],
        "may_open": permissions.can_settle_reviews(request.user),
        "today": timezone.now().date(),
    }
    return render(request, "investigations/calibrations.html", context)


@opens(permissions.can_settle_reviews)
def new(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    initial = {"count": 10, "closes_on": (now + timedelta(days=7)).date()}
    form = CalibrationForm(request.POST or None, initial=initial, policies=policy_choices())
    if form.is_valid():
        entered = form.cleaned_data
        try:
            session = calibrations.open_session(
                title=entered["title"],
                policy=Policy.objects.get(pk=entered["policy"]),
                count=entered["count"],
                closes_on=entered["closes_on"],
                actor=person(request),
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            toasts.tell(request, _("Opened."), note=_("Everybody who works on cases finds it under Quality."))
            return redirect("investigations:calibration", pk=session.pk)
    return render(request, "investigations/calibration_new.html", {"form": form}, status=422 if form.is_bound else 200)


@opens(permissions.can_open_quality)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """While it is open, the listings and one's own verdicts; once closed, everybody's."""
    session = get_object_or_404(Calibration.objects.select_related("policy__live", "opened_by", "closed_by"), pk=pk)
    version = session.policy.live
    text = panel.text_of(version, language()) if version else None
    context: dict[str, Any] = {
        "session": session,
        "version": version,
        "text": text,
        "guidance": guidance.blocks(text.guidance) if text else [],
        "precedents": panel.precedents_of(session.policy_id),
        "may_settle": permissions.can_settle_reviews(request.user),
        "verdict_options": VERDICTS,
        "every_options": EVERY,
    }
    if session.closed_at:
        context |= {"result": queries.result(session, language=language()), "verdicts": Verdict.choices}
        return render(request, "investigations/calibration_result.html", context)
    rows = queries.table(session, language=language())
    context |= {
        "rows": rows,
        "exhibits": [row.exhibit for row in rows],
        "chosen": {key: verdict.value for key, verdict in queries.given_by(session, person(request)).items()},
        "may_judge": permissions.can_work(request.user),
    }
    return render(request, "investigations/calibration.html", context)


@require_POST
@opens(permissions.can_work)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(Calibration, pk=pk)
    try:
        count = calibrations.judge(session=session, verdicts=given(request), actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        of = session.items.count()
        note = _("You may change them until it is closed.") if count == of else _("The rest can wait.")
        toasts.tell(request, _("%(count)s of %(of)s judged.") % {"count": count, "of": of}, note=note)
    return redirect("investigations:calibration", pk=pk)


@require_POST
@opens(permissions.can_settle_reviews)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(Calibration, pk=pk)
    words = request.POST.get("words", "")
    return _verb(request, pk, calibrations.close, _("Closed."), session=session, words=words)


@require_POST
@opens(permissions.can_settle_reviews)
def settle(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Record what was agreed about one listing."""
    row = get_object_or_404(CalibrationItem, pk=item, calibration=pk)
    verdict = request.POST.get("verdict", "")
    if verdict not in Verdict.values:
        messages.error(request, _("Say what such a listing is: it violates, it is fine, or it is unsure."))
        return redirect("investigations:calibration", pk=pk)
    words = request.POST.get("precedent", "")
    return _verb(
        request,
        pk,
        calibrations.settle,
        _("Recorded."),
        item=row,
        verdict=Verdict(verdict),
        precedent=words,
        language=language(),
    )


def _verb(request: HttpRequest, pk: int, verb: object, told: str, **given: object) -> HttpResponse:
    try:
        verb(actor=request.user, at=timezone.now(), **given)  # type: ignore[operator]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, told)
    return redirect("investigations:calibration", pk=pk)


for _view in (index, new, detail, judge, close, settle):
    _view.section = SECTION  # type: ignore[attr-defined]
