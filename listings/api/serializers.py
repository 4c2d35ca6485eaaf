"""What the catalogue's endpoints take and give."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from listings.domain.imports import mapping as mappings
from listings.domain.imports.mapping import FIELDS
from listings.models import ImportRow, ImportRun, Listing, ListingMetric, ListingVersion, Merchant, TraderIdentity
from listings.queries import imports as queries

KINDS = [(kind.value, kind.label) for kind in FIELDS]


class NoteOut(serializers.Serializer):
    """A value that was left out of what was taken."""

    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField(source="reason.value")
    sentence = serializers.CharField(source="reason.label")


class IdentityOut(serializers.ModelSerializer):
    class Meta:
        model = TraderIdentity
        exclude = ("id", "merchant")


class MerchantOut(serializers.ModelSerializer):
    merchant_id = serializers.CharField(source="external_id")
    identity = IdentityOut(allow_null=True, read_only=True)
    listings = serializers.SerializerMethodField(help_text="Address of the merchant's listings.")

    class Meta:
        model = Merchant
        fields = (
            "merchant_id", "public_id", "name", "kind", "state", "country", "language", "email", "joined_on",
            "listing_rights_suspended_at", "new_listings_a_day", "suspended_at", "terminated_at", "payouts_withheld_at",
            "identity", "listings", "created_at", "changed_at",
        )  # fmt: skip

    def get_listings(self, merchant: Merchant) -> str:
        return f"{reverse('listing-list')}?merchant={merchant.external_id}"


class MerchantIn(serializers.Serializer):
    """The neutral format of a merchant, without its identifier: that is in the address."""

    name = serializers.CharField(max_length=200)
    country = serializers.CharField(help_text="A two-letter code or a name.")
    kind = serializers.CharField(required=False, help_text="business or private")
    language = serializers.CharField(required=False)
    email = serializers.CharField(required=False, allow_blank=True)
    created_at = serializers.CharField(required=False, help_text="A date: since when they sell.")
    legal_name = serializers.CharField(required=False, allow_blank=True)
    address = serializers.CharField(required=False, allow_blank=True)
    phone = serializers.CharField(required=False, allow_blank=True)
    register = serializers.CharField(required=False, allow_blank=True)
    register_number = serializers.CharField(required=False, allow_blank=True)
    vat_id = serializers.CharField(required=False, allow_blank=True)
    verified_at = serializers.CharField(required=False, allow_null=True)
    self_certified = serializers.BooleanField(required=False)
    bank_accounts = serializers.ListField(
        child=serializers.CharField(max_length=80),
        required=False,
        help_text="Compared with others'; only hashes are kept.",
    )
    devices = serializers.ListField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text="Marks of devices or browsers they sign in with. Compared with others'; only hashes are kept.",
    )


class ListingOut(serializers.ModelSerializer):
    merchant_id = serializers.CharField(source="merchant.external_id")
    listing_id = serializers.CharField(source="external_id")
    category = serializers.CharField(source="category.code", allow_null=True, default=None)
    versions = serializers.SerializerMethodField(help_text="Address of its versions.")
    violations = serializers.SerializerMethodField(help_text="Address of its violations.")

    class Meta:
        model = Listing
        fields = (
            "id", "merchant_id", "listing_id", "version", "state", "category", "title", "description", "language",
            "brand", "sku", "ean", "condition", "price_minor", "currency", "price_eur", "markets", "attributes",
            "change", "created_at", "changed_at", "versions", "violations",
        )  # fmt: skip

    def get_versions(self, listing: Listing) -> str:
        return reverse("listing-versions", args=[listing.pk])

    def get_violations(self, listing: Listing) -> str:
        return f"{reverse('violation-list')}?listing={listing.pk}"


class ListingIn(serializers.Serializer):
    """The neutral format of a listing, without its identifiers: they are in the address."""

    title = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    language = serializers.CharField(required=False, allow_blank=True)
    category = serializers.CharField(required=False, allow_blank=True, help_text="Code, or name path in any language.")
    brand = serializers.CharField(required=False, allow_blank=True)
    sku = serializers.CharField(required=False, allow_blank=True)
    ean = serializers.CharField(required=False, allow_blank=True)
    condition = serializers.CharField(required=False, allow_blank=True)
    state = serializers.CharField(required=False, help_text="on_sale or ended")
    price = serializers.JSONField(required=False, allow_null=True, help_text="12.50, or a text such as 1.299,00 €")
    currency = serializers.CharField(required=False, allow_blank=True)
    markets = serializers.ListField(child=serializers.CharField(), required=False)
    images = serializers.ListField(child=serializers.CharField(), required=False)
    attributes = serializers.DictField(required=False)
    certificates = serializers.ListField(child=serializers.DictField(), required=False)


class VersionOut(serializers.ModelSerializer):
    class Meta:
        model = ListingVersion
        fields = ("number", "content", "source", "created_at")


class MetricOut(serializers.ModelSerializer):
    class Meta:
        model = ListingMetric
        exclude = ("id", "listing")


class ImportIn(serializers.Serializer):
    """How a file is to be read; all of it may be left out for files in the neutral format."""

    kind = serializers.ChoiceField(choices=KINDS, default="listings")
    mapping = serializers.CharField(default="", allow_blank=True, help_text="Name of a mapping that the product has.")
    merchant_column = serializers.CharField(default="", allow_blank=True)
    merchant_country = serializers.CharField(default="", allow_blank=True, max_length=2)
    dry_run = serializers.BooleanField(default=False, help_text="Write nothing but the report.")
    filename = serializers.CharField(default="", allow_blank=True, max_length=255)

    def validate_mapping(self, name: str) -> str:
        if name and name not in mappings.named():
            raise serializers.ValidationError("Known are: " + ", ".join(mappings.named()))
        return name

    def document(self) -> dict[str, Any]:
        """The mapping that was asked for."""
        name = self.validated_data["mapping"]
        return dict(mappings.named()[name]) if name else {"kind": self.validated_data["kind"]}


class ImportOut(serializers.ModelSerializer):
    errors_url = serializers.SerializerMethodField(help_text="Address of the rows that did not go in.")

    class Meta:
        model = ImportRun
        fields = (
            "id", "kind", "state", "filename", "size", "bytes_done", "mapping_name", "dry_run", "rows_read", "created",
            "changed", "unchanged", "parked", "refused", "noted", "notes", "error", "created_at", "started_at",
            "finished_at", "errors_url",
        )  # fmt: skip

    def get_errors_url(self, run: ImportRun) -> str:
        return reverse("import-errors", args=[run.pk])


class ImportRowOut(serializers.ModelSerializer):
    sentence = serializers.SerializerMethodField(help_text="The reason, in the language asked for.")

    class Meta:
        model = ImportRow
        fields = ("line", "fate", "column", "value", "reason", "sentence", "detail", "raw")

    def get_sentence(self, row: ImportRow) -> str:
        return queries.sentence(row)
