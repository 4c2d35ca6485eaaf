"""Functions: members of a fact, or global. Those with a template become plain reads of stored facts before they run."""

from django.utils.translation import gettext_lazy as _

from governance.policies.language.kinds import Function, Kind, Meant, Parameter, Words
from governance.policies.language.vocabulary.hidden import SHARE

_L, _M = Kind.LISTING, Kind.MERCHANT
_TYPE = Parameter("type", Kind.TEXT, Meant.CERTIFICATE)
_AT = Parameter("at", Kind.MOMENT)
_PART = (Parameter("part", Kind.TEXT),)
_DAYS = (Parameter("days", Kind.WHOLE, Meant.WINDOW),)


def _valid(owner: Kind) -> str:
    return (
        f"{owner}.certificates.exists(_c, _c.type == {{0}}"
        " && (!has(_c.validFrom) || _c.validFrom <= _moment) && (!has(_c.validUntil) || _moment <= _c.validUntil))"
    )


def _over(owner: Kind, name: str, kind: Kind, label: Words, doc: Words, example: str, unit: str = "") -> Function:
    """A sum or a rate over the last 7, 30 or 90 days, read from the stored window."""
    stored = f"{owner}._window{{0}}.{name}"
    return Function(
        owner,
        name,
        kind,
        label,
        doc,
        _DAYS,
        optional=True,
        unit=unit,
        template=stored,
        shows=stored,
        correctable=False,
        example=f"{owner}.{example}",
    )


def _measured(owner: Kind) -> tuple[Function, ...]:
    whole, number = Kind.WHOLE, Kind.NUMBER
    stored = _("From the stored daily metrics.")
    of_orders = _("As a share of orders; unknown without orders.")
    return (
        _over(owner, "visits", whole, _("visits in %(0)s days"), stored, "visits(7) > 1000"),
        _over(owner, "orders", whole, _("orders in %(0)s days"), stored, "orders(30) >= 20"),
        _over(owner, "revenueEur", number, _("revenue in %(0)s days"), _("In euro."), "revenueEur(90) > 10000", "EUR"),
        _over(owner, "returnRate", number, _("return rate over %(0)s days"), of_orders, "returnRate(30) > 0.2", SHARE),
        _over(
            owner,
            "complaintRate",
            number,
            _("complaint rate over %(0)s days"),
            of_orders,
            "complaintRate(30) > 0.05",
            SHARE,
        ),
        _over(owner, "rating", number, _("rating over %(0)s days"), _("Mean of 1 to 5."), "rating(90) < 2.5"),
    )


