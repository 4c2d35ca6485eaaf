"""The markets by region, for the market filter of every page."""

from collections import defaultdict

from governance.web.markets import MarketGroup, use_source
from listings.enums import Region
from listings.models import Market


def groups() -> list[MarketGroup]:
    """Regions in their fixed order, each with the countries that are markets."""
    codes: dict[str, list[str]] = defaultdict(list)
    for code, region in Market.objects.order_by("code").values_list("code", "region"):
        codes[region].append(code)
    return [MarketGroup(str(region.label), tuple(codes[region])) for region in Region if region in codes]


use_source(groups)
