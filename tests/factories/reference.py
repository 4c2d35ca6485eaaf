"""Reference data for tests: a small ground that fits on a page, and the whole that the product ships."""

from datetime import UTC, date, datetime

from listings.domain import reference
from listings.models import AttributeDefinition, Category, ExchangeRate, Market

SMALL_CATEGORIES: dict[str, dict[str, str]] = {
    "toys": {"en": "Toys", "de": "Spielzeug", "ar": "ألعاب أطفال"},
    "toys/magnetic_sets": {"en": "Magnetic sets", "de": "Magnetspielzeug", "fr": "Jeux magnétiques"},
    "toys/plush": {"en": "Soft toys", "de": "Plüschtiere"},
    "electronics": {"en": "Electronics", "de": "Elektronik"},
    "electronics/chargers": {"en": "Chargers", "de": "Ladegeräte"},
}
SMALL_MARKETS = {
    "DE": ("eu", "EUR", ["de"], [1, 2, 3, 4, 5]),
    "FR": ("eu", "EUR", ["fr"], [1, 2, 3, 4, 5]),
    "PL": ("eu", "PLN", ["pl"], [1, 2, 3, 4, 5]),
    "GB": ("uk", "GBP", ["en"], [1, 2, 3, 4, 5]),
    "SA": ("gulf", "SAR", ["ar"], [1, 2, 3, 4, 7]),
}
SMALL_ATTRIBUTES = {
    "voltage": ("number", "V", {"en": "Rated voltage", "de": "Nennspannung"}),
    "volume_ml": ("number", "ml", {"en": "Volume"}),
    "color": ("text", "", {"en": "Colour", "de": "Farbe"}),
    "ce_marking": ("boolean", "", {"en": "CE marking"}),
    "best_before": ("date", "", {"en": "Best before"}),
    "safety_languages": ("list", "", {"en": "Languages of the safety information"}),
}


def load_small() -> None:
    """Five markets, five categories, six attributes, three rates."""
    _categories(SMALL_CATEGORIES)
    for code, (region, currency, languages, week) in SMALL_MARKETS.items():
        Market.objects.create(code=code, region=region, currency=currency, languages=languages, working_days=week)
    for key, (kind, unit, labels) in SMALL_ATTRIBUTES.items():
        AttributeDefinition.objects.create(key=key, kind=kind, unit=unit, labels=labels)
    for currency, rate in (("PLN", "4.25"), ("GBP", "0.85"), ("USD", "1.10")):
        ExchangeRate.objects.create(currency=currency, date=date(2017, 1, 1), per_eur=rate)


def load_shipped() -> None:
    """What the product ships."""
    reference.load_all(actor=None, at=datetime(2026, 11, 23, tzinfo=UTC))


def _categories(names: dict[str, dict[str, str]]) -> None:
    made: dict[str, Category] = {}
    for code, words in names.items():
        parent = made.get(code.rpartition("/")[0])
        made[code] = Category.objects.create(code=code, parent=parent, depth=code.count("/"), names=words)
