"""Closed sets of the listings app, their transition tables and badge tones."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    EU = "eu", _("European Union")
    EEA = "eea", _("European Economic Area, outside the Union")
    UK = "uk", _("United Kingdom")
    EFTA = "efta", _("Switzerland")
    GULF = "gulf", _("Gulf")
    AFRICA = "africa", _("Africa")
    OTHER = "other", _("Other")


class MerchantKind(models.TextChoices):
    BUSINESS = "business", _("Business")
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
    EMAIL_DOMAIN = "email_domain", _("E-mail domain")
    DEVICE = "device", _("Device")
    IMAGE = "image", _("Images")
    TEXT = "text", _("Texts")
    DECLARED = "declared", _("Declared by a person")


class Exposure(models.TextChoices):
    """What a shopper of one market meets; from least to most restrictive."""

    SHOWN = "shown", _("On sale")
    AGE_GATED = "age_gated", _("Behind an age gate")
    HIDDEN = "hidden", _("Not on sale")


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
    CATEGORIES = "categories", _("Categories")


class ImportState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Stopped by an error")
    CANCELLED = "cancelled", _("Cancelled")


IMPORT_MOVES: dict[ImportState, frozenset[ImportState]] = {
    ImportState.QUEUED: frozenset({ImportState.RUNNING, ImportState.CANCELLED, ImportState.FAILED}),
    ImportState.RUNNING: frozenset({ImportState.FINISHED, ImportState.FAILED, ImportState.CANCELLED}),
    ImportState.FINISHED: frozenset(),
    ImportState.FAILED: frozenset({ImportState.QUEUED}),
    ImportState.CANCELLED: frozenset(),
}

IMPORT_TONE: dict[ImportState, str] = {
    ImportState.QUEUED: "neutral",
    ImportState.RUNNING: "info",
    ImportState.FINISHED: "ok",
    ImportState.FAILED: "critical",
    ImportState.CANCELLED: "neutral",
}


class RowFate(models.TextChoices):
    """What became of a row that did not go in."""

    PARKED = "parked", _("Parked: goes in when its category or merchant is known")
    REFUSED = "refused", _("Refused: correct it and send it again")
