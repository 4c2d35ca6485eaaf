"""Buyers to be told: the marketplace's references as a file, and the notice for publication."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from governance.web import exports, toasts
from governance.web.access import opens
from investigations import permissions
from investigations.domain import consumers
from investigations.forms.recalls import PublishedForm
from investigations.models import ConsumerNotice, RecallMatch
from investigations.queries import consumers as queries


def _load(request: HttpRequest, reference: str) -> ConsumerNotice:
    return get_object_or_404(queries.visible(request.user), reference=reference)


@require_safe
@opens(permissions.can_export_buyers)
def references(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The buyers' references, for whoever may have them."""
    notice = _load(request, reference)
    head = [_("Buyer"), _("Order"), _("Line"), _("Ordered"), _("Listing"), _("Quantity")]
    return exports.csv_response(queries.references(notice), head=head, name=notice.reference)


@require_POST
@opens(permissions.can_work_recalls)
def published(request: HttpRequest, reference: str) -> HttpResponse:
    """Say where the notice stands for those whom nobody can write to."""
    notice = _load(request, reference)
    form = PublishedForm(request.POST)
    if not form.is_valid():
        toasts.tell(request, _("Nothing was recorded"), note=_("Give the address of the page, with https://."))
    else:
        where = form.cleaned_data["where"]
        consumers.published(notice=notice, where=where, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
        toasts.tell(request, _("Publication recorded"))
    match = RecallMatch.objects.filter(decision=notice.decision_id).order_by("pk").first()
    if match is None:
        return redirect("enforcement:decision", reference=notice.decision.reference)
    return redirect("investigations:recall", pk=match.alert_id)


for _view in (references, published):
    _view.section = "recalls"  # type: ignore[attr-defined]
