"""Listings with their texts normalised as the importer stores them, and people who search."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from governance.accounts.enums import Role
from governance.accounts.models import User
from listings.models import Category, Listing, Merchant
from listings.text import NORMALISER_VERSION, ListingText
from tests.factories import cases as make


def ines() -> User:
    return make.person("ines", Role.INVESTIGATOR)


def listing(of: Merchant, title: str, description: str = "", **fields: Any) -> Listing:
    text = ListingText(title, description).normalised
    return make.listing(
        of,
        title,
        description=description,
        text_base=text.base,
        text_skeleton=text.skeleton,
        text_version=NORMALISER_VERSION,
        **fields,
    )


def category(code: str, name: str) -> Category:
    made, _new = Category.objects.get_or_create(code=code, defaults={"names": {"en": name}, "depth": code.count("/")})
    return made


def catalogue(
    *, at: datetime, titles: Sequence[str] = ("Nestlé cocoa", "k-n-i-f-e for the kitchen", "Power bank")
) -> list[Listing]:
    """One merchant, one listing for each title, changed at `at`; priced 10, 20, 30 … euro."""
    make.market("DE")
    merchant = make.merchant("Nordlicht Spielwaren")
    return [
        listing(merchant, title, price_eur=number * 10, price_minor=number * 1_000, created_at=at, changed_at=at)
        for number, title in enumerate(titles, start=1)
    ]
