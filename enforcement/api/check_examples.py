"""Examples for the documentation of the check."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

LISTING = {
    "merchant_id": "nordlicht",
    "listing_id": "A-1042",
    "title": "Magnetic balls, 216 pieces, 5 mm",
    "category": "toys",
    "price": 24.9,
    "currency": "EUR",
    "language": "en",
    "markets": ["DE", "CH"],
}
POLICY = {"policy": "strong-magnets", "number": "P-0012", "version": 3}
REASON: dict[str, Any] = {
    **POLICY,
    "mode": "enforce",
    "severity": "critical",
    "legal_basis": "Directive 2009/48/EC, Annex II; EN 71-1",
    "verdict": "block",
    "measure": "remove",
    "minimum_age": None,
    "markets": ["DE"],
    "language": "de",
    "title": "Starke lose Magnete in Spielzeug",
    "reason": "Spielzeug mit losen Magneten, die ein Kind verschlucken kann, darf nicht angeboten werden.",
    "wording_language": "de",
    "conditions": [
        {
            "text": "Text nennt einen Begriff aus „Starke Magnete“",
            "value": "„Magnetic balls“",
            "correctable": True,
            "facts": [],
        }
    ],
    "matches": [
        {
            "zone": "title",
            "key": "",
            "start": 0,
            "end": 14,
            "text": "Magnetic balls",
            "term_list": "strong_magnets",
            "term": "magnetic balls",
            "pattern": "",
        }
    ],
    "corrections_language": "de",
    "corrections": ["Nehmen Sie diese Wörter heraus: „Magnetic balls“."],
}
ANSWER: dict[str, Any] = {
    "merchant_id": "nordlicht",
    "listing_id": "A-1042",
    "verdict": "block",
    "markets": [
        {"market": "CH", "verdict": "allow", "policies": []},
        {"market": "DE", "verdict": "block", "policies": ["strong-magnets"]},
    ],
    "suspended": None,
    "limited": None,
    "offered_again": None,
    "reasons": [REASON],
    "undecided": [
        {
            "policy": "toy-age-mark",
            "number": "P-0013",
            "version": 1,
            "title": "Altersangabe auf Spielzeug",
            "markets": ["DE"],
            "missing": [{"fact": "listing.attr.min_age_months", "name": "Mindestalter", "correctable": True}],
        }
    ],
    "set_aside": [],
    "notes": [],
    "stored": None,
}
EXAMPLES = [
    OpenApiExample("One listing", value=LISTING, request_only=True),
    OpenApiExample("Several", value={"listings": [LISTING], "reasons_in": "de"}, request_only=True),
    OpenApiExample("Answer", value=ANSWER, response_only=True, status_codes=["200"]),
]
