"""Searching decisions."""

from collections.abc import Mapping, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from enforcement.enums import Automation, DecisionState, LiftedBecause, Origin
from enforcement.models import AppealItem, DecisionItem, ItemReversal
from governance.policies.enums import Ground, Measure
from governance.policies.language.kinds import Kind
from governance.policies.language.scope import About
from investigations.enums import Moment, SearchKind
from investigations.queries.searched.kind import (
    Facet,
    Searched,
    Timed,
    countries,
    labels,
    policies,
    stored,
)
from investigations.queries.searched.merchants import facts_of_merchant, windows_of_merchant

_D = Kind.DECISION
_ITEMS = DecisionItem.objects.filter(decision=OuterRef("pk")).order_by()
_REVERSED = ItemReversal.objects.filter(item__decision=OuterRef("pk"))
OVERTURNED = Exists(_REVERSED.filter(because=LiftedBecause.OVERTURNED))
"""An appeal took it back, in whole or in part."""


def _held(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, BooleanField())


def _yes_or_no(_values: Sequence[str], _language: str) -> Mapping[str, str]:
    return {"true": now_in_words("Overturned, in whole or in part"), "false": now_in_words("Not overturned")}


_FACTS = (
    stored(_D, "reference", Kind.TEXT, _("reference"), _("What the merchant is shown."), F("reference")),
    stored(
        _D, "measure", Kind.TEXT, _("measure"),
        _("warn, request_correction, demote, restrict_markets, remove, suspend, terminate … as the ladder names them."),
        F("measure"), example='decision.measure == "remove"',
    ),
    stored(
        _D, "state", Kind.TEXT, _("state"),
        _("held, pending, in_force, partly_reversed, reversed, superseded, settled, expired, withdrawn."), F("state"),
        example='decision.state == "in_force"',
    ),
    stored(
        _D, "automated", Kind.BOOLEAN, _("automated"), _("Nobody decided it: it was found and decided by automated means."),
        _held(Q(automation=Automation.FULL)), example="decision.automated && decision.overturned",
    ),
    stored(
        _D, "foundByAutomation", Kind.BOOLEAN, _("found by automation"), _("A rule found what was decided upon."),
        F("automated_detection"), example="!decision.foundByAutomation",
    ),
    stored(
        _D, "overturned", Kind.BOOLEAN, _("overturned"), _("An appeal took it back, in whole or in part."), OVERTURNED,
        example="decision.overturned",
    ),
    stored(
        _D, "takenBack", Kind.BOOLEAN, _("taken back"),
        _("It should not have been, in whole or in part: on appeal, by ourselves, or undone at once."), Exists(_REVERSED),
        example="decision.takenBack && !decision.overturned",
    ),
    stored(
        _D, "appealed", Kind.BOOLEAN, _("appealed"), _("The merchant contested it, or something in it."),
        Exists(AppealItem.objects.filter(item__decision=OuterRef("pk"))), example="!decision.appealed",
    ),
    stored(
        _D, "policy", Kind.TEXT, _("policy"), _("Its short name."), F("version__policy__slug"),
        example='decision.policy == "loose-magnets"',
    ),
    stored(
        _D, "family", Kind.TEXT, _("family"), _("Of the policy."), F("version__policy__family"),
        example='decision.family in ["alcohol", "tobacco"]',
    ),
    stored(
        _D, "ground", Kind.TEXT, _("legal ground"), _("legal: illegal content; terms: against the terms."),
        F("version__ground"), example='decision.ground == "legal"',
    ),
    stored(
        _D, "origin", Kind.TEXT, _("origin"),
        _("sweep, case, appeal, api, relisted, ladder, notice, recall, order."), F("origin_kind"),
        example='decision.origin == "notice"',
    ),
    stored(
        _D, "markets", Kind.LIST, _("markets"), _("In which it holds for anything that was decided upon."),
        ArraySubquery(
            _ITEMS.annotate(market=Func("markets", function="unnest", output_field=TextField()))
            .values("market")
            .distinct()
            .order_by("market")
        ),
        example='"DE" in decision.markets',
    ),
    stored(
        _D, "listings", Kind.WHOLE, _("number of listings"), _("On which it was decided; 0 for the account itself."),
        Coalesce(
            Subquery(
                _ITEMS.filter(listing__isnull=False).values("decision").annotate(count=Count("pk")).values("count")
            ),
            0,
        ),
        example="decision.listings >= 20",
    ),
    stored(_D, "points", Kind.WHOLE, _("points"), _("That it gave."), F("points"), example="decision.points > 0"),
    stored(
        _D, "decidedAt", Kind.MOMENT, _("decided"), _("When it was made."), F("decided_at"),
        example="decision.decidedAt > now - days(7)",
    ),
    stored(
        _D, "startsAt", Kind.MOMENT, _("starts"), _("When it was planned to take effect."), F("starts_at"),
        example="decision.startsAt > now",
    ),
    stored(
        _D, "endsAt", Kind.MOMENT, _("ends"), _("Missing where it has no end."), F("ends_at"), optional=True,
        example="!has(decision.endsAt)",
    ),
    stored(
        _D, "reason", Kind.TEXT, _("reason"), _("The decider's own words, for the file."),
        NullIf("reason", Value(""), output_field=TextField()), optional=True, example="!has(decision.reason)",
    ),
)  # fmt: skip

DECISIONS = Searched(
    kind=SearchKind.DECISIONS,
    about=About.FOUND_DECISIONS,
    facts=(*_FACTS, *facts_of_merchant("merchant__")),
    hidden=windows_of_merchant("merchant__"),
    moments={
        Moment.MADE: Timed(_("When they were made"), F("decided_at")),
        Moment.BEGAN: Timed(_("When they were to take effect"), F("starts_at")),
        Moment.ENDS: Timed(_("When they end"), F("ends_at")),
    },
    columns={
        "measure": "measure", "policy": "version__policy_id", "automation": "automation", "overturned": OVERTURNED,
        "ground": "version__ground", "origin": "origin_kind", "state": "state",
    },
    facets=(
        Facet("measure", _("Measure"), "measure", names=labels(Measure)),
        Facet("state", _("State"), "state", names=labels(DecisionState)),
        Facet("policy", _("Policy"), "policy::text", names=policies),
        Facet(
            "market", _("Market"), "sold.market",
            source="found, LATERAL (SELECT DISTINCT unnest(i.markets) AS market FROM enforcement_decisionitem i"
            " WHERE i.decision_id = found.id) AS sold",
            territorial=True, names=countries,
        ),
        Facet("automation", _("Decided by"), "automation", names=labels(Automation)),
        Facet("overturned", _("On appeal"), "overturned::text", names=_yes_or_no),
        Facet("ground", _("Legal ground"), "ground", names=labels(Ground)),
        Facet("origin", _("Where it came from"), "origin", names=labels(Origin)),
    ),
)  # fmt: skip
