"""What is done with an order from its page: each a domain call, and back to the page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from enforcement.queries import decisions
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import order_acts, order_cases, order_information, order_letters, orders
from investigations.enums import OrderElement, OrderOutcome
from investigations.forms.orders import ActUponOrder, CheckOrder, GiveInformation
from investigations.models import AuthorityOrder, OrderItem, OrderLetter
from investigations.queries import orders as queries
from investigations.queries import policies_in_force
from investigations.views.acting import act_upon_merchants
from investigations.views.orders import elements_of, load, show


@require_POST
@opens(permissions.can_work_orders)
def check(request: HttpRequest, reference: str) -> HttpResponse:
    order = load(request, reference)
    form = CheckOrder(request.POST, elements=elements_of(order))
    if not form.is_valid():
        return show(request, order, form=form, status=422)
    given = form.cleaned_data
    try:
        made = orders.check(
            order=order,
            missing=[OrderElement(each) for each in form.missing],
            note=given["note"],
            goes_on=given["goes_on"],
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return show(request, order, form=form, status=422)
    asked = _("The authority is asked for what is missing.") if order.email else _("Send the letter yourself.")
    toasts.tell(request, _("Checked %(order)s") % {"order": reference}, note="" if made.goes_on else asked)
    return redirect("investigations:authority-order", reference=reference)


@opens(permissions.can_act_upon_orders)
def act(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide at once upon what waits, in the markets of the order."""
    order = load(request, reference)
    form = ActUponOrder(request.POST or None, policies=policies_in_force.by_title())
    if form.is_valid() and _act(request, order, form):
        return redirect("investigations:authority-order", reference=reference)
    waits = queries.to_decide(order)
    context = {"order": order, "form": form, "waits": waits, "markets": set(order.markets)}
    return render(request, "investigations/order_act.html", context, status=422 if form.is_bound else 200)


def _act(request: HttpRequest, order: AuthorityOrder, form: ActUponOrder) -> bool:
    held = _("They are told when the order allows it.") if order.tell_after else _("They are told of the order.")
    minimum_age = form.cleaned_data["minimum_age"]
    return act_upon_merchants(request, form, order_acts.act, note=held, order=order, minimum_age=minimum_age)


@opens(permissions.can_work_orders)
def give(request: HttpRequest, reference: str) -> HttpResponse:
    """Record information that was given."""
    order, now = load(request, reference), timezone.localtime()
    things = [item for item in queries.items(order) if item.merchant_id and item.outcome != OrderOutcome.NOT_DONE]
    form = GiveInformation(request.POST or None, request.FILES or None, items=things, order=order, now=now)
    if form.is_valid():
        given = form.cleaned_data
        try:
            order_information.hand_over(
                item=get_object_or_404(order.items, pk=given["item"]),
                what=given["what"],
                to_whom=given["to_whom"],
                given_at=given["given_at"],
                file=order_information.hashed(form.sent) if form.sent else None,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            note = (
                _("The merchant is told when the order allows it.") if order.tell_after else _("The merchant is told.")
            )
            toasts.tell(request, _("Recorded what was given"), note=note)
            return redirect("investigations:authority-order", reference=reference)
    context = {"order": order, "form": form, "things": things}
    return render(request, "investigations/order_give.html", context, status=422 if form.is_bound else 200)


@require_POST
@opens(permissions.can_work_orders)
def open_cases(request: HttpRequest, reference: str) -> HttpResponse:
    note = _("They go ahead of what else waits in their queues.")
    return _verb(request, reference, order_cases.open_cases, _("Waits in cases now"), note=note)


@require_POST
@opens(permissions.can_work_orders)
def complete(request: HttpRequest, reference: str) -> HttpResponse:
    text = request.POST.get("text", "")
    return _verb(
        request, reference, orders.complete, _("The effect report is on its way"), entered=text, more={"note": text}
    )


@require_POST
@opens(permissions.can_work_orders)
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    text, note = request.POST.get("text", ""), _("The authority reads your reasons.")
    return _verb(request, reference, orders.refuse, _("Refused"), note=note, entered=text, more={"reasons": text})


@require_POST
@opens(permissions.can_work_orders)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    text = request.POST.get("text", "")
    note = _("What was decided upon it is reversed.")
    return _verb(request, reference, orders.withdraw, _("Withdrawn"), note=note, entered=text, more={"text": text})


@require_POST
@opens(permissions.can_work_orders)
def take_up(request: HttpRequest, reference: str) -> HttpResponse:
    return _verb(request, reference, orders.take_up, _("To be carried out again"))


# --- one thing of it, one letter -------------------------------------------------------------------


@require_POST
@opens(permissions.can_work_orders)
def leave(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    text = request.POST.get("text", "")
    note, undo = (
        _("The reasons stand in the effect report."),
        reverse("investigations:authority-order-again", args=[reference, item]),
    )
    more = {"reasons": text}
    return _verb(
        request, reference, orders.leave, _("Left undone"), note=note, entered=text, item=item, undo=undo, more=more
    )


@require_POST
@opens(permissions.can_work_orders)
def take_back(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    return _verb(request, reference, orders.take_back, _("To be done after all"), item=item)


@require_POST
@opens(permissions.can_work_orders)
def locate(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    text = request.POST.get("text", "")
    return _verb(request, reference, orders.locate, _("Found"), entered=text, item=item, more={"text": text})


@require_POST
@opens(permissions.can_act_upon_orders)
def name_decision(request: HttpRequest, reference: str, item: int) -> HttpResponse:
    """Carry one thing out by a decision that was made meanwhile."""
    named = request.POST.get("text", "").strip().upper()
    rows: Any = decisions.decisions(permissions.markets(request.user))
    decision = rows.filter(reference=named).first()
    if decision is None:
        flash.error(request, _("There is no decision with this reference."))
        return show(request, load(request, reference), entered=named, status=422)
    more = {"decision": decision}
    return _verb(
        request, reference, order_acts.name_decision, _("Named the decision"), entered=named, item=item, more=more
    )


@require_POST
@opens(permissions.can_work_orders)
def record_sent(request: HttpRequest, reference: str, letter: int) -> HttpResponse:
    order, how = load(request, reference), request.POST.get("text", "")
    found = get_object_or_404(OrderLetter.objects.select_related("order"), pk=letter, order=order)
    try:
        order_letters.record_sent(letter=found, how=how, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return show(request, order, entered=how, status=422)
    toasts.tell(request, _("Recorded as sent"))
    return redirect("investigations:authority-order", reference=reference)


def _verb(
    request: HttpRequest,
    reference: str,
    verb: Callable[..., Any],
    done: str,
    *,
    note: str = "",
    entered: str = "",
    item: int | None = None,
    undo: str = "",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Do it to the order, or to one thing of it; where it is refused, what was entered stays."""
    order = load(request, reference)
    about: dict[str, Any] = {"order": order}
    if item is not None:
        about = {"item": get_object_or_404(OrderItem.objects.select_related("order"), pk=item, order=order)}
    try:
        verb(**about, actor=request.user, at=timezone.now(), **(more or {}))
    except Refusal as refusal:
        flash.error(request, str(refusal))
        return show(request, load(request, reference), entered=entered, status=422)
    toasts.tell(request, done, note=note, undo=undo)
    return redirect("investigations:authority-order", reference=reference)


for _view in (
    check, act, give, open_cases, complete, refuse, withdraw, take_up, leave, take_back, locate, name_decision, record_sent,
):  # fmt: skip
    _view.section = "authority-orders"  # type: ignore[attr-defined]
