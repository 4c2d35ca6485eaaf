"""What the merchant reads, by a signed link and without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from enforcement.domain import links
from enforcement.models import Decision


def statement(request: HttpRequest, token: str) -> HttpResponse:
    """The decision that the link is for, as it was explained when it was made."""
    try:
        reference = links.reference_of(token)
    except links.LinkBroken:
        raise Http404 from None
    decisions = Decision.objects.select_related("merchant", "statement")
    decision = get_object_or_404(decisions, reference=reference)
    return render(request, "enforcement/statement.html", {"decision": decision, "statement": decision.statement})
