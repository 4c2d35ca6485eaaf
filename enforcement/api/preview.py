"""A preview as JSON: what comes in, and what goes out."""

from typing import Any

from rest_framework import serializers

from enforcement.domain import previews
from enforcement.domain.previews import Run
from governance.policies.language import RuleProblems

MOST_SECONDS = 5.0
"""That a request may take. What it has not read by then, it answers from the sample."""


class PreviewIn(serializers.Serializer):
    rule = serializers.CharField(max_length=10_000, trim_whitespace=False)
    jurisdictions = serializers.ListField(
        child=serializers.CharField(max_length=2), default=list, help_text="Markets; none means all."
    )
    categories = serializers.ListField(
        child=serializers.CharField(max_length=200), default=list, help_text="None means all."
    )
    policy = serializers.IntegerField(
        default=None, allow_null=True, help_text="The policy whose own violations do not count as caught already."
    )


class CaughtOut(serializers.Serializer):
    policy = serializers.IntegerField()
    listings = serializers.IntegerField()


class HitOut(serializers.Serializer):
    listing = serializers.IntegerField()
    title = serializers.CharField()
    markets = serializers.ListField(child=serializers.CharField())
    explanation = serializers.DictField(help_text="The conditions with the values seen, as violations have it.")


class PreviewOut(serializers.Serializer):
    as_of = serializers.DateTimeField(allow_null=True, help_text="When the snapshot was made; null without one.")
    exact = serializers.BooleanField(help_text="Everything was read. Otherwise counts are extrapolated from a sample.")
    by_row = serializers.CharField(help_text="The part of the rule because of which it is read row by row, if any.")
    looked_at = serializers.IntegerField(help_text="Listings on sale in these markets and categories.")
    matched = serializers.IntegerField()
    low = serializers.IntegerField(help_text="With high: where the matches lie with 95% certainty.")
    high = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="Of the listings looked at, from 0 to 1.")
    merchants = serializers.IntegerField(help_text="With hits. Where the answer is not exact, at least so many.")
    revenue_eur = serializers.FloatField(help_text="Of the hits, in the last 30 days.")
    undecidable = serializers.IntegerField()
    missing = serializers.DictField(
        child=serializers.IntegerField(), help_text="Undecidable ones by the fact they lack."
    )
    markets = serializers.DictField(child=serializers.IntegerField())
    categories = serializers.DictField(child=serializers.IntegerField())
    caught = serializers.IntegerField(help_text="Hits with an open violation of another policy.")
    caught_by = CaughtOut(many=True)
    hits = HitOut(many=True, help_text="Some, drawn at random, each confirmed by the runtime.")
    unconfirmed = serializers.IntegerField(help_text="Drawn, but it does not hold when read again.")


def refused(problems: RuleProblems) -> serializers.ValidationError:
    found = [f"{each.line}:{each.column} {each.message}" for each in problems.problems]
    return serializers.ValidationError({"rule": found})


def answer(run: Run) -> dict[str, Any]:
    figures, scale = run.figures, run.scale
    margin = run.margin or (run.matched, run.matched)
    shown, unconfirmed = previews.hits(run)
    body = {
        "as_of": run.made_at,
        "exact": run.exact,
        "by_row": run.by_row,
        "looked_at": round(figures.looked_at * scale),
        "matched": run.matched,
        "low": margin[0],
        "high": margin[1],
        "share": figures.share,
        "merchants": len(figures.merchants),
        "revenue_eur": round(figures.revenue * scale, 2),
        "undecidable": round(figures.undecidable * scale),
        "missing": {path: round(count * scale) for path, count in figures.missing.items()},
        "markets": {code: round(count * scale) for code, count in figures.markets.items()},
        "categories": {code: round(count * scale) for code, count in figures.categories.items()},
        "caught": round(figures.caught * scale),
        "caught_by": [{"policy": key, "listings": round(n * scale)} for key, n in figures.caught_by.most_common()],
        "hits": [
            {
                "listing": each.subject_id,
                "title": each.subject.listing.title if each.subject.listing else "",
                "markets": list(each.markets),
                "explanation": each.explanation,
            }
            for each in shown
        ],
        "unconfirmed": unconfirmed,
    }
    return dict(PreviewOut(body).data)
