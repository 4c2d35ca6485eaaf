"""Buyers to be told: of an illegal product, the marketplace's references as a file, and the notice for publication."""

from django.contrib import messages as flash
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enforcement.models import Decision
from enforcement.queries.decisions import concerns_buyers, decisions
from governance.web import exports, toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import consumers, illegal_products
from investigations.filters import language
from investigations.forms.notices import letter_languages
from investigations.forms.recalls import PublishedForm, TellBuyers
from investigations.models import ConsumerNotice, RecallMatch
from investigations.queries import consumers as queries

NAMED = 10
"""So many listings are named to begin with."""


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
        return redirect("investigations:buyers-of", reference=notice.decision.reference)
    return redirect("investigations:recall", pk=match.alert_id)


@opens(permissions.can_read_recalls)
def of_decision(request: HttpRequest, reference: str) -> HttpResponse:
    """Who bought what a decision took off sale as illegal, and what they are told; to be told, if nobody has said it yet."""
    decision = get_object_or_404(decisions(permissions.markets(request.user)), reference=reference)
    if request.method == "POST" and not permissions.can_tell_buyers(request.user):
        raise PermissionDenied
    form = TellBuyers(request.POST or None, initial=_begin(decision))
    if form.is_valid() and (done := _tell(request, decision, form)):
        return done
    notice = queries.of_decision(decision, request.user)
    context = {
        "decision": decision,
        "form": form,
        "notice": notice,
        "concerned": queries.concerned(decision, timezone.now()) if notice is None else None,
        "stands": concerns_buyers(decision),
        "may_tell": permissions.can_tell_buyers(request.user),
        "may_work": permissions.can_work_recalls(request.user),
        "may_export": permissions.can_export_buyers(request.user),
    }
    return render(request, "investigations/buyers.html", context, status=422 if form.is_bound else 200)


def _tell(request: HttpRequest, decision: Decision, form: TellBuyers) -> HttpResponse | None:
    try:
        notice = illegal_products.tell_buyers(
            decision=decision,
            words=form.words(),
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except illegal_products.OwedAlready as known:
        flash.info(request, str(known))
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None
    else:
        text = _("Buyers of %(merchant)s are to be told") % {"merchant": decision.merchant.name}
        toasts.tell(request, text, note=notice.reference)
    return redirect("investigations:buyers-of", reference=decision.reference)


def _begin(decision: Decision) -> dict[str, str]:
    """What the decision says, in the person's language where we write letters in it."""
    tag = language() if language() in dict(letter_languages()) else "en"
    items = decision.items.filter(listing__isnull=False, reversal__isnull=True).order_by("pk")
    names = [str(facts.get("title", "")) for facts in items.values_list("facts", flat=True)[:NAMED]]
    return {"what": "\n".join(filter(None, names)), "hazard": queries.why(decision, tag), "language": tag}


references.section = published.section = "recalls"  # type: ignore[attr-defined]
of_decision.section = "cases"  # type: ignore[attr-defined]
