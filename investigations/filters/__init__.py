"""One filter set per list, for its page and its API endpoint alike."""

from investigations.filters.cases import BulkFilter, CannedFilter, CaseFilter, TellingFilter
from investigations.filters.choices import CASE_ID, EAN, LISTING_ID, language, policy_choices
from investigations.filters.listings import ListingFilter
from investigations.filters.merchants import LinkGroupFilter, MerchantFilter
from investigations.filters.notices import NoticeFilter, NoticeItemFilter, ReporterFilter
from investigations.filters.orders import OrderFilter
from investigations.filters.quality import ReviewFilter
from investigations.filters.recalls import RecallFilter
from investigations.filters.team import TeamFilter

__all__ = [
    "CASE_ID",
    "EAN",
    "LISTING_ID",
    "BulkFilter",
    "CannedFilter",
    "CaseFilter",
    "LinkGroupFilter",
    "ListingFilter",
    "MerchantFilter",
    "NoticeFilter",
    "NoticeItemFilter",
    "OrderFilter",
    "RecallFilter",
    "ReporterFilter",
    "ReviewFilter",
    "TeamFilter",
    "TellingFilter",
    "language",
    "policy_choices",
]
