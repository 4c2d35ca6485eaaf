"""A preview in words, bars and rows."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enforcement.domain import previews
from enforcement.domain.preview_runs import Asked
from enforcement.domain.previews import Run
from enforcement.engine import Outcome
from enforcement.engine.preview import branches
from enforcement.language.seeing import seen
from enforcement.queries import policies as queries
from enforcement.views.policies import language
from governance.policies.language.wording import stored_fact
from governance.policies.models import Policy
from governance.web import charts, formats

BARS = 7
MOST_MISSING, MOST_CAUGHT = 4, 5
HEAVY = 0.25
"""From this share on, what cannot be decided is the first thing to say."""
TITLE_ZONE, EURO = "title", "EUR"


@dataclass(frozen=True)
class Hit:
    """A listing that the rule holds for, with what was seen; `spans` are the matched places of its title."""

    key: int
    title: str
    language: str
    price: float | None
    currency: str
    lines: list[str]
    spans: list[tuple[int, int]]


def panel(run: Run, asked: Asked, policy: Policy) -> dict[str, Any]:
    """What the template shows: counts are of the whole, taken from the sample as long as that is all there is."""
    figures, speaks = run.figures, language()
    shown, unconfirmed = previews.hits(run)
    known = branches(figures.categories)
    names = queries.names_of_categories(list(known), speaks)
    share = figures.undecidable / figures.looked_at if figures.looked_at else 0
    return {
        "run": run,
        "asked": asked,
        "policy": policy,
        "matched": run.matched,
        "margin": run.margin,
        "share": figures.share,
        "in_scope": round(figures.looked_at * run.scale),
        "merchants": len(figures.merchants),
        "revenue": formats.money_rounded(figures.revenue * run.scale, EURO),
        "undecidable": round(figures.undecidable * run.scale),
        "heavy": share >= HEAVY,
        "missing": _missing(run),
        "caught": round(figures.caught * run.scale),
        "caught_by": _caught_by(run, speaks),
        "markets": _bars(run, figures.markets, formats.country),
        "categories": _bars(run, known, lambda code: names.get(code) or _("No category")),
        "hits": [_hit(each, speaks) for each in shown],
        "unconfirmed": unconfirmed,
    }


def _missing(run: Run) -> list[tuple[str, int]]:
    """Facts that what cannot be decided lacks, by name, most first."""
    attributes = run.reader.environment.attributes
    found = run.figures.missing.most_common(MOST_MISSING)
    return [(stored_fact(path, attributes), round(count * run.scale)) for path, count in found]


def _caught_by(run: Run, speaks: str) -> list[tuple[int, str, int]]:
    found = run.figures.caught_by.most_common(MOST_CAUGHT)
    titles = queries.titles([policy for policy, _count in found], speaks) if found else {}
    return [(policy, titles.get(policy, ""), round(count * run.scale)) for policy, count in found]


def _bars(run: Run, counts: Counter[str], named: Callable[[str], str]) -> charts.Bars | None:
    """The largest, and the others together. Each says its share of the hits."""
    if not counts:
        return None
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    shown, others = rows[:BARS], rows[BARS:]
    if len(others) == 1:
        shown, others = rows, []
    items = [(named(code), round(count * run.scale), "") for code, count in shown]
    if others:
        label = ngettext("%(n)s other", "%(n)s others", len(others)) % {"n": formats.number(len(others))}
        items.append((label, round(sum(count for _code, count in others) * run.scale), ""))
    return charts.share_bars(items, total=run.matched)


def _hit(outcome: Outcome, speaks: str) -> Hit:
    listing = outcome.subject.listing
    if listing is None:
        raise TypeError("a preview is of listings")
    explanation = outcome.explanation
    return Hit(
        key=listing.id,
        title=listing.title or listing.reference,
        language=listing.language or "",
        price=listing.price,
        currency=listing.currency or "",
        lines=seen(explanation, speaks),
        spans=[_place(match) for match in explanation.get("matches", ()) if match.get("zone") == TITLE_ZONE],
    )


def _place(match: Mapping[str, Any]) -> tuple[int, int]:
    return match["start"], match["end"]
