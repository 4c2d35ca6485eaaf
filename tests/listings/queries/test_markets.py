import pytest

from governance.web.markets import MarketGroup
from listings.enums import Region
from listings.models import Market
from listings.queries import markets


@pytest.mark.django_db
def test_markets_stand_under_their_regions() -> None:
    Market.objects.all().delete()
    for code, region, currency in (("FR", Region.EU, "EUR"), ("AE", Region.GULF, "AED"), ("DE", Region.EU, "EUR")):
        Market.objects.create(
            code=code, region=region, currency=currency, languages=["en"], working_days=[1, 2, 3, 4, 5]
        )
    assert markets.groups() == [MarketGroup("European Union", ("DE", "FR")), MarketGroup("Gulf", ("AE",))]
