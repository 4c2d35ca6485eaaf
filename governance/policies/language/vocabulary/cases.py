"""Facts of cases: what a queue's rule may name. Rules of policies never see them."""

from django.utils.translation import gettext_lazy as _

from governance.policies.language.kinds import Fact, Kind

_K = Kind.CASE

CASE_FACTS = (
    Fact(
        _K,
        "severity",
        Kind.TEXT,
        _("severity"),
        _("critical, serious, moderate, minor: the gravest of what was found."),
        example='case.severity in ["critical", "serious"]',
    ),
    Fact(
        _K,
        "family",
        Kind.TEXT,
        _("family"),
        _("Of the policy; missing where no policy is the cause."),
        optional=True,
        example='case.family in ["alcohol", "tobacco"]',
    ),
    Fact(
        _K,
        "policy",
        Kind.TEXT,
        _("policy"),
        _("Its short name; missing where no policy is the cause."),
        optional=True,
        example='case.policy == "loose-magnets"',
    ),
    Fact(
        _K,
        "origin",
        Kind.TEXT,
        _("origin"),
        _("Where it came from: sweep, notice, order, staff."),
        example='case.origin == "notice"',
    ),
    Fact(
        _K,
        "markets",
        Kind.LIST,
        _("markets"),
        _("Of what waits for a verdict, where the policy applies."),
        example='"DE" in case.markets',
    ),
    Fact(
        _K,
        "languages",
        Kind.LIST,
        _("languages"),
        _("Of the listings that wait for a verdict: de, fr, ar."),
        example='"ar" in case.languages',
    ),
    Fact(
        _K,
        "listings",
        Kind.WHOLE,
        _("number of listings"),
        _("How many wait for a verdict."),
        example="case.listings >= 20",
    ),
    Fact(
        _K,
        "orders30d",
        Kind.WHOLE,
        _("orders in 30 days"),
        _("Of the listings that wait for a verdict."),
        example="case.orders30d > 100",
    ),
    Fact(
        _K,
        "views30d",
        Kind.WHOLE,
        _("views in 30 days"),
        _("Of the listings that wait for a verdict."),
        example="case.views30d > 5000",
    ),
    Fact(
        _K,
        "openedAt",
        Kind.MOMENT,
        _("opened"),
        _("When the case was opened."),
        example="case.openedAt < now - days(7)",
    ),
)
