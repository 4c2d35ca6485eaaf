"""Appeals: the list of those to be heard, one appeal with its evidence, and the verbs of a hearing."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain import appeals, statements
from enforcement.domain import clarifications as asking
from enforcement.enums import OPEN_APPEALS, WON_APPEALS, AppealState, ItemOutcome
from enforcement.filters import AppealFilter
from enforcement.models import Appeal, AppealFile
from enforcement.queries import appeals as queries
from enforcement.queries import clarifications, decisions
from enforcement.queries import points as ledger
from enforcement.views.kept import as_download
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.choices import Option
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations.domain import hearing
from investigations.filters import language
from investigations.forms import canned_keys
from investigations.queries import hearings, lines

OUTCOMES = [
    Option(ItemOutcome.UPHELD.value, gettext_lazy("Stands"), "neutral", "1"),
    Option(ItemOutcome.OVERTURNED.value, gettext_lazy("Overturn"), "ok", "2"),
]
EVERY = [Option(each.value, each.label, each.tone, f"Shift+{each.key}") for each in OUTCOMES]
HEARD = frozenset({AppealState.UPHELD, *WON_APPEALS})
SHOWS_ALL = frozenset({"state", "open", "q", "decision", "late", "mine", "soon", "asked"})


class AppealList(ListPage):
    section, title = "appeals", gettext_lazy("Appeals")
    may_open = staticmethod(permissions.can_read_appeals)
    template_name = "investigations/appeal_list.html"
    row_template = "investigations/appeal_row.html"
    filterset_class = AppealFilter
    order = ("due_at", "pk")
    columns = (
        Column("appeal", gettext_lazy("Appeal"), grow=True, value=lambda row: row.reference),
        Column("measure", gettext_lazy("Contested"), value=lambda row: row.decision.get_measure_display()),
        Column("decider", gettext_lazy("Decided by"), fit=True, spare=True),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("filed", gettext_lazy("Filed"), num=True, sort="filed_at", value=lambda row: row.filed_at),
        Column("due", gettext_lazy("Answer by"), num=True, sort="due_at", value=lambda row: row.due_at),
        Column("hearer", gettext_lazy("With"), fit=True),
    )

    def rows(self) -> QuerySet[Appeal]:
        """Those to be heard, until somebody asks for others."""
        rows = hearings.visible(self.request.user)
        return rows if SHOWS_ALL & set(self.request.GET) else rows.filter(state__in=OPEN_APPEALS)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, user = timezone.now(), self.request.user
        hears = permissions.can_hear_appeals(user)
        mine = hearings.in_hand(user) if hears else None
        following = mine or (hearings.waiting_for(user).first() if hears else None)
        shown = [*self.page.rows, *([following] if following else [])]
        titles = decisions.titles([row.decision.version_id for row in shown], language=language())
        for row in shown:
            row.title = titles.get(row.decision.version_id, "")
            row.clock = lines.clock(row.due_at, at=now, soon=hearings.soon())
        return super().get_context_data(
            now=now,
            load=hearings.load(user, at=now),
            mine=mine,
            next_appeal=following,
            open_states=OPEN_APPEALS,
            **kwargs,
        )


def load(request: HttpRequest, pk: int) -> Appeal:
    rows = hearings.visible(request.user).select_related("decision__statement", "decided_by", "filed_by")
    return get_object_or_404(rows.prefetch_related("decision__version__texts", "files"), pk=pk)


@opens(permissions.can_read_appeals)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, load(request, pk))


def _show(
    request: HttpRequest, appeal: Appeal, *, entered: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The whole page. `entered` is what was typed, where it was refused."""
    now, user = timezone.now(), request.user
    items = hearings.contested(appeal)
    text = hearings.policy_text(appeal, language=language())
    turns = clarifications.turns(appeal, now)
    own = user.pk in queries.deciders_of(appeal) or user.pk == appeal.filed_by_id
    outcomes = _outcomes(entered or {}, items)
    context = {
        "appeal": appeal,
        "items": items,
        "text": text,
        "blocks": statements.stored(appeal.decision.statement),
        "clock": lines.clock(appeal.due_at, at=now, soon=hearings.soon()),
        "open": appeal.state in OPEN_APPEALS,
        "turns": turns,
        "files": [file for file in appeal.files.all() if file.answer_id is None],
        "asked": next((turn for turn in turns if turn.waits), None) if appeal.state in OPEN_APPEALS else None,
        "questions_left": max(0, settings.APPEAL_QUESTIONS - len(turns)),
        "question_days": settings.APPEAL_QUESTION_DAYS,
        "question": (entered or {}).get("question", ""),
        "became": queries.outcome_of([item.row for item in items]) if appeal.state in HEARD else {},
        "together": hearings.together(items),
        "mine": appeal.state == AppealState.IN_REVIEW and appeal.assigned_to_id == user.pk,
        "own": own,
        "may_hear": permissions.can_hear_appeals(user) and not own,
        "may_release": permissions.can_hear_appeals(user) and appeal.state == AppealState.IN_REVIEW,
        "points": ledger.balance(appeal.merchant_id, now),
        "outcome_options": OUTCOMES,
        "every_options": EVERY,
        "chosen": {item.item.pk: outcomes.get(item.item.pk) for item in items},
        "answer": (entered or {}).get("answer", ""),
        "reads": formats.language_name(appeal.merchant.language),
        "effect": _effect(items, outcomes),
    }
    return render(request, "investigations/appeal.html", context, status=status)


