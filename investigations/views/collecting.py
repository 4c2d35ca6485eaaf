"""Add to an investigation: what was ticked in a search, a merchant, a case, a linked group, or a search with its result."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.web import toasts
from governance.web.access import opens
from governance.web.refusals import Refusal
from investigations import permissions
from investigations.domain import collecting
from investigations.forms.investigations import Collect
from investigations.models import Case, Investigation, LinkGroup, SearchRun
from investigations.queries import bounded, links, work
from investigations.queries import investigations as queries
from investigations.queries.listings import visible_listings
from investigations.queries.merchants import visible_merchants
from investigations.queries.search_history import visible_runs
from investigations.views.explore import Explore
from investigations.views.search_page import PATIENCE, kinds_for
from listings.models import Listing, Merchant

SHOWN = 12


@dataclass
class Chosen:
    """What is to be added, and the fields that say so again when the form comes back."""

    listings: list[Listing] = field(default_factory=list)
    merchants: list[Merchant] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    groups: list[LinkGroup] = field(default_factory=list)
    run: SearchRun | None = None
    fields: list[tuple[str, str]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.listings or self.merchants or self.cases or self.groups or self.run)


@opens(permissions.can_work_on_investigations)
def page(request: HttpRequest) -> HttpResponse:
    """Asks into which, and why; a post with `add` does it."""
    try:
        chosen = _chosen(request)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('investigations:explore')}?{request.POST.get('query', '')}")
    open_ones = queries.open_for(request.user)
    choices = [(str(each.pk), f"{each} · {each.title}") for each in open_ones]
    form = Collect(
        request.POST if "add" in request.POST else None,
        choices=choices,
        may_open=permissions.can_investigate(request.user),
        initial={"into": choices[0][0] if choices else ""},
    )
    if chosen and form.is_valid() and (done := _added(request, chosen, form, open_ones)):
        return done
    context = {
        "form": form,
        "chosen": chosen,
        "shown": chosen.listings[:SHOWN],
        "more": max(0, len(chosen.listings) - SHOWN),
        "nowhere": not choices and not permissions.can_investigate(request.user),
    }
    return render(request, "investigations/collect.html", context, status=422 if form.is_bound else 200)


def _added(request: HttpRequest, chosen: Chosen, form: Collect, open_ones: list[Investigation]) -> HttpResponse | None:
    given = form.cleaned_data
    into = next((each for each in open_ones if str(each.pk) == given["into"]), None)
    try:
        to, count = collecting.add(
            into=into,
            title=given.get("title", ""),
            question=given.get("question", ""),
            reason=given["reason"],
            things=collecting.Things(chosen.listings, chosen.merchants, chosen.cases, chosen.groups, chosen.run),
            actor=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
    except Refusal as refusal:
        for name, error in refusal.errors.items():
            form.add_error(name if name in form.fields else None, str(error))
        form.add_error(None, str(refusal))
        return None
    text = ngettext("Added %(n)s to %(number)s", "Added %(n)s to %(number)s", count) % {"n": count, "number": to}
    toasts.tell(request, text, note="" if count else _("All of it was there already."))
    return redirect(reverse("investigations:investigation", args=[to.pk]))


def _chosen(request: HttpRequest) -> Chosen:
    """Only what the person may read. Whatever cannot be understood is left out."""
    given, user = (request.POST if request.method == "POST" else request.GET), request.user
    found = Chosen()
    if given.getlist("ids") or given.get("all"):
        found.listings = _ticked(request, given)
    if public_ids := given.getlist("merchant"):
        found.merchants = list(visible_merchants(user).filter(public_id__in=public_ids).order_by("pk"))
    if keys := _numbers(given, "case"):
        found.cases = list(work.visible_cases(user).filter(pk__in=keys).order_by("pk"))
    if keys := _numbers(given, "group"):
        found.groups = list(links.visible_groups(user).filter(pk__in=keys).select_related("hub").order_by("pk"))
    if keys := _numbers(given, "listing"):
        found.listings += list(visible_listings(user).filter(pk__in=keys).select_related("merchant").order_by("pk"))
    if keys := _numbers(given, "run"):
        found.run = visible_runs(user, kinds_for(user)).filter(pk=keys[0]).first()
    names = ("ids", "all", "query", "merchant", "case", "group", "listing", "run")
    found.fields = [(name, value) for name in names for value in given.getlist(name)]
    return found


def _ticked(request: HttpRequest, given: QueryDict) -> list[Listing]:
    rows: Any = Explore.selected(request) if request.method == "POST" else visible_listings(request.user).none()
    with bounded.at_most(PATIENCE):
        return list(rows.select_related("merchant").order_by("-pk")[: collecting.MOST_AT_ONCE + 1])


def _numbers(given: QueryDict, name: str) -> list[int]:
    return [int(value) for value in given.getlist(name) if value.isdecimal() and len(value) < 19]


page.section = "investigations"  # type: ignore[attr-defined]
