"""Closed sets of the listings app, their transition tables and badge tones."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Region(models.TextChoices):
    EU = "eu", _("European Union")
    EEA = "eea", _("European Economic Area, outside the Union")
    UK = "uk", _("United Kingdom")
    EFTA = "efta", _("Switzerland")
    GULF = "gulf", _("Gulf")
    AFRICA = "africa", _("Africa")
    OTHER = "other", _("Other")


class MerchantKind(models.TextChoices):
    BUSINESS = "business", pgettext_lazy("merchant", "Business")
    PRIVATE = "private", _("Private seller")


class MerchantState(models.TextChoices):
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed by the merchant")


class ListingState(models.TextChoices):
    ON_SALE = "on_sale", _("On sale")
    ENDED = "ended", _("Ended by the merchant")


class AttributeKind(models.TextChoices):
    NUMBER = "number", _("Number")
    TEXT = "text", _("Text")
    BOOLEAN = "boolean", _("Yes or no")
    DATE = "date", _("Date")
    LIST = "list", _("List")


class LinkKind(models.TextChoices):
    BANK_ACCOUNT = "bank_account", _("Bank account")
    ADDRESS = "address", _("Address")
    PHONE = "phone", _("Phone")
    EMAIL_DOMAIN = "email_domain", _("E-mail address or domain")
    DEVICE = "device", _("Device")
    IMAGE = "image", _("Images")
    LIKE_IMAGE = "like_image", _("Images nearly alike")
    TEXT = "text", _("Texts")
    NAME = "name", _("Similar name")
    DECLARED = "declared", _("Declared by a person")


LINK_WEIGHT: dict[LinkKind, float] = {
    LinkKind.BANK_ACCOUNT: 0.95,
    LinkKind.ADDRESS: 0.6,
    LinkKind.PHONE: 0.75,
    LinkKind.EMAIL_DOMAIN: 0.7,
    LinkKind.DEVICE: 0.75,
    LinkKind.IMAGE: 0.3,
    LinkKind.LIKE_IMAGE: 0.2,
    LinkKind.TEXT: 0.35,
    LinkKind.NAME: 0.2,
    LinkKind.DECLARED: 1.0,
}
"""How strong a link is by one thing of this kind that two merchants have, and nobody else."""
LINK_MOST: dict[LinkKind, float] = {
    LinkKind.BANK_ACCOUNT: 0.99,
    LinkKind.ADDRESS: 0.75,
    LinkKind.PHONE: 0.79,
    LinkKind.EMAIL_DOMAIN: 0.79,
    LinkKind.DEVICE: 0.79,
    LinkKind.IMAGE: 0.5,
    LinkKind.LIKE_IMAGE: 0.3,
    LinkKind.TEXT: 0.5,
    LinkKind.NAME: 0.2,
    LinkKind.DECLARED: 1.0,
}
"""What several things of one kind come to at most."""
LINK_ICON: dict[LinkKind, str] = {
    LinkKind.BANK_ACCOUNT: "coins",
    LinkKind.ADDRESS: "pin",
    LinkKind.PHONE: "phone",
    LinkKind.EMAIL_DOMAIN: "mail",
    LinkKind.DEVICE: "fingerprint",
    LinkKind.IMAGE: "image",
    LinkKind.LIKE_IMAGE: "image",
    LinkKind.TEXT: "file",
    LinkKind.NAME: "tag",
    LinkKind.DECLARED: "hand",
}
GIVEN_MARKS = frozenset({LinkKind.BANK_ACCOUNT, LinkKind.DEVICE})
"""What the marketplace says of a merchant and nothing here can be read from."""


class LinkStep(models.TextChoices):
    """What is owed of a merchant's links: reading what they have, then finding who else has it."""

    READ = "read", _("Reading")
    FIND = "find", _("Finding")


class Exposure(models.TextChoices):
    """What a shopper of one market meets; from least to most restrictive."""

    SHOWN = "shown", _("On sale")
    AGE_GATED = "age_gated", _("Behind an age gate")
    HIDDEN = "hidden", _("Not on sale")


class Label(models.TextChoices):
    """What the marketplace writes on a listing, in its own words for each of these."""

    UNVERIFIED = "unverified", _("Claims not verified")
    SAFETY = "safety", _("Safety notice")
    PROFESSIONAL = "professional", _("For professional use")
    NOT_A_TOY = "not_a_toy", _("Not a toy")
    GENERATED = "generated", _("Picture made by a machine")


EXPOSURE_TONE: dict[Exposure, str] = {
    Exposure.SHOWN: "ok",
    Exposure.AGE_GATED: "info",
    Exposure.HIDDEN: "critical",
}


class ImportKind(models.TextChoices):
    LISTINGS = "listings", _("Listings")
    MERCHANTS = "merchants", _("Merchants")
    METRICS = "metrics", _("Daily metrics")
    ORDERS = "orders", _("Order lines")


CONDITIONS = {
    "new": pgettext_lazy("condition", "new"),
    "used": pgettext_lazy("condition", "used"),
    "refurbished": pgettext_lazy("condition", "refurbished"),
}
"""The usual conditions in words; a marketplace's own are shown as they came."""


