"""What stands at the beginning of a name, and the lists of countries."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from governance.policies.language.kinds import Fact, Kind

ROOTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(Kind.ANY, "listing", Kind.LISTING, _("listing"), _("The listing that the rule looks at.")),
        Fact(Kind.ANY, "merchant", Kind.MERCHANT, _("merchant"), _("Who sells it, or the merchant the rule looks at.")),
        Fact(
            Kind.ANY,
            "case",
            Kind.CASE,
            _("case"),
            _("The case that a queue's rule looks at; rules of policies cannot name it."),
            correctable=False,
        ),
        Fact(
            Kind.ANY,
            "decision",
            Kind.DECISION,
            _("decision"),
            _("The decision that a search looks at; rules cannot name it."),
            correctable=False,
        ),
        Fact(
            Kind.ANY,
            "now",
            Kind.MOMENT,
            _("now"),
            _("When the rule is read; the same for a whole sweep."),
            correctable=False,
            example="now - days(30)",
        ),
        Fact(
            Kind.ANY,
            "market",
            Kind.TEXT,
            _("market"),
            _("A rule that names it is read once for each market of the listing in which the policy applies."),
            correctable=False,
            example='market == "DE"',
        ),
    )
}


GROUPS: Mapping[str, tuple[str, ...]] = {
    "EU": (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
        "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ),
    "EU_EEA": (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
        "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    ),
    "GCC": ("AE", "BH", "KW", "OM", "QA", "SA"),
}  # fmt: skip
"""Lists of countries that a rule may name: `listing.attr.manufacturer_country in EU_EEA`."""
