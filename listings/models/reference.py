"""What the catalogue refers to: markets and their calendars, rates, categories, attributes."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q

from listings.enums import AttributeKind, Region


class Market(models.Model):
    """A country in which listings are offered."""

    code = models.CharField(max_length=2, primary_key=True)
    region = models.CharField(max_length=8, choices=Region.choices)
    currency = models.CharField(max_length=3)
    languages = ArrayField(
        models.CharField(max_length=8), help_text="Accepted for consumer information, first is usual."
    )
    working_days = ArrayField(models.SmallIntegerField(), help_text="ISO weekdays, 1 is Monday.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{2}$"), name="market_code_shape"),
            models.CheckConstraint(condition=Q(region__in=Region.values), name="market_region_known"),
            models.CheckConstraint(
                condition=Q(working_days__contained_by=[1, 2, 3, 4, 5, 6, 7]) & ~Q(working_days=[]),
                name="market_working_days_known",
            ),
        )

    def __str__(self) -> str:
        return self.code


class Holiday(models.Model):
    """A day on which a market does not work, beside its weekend."""

    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["market", "date"], name="one_holiday_per_day"),)

    def __str__(self) -> str:
        return f"{self.market_id} {self.date} {self.name}"


class ExchangeRate(models.Model):
    """Units of `currency` that one euro buys on `date`; the latest on or before a day holds for it."""

    currency = models.CharField(max_length=3)
    date = models.DateField()
    per_eur = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["currency", "date"], name="one_rate_per_day"),
            models.CheckConstraint(condition=Q(per_eur__gt=0), name="rate_positive"),
        )

    def __str__(self) -> str:
        return f"1 EUR = {self.per_eur} {self.currency} on {self.date}"


class Category(models.Model):
    """A node of the taxonomy. `path` is materialised: codes from the root, separated by `/`, equal to `code`."""

    code = models.CharField(max_length=200, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    depth = models.SmallIntegerField(default=0)
    names = models.JSONField(default=dict, help_text="Language → name; `en` is always there.")
    source = models.CharField(max_length=40, blank=True)
    source_id = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "categories"
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z0-9_-]+(/[a-z0-9_-]+)*$"), name="category_code_shape"
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source=""), name="one_category_per_source_id"
            ),
        )
        indexes = (models.Index(OpClass("code", name="varchar_pattern_ops"), name="category_under"),)

    def __str__(self) -> str:
        return self.code


class AttributeDefinition(models.Model):
    """The register of attributes: a listing's `attributes` holds only keys that stand here, in this type and unit."""

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=AttributeKind.choices)
    unit = models.CharField(max_length=16, blank=True)
    labels = models.JSONField(default=dict, help_text="Language → label; `en` is always there.")

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(key__regex=r"^[a-z][a-z0-9_]*$"), name="attribute_key_shape"),
            models.CheckConstraint(condition=Q(kind__in=AttributeKind.values), name="attribute_kind_known"),
            models.CheckConstraint(condition=Q(unit="") | Q(kind="number"), name="attribute_unit_only_for_numbers"),
        )

    def __str__(self) -> str:
        return self.key
