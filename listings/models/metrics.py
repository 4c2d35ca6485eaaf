"""What happened with a listing: daily metrics, order lines and the stored windows that rules read."""

from django.db import models
from django.db.models import Q

from listings.models.catalogue import Listing
from listings.models.merchant import Merchant
from listings.models.reference import Market

WINDOWS = (7, 30, 90)
"""Days of the stored windows; rules may ask for these only."""


class ListingMetric(models.Model):
    """One listing on one day, all markets. Money in euro at the day's rate."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="metrics")
    date = models.DateField()
    impressions = models.PositiveIntegerField(default=0)
    visits = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    units = models.PositiveIntegerField(default=0)
    revenue_eur = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    returns = models.PositiveIntegerField(default=0)
    returns_by_reason = models.JSONField(default=dict)
    refunds_eur = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    complaints = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["listing", "date"], name="one_metric_per_listing_and_day"),)
        indexes = (models.Index(fields=["date"], name="metric_by_date"),)

    def __str__(self) -> str:
        return f"L-{self.listing_id} {self.date}"


class Window(models.Model):
    """Sums over the last `days` days before `as_of`, made from the daily metrics."""

    days = models.PositiveSmallIntegerField()
    as_of = models.DateField()
    visits = models.BigIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)
    revenue_eur = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    returns = models.PositiveIntegerField(default=0)
    complaints = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


class ListingWindow(Window):
    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="windows")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["listing", "days"], name="one_window_per_listing"),
            models.CheckConstraint(condition=Q(days__in=WINDOWS), name="listing_window_known"),
        )

    def __str__(self) -> str:
        return f"L-{self.listing_id} {self.days} d"


class MerchantWindow(Window):
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="windows")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["merchant", "days"], name="one_window_per_merchant"),
            models.CheckConstraint(condition=Q(days__in=WINDOWS), name="merchant_window_known"),
        )

    def __str__(self) -> str:
        return f"{self.merchant_id} {self.days} d"


class WindowRefresh(models.Model):
    """The latest time that all windows were made anew; whoever has read them before reads them again."""

    as_of = models.DateField()
    ended_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"windows of {self.as_of}"


class OrderLine(models.Model):
    """A line of an order. The buyer is a reference that only the marketplace can resolve."""

    order_id = models.CharField(max_length=120)
    line = models.PositiveIntegerField(default=1)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="order_lines")
    market = models.ForeignKey(Market, on_delete=models.PROTECT, related_name="order_lines")
    ordered_at = models.DateTimeField()
    quantity = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    buyer = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["order_id", "line"], name="one_order_line"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_quantity_positive"),
        )
        indexes = (models.Index(fields=["listing", "-ordered_at"], name="order_line_by_listing"),)

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line}"
