"""Decisions for staff: the list, one decision with what became of it, and taking it back."""

from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enforcement import permissions
from enforcement.domain import decisions, messages, papers, statements
from enforcement.enums import DecisionState, HeldFor, LiftedBecause
from enforcement.filters import DecisionFilter
from enforcement.forms.waiting import Extend
from enforcement.measures import MEASURES
from enforcement.models import Decision, DecisionMove
from enforcement.queries import appeals, outbox, transparency, waiting
from enforcement.queries import decisions as queries
from enforcement.views.papers import papers_response
from governance.policies.enums import Measure
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.lists import Bulk, Column, ListPage
from governance.web.refusals import Refusal


class DecisionList(ListPage):
    section, title = "cases", gettext_lazy("Decisions")
    may_open = staticmethod(permissions.can_read_decisions)
    template_name = "enforcement/decision_list.html"
    row_template = "enforcement/decision_row.html"
    reversal = (Bulk("undo", gettext_lazy("Reverse together"), url_name="enforcement:undo-chosen", icon="undo"),)
    filterset_class = DecisionFilter
    order = ("-decided_at", "-pk")
    columns = (
        Column("decision", gettext_lazy("Decision"), grow=True, value=lambda row: row.reference),
        Column("measure", gettext_lazy("Measure"), value=lambda row: row.get_measure_display()),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("listings", gettext_lazy("Listings"), num=True, value=lambda row: row.item_count),
        Column("points", gettext_lazy("Points"), num=True, spare=True, value=lambda row: row.points),
        Column("decider", gettext_lazy("Decided by"), fit=True),
        Column("decided", gettext_lazy("Decided"), num=True, sort="decided_at", value=lambda row: row.decided_at),
    )

    def rows(self) -> QuerySet[Decision]:
        return queries.decisions(permissions.markets(self.request.user)).select_related("decided_by")

    @property
    def bulk(self) -> tuple[Bulk, ...]:  # type: ignore[override]
        return self.reversal if permissions.can_undo_many(self.request.user) else ()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        titles = queries.titles([row.version_id for row in self.page.rows], language=_language())
        for row in self.page.rows:
            row.title = titles.get(row.version_id, "")
        return super().get_context_data(may_see_undos=permissions.can_see_undos(self.request.user), **kwargs)


def _load(request: HttpRequest, reference: str) -> Decision:
    rows = queries.decisions(permissions.markets(request.user))
    return get_object_or_404(rows.select_related("statement", "decided_by", "second_word__person"), reference=reference)


@opens(permissions.can_read_decisions)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    return _show(request, _load(request, reference))


@require_safe
@opens(permissions.can_read_decisions)
def paper(request: HttpRequest, reference: str) -> HttpResponse:
    """The statement of reasons as PDF, as it was sent."""
    statement = getattr(_load(request, reference), "statement", None)
    if statement is None:
        raise Http404
    try:
        return papers_response(statement)
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return redirect("enforcement:decision", reference=reference)


def _show(request: HttpRequest, decision: Decision, *, reason: str = "", status: int = 200) -> HttpResponse:
    items = queries.standings(decision)
    standing = [each for each in items if not each.reversed]
    movable = decision.state not in (DecisionState.REVERSED, DecisionState.SUPERSEDED, DecisionState.WITHDRAWN)
    held, pending = decision.state == DecisionState.HELD, decision.state == DecisionState.PENDING
    told = getattr(decision, "statement", None)
    may_move = permissions.can_reverse(request.user)
    context = {
        "decision": decision,
        "title": queries.titles([decision.version_id], language=_language()).get(decision.version_id, ""),
        "items": items,
        "standing": standing,
        "statement": told,
        "waits": held or pending,
        "blocks": statements.stored(told) if told else [],
        "has_paper": papers.available(),
        "messages_sent": outbox.with_company(outbox.of_decision(decision.pk)),
        "submissions": transparency.of_decision(decision.pk),
        "may_open_transparency": permissions.can_see_transparency(request.user),
        "appeals": appeals.of_decision(decision.pk).select_related("assigned_to", "decided_by"),
        "moves": _moves(decision),
        "binds_account": MEASURES[Measure(decision.measure)].on_merchant,
        "replaced": decision.supersedes.all(),
        "may_reverse": may_move and bool(standing) and movable and not held,
        "may_answer": held and waiting.wants_second_word(decision) and permissions.can_say_second_word(request.user),
        "held_because": formats.series(str(HeldFor(cause).label) for cause in decision.held_for),
        "own": decision.decided_by_id == request.user.pk,
        "wants_second": held and waiting.wants_second_word(decision),
        "second_word": getattr(decision, "second_word", None),
        "may_withdraw": may_move and (held or pending),
        "may_extend": may_move and pending,
        "concerns_buyers": queries.concerns_buyers(decision),
        "may_tell_buyers": permissions.can_tell_buyers(request.user),
        "extend": Extend(),
        "deadline": waiting.deadline(decision) if pending else None,
        "may_send_again": permissions.can_send_again(request.user),
        "may_read_appeals": permissions.can_read_appeals(request.user),
        "disputes": decision.disputes.select_related("body").order_by("-brought_on", "-pk"),
        "may_record_dispute": not held and permissions.can_record_disputes(request.user),
        "reason": reason,
    }
    return render(request, "enforcement/decision_detail.html", context, status=status)


detail.section = "cases"  # type: ignore[attr-defined]


def _moves(decision: Decision) -> list[DecisionMove]:
    """Newest first. What settled it is said in words, not in quotes as a person's reason."""
    moves = list(decision.moves.select_related("actor").order_by("-moved_at", "-pk"))
    for move in moves:
        is_cause = move.to_state == DecisionState.SETTLED and move.reason in LiftedBecause.values
        move.because = LiftedBecause(move.reason).label if is_cause else ""  # type: ignore[attr-defined]
    return moves


@require_POST
@opens(permissions.can_reverse)
def reverse(request: HttpRequest, reference: str) -> HttpResponse:
    """Take the ticked items back, and tell the merchant why."""
    decision, keys = _load(request, reference), set(request.POST.getlist("items"))
    items = [each.item for each in queries.standings(decision) if str(each.item.pk) in keys]
    reason = request.POST.get("reason", "")
    if not items:
        flash.error(request, _("Tick what is to be reversed."))
        return _show(request, decision, reason=reason, status=422)
    try:
        decisions.reverse(
            decision=decision,
            items=items,
            actor=request.user,  # type: ignore[arg-type]
            reason=reason,
            at=timezone.now(),
        )
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return _show(request, _load(request, reference), reason=reason, status=422)
    done = ngettext("Reversed for %(count)s listing", "Reversed for %(count)s listings", len(items))
    toasts.tell(request, done % {"count": len(items)}, note=_("What it took is given back; the merchant is told."))
    return redirect("enforcement:decision", reference=reference)


@require_POST
@opens(permissions.can_send_again)
def send_again(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Try a message again that could not be delivered."""
    message = get_object_or_404(outbox.of_decision(_load(request, reference).pk), pk=pk)
    try:
        messages.retry(message=message, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        flash.error(request, str(refusal))
    else:
        toasts.tell(request, _("On its way again"), note=message.subject)
    return redirect("enforcement:decision", reference=reference)


def _language() -> str:
    return (get_language() or "en").split("-")[0]
