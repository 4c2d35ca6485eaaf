"""Listings, their immutable versions, images and certificates."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from governance.audit.models.append_only import append_only
from listings.enums import ListingState
from listings.models.merchant import Merchant
from listings.models.reference import Category


class Listing(models.Model):
    """One product offer by one merchant in one or more markets, as it is now.

    `price_minor` is in the currency's minor unit; `price_eur` is derived from it at the day's rate. `attributes` holds
    registered keys in their registered type. `change` grows with every change of content or of the normalised texts, in the
    order of the commits: a sweep's mark is compared with it.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="listings")
    external_id = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=ListingState.choices, default=ListingState.ON_SALE)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="listings")
    title = models.TextField(blank=True)
    description = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    brand = models.CharField(max_length=200, blank=True)
    sku = models.CharField(max_length=120, blank=True)
    ean = models.CharField(max_length=20, blank=True)
    condition = models.CharField(max_length=20, blank=True)
    price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    price_eur = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    markets = ArrayField(models.CharField(max_length=2), default=list)
    attributes = models.JSONField(default=dict)
    text_base = models.TextField(blank=True, help_text="Title, description and worded attributes, normalised: base.")
    text_skeleton = models.TextField(blank=True, help_text="The same, normalised: skeleton.")
    text_version = models.SmallIntegerField(default=0, help_text="The normaliser's version that made the two texts.")
    content_hash = models.CharField(
        max_length=32, help_text="Of all that a version keeps; equal means nothing changed."
    )
    change = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["merchant", "external_id"], name="one_listing_per_merchant_and_key"),
            models.CheckConstraint(condition=Q(state__in=ListingState.values), name="listing_state_known"),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True) | Q(price_minor__gte=0), name="price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True) | ~Q(currency=""), name="price_has_a_currency"
            ),
        )
        indexes = (
            models.Index(fields=["changed_at", "id"], name="listing_by_change_time"),
            models.Index(fields=["change"], name="listing_by_change"),
            models.Index(fields=["text_version", "id"], name="listing_by_text_version"),
            models.Index(fields=["category", "id"], name="listing_by_category"),
            models.Index(fields=["ean"], condition=~Q(ean=""), name="listing_by_ean"),
            models.Index(Upper("brand"), condition=~Q(brand=""), name="listing_by_brand"),
            GinIndex(fields=["markets"], name="listing_by_market"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="listing_by_title"),
            GinIndex(SearchVector("text_skeleton", "brand", config="simple"), name="listing_by_words"),
        )

    def __str__(self) -> str:
        return self.title or self.external_id


class ListingVersion(models.Model):
    """What a listing was: the whole of its content when it changed. Kept for ever as it was written."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=32)
    source = models.CharField(max_length=40, blank=True, help_text="import:12, api, page.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["listing", "number"], name="one_listing_version_per_number"),)
        triggers = (append_only(),)

    def __str__(self) -> str:
        return f"L-{self.listing_id} v{self.number}"


class ListingImage(models.Model):
    """A picture of a listing: its address as given, and what the guarded fetcher found there.

    It is fetched when somebody looks: `due_at` says from when on it is owed. `sha256` is of the bytes that were found, empty as
    long as there are none; `why` says what went wrong last.
    """

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    url = models.URLField(max_length=1000)
    sha256 = models.CharField(max_length=64, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    why = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["listing", "position"], name="one_image_per_position"),)
        indexes = (
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="image_by_due"),
            models.Index(fields=["sha256"], condition=~Q(sha256=""), name="image_by_content"),
        )

    def __str__(self) -> str:
        return self.url


class PhotoPrint(models.Model):
    """What is kept of a fetched photo to find others nearly alike (`text/photo_likeness.py`): one row for each file.

    `version` is that of the print's making, 0 while it is owed. `bits` is the print in 32 bytes, empty where the photo has too
    little in it; `keys` are by what it is found.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    version = models.PositiveSmallIntegerField(default=0)
    bits = models.BinaryField(max_length=32, null=True)
    keys = ArrayField(models.IntegerField(), default=list)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(bits__isnull=False) | Q(keys=[]), name="photo_print_keys_of_bits"),
        )
        indexes = (
            GinIndex(fields=["keys"], name="photo_print_by_key", fastupdate=False),
            models.Index(fields=["version", "sha256"], name="photo_print_by_version"),
        )

    def __str__(self) -> str:
        return self.sha256


class Certificate(models.Model):
    """A document with type, number, issuer and validity; of one listing, or (listing empty) of all of the merchant's."""

    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="certificates")
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, null=True, blank=True, related_name="certificates")
    type = models.CharField(max_length=60)
    number = models.CharField(max_length=120, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    standard = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["merchant", "listing", "type", "number"],
                nulls_distinct=False,
                name="one_certificate_per_type_and_number",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=models.F("valid_from")),
                name="certificate_ends_after_it_starts",
            ),
        )
        indexes = (
            models.Index(fields=["valid_until"], name="certificate_by_end"),
            models.Index(fields=["changed_at"], name="certificate_by_change"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.number}".strip()
