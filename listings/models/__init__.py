from listings.models.catalogue import Certificate, Listing, ListingImage, ListingVersion, PhotoPrint
from listings.models.imports import CategoryAlias, ImportKey, ImportRow, ImportRun
from listings.models.links import LinkMark, LinkOwed, MerchantLink
from listings.models.merchant import Merchant, TraderIdentity
from listings.models.metrics import ListingMetric, ListingWindow, MerchantWindow, OrderLine, WindowRefresh
from listings.models.reference import AttributeDefinition, Category, ExchangeRate, Holiday, Market
from listings.models.visibility import ListingVisibility

__all__ = [
    "AttributeDefinition",
    "Category",
    "CategoryAlias",
    "Certificate",
    "ExchangeRate",
    "Holiday",
    "ImportKey",
    "ImportRow",
    "ImportRun",
    "LinkMark",
    "LinkOwed",
    "Listing",
    "ListingImage",
    "ListingMetric",
    "ListingVersion",
    "ListingVisibility",
    "ListingWindow",
    "Market",
    "Merchant",
    "MerchantLink",
    "MerchantWindow",
    "OrderLine",
    "PhotoPrint",
    "TraderIdentity",
    "WindowRefresh",
]
