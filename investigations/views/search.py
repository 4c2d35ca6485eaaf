"""Search from the top line and the palette: an id, a reference, an EAN, or part of a name; on its page also words of writings."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from governance.accounts.permissions import Anyone
from governance.web.access import opens, signed_in
from investigations import permissions
from investigations.filters import language
from investigations.queries import bounded, search, writings
from investigations.queries.bounded import TooSlow
from investigations.queries.search import Hit
from investigations.queries.writings import Writing
from investigations.text import passages, word_marks

ICONS = {
    "case": "case",
    "listing": "listing",
    "merchant": "merchant",
    "policy": "policy",
    "decision": "gavel",
    "appeal": "scale",
    "dispute": "gavel",
    "notice": "flag",
    "investigation": "search",
    "order": "gavel",
}
HEADINGS = {
    "case": _("Cases"),
    "merchant": _("Merchants"),
    "listing": _("Listings"),
    "policy": _("Policies"),
    "decision": _("Decisions"),
    "appeal": _("Appeals"),
    "dispute": _("Disputes"),
    "notice": _("Notices"),
    "investigation": _("Investigations"),
    "order": _("Authority orders"),
}
PAGES = {
    "case": "investigations:case",
    "listing": "investigations:listing",
    "merchant": "investigations:merchant",
    "policy": "enforcement:policy",
    "decision": "enforcement:decision",
    "appeal": "investigations:appeal",
    "dispute": "enforcement:dispute",
    "notice": "investigations:notice",
    "investigation": "investigations:investigation",
    "order": "investigations:authority-order",
}
WRITTEN = {
    "note": ("comment", _("Note in a case")),
    "reason": ("gavel", _("Reason of a decision")),
    "notice": ("flag", _("Notice")),
    "investigation": ("search", _("Note in an investigation")),
}
FOR_THE_PALETTE, FOR_THE_PAGE = 4, 20
PATIENCE = 3.0
"""Seconds that each look into the writings may take."""


@opens(signed_in)
def find(request: HttpRequest) -> JsonResponse:
    """What the palette shows under the places and verbs."""
    hits = search.find(request.GET.get("q", ""), user=request.user, language=language(), each=FOR_THE_PALETTE)
    rows = [{"label": hit.label, "note": hit.note, "url": url_of(hit), "icon": ICONS[hit.kind]} for hit in hits]
    return JsonResponse({"results": rows})


@opens(signed_in)
def page(request: HttpRequest) -> HttpResponse:
    """One exact hit opens at once; else everything that was found, by kind."""
    words = request.GET.get("q", "").strip()
    hits = search.find(words, user=request.user, language=language(), each=FOR_THE_PAGE)
    if len(hits) == 1 and hits[0].exact:
        return redirect(url_of(hits[0]))
    context = {
        "words": words,
        "groups": _grouped(hits),
        "may_search": permissions.can_search(request.user),
        **_written(words, request.user),
    }
    context["found"] = len(hits) + len(context["written"])
    return render(request, "investigations/search.html", context)


def url_of(hit: Hit) -> str:
    keys = {"merchant": hit.public_id} | dict.fromkeys(("decision", "dispute", "notice", "order"), hit.label)
    return reverse(PAGES[hit.kind], args=[keys.get(hit.kind, hit.pk)])


def _grouped(hits: Iterable[Hit]) -> list[dict[str, Any]]:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append({"hit": hit, "url": url_of(hit)})
    return [
        {"kind": kind, "title": title, "icon": ICONS[kind], "rows": by_kind[kind]}
        for kind, title in HEADINGS.items()
        if kind in by_kind
    ]


def _written(words: str, user: Anyone) -> dict[str, Any]:
    try:
        with bounded.at_most(PATIENCE):
            found = writings.find(words, user=user)
    except TooSlow:
        return {"written": [], "too_slow": True}
    rows = [_line(each, words) for each in found[: writings.MOST]]
    return {"written": rows, "more": len(found) > writings.MOST}


def _line(found: Writing, words: str) -> dict[str, Any]:
    icon, what = WRITTEN[found.kind]
    excerpt = passages.quote(found.text, word_marks.spans(found.text, words))
    return {"found": found, "icon": icon, "what": what, "excerpt": excerpt, "url": _place_of(found)}


def _place_of(found: Writing) -> str:
    """Where it stands."""
    if found.kind == "note":
        return reverse("investigations:case-tab", args=[found.subject.pk, "notes"])
    if found.kind == "investigation":
        return reverse("investigations:investigation", args=[found.subject.pk])
    return reverse(PAGES["decision" if found.kind == "reason" else "notice"], args=[found.subject.reference])
