"""How large a merchant is, where a decision about them is for two people."""

from django.conf import settings

from listings.models import MerchantWindow

DAYS = 30


def is_large(merchant_id: int) -> bool:
    """Whether the merchant's sales of 30 days, in euro, reach SECOND_PERSON_REVENUE_EUR."""
    least = settings.SECOND_PERSON_REVENUE_EUR
    return MerchantWindow.objects.filter(merchant_id=merchant_id, days=DAYS, revenue_eur__gte=least).exists()
