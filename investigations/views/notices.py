"""Notices for staff: what was reported, one notice with what became of each thing in it, entering one, and deciding."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement.enums import DecisionState
from enforcement.queries import decisions
from enforcement.views.kept import as_download
from governance.policies.enums import Subject
from governance.policies.models import Policy
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import notice_intake, notices
from investigations.enums import ENDED_NOTICES, GROUND_NAME, OPEN_NOTICES, NoticeGround, NoticeState
from investigations.filters import NoticeItemFilter
from investigations.forms.notices import DecideNotice, EnterNotice
from investigations.forms.report import sent
from investigations.models import NoticeFile, NoticeItem
from investigations.queries import lines, policies_in_force, reporters
from investigations.queries import notices as queries


class NoticeList(ListPage):
    section, title = "notices", gettext_lazy("Notices")
    may_open = staticmethod(permissions.can_read_notices)
    template_name = "investigations/notice_list.html"
    row_template = "investigations/notice_row.html"
    filterset_class = NoticeItemFilter
    order = ("-received_at", "-pk")
    columns = (
        Column("notice", gettext_lazy("Notice"), grow=True, value=lambda row: row.notice.reference),
        Column("ground", gettext_lazy("Ground"), value=lambda row: str(GROUND_NAME[NoticeGround(row.notice.ground)])),
        Column("kind", gettext_lazy("Reported by"), value=lambda row: row.notice.get_reporter_kind_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("received", gettext_lazy("Received"), num=True, sort="received_at", value=lambda row: row.received_at),
        Column("due", gettext_lazy("Answer by"), num=True, sort="due_at", value=lambda row: row.due_at),
    )

    def rows(self) -> QuerySet[NoticeItem]:
        return queries.items(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        waiting = queries.waiting(self.request.user, at=now)
        for row in self.page.rows:
            row.clock = lines.clock(row.due_at, at=now, soon=lines.DAY) if row.state in OPEN_NOTICES else None
        may_enter = permissions.can_decide_notices(self.request.user)
        return super().get_context_data(waiting=waiting, may_enter=may_enter, **kwargs)


def _load(request: HttpRequest, reference: str, item: int | None = None) -> NoticeItem:
    """One thing of a notice: the one named, else the first that is open, else the first."""
    rows = list(queries.items(request.user).filter(notice__reference=reference).order_by("pk"))
    chosen = (
        [row for row in rows if row.pk == item] if item else sorted(rows, key=lambda row: row.state not in OPEN_NOTICES)
    )
    if not chosen:
        raise Http404
    chosen[0].others = rows  # type: ignore[attr-defined]
    return chosen[0]


@opens(permissions.can_decide_notices)
def enter(request: HttpRequest) -> HttpResponse:
    """Put on record what somebody reported by letter or telephone."""
    initial = {"things": request.GET.get("listing", ""), "language": (get_language() or "en").split("-")[0]}
    markets = permissions.markets(request.user)
    form = EnterNotice(request.POST or None, request.FILES or None, initial=initial, markets=markets)
    if form.is_valid():
        data = form.cleaned_data
        try:
            notice = notice_intake.receive(
                things=data["things"],
                ground=data["ground"],
                reason=data["reason"],
                language=data["language"],
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
                sender=form.sender(),
                good_faith=data["good_faith"],
                sent=sent(data["proof"]),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            toasts.tell(request, _("Entered %(notice)s") % {"notice": notice.reference})
            return redirect("investigations:notice", reference=notice.reference)
    return render(request, "investigations/notice_new.html", {"form": form}, status=422 if form.is_bound else 200)


@opens(permissions.can_read_notices)
def detail(request: HttpRequest, reference: str, item: int | None = None) -> HttpResponse:
    return _show(request, _load(request, reference, item))


@opens(permissions.can_read_notices)
def download(request: HttpRequest, reference: str, file: int) -> HttpResponseBase:
    notice = _load(request, reference).notice
    return as_download(get_object_or_404(NoticeFile, pk=file, notice=notice))


def _show(
    request: HttpRequest, item: NoticeItem, *, entered: str = "", form: DecideNotice | None = None, status: int = 200
) -> HttpResponse:
    now, notice = timezone.now(), item.notice
    own = request.user.pk in queries.deciders(item)
    appealed, aside = item.state == NoticeState.APPEALED, item.state == NoticeState.SET_ASIDE
    may_decide = permissions.can_decide_notices(request.user)
    may_act = may_decide and item.state not in (NoticeState.ACTED, NoticeState.APPEALED, NoticeState.SET_ASIDE)
    waits = queries.followed(item).first() if may_act else None
    may_rule = may_act and waits is None
    record = reporters.records([notice.reporter], at=now).get(notice.reporter.pk) if notice.reporter else None
    context = {
        "notice": notice,
        "item": item,
        "ground": GROUND_NAME[NoticeGround(notice.ground)],
        "clock": lines.clock(item.due_at, at=now, soon=lines.DAY) if item.state in OPEN_NOTICES else None,
        "waits": waits,
        "may_rule": may_rule,
        "form": form or (DecideNotice(policies=_policies(item)) if may_rule else None),
        "moves": queries.moves([item]),
        "files": list(notice.files.select_related("right").order_by("pk")),
        "record": record,
        "may_see_order": may_decide,
        "bought_at": queries.bought_at(item) if may_decide else None,
        "same_order": queries.on_the_same_order(notice, request.user) if may_decide else [],
        "case": queries.case_of(item),
        "may_end": may_decide and item.state == NoticeState.RECEIVED,
        "may_act": may_act,
        "may_take_up": may_decide and aside,
        "may_call": may_decide and item.state in ENDED_NOTICES and not item.unfounded and notice.reporter is not None,
        "may_answer": appealed and not own and permissions.can_hear_reporters(request.user),
        "own": appealed and own,
        "entered": entered,
    }
    return render(request, "investigations/notice.html", context, status=status)


def _policies(item: NoticeItem) -> list[tuple[int, str]]:
    return policies_in_force.by_title([Subject.LISTINGS if item.listing_id else Subject.MERCHANTS])


@require_POST
@opens(permissions.can_decide_notices)
def no_action(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    reasons, unfounded = request.POST.get("reasons", ""), request.POST.get("unfounded") == "1"
    return _verb(request, reference, item, notices.no_action, _("No action"), reasons=reasons, unfounded=unfounded)


@require_POST
@opens(permissions.can_decide_notices)
def call_unfounded(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    return _verb(request, reference, item, notices.call_unfounded, _("Called manifestly unfounded"), told=False)


@require_POST
@opens(permissions.can_decide_notices)
def take_up(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    return _verb(request, reference, item, notices.take_up, _("To be decided after all"))


@require_POST
@opens(permissions.can_decide_notices)
def decide(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    """Take a measure upon the notice."""
    reported = _load(request, reference, item)
    form = DecideNotice(request.POST, policies=_policies(reported))
    if not form.is_valid():
        return _show(request, reported, form=form, status=422)
    given = form.cleaned_data
    version = Policy.objects.select_related("live__policy").get(pk=given["policy"]).live
    try:
        decision = notices.decide(
            item=reported,
            version=version,  # type: ignore[arg-type]
            measure=given["measure"],
            markets=given["markets"],
            reason=given["reason"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _show(request, reported, form=form, status=422)
    note = _("It waits for a second person.") if decision.state == DecisionState.HELD else _("The merchant is told.")
    toasts.tell(request, _("Decided upon %(notice)s") % {"notice": reference}, note=note)
    return redirect("enforcement:decision", reference=decision.reference)


@require_POST
@opens(permissions.can_decide_notices)
def act(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    """Name the decision that followed."""
    named = request.POST.get("decision", "").strip().upper()
    rows: Any = decisions.decisions(permissions.markets(request.user))
    decision = rows.filter(reference=named).first()
    if decision is None:
        flash.error(request, _("There is no decision with this reference."))
        return _show(request, _load(request, reference, item), entered=named, status=422)
    return _verb(request, reference, item, notices.act, _("Acted upon"), decision=decision)


@require_POST
@opens(permissions.can_hear_reporters)
def answer(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    right, reasons = request.POST.get("right") == "1", request.POST.get("reasons", "")
    done = _("To be decided anew") if right else _("No action, confirmed")
    return _verb(request, reference, item, notices.answer, done, right=right, reasons=reasons)


def _verb(
    request: HttpRequest,
    reference: str,
    item: int,
    verb: Callable[..., Any],
    done: str,
    *,
    told: bool = True,
    **more: Any,
) -> HttpResponse:
    """Do it to one thing of the notice, say so, and go on to what of the notice is still open."""
    reported = _load(request, reference, item)
    try:
        verb(item=reported, actor=request.user, at=timezone.now(), **more)
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return _show(request, _load(request, reference, item), entered=more.get("reasons", ""), status=422)
    note = (
        _("Whoever reported it is told.")
        if reported.notice.reporter_email
        else _("We have no address of who reported it.")
    )
    toasts.tell(request, done, note=note if told else "")
    return redirect("investigations:notice", reference=reference)


for _view in (enter, detail, download, no_action, call_unfounded, take_up, decide, act, answer):
    _view.section = "notices"  # type: ignore[attr-defined]
