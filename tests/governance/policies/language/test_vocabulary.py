"""The vocabulary is one list: every entry can be read, every example compiles, every entry is described."""

import json

import pytest

from governance.policies.language import Environment, RuleProblems, describe
from governance.policies.language.kinds import AttributeType, Fact, Function, Kind
from governance.policies.language.readers import CERTIFICATE, LISTING, MENTIONED, MERCHANT
from governance.policies.language.vocabulary import ALL_FACTS, FACTS, FUNCTIONS, GROUPS, PATHS, ROOTS

ENTRIES: tuple[Fact | Function, ...] = (*FACTS, *FUNCTIONS, *ROOTS.values())
EXAMPLES = [(entry.name, entry.example) for entry in ENTRIES if entry.example]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[example for _name, example in EXAMPLES])
def test_every_example_compiles(name: str, example: str) -> None:
    environment = Environment(
        attributes=[
            AttributeType("approval_mark", "text"),
            AttributeType("model", "text"),
            AttributeType("manufacturer_country", "text"),
        ]
    )
    for rule in (example, f"{example} == now", f'{example} == ""', f"{example} < duration('1h')"):
        try:
            environment.compile(rule)
            return
        except RuleProblems as problems:
            last = problems
    assert {problem.code for problem in last.problems} == {"unknown_term_list", "cannot_compare"}


def test_every_fact_has_a_reader() -> None:
    def names(kind: Kind) -> set[str]:
        return {
            fact.name
            for fact in ALL_FACTS
            if fact.owner is kind and fact.kind not in (Kind.WINDOW, Kind.CATEGORY, Kind.WORDS, Kind.ATTRIBUTES)
        }

    assert {name for name in LISTING if "." not in name} == names(Kind.LISTING)
    assert set(MERCHANT) == names(Kind.MERCHANT)
    assert set(CERTIFICATE) == names(Kind.CERTIFICATE)
    nested = {f"listing.{name}" for name in LISTING if "." in name} | {MENTIONED}
    assert nested == {f"{PATHS[kind]}.{name}" for kind in (Kind.CATEGORY, Kind.WORDS) for name in names(kind)}


def test_no_name_is_declared_twice() -> None:
    facts = [(fact.owner, fact.name) for fact in ALL_FACTS]
    members = [(owner, function.name) for function in FUNCTIONS for owner in (function.receivers or (None,))]
    assert len(set(facts)) == len(facts)
    assert len(set(members)) == len(members)


@pytest.mark.parametrize("entry", [*FACTS, *FUNCTIONS], ids=lambda entry: f"{entry.owner}.{entry.name}")
def test_every_entry_is_documented(entry: Fact | Function) -> None:
    assert str(entry.label)
    assert str(entry.doc)


def test_country_groups_hold_each_other() -> None:
    assert set(GROUPS["EU"]) < set(GROUPS["EU_EEA"])
    assert (len(GROUPS["EU"]), len(GROUPS["EU_EEA"])) == (27, 30)


def test_the_description_names_everything_in_the_readers_language(environment: Environment) -> None:
    described = json.loads(json.dumps(describe(environment, "de")))
    attribute = next(fact for fact in described["facts"] if fact["path"] == "listing.attr.voltage")
    assert attribute == {
        "path": "listing.attr.voltage",
        "name": "voltage",
        "of": "attributes",
        "kind": "number",
        "kind_label": attribute["kind_label"],
        "label": "Spannung",
        "documentation": "",
        "unit": "V",
        "may_be_missing": True,
        "example": "",
    }
    function = next(each for each in described["functions"] if each["path"] == "merchant.returnRate(days)")
    assert function["parameters"] == [{"name": "days", "kind": "whole", "names": "window", "literal": True}]
    assert described["choices"]["term_list"] == [
        {"value": "blades", "label": "Blades"},
        {"value": "guns", "label": "Schusswaffen"},
        {"value": "strong_magnets", "label": "Strong magnets"},
    ]
    assert not [each["path"] for each in described["facts"] if "._" in each["path"]]


@pytest.mark.parametrize(("key", "kind"), [("a-b", "text"), ("A", "text"), ("in", "text"), ("volts", "colour")])
def test_an_attribute_that_no_rule_could_name_is_refused(key: str, kind: str) -> None:
    with pytest.raises(ValueError, match="attribute"):
        AttributeType(key, kind)


def test_attributes_may_be_named_like_words_of_other_languages() -> None:
    environment = Environment(
        attributes=[AttributeType(key, "number") for key in ("class", "for", "package", "return")]
    )
    rule = environment.compile("listing.attr.class > 1 || listing.attr.for < 2")
    assert rule.attributes == ("class", "for")


def test_a_register_holds_five_thousand_attributes_and_says_so() -> None:
    attributes = [AttributeType(f"a{number}", "number") for number in range(5_001)]
    assert Environment(attributes=attributes[1:]).compile("listing.attr.a5000 > 1").attributes == ("a5000",)
    with pytest.raises(ValueError, match="the register has 5001 attributes; rules can name 5000 at most"):
        Environment(attributes=attributes)
