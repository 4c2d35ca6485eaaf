"""A small environment and a listing of Ayşe's shop that the tests of the language read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from governance.policies.language import (
    AttributeType,
    CertificateFacts,
    Environment,
    ListingFacts,
    MerchantFacts,
    Row,
    Subject,
    TermListSpec,
    WindowFacts,
)

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

AYSE = MerchantFacts(
    id=7,
    reference="M-7",
    name="Ayşe Oyuncak",
    kind="business",
    country="TR",
    created_at=datetime(2025, 1, 1, tzinfo=UTC),
    email="ayse@example.com",
    legal_name="Ayşe Oyuncak A.Ş.",
    address="İstiklal Cad. 1, İstanbul",
    phone="+90 212 000 00 00",
    self_certified=True,
    joined_on=date(2024, 12, 1),
    points=4,
    certificates=(CertificateFacts("LUCID", number="DE123"),),
    windows={30: WindowFacts(orders=40, returns=10, complaints=2, rating_sum=36, rating_count=10)},
    markets=("DE", "FR"),
)
MAGNETS = ListingFacts(
    id=1,
    version=3,
    reference="A-1",
    title="Magnetic balls, 216 pieces",
    description="Build a k-n-1-f-e or a water gun. Strong magnets inside.",
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
    updated_at=datetime(2026, 11, 22, tzinfo=UTC),
    markets=("DE", "FR"),
    language="en",
    ean="4006381333931",
    price=12.5,
    currency="EUR",
    price_eur=12.5,
    category="toys/magnetic_sets",
    attributes={
        "voltage": 230,
        "material": "steel",
        "ce_marking": True,
        "made_on": "2026-01-31",
        "colours": ["red", "blue"],
    },
    images=("https://img.example/1.jpg",),
    certificates=(
        CertificateFacts("CE", valid_from=date(2025, 1, 1), valid_until=date(2026, 11, 23)),
        CertificateFacts("LUCID", number="DE123"),
    ),
    windows={7: WindowFacts(visits=900, orders=0)},
    readable_in=("IE", "GB", "MT"),
)


@pytest.fixture(scope="session")
def environment() -> Environment:
    return Environment(
        attributes=[
            AttributeType("voltage", "number", "V", {"en": "Voltage", "de": "Spannung"}),
            AttributeType("weight_g", "number", "g"),
            AttributeType("material", "text"),
            AttributeType("ce_marking", "boolean"),
            AttributeType("single_use", "boolean"),
            AttributeType("made_on", "date"),
            AttributeType("expires_on", "date"),
            AttributeType("colours", "list"),
            AttributeType("languages", "list"),
        ],
        term_lists=[
            TermListSpec("blades", 2, {"en": ["knife", "dagger"], "tr": ["bıçak"]}, {"en": "Blades"}, reads="skeleton"),
            TermListSpec(
                "guns", 1, {"en": ["gun"]}, {"en": "Guns", "de": "Schusswaffen"}, exceptions={"en": ["water gun"]}
            ),
            TermListSpec("strong_magnets", 14, {"en": ["strong magnets"]}, {"en": "Strong magnets"}),
        ],
        categories={"toys": {"en": "Toys", "de": "Spielzeug"}, "toys/magnetic_sets": {"en": "Magnetic sets"}},
        certificates={"CE": {}, "EN71": {}, "LUCID": {}},
        markets={code: {} for code in ("DE", "FR", "GB", "IE", "MT", "TR")},
    )


@pytest.fixture
def row(environment: Environment) -> Callable[..., Row]:
    """A row of Ayşe's magnets, with fields of the listing changed; `attributes` are added, None takes one away."""

    def build(**changes: Any) -> Row:
        attributes = {**MAGNETS.attributes, **changes.pop("attributes", {})}
        merchant = changes.pop("merchant", AYSE)
        listing = replace(MAGNETS, attributes=attributes, **changes)
        return environment.row(Subject(merchant, listing), NOW)

    return build
