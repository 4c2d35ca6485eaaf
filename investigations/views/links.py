"""The merchants around a merchant as a network; how two of them are connected; what they share, which is shown to some and noted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from governance.web import formats
from governance.web.access import opens
from governance.web.choices import Option
from governance.web.network import Network, Spot, Wire, network
from investigations import permissions
from investigations.queries import links, sharing
from investigations.queries.links import Around
from investigations.queries.merchants import visible_merchants
from investigations.views import link_words as words
from listings.domain import links as looking
from listings.enums import LINK_ICON, LinkKind
from listings.models import Merchant

Number = TypeVar("Number", int, float)
STEPS = (1, 2, 3)
LEAST = (0.0, 0.4, 0.7)
OPENED_AT_MOST = 12
CANDIDATES = 6
MARKS_SHOWN = 3


@dataclass(frozen=True)
class Asked:
    """What the address asks for. Whatever cannot be understood is left out."""

    steps: int
    least: float
    kinds: tuple[str, ...]
    opened: tuple[int, ...]
    at: Merchant
    to: Merchant | None
    candidates: Sequence[Merchant] = ()
    words: str = ""


@dataclass(frozen=True)
class Card:
    """A node as it is drawn: the merchant, or how many more there are of one's neighbours."""

    spot: Spot
    merchant: Merchant
    href: str
    risk: words.Risk
    marks: Sequence[words.Mark] = ()
    current: bool = False
    on_the_way: bool = False


@opens(permissions.can_see_merchants)
def page(request: HttpRequest, public_id: str) -> HttpResponse:
    """The whole page; a press on a node asks for it again and takes what has changed."""
    merchant = get_object_or_404(visible_merchants(request.user), public_id=public_id.upper())
    asked = _asked(request, merchant)
    steps = links.FARTHEST if asked.to else asked.steps
    found = links.around(
        merchant, request.user, steps=steps, opened=asked.opened, kinds=asked.kinds, least=asked.least,
        to=asked.to.pk if asked.to else None,
    )  # fmt: skip
    way = links.connection(found, asked.to.pk) if asked.to else []
    drawn = _drawn(found, asked, way)
    context = {
        "merchant": found.center,
        "asked": asked,
        "found": found,
        "net": drawn,
        "cards": [_card(request, found, asked, spot, way) for spot in drawn.spots],
        "rows": _rows(found, drawn),
        "kinds": _kinds(request, found, asked),
        "way": [(found.merchants[key], _between(found, key, to)) for key, to in _pairs(way)],
        "filters": _filters(request, asked),
        "panel": _panel(request, found, asked),
        "may_collect": permissions.can_work_on_investigations(request.user),
        "group": links.visible_groups(request.user).filter(members__merchant=merchant).first(),
    }
    return render(request, "investigations/links.html", context)


