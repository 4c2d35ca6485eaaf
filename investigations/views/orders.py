"""Orders of courts and authorities: the list, entering one, one with all that belongs to it, its papers."""

from typing import Any

from django.contrib import messages as flash
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from enforcement.domain import papers
from enforcement.views.kept import as_download
from governance.accounts.views.acting import person
from governance.policies.enums import Matter
from governance.web import toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import order_intake, order_letters, order_terms
from investigations.enums import (
    CARRIED_OUT_ORDERS,
    ELEMENT_LAW,
    OPEN_ORDERS,
    ORDER_ARTICLE,
    ORDER_ELEMENTS,
    ORDER_MOVES,
    OrderElement,
    OrderKind,
    OrderOutcome,
    OrderState,
)
from investigations.filters import OrderFilter
from investigations.forms.orders import CheckOrder, EnterOrder, OrderFigures
from investigations.models import AuthorityOrder, OrderCheck, OrderFile, OrderItem, OrderLetter
from investigations.queries import consumers, lines, order_totals
from investigations.queries import orders as queries


class OrderList(ListPage):
    section, title = "authority-orders", gettext_lazy("Authority orders")
    may_open = staticmethod(permissions.can_read_orders)
    template_name = "investigations/order_list.html"
    row_template = "investigations/order_row.html"
    filterset_class = OrderFilter
    order = ("-received_at", "-pk")
    columns = (
        Column("order", gettext_lazy("Order"), grow=True, value=lambda row: row.number),
        Column("kind", gettext_lazy("Kind"), value=lambda row: row.get_kind_display()),
        Column("markets", gettext_lazy("Holds in"), value=lambda row: " ".join(row.markets)),
        Column("things", gettext_lazy("To be done"), num=True, value=lambda row: row.waiting),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("received", gettext_lazy("Received"), num=True, sort="received_at", value=lambda row: row.received_at),
        Column("due", gettext_lazy("Due"), num=True, sort="due_at", value=lambda row: row.due_at),
    )

    def rows(self) -> QuerySet[AuthorityOrder]:
        return queries.counted(queries.visible(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        for row in self.page.rows:
            row.clock = lines.clock(row.due_at, at=now, soon=lines.DAY) if row.state in OPEN_ORDERS else None
        return super().get_context_data(
            waiting=queries.waiting(self.request.user, at=now),
            may_enter=permissions.can_enter_orders(self.request.user),
            **kwargs,
        )


def load(request: HttpRequest, reference: str) -> AuthorityOrder:
    rows = queries.visible(request.user).select_related("entered_by")
    return get_object_or_404(rows, reference=reference)


@opens(permissions.can_enter_orders)
def enter(request: HttpRequest) -> HttpResponse:
    """Put an order on record; one that is there already is opened instead."""
    initial = {"language": (get_language() or "en").split("-")[0], "received_at": timezone.localtime()}
    form = EnterOrder(request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        try:
            order, new = order_intake.receive(given=form.given(), actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _entered(request, order, new=new)
    if form.errors and request.FILES:
        form.add_error("papers", _("Choose the files once more: a browser does not keep them."))
    return render(request, "investigations/order_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _entered(request: HttpRequest, order: AuthorityOrder, *, new: bool) -> HttpResponse:
    if new:
        note = (
            _("Its receipt goes to the authority.") if order.email else _("Send the receipt yourself, and record how.")
        )
        toasts.tell(request, _("Entered %(order)s") % {"order": order.reference}, note=note)
    elif not queries.visible(request.user).filter(pk=order.pk).exists():
        flash.info(
            request, _("This order is on record already, for markets that are not yours. Nothing was added to it.")
        )
        return redirect("investigations:authority-orders")
    else:
        text = _("%(authority)s’s order %(number)s was on record already: this is it. Nothing of it was changed.")
        flash.info(request, text % {"authority": order.authority, "number": order.number})
    return redirect("investigations:authority-order", reference=order.reference)


@opens(permissions.can_read_orders)
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    return show(request, load(request, reference))


def elements_of(order: AuthorityOrder) -> list[tuple[str, str]]:
    """What the law asks of an order of this kind, with where it does so."""
    place = 1 if order.kind == OrderKind.INFORM else 0
    return [
        (each.value, f"{each.label} (DSA Art. {ELEMENT_LAW[each][place]})")
        for each in ORDER_ELEMENTS[OrderKind(order.kind)]
    ]


def there_already(order: AuthorityOrder) -> list[str]:
    """What of it can be seen from how it was entered; a person looks again."""
    some = order.items.exclude(outcome=OrderOutcome.UNKNOWN).exists()
    seen = {
        OrderElement.BASIS: order.legal_basis,
        OrderElement.REASONS: order.reasons,
        OrderElement.ISSUER: order.contact or order.email,
        OrderElement.LOCATED: some,
        OrderElement.RECIPIENT: some,
        OrderElement.REDRESS: order.redress,
        OrderElement.SCOPE: order.markets,
    }
    return [each.value for each in ORDER_ELEMENTS[OrderKind(order.kind)] if seen.get(each)]


def show(
    request: HttpRequest,
    order: AuthorityOrder,
    *,
    form: CheckOrder | None = None,
    entered: str = "",
    status: int = 200,
) -> HttpResponse:
    """Its page; `entered` is what somebody typed into a dialog that was refused."""
    now, items, check = timezone.now(), queries.items(order), queries.last_check(order)
    context = {
        "order": order,
        "article": ORDER_ARTICLE[OrderKind(order.kind)],
        "clock": lines.clock(order.due_at, at=now, soon=lines.DAY) if order.state in OPEN_ORDERS else None,
        "items": items,
        "counts": {each.value: sum(item.outcome == each for item in items) for each in OrderOutcome},
        "files": list(order.files.order_by("pk")),
        "moves": queries.moves(order),
        "letters": queries.letters(order),
        "handovers": queries.handovers(order),
        "check": check,
        "missing": [OrderElement(each) for each in check.missing] if check else [],
        "form": _check_form(request, order, check, form),
        "now": now,
        "entered": entered,
        "held_back": bool(order.tell_after and order.tell_after > now),
        "pdf_missing": not papers.available(),
        "to_tell": _to_tell(request, items),
        **_verbs(request, order, items),
    }
    return render(request, "investigations/order.html", context, status=status)


def _to_tell(request: HttpRequest, items: list[OrderItem]) -> set[int]:
    """The first of the things of each decision whose buyers are to be told: once for each decision."""
    made = consumers.to_tell([item.decision for item in items if item.decision], request.user)
    first: dict[int, int] = {}
    for item in items:
        if item.decision_id in made:
            first.setdefault(item.decision_id, item.pk)
    return set(first.values())


def _check_form(
    request: HttpRequest, order: AuthorityOrder, check: OrderCheck | None, form: CheckOrder | None
) -> CheckOrder | None:
    """What is there as the last check has it, before the first as it was entered; None where it is not to be checked."""
    if (
        not permissions.can_work_orders(request.user)
        or OrderState.INCOMPLETE not in ORDER_MOVES[OrderState(order.state)]
    ):
        return None
    asked = elements_of(order)
    there = [each for each, _label in asked if each not in check.missing] if check else there_already(order)
    return form or CheckOrder(initial={"present": there}, elements=asked)


def _verbs(request: HttpRequest, order: AuthorityOrder, items: list[OrderItem]) -> dict[str, bool]:
    """What this person may do now with the order and with what it names."""
    works, state = permissions.can_work_orders(request.user), OrderState(order.state)
    ready = works and state in CARRIED_OUT_ORDERS
    about_content = order.kind != OrderKind.INFORM
    waits = [item for item in items if item.outcome == OrderOutcome.OPEN and not item.decision_id and item.listing_id]
    decided = any(item.decision_id or item.outcome == OrderOutcome.DONE for item in items)
    acts = permissions.can_act_upon_orders(request.user)
    return {
        "works": works,
        "may_leave": ready,
        "may_name": ready and acts,
        "may_find": works and state in OPEN_ORDERS,
        "may_act": ready and about_content and bool(waits) and acts,
        "may_open": ready and about_content and any(item.case_item_id is None for item in waits),
        "may_give": ready and not about_content and any(item.merchant_id for item in items),
        "may_complete": works and state == OrderState.EXECUTING,
        "may_refuse": works and OrderState.REFUSED in ORDER_MOVES[state] and not decided,
        "may_withdraw": works
        and OrderState.WITHDRAWN in ORDER_MOVES[state]
        and order_terms.may_end(order, person(request)),
        "may_take_up": works and state in (OrderState.REFUSED, OrderState.PARTLY),
    }


@opens(permissions.can_read_orders)
def figures(request: HttpRequest) -> HttpResponse:
    """What a transparency report counts: of this year until today, unless other days are asked for."""
    today = timezone.localdate()
    asked = request.GET if "since" in request.GET else {"since": today.replace(month=1, day=1), "until": today}
    form, rows = OrderFigures(asked), []
    if form.is_valid():
        rows = [_figures(each) for each in order_totals.totals(queries.visible(request.user), **form.cleaned_data)]
    context = {"form": form, "rows": rows if len(rows) > 1 else [], **form.cleaned_data}
    return render(request, "investigations/order_figures.html", context, status=422 if form.errors else 200)


def _figures(of: order_totals.Totals) -> dict[str, Any]:
    whole = of.category == order_totals.ALL
    about = _("All") if whole else _("Not specified") if of.category == order_totals.UNSPECIFIED else ""
    category = about or str(Matter(of.category).label)
    return {
        "of": of,
        "whole": whole,
        "country": "" if of.country == order_totals.ALL else of.country,
        "category": category,
    }


@opens(permissions.can_read_orders)
def download(request: HttpRequest, reference: str, file: int) -> HttpResponseBase:
    return as_download(get_object_or_404(OrderFile, pk=file, order=load(request, reference)))


@opens(permissions.can_read_orders)
def letter(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A letter as PDF, the same file whenever it is asked for."""
    found = get_object_or_404(OrderLetter.objects.select_related("order"), pk=pk, order=load(request, reference))
    try:
        content = order_letters.pdf(found)
    except Refusal:
        raise Http404 from None
    name = order_letters.name_of(found)
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=papers.TYPE, headers=headers)


for _view in (enter, detail, figures, download, letter):
    _view.section = "authority-orders"  # type: ignore[attr-defined]
