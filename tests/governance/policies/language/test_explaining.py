"""Explanations of rules over Ayşe's magnets: as they are kept, as they are read, and what would correct them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils.translation import override

from governance.policies.language import Environment, Row, Step, Steps, corrections
from governance.policies.language.wording import missing, operand, read, sentence

Rows = Callable[..., Row]


def leaves(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [leaf for child in node["children"] for leaf in leaves(child)] if node["children"] else [node]


def told(
    environment: Environment, row: Row, source: str, market: str | None = None
) -> list[tuple[str, str, bool | None]]:
    """Text, value and whether it holds, of each condition, as a page shows them."""
    explanation = json.loads(json.dumps(environment.compile(source).explain(row, market)))
    return [(leaf["text"], leaf["value"], leaf["held"]) for leaf in leaves(read(explanation["tree"]))]


def test_the_tree_of_conditions_is_kept_as_json(environment: Environment, row: Rows) -> None:
    rule = environment.compile('listing.attr.voltage > 200 && (has(listing.brand) || !listing.hasCertificate("EN71"))')
    assert json.loads(json.dumps(rule.explain(row()))) == {
        "form": 1,
        "held": True,
        "tree": {
            "op": "all",
            "held": True,
            "at": [0, 85],
            "children": [
                {
                    "op": "condition",
                    "held": True,
                    "at": [0, 26],
                    "code": "gt",
                    "left": {"attr": "voltage", "labels": {"en": "Voltage", "de": "Spannung"}},
                    "right": {"value": 200, "unit": "V"},
                    "values": [
                        {"attr": "voltage", "labels": {"en": "Voltage", "de": "Spannung"}, "seen": 230.0, "unit": "V"}
                    ],
                    "correctable": True,
                },
                {
                    "op": "any",
                    "held": True,
                    "at": [31, 84],
                    "children": [
                        {
                            "op": "condition",
                            "held": False,
                            "at": [31, 49],
                            "code": "present",
                            "left": {"fact": "listing.brand"},
                            "values": [{"fact": "listing.brand", "seen": None}],
                            "correctable": True,
                        },
                        {
                            "op": "condition",
                            "held": True,
                            "at": [54, 84],
                            "code": "hasCertificate",
                            "left": {"fact": "listing"},
                            "right": {"value": "EN71"},
                            "not": True,
                            "values": [
                                {
                                    "function": "listing.hasCertificate",
                                    "args": ["EN71"],
                                    "seen": [
                                        {"type": "CE", "valid_from": "2025-01-01", "valid_until": "2026-11-23"},
                                        {"type": "LUCID", "number": "DE123"},
                                    ],
                                }
                            ],
                            "correctable": True,
                        },
                    ],
                },
            ],
        },
        "matches": [],
    }


@pytest.mark.parametrize(
    ("source", "text", "value", "held"),
    [
        ("listing.price > 10", "price is more than €10.00", "€12.50", True),
        ("10 >= listing.priceEur", "price in euro is €10.00 or less", "€12.50", False),
        ("listing.attr.voltage in [110, 230]", "Voltage is one of 110\u00a0V, 230\u00a0V", "230\u00a0V", True),
        ("!(listing.attr.voltage < 100)", "Voltage is 100\u00a0V or more", "230\u00a0V", True),
        ('listing.attr.material == "brass"', "material is “brass”", "steel", False),
        ("listing.attr.ce_marking == false", "ce marking: no", "yes", False),
        ("!listing.attr.single_use", "single use: no", "not given", None),
        ("listing.brand == null", "brand is not given", "not given", True),
        ("merchant.returnRate(30) >= 0.2", "return rate over 30 days is 20.0% or more", "25.0%", True),
        ("merchant.country in EU_EEA", "merchant's country is one of EU EEA", "TR", False),
        ("!(merchant.country in EU)", "merchant's country is none of EU", "TR", True),
        ('listing.category.isUnder("toys")', "category is under Toys", "Magnetic sets", True),
        ('!listing.text.mentions("guns")', "text mentions no term of “Guns”", "", True),
        ('listing.text.mentions("blades")', "text mentions a term of “Blades”", "“k-n-1-f-e”", True),
        ('listing.text.matches("(?i)magnetic|magnets")', "text matches (?i)magnetic|magnets", "“Magnetic”, “magnets”", True),
        ('listing.title.contains("pieces")', "title contains “pieces”", "Magnetic balls, 216 pieces", True),
        ('listing.inMarket("DE")', "it is offered in Germany", "DE, FR", True),
        ("listing.eanValid()", "the EAN is valid", "4006381333931", True),
        ('!listing.certificateValid("CE", now)', "there is no valid certificate of type CE",
         "CE, valid until 23 Nov 2026, LUCID DE123", False),
        ("listing.attr.made_on < now", "made on is before now", "31 Jan 2026, 00:00", True),
        ('listing.createdAt >= timestamp("2026-11-01T00:00:00Z")', "created is not before 1 Nov 2026, 00:00",
         "20 Nov 2026, 00:00", True),
        ('listing.certificates.exists(c, c.type == "EN71")', 'of certificates at least one fulfils: c.type == "EN71"',
         "CE, valid until 23 Nov 2026, LUCID DE123", False),
        ("listing.price * 2 > 20", "listing.price * 2 is more than 20", "€12.50", True),
    ],
)  # fmt: skip
def test_a_condition_in_words_with_the_value_seen(
    environment: Environment, row: Rows, source: str, text: str, value: str, held: bool | None
) -> None:
    assert told(environment, row(), source) == [(text, value, held)]


def test_a_rule_read_for_each_market_names_the_one(environment: Environment, row: Rows) -> None:
    source = '!listing.readableIn(market) && market == "DE"'
    assert environment.compile(source).explain(row(), "DE")["market"] == "DE"
    assert told(environment, row(), source, "DE") == [
        ("its language is not accepted in market", "en", True),
        ("market is “DE”", "", True),
    ]


def test_of_a_choice_the_branch_taken_is_shown(environment: Environment, row: Rows) -> None:
    source = 'has(listing.brand) ? listing.brand == "x" : listing.price > 100'
    assert told(environment, row(), source) == [
        ("brand is given", "not given", False),
        ("price is more than €100.00", "€12.50", False),
    ]
    unknown = "listing.attr.single_use ? listing.price > 1 : listing.price > 2"
    assert [held for _text, _value, held in told(environment, row(), unknown)] == [None, True, True]


def test_matched_words_are_placed_in_the_text_as_written(environment: Environment, row: Rows) -> None:
    rule = environment.compile(
        'listing.text.mentions("blades") || listing.attr.material.matches("ee") || listing.description.matches("^Build")'
    )
    magnets = row(title="A kn\u200bife, K N I F E", attributes={"material": "stainless steel dagger"})
    places = [(m["zone"], m["key"], m["start"], m["end"], m["text"]) for m in rule.explain(magnets)["matches"]]
    assert places == [
        ("title", "", 2, 8, "kn\u200bife"),
        ("title", "", 10, 19, "K N I F E"),
        ("description", "", 0, 5, "Build"),
        ("description", "", 8, 17, "k-n-1-f-e"),
        ("attribute", "material", 12, 14, "ee"),
        ("attribute", "material", 16, 22, "dagger"),
    ]
    written = magnets.subject.listing
    assert written is not None
    for zone, key, start, end, text in places:
        whole = written.attributes[key] if zone == "attribute" else getattr(written, zone)
        assert whole[start:end] == text


def test_what_is_missing_is_named_once(environment: Environment, row: Rows) -> None:
    rule = environment.compile('listing.brand == "x" && (listing.attr.expires_on < now || listing.brand.size() > 3)')
    explanation = rule.explain(row())
    assert explanation["held"] is None
    assert missing(explanation) == ["brand", "expires on"]


def test_a_reader_gets_it_in_their_language(environment: Environment, row: Rows) -> None:
    explanation = environment.compile('listing.attr.voltage > 200 && listing.text.mentions("guns")').explain(row())
    with override("de"):
        first, second = leaves(read(explanation["tree"]))
        assert (operand(first["left"]), operand(second["right"])) == ("Spannung", "Schusswaffen")


def test_what_a_later_form_says_is_shown_as_it_stands() -> None:
    assert sentence({"op": "condition", "code": "resembles", "left": {"fact": "listing.title"}}) == "resembles"


@pytest.mark.parametrize(
    ("source", "steps"),
    [
        ("!has(listing.brand)", Step("Give this: brand.")),
        ('!listing.hasCertificate("EN71")', Step("Add a certificate of type EN71.")),
        ('listing.text.mentions("blades")', Step("Take these words out: “k-n-1-f-e”.")),
        ("listing.attr.voltage > 200", Step("Change it so that this is true: Voltage is 200\u00a0V or less.")),
        (
            '!has(listing.brand) || !listing.hasCertificate("EN71") || listing.price > 100',
            Steps(True, (Step("Give this: brand."), Step("Add a certificate of type EN71."))),
        ),
        (
            'listing.category.isUnder("toys") && !has(listing.brand) && !has(listing.sku)',
            Steps(False, (Step("Give this: brand."), Step("Give this: SKU."))),
        ),
        ('merchant.points > 3 && merchant.country == "TR"', None),
        ("listing.price > 100", None),
        ("merchant.points > 3 || !has(listing.brand)", None),
    ],
)
def test_what_would_correct_it(environment: Environment, row: Rows, source: str, steps: Step | Steps | None) -> None:
    assert corrections(environment.compile(source).explain(row())) == steps
