"""The certified bodies that statements of reasons name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from enforcement import permissions
from enforcement.domain import dispute_bodies
from enforcement.forms.disputes import BodyForm
from enforcement.models import DisputeBody
from enforcement.queries import disputes as queries
from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal


@opens(permissions.can_read_disputes)
def page(request: HttpRequest) -> HttpResponse:
    context = {"bodies": queries.bodies(), "may_keep": permissions.can_keep_bodies(request.user)}
    return render(request, "enforcement/dispute_bodies.html", context)


@opens(permissions.can_keep_bodies)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Enter a body, or change one."""
    body = get_object_or_404(DisputeBody, pk=pk) if pk is not None else None
    form = BodyForm(request.POST) if request.method == "POST" else BodyForm.of(body) if body else BodyForm()
    if form.is_bound and form.is_valid():
        try:
            saved = dispute_bodies.save(
                body=body,
                **form.cleaned_data,
                actor=request.user,  # type: ignore[arg-type]
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            toasts.tell(request, _("Saved %(body)s") % {"body": saved.name})
            return redirect("enforcement:dispute-bodies")
    context = {"form": form, "body": body}
    return render(request, "enforcement/dispute_body.html", context, status=422 if form.is_bound else 200)


for _view in (page, edit):
    _view.section = "disputes"  # type: ignore[attr-defined]