@require_POST
@opens(permissions.can_hear_appeals)
def take(request: HttpRequest, pk: int) -> HttpResponse:
    appeal = load(request, pk)
    try:
        appeals.take(appeal=appeal, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("investigations:appeal", pk=pk)


@require_POST
@opens(permissions.can_hear_appeals)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    appeal = load(request, pk)
    try:
        appeals.release(appeal=appeal, actor=request.user, reason="", at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, _("Released %(appeal)s") % {"appeal": appeal.reference}, note=_("It waits again."))
    return redirect("investigations:appeals")


@require_POST
@opens(permissions.can_hear_appeals)
def effect(request: HttpRequest, pk: int) -> HttpResponse:
    """What the answer as it stands on the page will do. Nothing is written."""
    items = hearings.contested(load(request, pk))
    outcomes = _outcomes(request.POST, items)
    return render(request, "investigations/_appeal_effect.html", {"effect": _effect(items, outcomes)})


@require_POST
@opens(permissions.can_hear_appeals)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer, and show the next appeal. What is refused comes back as it was entered."""
    appeal = load(request, pk)
    items = hearings.contested(appeal)
    outcomes = _outcomes(request.POST, items)
    answer = request.POST.get("answer", "")
    try:
        hearing.decide(
            appeal=appeal,
            outcomes=outcomes,
            answer=answer,
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
            canned=canned_keys(request.POST),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _show(request, load(request, pk), entered=request.POST, status=422)
    toasts.tell(request, _effect(items, outcomes)["done"], note=_("The merchant is told."))
    return _go_on(request)


@require_POST
@opens(permissions.can_hear_appeals)
def inadmissible(request: HttpRequest, pk: int) -> HttpResponse:
    appeal, reason = load(request, pk), request.POST.get("why", "")
    try:
        appeals.inadmissible(appeal=appeal, reason=reason, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _show(request, load(request, pk), entered=request.POST, status=422)
    toasts.tell(request, _("Not admitted: %(appeal)s") % {"appeal": appeal.reference}, note=_("The merchant is told."))
    return _go_on(request)


@require_POST
@opens(permissions.can_hear_appeals)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the merchant. What is refused comes back as it was entered."""
    appeal, question = load(request, pk), request.POST.get("question", "")
    try:
        asked = asking.ask(appeal=appeal, question=question, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _show(request, load(request, pk), entered=request.POST, status=422)
    note = _("They have until %(day)s to answer.") % {"day": formats.day(asked.answer_by)}
    toasts.tell(request, _("Asked the merchant"), note=note)
    return redirect("investigations:appeal", pk=pk)


@opens(permissions.can_read_appeals)
def download(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """A merchant's file."""
    kept = get_object_or_404(AppealFile, pk=file, appeal=load(request, pk))
    return as_download(kept)


def _go_on(request: HttpRequest) -> HttpResponse:
    following = hearings.in_hand(request.user) or hearings.waiting_for(request.user).first()
    return redirect("investigations:appeal", pk=following.pk) if following else redirect("investigations:appeals")


def _outcomes(data: Mapping[str, Any], items: list[hearings.Contested]) -> dict[int, ItemOutcome]:
    """What was chosen for each item; nothing for those without a choice."""
    given = {item.item.pk: data.get(f"outcome-{item.item.pk}", "") for item in items}
    return {key: ItemOutcome(value) for key, value in given.items() if value in ItemOutcome.values}


def _effect(items: list[hearings.Contested], outcomes: Mapping[int, ItemOutcome]) -> dict[str, Any]:
    """The button in words, and whether it can be pressed."""
    total, missing = len(items), len(items) - len(outcomes)
    overturned = sum(outcome == ItemOutcome.OVERTURNED for outcome in outcomes.values())
    if missing:
        text = ngettext("%(count)s listing has no outcome yet", "%(count)s listings have no outcome yet", missing)
        return {"ready": False, "label": text % {"count": missing}, "done": ""}
    if not overturned:
        return {"ready": True, "label": _("Uphold the decision"), "done": _("Upheld the decision")}
    names = {"n": overturned, "total": total}
    if overturned == total:
        return {"ready": True, "label": _("Overturn the decision"), "done": _("Overturned the decision")}
    return {
        "ready": True,
        "label": _("Overturn %(n)s of %(total)s listings") % names,
        "done": _("Overturned %(n)s of %(total)s listings") % names,
    }
