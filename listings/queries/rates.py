"""Exchange rates as they hold on a day."""

from datetime import date
from decimal import Decimal

from listings.models import ExchangeRate

EURO = "EUR"


def rates_on(day: date) -> dict[str, Decimal]:
    """Units of each currency that one euro buys: the latest stored rate on or before `day`."""
    rows = (
        ExchangeRate.objects.filter(date__lte=day)
        .order_by("currency", "-date")
        .distinct("currency")
        .values_list("currency", "per_eur")
    )
    return {EURO: Decimal(1)} | dict(rows)