FUNCTIONS = (
    Function(
        Kind.CATEGORY,
        "isUnder",
        Kind.BOOLEAN,
        _("category is under"),
        _("The category or one above it has this code."),
        (Parameter("code", Kind.TEXT, Meant.CATEGORY),),
        template="{0} in listing.category._path",
        shows="listing.category.code",
        correctable=False,
        example='listing.category.isUnder("toys")',
    ),
    Function(
        Kind.WORDS,
        "mentions",
        Kind.BOOLEAN,
        _("text mentions"),
        _("A term of the list stands in title, description or attributes."),
        (Parameter("list", Kind.TEXT, Meant.TERM_LIST),),
        template="{0} in listing.text._mentioned",
        shows="listing.text",
        example='listing.text.mentions("weapons")',
    ),
    Function(
        Kind.WORDS,
        "matches",
        Kind.BOOLEAN,
        _("text matches"),
        _("RE2 regular expression, anywhere in the text as written; (?i) for any case."),
        (Parameter("pattern", Kind.TEXT, Meant.PATTERN),),
        owners=(Kind.TEXT,),
        shows="listing.text",
        example='listing.text.matches("(?i)replica|1:1")',
    ),
    Function(
        _L,
        "hasCertificate",
        Kind.BOOLEAN,
        _("has a certificate"),
        _("One of this type is there, valid or not."),
        (_TYPE,),
        template="{0} in listing._certificateTypes",
        shows="listing.certificates",
        example='!listing.hasCertificate("EN71")',
    ),
    Function(
        _L,
        "certificateValid",
        Kind.BOOLEAN,
        _("has a valid certificate"),
        _("One of this type is there and valid at that time."),
        (_TYPE, _AT),
        template=_valid(_L),
        shows="listing.certificates",
        example='listing.certificateValid("CE", now)',
    ),
    Function(
        _L,
        "inMarket",
        Kind.BOOLEAN,
        _("is offered in"),
        _("The listing is offered in this country."),
        (Parameter("market", Kind.TEXT, Meant.MARKET),),
        template="{0} in listing.markets",
        shows="listing.markets",
        example='listing.inMarket("DE")',
    ),
    Function(
        _L,
        "readableIn",
        Kind.BOOLEAN,
        _("is written for"),
        _("Its language is accepted for consumer information in that market; unknown if the language is not given."),
        (Parameter("market", Kind.TEXT),),
        template="_text in listing._readableMarkets",
        shows="listing.language",
        example="!listing.readableIn(market)",
    ),
    Function(
        _L,
        "eanValid",
        Kind.BOOLEAN,
        _("EAN is valid"),
        _("Length and check digit of the EAN; unknown if there is none."),
        template="listing._eanValid",
        optional=True,
        shows="listing.ean",
        example="has(listing.ean) && !listing.eanValid()",
    ),
    *_measured(_L),
    Function(
        _M,
        "hasCertificate",
        Kind.BOOLEAN,
        _("merchant has a certificate"),
        _("A licence or registration of this type is there, valid or not."),
        (_TYPE,),
        template="{0} in merchant._certificateTypes",
        shows="merchant.certificates",
        example='!merchant.hasCertificate("ONLINE_PHARMACY")',
    ),
    Function(
        _M,
        "certificateValid",
        Kind.BOOLEAN,
        _("merchant has a valid certificate"),
        _("A licence or registration of this type is there and valid at that time."),
        (_TYPE, _AT),
        template=_valid(_M),
        shows="merchant.certificates",
        example='merchant.certificateValid("LUCID", now)',
    ),
    *_measured(_M),
    Function(
        Kind.TEXT,
        "startsWith",
        Kind.BOOLEAN,
        _("begins with"),
        _("With case."),
        _PART,
        example='listing.attr.model.startsWith("X")',
    ),
    Function(
        Kind.TEXT,
        "endsWith",
        Kind.BOOLEAN,
        _("ends with"),
        _("With case."),
        _PART,
        example='merchant.email.endsWith(".example")',
    ),
    Function(
        Kind.TEXT,
        "contains",
        Kind.BOOLEAN,
        _("contains"),
        _("With case. For words in a listing's text use mentions."),
        _PART,
        example='listing.attr.approval_mark.contains("R129")',
    ),
    Function(
        Kind.TEXT,
        "lowerAscii",
        Kind.TEXT,
        _("in small letters"),
        _("A to Z only."),
        example="listing.brand.lowerAscii()",
    ),
    Function(
        Kind.TEXT,
        "upperAscii",
        Kind.TEXT,
        _("in capital letters"),
        _("a to z only."),
        example="listing.brand.upperAscii()",
    ),
    Function(
        Kind.TEXT,
        "trim",
        Kind.TEXT,
        _("without spaces around"),
        _("Spaces at both ends go."),
        example="listing.brand.trim()",
    ),
    Function(
        Kind.TEXT,
        "size",
        Kind.WHOLE,
        _("length"),
        _("Characters of a text, or entries of a list. Also size(x)."),
        owners=(Kind.LIST, Kind.CERTIFICATES),
        example="listing.title.size() < 10",
    ),
    Function(
        Kind.MOMENT,
        "getFullYear",
        Kind.WHOLE,
        _("year"),
        _("In UTC."),
        example="listing.createdAt.getFullYear() == 2026",
    ),
    Function(
        None,
        "size",
        Kind.WHOLE,
        _("length"),
        _("Characters of a text, or entries of a list."),
        (Parameter("of", Kind.ANY),),
        example="size(listing.markets) > 5",
    ),
    Function(
        None,
        "double",
        Kind.NUMBER,
        _("as a number"),
        _("Lets a whole number be compared with one that is not."),
        (Parameter("whole", Kind.WHOLE),),
        example="double(listing.imageCount) / 2.0 > 1.5",
    ),
    Function(
        None,
        "timestamp",
        Kind.MOMENT,
        _("time"),
        _("A point in time, with its zone."),
        (Parameter("text", Kind.TEXT, Meant.DATE),),
        example='timestamp("2024-12-13T00:00:00Z")',
    ),
    Function(
        None,
        "duration",
        Kind.PERIOD,
        _("length of time"),
        _("In h, m and s."),
        (Parameter("text", Kind.TEXT, Meant.PERIOD),),
        example='duration("36h")',
    ),
    Function(
        None,
        "days",
        Kind.PERIOD,
        _("days"),
        _("So many times 24 hours."),
        (Parameter("number", Kind.WHOLE, Meant.DAYS),),
        template='duration("{0}s")',
        example="days(30)",
    ),
)
