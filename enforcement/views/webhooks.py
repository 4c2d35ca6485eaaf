"""Endpoints of the marketplace: the list, one of them with its health, and its verbs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from enforcement import permissions
from enforcement.domain import deliveries, webhooks
from enforcement.enums import EndpointState, EventType
from enforcement.filters import EndpointFilter
from enforcement.forms.webhooks import EndpointForm, ReplayForm
from enforcement.models import WebhookEndpoint
from enforcement.queries import deliveries as queries
from governance.accounts.views.acting import person
from governance.web import formats, toasts
from governance.web.access import opens
from governance.web.lists import Column, ListPage
from governance.web.refusals import Refusal

SECTION, LATEST = "delivery", 10


class EndpointList(ListPage):
    section, title = SECTION, gettext_lazy("Delivery")
    may_open = staticmethod(permissions.can_manage_delivery)
    filterset_class = EndpointFilter
    order = ("name", "pk")
    columns = (
        Column("name", gettext_lazy("Endpoint"), grow=True, sort="name", value=lambda row: row.name),
        Column("state", gettext_lazy("State"), value=lambda row: row.get_state_display()),
        Column("events", gettext_lazy("Events"), value=lambda row: " ".join(row.types)),
        Column("owed", gettext_lazy("To be delivered"), num=True, value=lambda row: row.owed),
        Column("given_up", gettext_lazy("Given up"), num=True, value=lambda row: row.given_up),
        Column("accepted", gettext_lazy("Last accepted"), num=True, value=lambda row: row.last_accepted_at),
    )
    row_template = "enforcement/webhook_row.html"
    template_name = "enforcement/webhook_list.html"

    def rows(self) -> QuerySet[WebhookEndpoint]:
        return queries.endpoints()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=EndpointForm(), **kwargs)


@opens(permissions.can_manage_delivery)
def create(request: HttpRequest) -> HttpResponse:
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        try:
            endpoint, secret = webhooks.create(**form.cleaned_data, actor=person(request), at=timezone.now())
        except Refusal as refusal:
            _show_errors(form, refusal)
        else:
            return _show_secret(request, endpoint, secret)
    return render(
        request, "enforcement/webhook_new.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@opens(permissions.can_manage_delivery)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint, now = get_object_or_404(queries.endpoints().select_related("created_by"), pk=pk), timezone.now()
    context = {
        "endpoint": endpoint,
        "types": [EventType(each) for each in endpoint.types],
        "latest": queries.log().filter(endpoint=endpoint).order_by("-event_id")[:LATEST],
        "oldest": queries.oldest_owed(endpoint.pk),
        "old_secret": bool(endpoint.old_salt_until and endpoint.old_salt_until > now),
        "is_active": endpoint.state == EndpointState.ACTIVE,
        "is_paused": endpoint.state == EndpointState.PAUSED,
    }
    return render(request, "enforcement/webhook_detail.html", context)


@opens(permissions.can_manage_delivery)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    form = EndpointForm(request.POST) if request.method == "POST" else EndpointForm.of(endpoint)
    if form.is_valid():
        try:
            webhooks.change(endpoint=endpoint, **form.cleaned_data, actor=person(request), at=timezone.now())
        except Refusal as refusal:
            _show_errors(form, refusal)
        else:
            toasts.tell(request, _("Saved. What is still to be delivered goes to the address as it is now."))
            return redirect("enforcement:webhook", pk)
    context = {"endpoint": endpoint, "form": form}
    return render(request, "enforcement/webhook_edit.html", context, status=422 if request.method == "POST" else 200)


@opens(permissions.can_manage_delivery)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, webhooks.pause, _("Paused. What happens meanwhile is kept."))


@opens(permissions.can_manage_delivery)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, webhooks.resume, _("Delivery goes on where it stopped."))


@opens(permissions.can_manage_delivery)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, webhooks.remove, _("Removed. Nothing more is sent there."))


@opens(permissions.can_manage_delivery)
@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    return _verb(request, pk, deliveries.send_test, _("A test event is on its way."))


@opens(permissions.can_manage_delivery)
@require_POST
def rotate(request: HttpRequest, pk: int) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    try:
        secret = webhooks.rotate(endpoint=endpoint, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("enforcement:webhook", pk)
    return _show_secret(request, WebhookEndpoint.objects.get(pk=pk), secret)


@opens(permissions.can_manage_delivery)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked for by GET, which counts; done by POST."""
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    form = ReplayForm(request.POST or request.GET or None)
    counted = queries.replayed(endpoint, form.chosen()) if form.is_valid() else None
    if request.method == "POST" and counted is not None:
        try:
            count = deliveries.replay(endpoint=endpoint, chosen=form.chosen(), actor=person(request), at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            told = ngettext("%(n)s event is sent again", "%(n)s events are sent again", count)
            toasts.tell(request, told % {"n": formats.number(count)})
        return redirect("enforcement:webhook", pk)
    context = {"endpoint": endpoint, "form": form, "counted": counted}
    return render(request, "enforcement/webhook_replay.html", context, status=422 if form.errors else 200)


def _verb(request: HttpRequest, pk: int, verb: Callable[..., Any], told: str) -> HttpResponse:
    endpoint = get_object_or_404(WebhookEndpoint, pk=pk)
    try:
        verb(endpoint=endpoint, actor=person(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        toasts.tell(request, told)
    return redirect("enforcement:webhook", pk)


def _show_secret(request: HttpRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    response = render(request, "enforcement/webhook_secret.html", {"endpoint": endpoint, "secret": secret})
    response["Cache-Control"] = "no-store"
    return response


def _show_errors(form: EndpointForm, refusal: Refusal) -> None:
    for field, text in refusal.errors.items():
        form.add_error(field, str(text))
    if not refusal.errors:
        form.add_error(None, str(refusal))


for _view in (create, detail, edit, replay):
    _view.section = SECTION  # type: ignore[attr-defined]
