"""The text normaliser: two texts of every listing, and the way back to what the merchant wrote."""

from listings.text.document import ATTRIBUTE, DESCRIPTION, TITLE, ListingText, Place, Zone, original
from listings.text.normaliser import NORMALISER_VERSION, Normalised, normalise
from listings.text.tables import ZONE_SEPARATOR
from listings.text.traces import Span

__all__ = [
    "ATTRIBUTE",
    "DESCRIPTION",
    "NORMALISER_VERSION",
    "TITLE",
    "ZONE_SEPARATOR",
    "ListingText",
    "Normalised",
    "Place",
    "Span",
    "Zone",
    "normalise",
    "original",
]
