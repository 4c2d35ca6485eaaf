"""Merchants around a merchant, and how two of them are connected: only over merchants that the person may read."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance.accounts.permissions import Anyone
from investigations.models import LinkGroup, LinkRisk
from investigations.queries import risk
from investigations.queries.merchants import visible_merchants
from investigations.queries.risk import Tie
from listings.models import Merchant, MerchantLink
from listings.queries.keys import among

MOST = 3_000
"""Links that are read of one step, the strongest first."""
FARTHEST = 6
"""Steps within which two merchants are looked for."""
STRONGEST = 5
"""Linked merchants on a merchant's own page."""


@dataclass
class Around:
    """What was read: ties by pair (smaller key first), and the merchants with their risk. `kept_back` linked merchants are not for this person."""

    center: Merchant
    ties: dict[tuple[int, int], Tie] = field(default_factory=dict)
    merchants: dict[int, Merchant] = field(default_factory=dict)
    kept_back: int = 0
    cut: bool = False

    def tie(self, one: int, other: int) -> Tie | None:
        return self.ties.get((min(one, other), max(one, other)))

    def of(self, key: int) -> list[Tie]:
        """A merchant's ties, the strongest first."""
        found = [each for pair, each in self.ties.items() if key in pair]
        return sorted(found, key=lambda each: (-each.strength, each.one, each.other))


@dataclass(frozen=True)
class Linked:
    """Another merchant, and what ties them to this one."""

    merchant: Merchant
    tie: Tie


def live() -> QuerySet[MerchantLink]:
    return MerchantLink.objects.filter(ended_at__isnull=True)


def of_merchants(keys: Collection[int]) -> QuerySet[MerchantLink]:
    """Links that hold of any of these."""
    return live().filter(Q(first__in=among(keys)) | Q(second__in=among(keys)))


def around(
    center: Merchant,
    user: Anyone,
    *,
    steps: int,
    opened: Collection[int] = (),
    kinds: Collection[str] = (),
    least: float = 0.0,
    to: int | None = None,
) -> Around:
    """Merchants within so many steps, and the neighbours of opened ones beyond; with `to`, no further than that merchant is."""
    found, frontier, step = Around(center, merchants={center.pk: center}), {center.pk}, 0
    seen: set[int] = {center.pk}
    barred: set[int] = set()
    while frontier:
        reached = _read(found, frontier, kinds, least) - seen - barred
        visible = set(visible_merchants(user).filter(pk__in=among(reached)).values_list("pk", flat=True))
        barred |= reached - visible
        seen |= visible
        step += 1
        if to in visible:
            break
        frontier = visible if step < steps else visible & set(opened)
    found.ties = {pair: each for pair, each in found.ties.items() if seen.issuperset(pair)}
    found.kept_back = len(barred)
    found.merchants |= _with_risk(seen)
    found.center = found.merchants[center.pk]
    return found


def connection(found: Around, to: int) -> list[int]:
    """The merchants of the way along which the ties are strongest, both ends included; empty where there is none."""
    strengths: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for (one, other), each in found.ties.items():
        strengths[one].append((other, each.strength))
        strengths[other].append((one, each.strength))
    todo: list[tuple[float, int, tuple[int, ...]]] = [(-1.0, found.center.pk, (found.center.pk,))]
    done: set[int] = set()
    while todo:
        held, key, way = heapq.heappop(todo)
        if key == to:
            return list(way)
        if key in done:
            continue
        done.add(key)
        for other, strength in sorted(strengths[key]):
            if other not in done and len(way) <= FARTHEST:
                heapq.heappush(todo, (held * strength, other, (*way, other)))
    return []


def strongest(merchant: Merchant, user: Anyone) -> list[Linked]:
    """Merchants linked to this one, whom the person may read, the most strongly linked first."""
    rows = of_merchants([merchant.pk]).order_by("-strength", "pk")
    pairs = risk.ties(rows.values_list("first_id", "second_id", "kind", "strength"))
    ordered = sorted(pairs.values(), key=lambda each: (-each.strength, each.one, each.other))
    others = {each.other if each.one == merchant.pk else each.one: each for each in ordered}
    known = {each.pk: each for each in visible_merchants(user).filter(pk__in=among(others)).select_related("link_risk")}
    return [Linked(known[key], each) for key, each in others.items() if key in known]


def risk_of(merchant: Merchant) -> LinkRisk:
    """As it was reckoned; nothing known where it was not. Loaded with `select_related`, it costs nothing."""
    found = getattr(merchant, "link_risk", None)
    return found if found is not None else LinkRisk(merchant=merchant)


def named(risks: Iterable[LinkRisk], user: Anyone) -> dict[int, Merchant]:
    """The merchants that these risks come over, as far as the person may read them."""
    keys = {key for each in risks for source in each.sources for key in source["path"]}
    return visible_merchants(user).select_related("link_risk").in_bulk(keys) if keys else {}


def links_between(one: int, other: int) -> list[MerchantLink]:
    rows = live().filter(first=min(one, other), second=max(one, other))
    return list(rows.order_by("-strength", "kind"))


def visible_links(user: Anyone) -> QuerySet[MerchantLink]:
    """Links that hold, of merchants both of whom the person may read."""
    merchants = visible_merchants(user).values("pk")
    return live().filter(first__in=merchants, second__in=merchants)


def visible_groups(user: Anyone) -> QuerySet[LinkGroup]:
    """Groups of which the person may read a member."""
    members = LinkRisk.objects.filter(group=OuterRef("pk"), merchant__in=visible_merchants(user).values("pk"))
    return LinkGroup.objects.filter(Exists(members))


def members(groups: Sequence[LinkGroup], user: Anyone) -> Mapping[int, list[LinkRisk]]:
    """Of each group those whom the person may read, the riskiest first."""
    rows = LinkRisk.objects.filter(group__in=groups, merchant__in=visible_merchants(user).values("pk"))
    found: dict[int, list[LinkRisk]] = defaultdict(list)
    for row in rows.select_related("merchant").order_by("-risk", "merchant_id"):
        found[row.group_id or 0].append(row)
    return found


def _read(found: Around, frontier: Collection[int], kinds: Collection[str], least: float) -> set[int]:
    """Read the links of these merchants into what was found; returns everybody on the other ends."""
    rows = of_merchants(sorted(frontier)).order_by("-strength", "pk")
    rows = rows.filter(kind__in=kinds) if kinds else rows
    chosen: list[Any] = list(rows.values_list("first_id", "second_id", "kind", "strength")[: MOST + 1])
    found.cut = found.cut or len(chosen) > MOST
    ties = {pair: each for pair, each in risk.ties(chosen[:MOST]).items() if each.strength >= least}
    found.ties |= ties
    return {key for pair in ties for key in pair}


def _with_risk(keys: Collection[int]) -> dict[int, Merchant]:
    return Merchant.objects.select_related("link_risk").in_bulk(keys)
