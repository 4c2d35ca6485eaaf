"""Merchants and what the law makes us know of them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from governance.web.fulltext import written
from governance.web.references import public_id
from listings.enums import MerchantKind, MerchantState


class Merchant(models.Model):
    """Who sells. `public_id` is random: it is the only key of a merchant that a link shows."""

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    external_id = models.CharField(max_length=120, unique=True, help_text="The marketplace's own key.")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=MerchantKind.choices, default=MerchantKind.BUSINESS)
    state = models.CharField(max_length=8, choices=MerchantState.choices, default=MerchantState.ACTIVE)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=8, default="en", help_text="The language we write to them in.")
    email = models.EmailField(blank=True)
    joined_on = models.DateField(null=True, blank=True)
    listing_rights_suspended_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="Since when nothing new may be offered. Written by `listings.domain.rights` alone, as are the four below.",
    )
    new_listings_a_day = models.PositiveSmallIntegerField(
        null=True, blank=True, editable=False, help_text="At most so many new offers a day; empty means any number."
    )
    suspended_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when nothing of theirs is on sale."
    )
    terminated_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when the account is closed."
    )
    payouts_withheld_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Since when nothing is paid out to them."
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=MerchantKind.values), name="merchant_kind_known"),
            models.CheckConstraint(condition=Q(state__in=MerchantState.values), name="merchant_state_known"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="merchant_country_shape"),
        )
        indexes = (
            models.Index(fields=["name", "id"], name="merchant_by_name"),
            models.Index(fields=["changed_at", "id"], name="merchant_by_change"),
            GinIndex(written("name"), name="merchant_by_words"),
        )

    def __str__(self) -> str:
        return self.name


class TraderIdentity(models.Model):
    """The trader's file (DSA Art. 30(1)): name, address, phone, e-mail, register entry, self-certification."""

    merchant = models.OneToOneField(Merchant, on_delete=models.CASCADE, related_name="identity")
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    register = models.CharField(max_length=120, blank=True, help_text="Trade register in which the trader is entered.")
    register_number = models.CharField(max_length=80, blank=True)
    vat_id = models.CharField(max_length=40, blank=True)
    self_certified = models.BooleanField(default=False, help_text="Offers only what complies with Union law.")
    verified_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "trader identities"

    def __str__(self) -> str:
        return self.legal_name