@require_POST
@opens(permissions.can_see_merchants)
def look(request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
    """What two merchants share, word for word; noted in the log."""
    if not permissions.can_see_shared(request.user):
        raise PermissionDenied
    rows = links.visible_links(request.user).filter(
        Q(first__public_id=public_id.upper()) | Q(second__public_id=public_id.upper())
    )
    link = get_object_or_404(rows.select_related("first", "second"), pk=pk)
    looking.look(link=link, actor=request.user, at=timezone.now())  # type: ignore[arg-type]
    return render(request, "investigations/_link_shared.html", {"link": link, "shared": sharing.shared(link)})


# --- what is asked ---------------------------------------------------------------------------------


def _asked(request: HttpRequest, merchant: Merchant) -> Asked:
    given = request.GET
    named = [*given.getlist("open")[-OPENED_AT_MOST:], given.get("at", "")]
    known = {each.public_id: each for each in visible_merchants(request.user).filter(public_id__in=named)}
    to, candidates = _sought(request, merchant, given.get("to", "").strip())
    return Asked(
        steps=_one_of(given.get("steps"), STEPS, 2),
        least=_one_of(given.get("least"), LEAST, 0.0),
        kinds=tuple(kind for kind in given.getlist("kind") if kind in LinkKind.values),
        opened=tuple(known[each].pk for each in named[:-1] if each in known),
        at=known.get(given.get("at", ""), merchant),
        to=to,
        candidates=candidates,
        words=given.get("to", "").strip(),
    )


def _one_of(given: str | None, known: Sequence[Number], otherwise: Number) -> Number:
    return next((each for each in known if str(each) == given), otherwise)


def _sought(request: HttpRequest, merchant: Merchant, said: str) -> tuple[Merchant | None, Sequence[Merchant]]:
    """The other merchant, by identifier or part of a name; several where the name fits several."""
    if not said:
        return None, ()
    rows = visible_merchants(request.user).exclude(pk=merchant.pk)
    exact = rows.filter(Q(public_id=said.upper()) | Q(external_id=said)).order_by("pk").first()
    if exact:
        return exact, ()
    fitting = list(rows.filter(name__icontains=said).order_by("name", "pk")[:CANDIDATES])
    return (fitting[0], ()) if len(fitting) == 1 else (None, fitting)


# --- what is drawn ---------------------------------------------------------------------------------


def _drawn(found: Around, asked: Asked, way: Sequence[int]) -> Network:
    names = {key: each.name for key, each in found.merchants.items()}
    wires = [
        Wire(tie.one, tie.other, tie.strength, words.tie_in_words(tie, names[tie.one], names[tie.other]))
        for tie in found.ties.values()
    ]
    rank = {key: links.risk_of(each).risk for key, each in found.merchants.items()}
    return network(
        found.center.pk, wires, rank=rank, opened=asked.opened, kept={asked.at.pk, *way} & set(found.merchants)
    )


def _card(request: HttpRequest, found: Around, asked: Asked, spot: Spot, way: Sequence[int]) -> Card:
    merchant = found.merchants[spot.key]
    query = _query(request, at=merchant.public_id)
    if (spot.key not in asked.opened and spot.key != found.center.pk) or spot.more:
        query.appendlist("open", merchant.public_id)
    href = f"?{query.urlencode()}"
    if spot.more:
        return Card(spot, merchant, "#ties" if spot.key in asked.opened else href, words.risk_in_words(merchant))
    tie = found.tie(spot.wire.one, spot.wire.other) if spot.wire else None
    return Card(
        spot,
        merchant,
        href,
        words.risk_in_words(merchant),
        marks=words.marks(tie)[:MARKS_SHOWN] if tie else (),
        current=spot.key == asked.at.pk,
        on_the_way=spot.key in way,
    )


def _rows(found: Around, drawn: Network) -> list[dict[str, Any]]:
    """The ties of what is drawn, and of the opened neighbours that are not: the strongest first."""
    shown = sorted(found.ties.values(), key=lambda each: (-each.strength, each.one, each.other))[:500]
    return [
        {"one": found.merchants[tie.one], "other": found.merchants[tie.other], "marks": words.marks(tie), "tie": tie}
        for tie in shown
    ]


def _kinds(request: HttpRequest, found: Around, asked: Asked) -> list[dict[str, Any]]:
    """The legend, which is the filter by kind: how many pairs each kind ties."""
    counts = Counter(kind for tie in found.ties.values() for kind, _strength in tie.kinds)
    return [
        {
            "kind": kind,
            "label": words.kind_label(kind, short=True),
            "icon": LINK_ICON[kind],
            "count": counts[kind.value],
            "on": kind.value in asked.kinds,
        }
        for kind in LinkKind
        if counts[kind.value] or kind.value in asked.kinds
    ]


def _filters(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    def option(name: str, value: float, label: str) -> Option:
        query = _query(request)
        query[name] = str(value)
        return Option(str(value), label, url=f"?{query.urlencode()}")

    at_least = [formats.number(least, digits=1) for least in LEAST]
    return {
        "steps": [option("steps", each, formats.number(each)) for each in STEPS],
        "least": [
            option("least", least, _("%(least)s or more") % {"least": said} if least else _("Any"))
            for least, said in zip(LEAST, at_least, strict=True)
        ],
        "steps_now": str(asked.steps),
        "least_now": str(asked.least),
    }


def _panel(request: HttpRequest, found: Around, asked: Asked) -> dict[str, Any]:
    """The chosen merchant: risk and why, and what ties them to the one through which they were reached."""
    merchant = found.merchants.get(asked.at.pk, found.center)
    risk = links.risk_of(merchant)
    names = links.named([risk], request.user)
    ties = found.of(merchant.pk)
    others = [found.merchants[tie.other if tie.one == merchant.pk else tie.one] for tie in ties]
    query = _query(request)
    query.setlist("open", [each for each in query.getlist("open") if each != merchant.public_id])
    return {
        "merchant": merchant,
        "risk": words.risk_in_words(merchant),
        "why": words.explained(risk, names),
        "ties": [(other, tie, words.marks(tie)) for other, tie in zip(others[:8], ties[:8], strict=True)],
        "more": max(len(ties) - 8, 0),
        "between": links.links_between(merchant.pk, found.center.pk) if merchant != found.center else [],
        "may_look": permissions.can_see_shared(request.user),
        "close": f"?{query.urlencode()}" if asked.at.pk in asked.opened else "",
        "connect": f"{reverse('investigations:merchant-links', args=[found.center.public_id])}?to={merchant.public_id}",
        "is_center": merchant == found.center,
    }


def _between(found: Around, one: int, other: int | None) -> list[words.Mark]:
    tie = found.tie(one, other) if other else None
    return words.marks(tie) if tie else []


def _pairs(way: Sequence[int]) -> list[tuple[int, int | None]]:
    return list(zip(way, [*way[1:], None], strict=True)) if way else []


def _query(request: HttpRequest, **changes: str) -> QueryDict:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return query
