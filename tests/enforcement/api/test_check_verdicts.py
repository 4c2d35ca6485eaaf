"""What a listing is told before it goes live."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from enforcement.domain import violations
from enforcement.models import Violation
from governance.policies.domain import waivers
from governance.policies.enums import Measure, Mode, Subject
from governance.policies.models import Policy, PolicyVersion, TermList, TermListVersion
from listings.models import Certificate, ExchangeRate, Listing, ListingWindow, Market, Merchant
from tests.enforcement.api.asking import BEAR, CUBE, Asking
from tests.factories.cases import NOON

Json = dict[str, Any]


@pytest.fixture
def asking(db: None) -> Asking:
    return Asking()


def markets(answer: Json) -> dict[str, str]:
    return {each["market"]: each["verdict"] for each in answer["markets"]}


def test_without_a_policy_that_holds_it_may_go_live(asking: Asking) -> None:
    asking.policy("magnets")
    answer = asking.ask(BEAR)
    assert (answer["verdict"], markets(answer)) == ("allow", {"DE": "allow", "FR": "allow"})
    assert (answer["reasons"], answer["undecided"], answer["set_aside"], answer["stored"]) == ([], [], [], None)
    assert (answer["merchant_id"], answer["listing_id"]) == ("nordlicht", "b-1")


@pytest.mark.parametrize(
    ("measure", "verdict"),
    [
        (Measure.WARN, "allow_with_corrections"),
        (Measure.REQUEST_CORRECTION, "allow_with_corrections"),
        (Measure.AGE_GATE, "allow_with_corrections"),
        (Measure.RESTRICT_MARKETS, "block"),
        (Measure.REMOVE, "block"),
        (Measure.SUSPEND_LISTING_RIGHTS, "block"),
    ],
)
def test_an_enforcing_policy_says_what_its_measure_would_come_to(
    asking: Asking, measure: Measure, verdict: str
) -> None:
    asking.policy("magnets", measure=measure, jurisdictions=["DE"])
    answer = asking.ask()
    assert (answer["verdict"], markets(answer)) == (verdict, {"DE": verdict, "FR": "allow"})
    (reason,) = answer["reasons"]
    assert (reason["measure"], reason["verdict"], reason["markets"]) == (measure, verdict, ["DE"])
    assert reason["minimum_age"] == (16 if measure == Measure.AGE_GATE else None)
    assert [each["policies"] for each in answer["markets"]] == [["magnets"], []]


def test_of_several_policies_the_strictest_holds(asking: Asking) -> None:
    asking.policy("warns", measure=Measure.WARN)
    asking.policy("looks", mode=Mode.REVIEW, jurisdictions=["DE"])
    answer = asking.ask()
    assert (answer["verdict"], markets(answer)) == ("review", {"DE": "review", "FR": "allow_with_corrections"})
    assert [(each["policy"], each["mode"], each["measure"]) for each in answer["reasons"]] == [
        ("warns", "enforce", "warn"),
        ("looks", "review", None),
    ]


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SHADOW])
def test_a_policy_that_is_off_or_in_shadow_is_not_told(asking: Asking, mode: Mode) -> None:
    asking.policy("magnets", mode=mode)
    assert (asking.ask()["verdict"], asking.ask()["reasons"]) == ("allow", [])


def test_policies_about_merchants_and_of_other_categories_say_nothing(asking: Asking) -> None:
    asking.policy("traders", "!merchant.identityComplete", subject=Subject.MERCHANTS)
    asking.policy("tools", categories=["tools"])
    asking.policy("toys", categories=["toys"])
    assert [each["policy"] for each in asking.ask()["reasons"]] == ["toys"]


def test_what_cannot_be_decided_weighs_nothing_and_names_what_is_missing(asking: Asking) -> None:
    asking.policy("volts", 'listing.attr.voltage > 100 && listing.brand == "Acme" && !has(listing.condition)')
    answer = asking.ask(reasons_in="de")
    assert (answer["verdict"], answer["reasons"]) == ("allow", [])
    (undecided,) = answer["undecided"]
    assert (undecided["policy"], undecided["title"], undecided["markets"]) == ("volts", "Keine Magnete", ["DE", "FR"])
    assert undecided["missing"] == [
        {"fact": "listing.attr.voltage", "name": "Spannung", "correctable": True},
        {"fact": "listing.brand", "name": "Marke", "correctable": True},
    ]


def test_a_rule_that_names_the_market_holds_where_it_is_true(asking: Asking) -> None:
    asking.policy("language", "!listing.readableIn(market)", mode=Mode.REVIEW)
    assert markets(asking.ask(CUBE | {"language": "fr"})) == {"DE": "review", "FR": "allow"}


@pytest.mark.parametrize("exempt", ["merchant", "brand", "listing"])
def test_a_waived_policy_is_set_aside(asking: Asking, exempt: str) -> None:
    version, acme = asking.policy("magnets"), CUBE | {"brand": "ACME"}
    subjects: dict[str, Merchant | Listing | str] = {
        "merchant": asking.merchant,
        "brand": "Acme",
        "listing": asking.push(acme),
    }
    today = timezone.now().date()
    granted = waivers.grant(
        policy=version.policy,
        subject=subjects[exempt],
        reason="seen",
        proof="lab 1",
        starts_on=today,
        ends_on=today,
        actor=asking.author,
        at=NOON,
    )
    answer = asking.ask(acme)
    assert (answer["verdict"], answer["reasons"]) == ("allow", [])
    assert [(each["policy"], each["because"]) for each in answer["set_aside"]] == [("magnets", "waived")]
    if exempt != "merchant":
        assert asking.ask(CUBE | {"listing_id": "other", "brand": "Bolt"})["verdict"] == "block"
    waivers.revoke(waiver=granted, actor=asking.author, reason="over", at=NOON)
    assert asking.ask(acme)["verdict"] == "block"


def test_what_a_moderator_found_fine_is_fine_until_it_changes(asking: Asking) -> None:
    version, listing = asking.policy("magnets"), asking.push()
    violation = Violation.objects.create(
        policy=version.policy,
        version=version,
        merchant=asking.merchant,
        listing=listing,
        listing_version=listing.version,
        markets=["DE"],
        mode=Mode.ENFORCE,
        found_at=NOON,
        seen_at=NOON,
    )
    assert asking.ask()["verdict"] == "block"
    violations.dismiss(violations=[violation], actor=asking.author, reason="glued in", at=NOON)
    answer = asking.ask()
    assert (answer["verdict"], answer["set_aside"][0]["because"]) == ("allow", "dismissed")
    assert asking.ask(CUBE | {"price": 25})["verdict"] == "block"
    assert asking.ask(CUBE | {"listing_id": "a-2"})["verdict"] == "block"


def test_nothing_new_goes_live_while_the_merchant_s_rights_are_suspended(asking: Asking) -> None:
    asking.push(BEAR)
    Merchant.objects.update(listing_rights_suspended_at=NOON)
    answer = asking.ask()
    assert (answer["verdict"], markets(answer)) == ("block", {"DE": "block", "FR": "block"})
    assert answer["suspended"]["since"] == "2026-11-23T12:00:00Z"
    assert "may not offer anything new" in answer["suspended"]["reason"]
    stored = asking.ask(BEAR | {"title": "Brown bear"})
    assert (stored["verdict"], stored["suspended"]) == ("allow", None)


def test_what_has_ended_breaks_nothing(asking: Asking) -> None:
    asking.policy("magnets")
    assert asking.ask(CUBE | {"state": "ended"})["verdict"] == "allow"


def test_the_next_request_sees_that_a_market_accepts_another_language(asking: Asking) -> None:
    asking.policy("language", "!listing.readableIn(market)", mode=Mode.REVIEW)
    french = CUBE | {"language": "fr"}
    assert markets(asking.ask(french)) == {"DE": "review", "FR": "allow"}
    Market.objects.filter(code="DE").update(languages=["de", "fr"])
    assert markets(asking.ask(french)) == {"DE": "allow", "FR": "allow"}


def test_the_merchant_s_certificates_count_for_each_listing(asking: Asking) -> None:
    asking.policy("marked", '!listing.certificateValid("CE", now)')
    assert asking.ask()["verdict"] == "block"
    own = CUBE | {"certificates": [{"type": "CE", "valid_until": "2050-01-01"}]}
    assert asking.ask(own)["verdict"] == "allow"
    Certificate.objects.create(
        merchant=asking.merchant, type="CE", number="1", valid_until=date(2050, 1, 1), changed_at=NOON
    )
    assert asking.ask()["verdict"] == "allow"
    Certificate.objects.update(valid_until=date(2020, 1, 1))
    assert asking.ask()["verdict"] == "block"


def test_a_stored_listing_keeps_its_age_and_its_figures(asking: Asking) -> None:
    asking.policy("old", 'listing.createdAt < timestamp("2020-01-01T00:00:00Z")', mode=Mode.REVIEW)
    asking.policy("returned", "listing.returnRate(30) > 0.2", mode=Mode.REVIEW)
    assert (asking.ask()["verdict"], asking.ask()["undecided"][0]["policy"]) == ("allow", "returned")
    stored = asking.push()
    Listing.objects.update(created_at=datetime(2019, 1, 1, tzinfo=UTC))
    ListingWindow.objects.create(listing=stored, days=30, as_of=NOON.date(), orders=10, returns=3)
    answer = asking.ask(CUBE | {"title": "Other"})
    assert [each["policy"] for each in answer["reasons"]] == ["old", "returned"]


def test_a_price_is_read_in_euro_too(asking: Asking) -> None:
    asking.policy("dear", "listing.priceEur > 20.0", mode=Mode.REVIEW)
    ExchangeRate.objects.create(currency="TRY", date=date(2020, 1, 1), per_eur="10")
    assert asking.ask(CUBE | {"price": 250, "currency": "TRY"})["verdict"] == "review"
    assert asking.ask(CUBE | {"price": 150, "currency": "TRY"})["verdict"] == "allow"


def test_the_next_request_sees_what_has_changed(asking: Asking) -> None:
    """The compiled policies are kept in the process: everything that they rest on is looked at each time."""
    assert asking.ask()["verdict"] == "allow"
    version = asking.policy("magnets", mode=Mode.REVIEW)
    assert asking.ask()["verdict"] == "review"
    Policy.objects.filter(pk=version.policy_id).update(mode=Mode.ENFORCE)
    assert asking.ask()["verdict"] == "block"
    magnets = TermList.objects.get()
    magnets.current = TermListVersion.objects.create(
        term_list=magnets, number=2, terms={"en": ["steel"]}, author=asking.author, created_at=NOON
    )
    magnets.save(update_fields=["current"])
    assert asking.ask()["verdict"] == "allow"
    assert asking.ask(CUBE | {"title": "Steel cube"})["verdict"] == "block"
    tomorrow = timezone.now().date() + timedelta(days=1)
    later = asking.policy("later", effective_from=tomorrow, rule="true")
    assert asking.ask()["verdict"] == "allow"
    assert PolicyVersion.objects.filter(pk=later.pk, state="live").exists()