class ImportState(models.TextChoices):
    PREPARED = "prepared", _("Waiting for you to begin")
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Stopped by an error")
    CANCELLED = "cancelled", _("Cancelled")


IMPORT_MOVES: dict[ImportState, frozenset[ImportState]] = {
    ImportState.PREPARED: frozenset({ImportState.QUEUED, ImportState.CANCELLED}),
    ImportState.QUEUED: frozenset({ImportState.RUNNING, ImportState.CANCELLED, ImportState.FAILED}),
    ImportState.RUNNING: frozenset({ImportState.FINISHED, ImportState.FAILED, ImportState.CANCELLED}),
    ImportState.FINISHED: frozenset(),
    ImportState.FAILED: frozenset({ImportState.QUEUED}),
    ImportState.CANCELLED: frozenset(),
}

IMPORT_TONE: dict[ImportState, str] = {
    ImportState.PREPARED: "neutral",
    ImportState.QUEUED: "neutral",
    ImportState.RUNNING: "info",
    ImportState.FINISHED: "ok",
    ImportState.FAILED: "critical",
    ImportState.CANCELLED: "neutral",
}


UNFINISHED_IMPORTS = frozenset({ImportState.QUEUED, ImportState.RUNNING})


class RowFate(models.TextChoices):
    """What there is to say about a row: it did not go in, or it went in without some of its values."""

    PARKED = "parked", _("Parked")
    REFUSED = "refused", _("Refused")
    NOTED = "noted", _("Went in, with a note")


ROW_FATE_TONE: dict[RowFate, str] = {
    RowFate.PARKED: "caution",
    RowFate.REFUSED: "critical",
    RowFate.NOTED: "info",
}


class RowReason(models.TextChoices):
    """Why a row was parked, refused or noted. The value is stored; the sentence is rendered in the reader's language."""

    LINE_TOO_LONG = "line_too_long", _("The line is longer than a row may be.")
    QUOTE_NOT_CLOSED = (
        "quote_not_closed",
        _("A quotation mark on this line is not closed or stands in the wrong place."),
    )
    TOO_FEW_COLUMNS = "too_few_columns", _("The row has fewer columns than the head.")
    TOO_MANY_COLUMNS = "too_many_columns", _("The row has more columns than the head.")
    NOT_JSON = "not_json", _("The line is not a JSON object.")
    LEFT_OUT = "left_out", _("The mapping's filter leaves this row out.")
    ID_MISSING = "id_missing", _("The row has no identifier.")
    DUPLICATE = "duplicate", _("An earlier row of this file has the same identifier; that one counts.")
    VALUE_MISSING = "value_missing", _("A value that is needed is missing.")
    VALUE_TOO_LONG = "value_too_long", _("The value is too long.")
    NOT_A_PRICE = "not_a_price", _("The price cannot be read.")
    NEGATIVE = "negative", _("The value is below zero.")
    CURRENCY_MISSING = "currency_missing", _("The price has no currency.")
    CURRENCY_UNKNOWN = "currency_unknown", _("The currency is not known.")
    MARKET_UNKNOWN = "market_unknown", _("The market is not one of ours.")
    COUNTRY_UNKNOWN = "country_unknown", _("The country is not a two-letter code.")
    NOT_A_NUMBER = "not_a_number", _("The value is not a number.")
    NOT_A_DATE = "not_a_date", _("The date cannot be read.")
    NOT_YES_OR_NO = "not_yes_or_no", _("The value is neither yes nor no.")
    NOT_A_LIST = "not_a_list", _("The value is not a list.")
    NOT_AN_OBJECT = "not_an_object", _("The value is not an object of names and values.")
    NOT_ALLOWED = "not_allowed", _("The value is not one of those allowed.")
    RATE_MISSING = "rate_missing", _("There is no exchange rate for this currency.")
    RIGHTS_SUSPENDED = "rights_suspended", _("The merchant may not offer anything new at present.")
    LISTING_UNKNOWN = "listing_unknown", _("There is no such listing.")
    MERCHANT_UNKNOWN = "merchant_unknown", _("The merchant is not known yet.")
    CATEGORY_UNKNOWN = "category_unknown", _("The category is not known yet.")
    ATTRIBUTE_UNKNOWN = "attribute_unknown", _("The attribute is not in the register; it was left out.")
    ATTRIBUTE_UNREADABLE = "attribute_unreadable", _("The attribute's value cannot be converted; it was left out.")
    UNIT_UNKNOWN = "unit_unknown", _("The unit cannot be converted to the register's; the value was left out.")
    IMAGE_UNREADABLE = "image_unreadable", _("This is not a web address of an image; it was left out.")
    EAN_UNREADABLE = "ean_unreadable", _("This is not an EAN; it was left out.")
    CERTIFICATE_UNREADABLE = (
        "certificate_unreadable",
        _("The certificate has no type or impossible dates; it was left out."),
    )


# ISO 4217: currencies whose minor unit is not a hundredth.
MINOR_DIGITS: dict[str, int] = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def minor_digits(currency: str) -> int:
    """Decimal places of an amount in this currency: 129.00 EUR is 12900, 1.250 KWD is 1250, 500 ISK is 500."""
    return MINOR_DIGITS.get(currency, 2)
