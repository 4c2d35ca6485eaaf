from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from enforcement import engine
from enforcement.engine import Broken, Summary, facts
from governance.accounts.models import User
from governance.policies.enums import Mode, Subject
from governance.policies.models import PolicyVersion
from listings.models import Category, Listing, Merchant
from tests.enforcement.engine.conftest import active
from tests.factories.cases import NOON, listing, merchant

Categories = dict[str, Category]


def outcomes(summary: Summary | None = None, **chosen: Any) -> list[tuple[str, int, bool | None, tuple[str, ...]]]:
    """Slug, subject's key, whether it holds and where, of every outcome over all listings."""
    policies = engine.load_active(at=NOON)
    subjects = facts.listings(Listing.objects.filter(**chosen), needs=policies.needs(Subject.LISTINGS), at=NOON)
    slugs = dict(PolicyVersion.objects.values_list("pk", "policy__slug"))
    found = engine.by_row(policies, subjects, at=NOON, summary=summary or Summary())
    return [(slugs[each.policy.version_id], each.subject_id, each.held, each.markets) for each in found]


@pytest.fixture
def shop(registers: Categories) -> Merchant:
    return merchant("Kestrel & Pine", country="DE")


def test_a_policy_reads_listings_of_its_categories_and_markets(
    author: User, registers: Categories, shop: Merchant
) -> None:
    active("cheap-toys", "listing.price < 30", author, categories=["toys"], jurisdictions=["DE", "TR"])
    bear = listing(shop, "Bear", markets=["DE", "FR"], category=registers["toys/plush"])
    listing(shop, "Saw", markets=["DE"], category=registers["tools"])
    listing(shop, "Stray", markets=["DE"])
    listing(shop, "Ball", markets=["FR"], category=registers["toys"])
    summary = Summary()
    assert outcomes(summary) == [("cheap-toys", bear.pk, True, ("DE",))]
    assert [(tally.looked_at, tally.matched) for tally in summary.tallies.values()] == [(1, 1)]


def test_undecidable_is_told_apart_and_its_missing_facts_counted(author: User, shop: Merchant) -> None:
    version = active("brandless", 'listing.brand == "Acme" && listing.attr.voltage > 100', author)
    known = listing(shop, "Lamp", brand="Acme", attributes={"voltage": 230.0})
    partly = listing(shop, "Lamp", attributes={"voltage": 230.0})
    unknown = listing(shop, "Lamp")
    listing(shop, "Lamp", brand="Bolt")
    summary = Summary()
    assert outcomes(summary) == [
        ("brandless", known.pk, True, ("DE",)),
        ("brandless", partly.pk, None, ("DE",)),
        ("brandless", unknown.pk, None, ("DE",)),
    ]
    tally = summary.tallies[version.pk]
    assert (tally.looked_at, tally.matched, tally.undecidable) == (4, 1, 2)
    assert tally.missing == Counter({"listing.brand": 2, "listing.attr.voltage": 1})


def test_a_rule_that_names_the_market_is_read_for_each_common_one(author: User, shop: Merchant) -> None:
    active("language", "!listing.readableIn(market)", author, jurisdictions=["DE", "FR", "TR"])
    german = listing(shop, "Bär", markets=["DE", "FR", "TR"], language="de")
    unsaid = listing(shop, "Bear", markets=["DE"], language="")
    nowhere = listing(shop, "くま", markets=["DE", "FR"], language="ja")
    assert outcomes() == [
        ("language", german.pk, True, ("FR", "TR")),
        ("language", unsaid.pk, None, ("DE",)),
        ("language", nowhere.pk, True, ("DE", "FR")),
    ]


def test_a_listing_that_breaks_is_named_and_the_others_are_read(author: User, shop: Merchant) -> None:
    version = active("volts", "listing.attr.voltage > 100", author)
    sound = listing(shop, "Lamp", attributes={"voltage": 230})
    broken = listing(shop, "Lamp", attributes={"voltage": "lots"})
    after = listing(shop, "Lamp", attributes={"voltage": 110})
    summary = Summary()
    assert outcomes(summary) == [("volts", sound.pk, True, ("DE",)), ("volts", after.pk, True, ("DE",))]
    assert summary.broken == [Broken(broken.pk, "ValueError: could not convert string to float: 'lots'")]
    assert summary.tallies[version.pk].looked_at == 2


def test_the_explanation_says_which_words_matched_where(author: User, shop: Merchant) -> None:
    active("blades", 'listing.text.mentions("blades")', author)
    listing(shop, "Kitchen Knife", description="Not a dagger.")
    policies = engine.load_active(at=NOON)
    subjects = facts.listings(Listing.objects.all(), needs=policies.needs(Subject.LISTINGS), at=NOON)
    (outcome,) = engine.evaluate(policies, subjects, at=NOON).held
    matches = [(each["zone"], each["start"], each["end"], each["text"]) for each in outcome.explanation["matches"]]
    assert matches == [("title", 8, 13, "Knife"), ("description", 6, 12, "dagger")]
    assert outcome.listing_version == 1


def test_policies_about_merchants_read_merchants(author: User, shop: Merchant) -> None:
    active("identity", "!merchant.identityComplete", author, subject=Subject.MERCHANTS)
    active("titles", 'listing.title == ""', author)
    listing(shop, "", markets=["FR", "TR"])
    idle = merchant("Nothing On Sale")
    policies = engine.load_active(at=NOON)
    subjects = facts.merchants(Merchant.objects.all(), needs=policies.needs(Subject.MERCHANTS), at=NOON)
    found = engine.evaluate(policies, subjects, at=NOON).held
    assert [(each.subject_id, each.listing_id, each.held, each.markets) for each in found] == [
        (shop.pk, None, True, ("FR",))
    ]
    assert [subject.merchant.id for subject in subjects] == [shop.pk, idle.pk]


def test_only_policies_in_force_and_switched_on_are_active(author: User, registers: Categories) -> None:
    active("off", "true", author, mode=Mode.OFF)
    active("later", "true", author, effective_from=(NOON + timedelta(days=1)).date())
    active("over", "true", author, effective_until=(NOON - timedelta(days=1)).date())
    on = active("on", "true", author, mode=Mode.ENFORCE)
    policies = engine.load_active(at=NOON)
    assert [(each.version_id, each.mode) for each in policies.policies] == [(on.pk, Mode.ENFORCE)]


def test_a_rule_that_no_longer_compiles_is_left_out_and_named(author: User, registers: Categories) -> None:
    lost = active("lost", 'listing.text.mentions("withdrawn_list")', author)
    kept = active("kept", "listing.price > 1", author)
    policies = engine.load_active(at=NOON)
    assert [each.version_id for each in policies.policies] == [kept.pk]
    assert [(each.version_id, [p.code for p in each.problems]) for each in policies.broken] == [
        (lost.pk, ["unknown_term_list"])
    ]


def test_rules_are_compiled_once_while_the_registers_stay(author: User, registers: Categories) -> None:
    active("kept", "listing.price > 1", author)
    first, second = (engine.load_active(at=NOON).policies[0].rule for _again in range(2))
    assert first is second
