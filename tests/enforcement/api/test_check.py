"""The check as an endpoint: scopes, bodies, errors, storing, words, queries."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework import serializers

from enforcement.api.check_bodies import CheckManyOut, CheckOut
from enforcement.api.check_examples import ANSWER
from governance.accounts.enums import Scope
from governance.audit.models import Entry
from governance.policies.domain import waivers
from governance.policies.enums import Measure, Mode
from listings.models import AttributeDefinition, Listing, ListingVersion, Merchant
from tests.enforcement.api.asking import BEAR, CUBE, Asking
from tests.factories.cases import NOON


@pytest.fixture
def asking(db: None) -> Asking:
    return Asking()


def contents() -> dict[str, list[str]]:
    """Every row of every table."""
    found = {}
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT t::text FROM {name} AS t ORDER BY 1")  # noqa: S608 -- a name from the database itself
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


# --- who, and what is stored -------------------------------------------------------------------


def test_a_key_needs_the_scope_and_for_storing_another(asking: Asking) -> None:
    assert asking.post(CUBE, key=asking.key_with(Scope.LISTINGS_READ)).status_code == 403
    assert asking.post(CUBE, key={}).status_code == 401
    may_check = asking.key_with(Scope.LISTINGS_CHECK)
    assert asking.post(CUBE, key=may_check).status_code == 200
    refused = asking.post(CUBE | {"store": True}, key=may_check)
    assert (refused.status_code, Scope.LISTINGS_WRITE in refused.json()["detail"]) == (403, True)
    assert Listing.objects.count() == 0


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.REVIEW])
def test_asking_changes_no_row_of_any_table(asking: Asking, mode: Mode) -> None:
    asking.policy("magnets", mode=mode)
    asking.policy("volts", "listing.attr.voltage > 100", mode=mode)
    asking.push(BEAR)
    before = contents()
    assert asking.ask()["reasons"]
    assert asking.ask(BEAR | {"title": "Magnet bear"})["reasons"]
    assert asking.post({"listings": [CUBE, BEAR, {}]}).status_code == 200
    assert contents() == before


def test_what_may_go_live_is_stored_when_asked_as_a_push_would(asking: Asking) -> None:
    asking.policy("magnets", measure=Measure.WARN)
    answer = asking.ask(store=True)
    listing = Listing.objects.get()
    assert (answer["verdict"], answer["stored"]) == (
        "allow_with_corrections",
        {"id": listing.pk, "version": 1, "created": True},
    )
    assert asking.ask(store=True)["stored"] == {"id": listing.pk, "version": 1, "created": False}
    assert asking.ask(CUBE | {"price": 20}, store=True)["stored"]["version"] == 2
    assert Entry.objects.filter(verb="listing.create", actor_label__startswith="Key").count() == 1
    assert asking.push(CUBE | {"price": 20}).version == 2


@pytest.mark.parametrize("mode", [Mode.ENFORCE, Mode.REVIEW])
def test_what_may_not_go_live_in_one_market_is_not_stored(asking: Asking, mode: Mode) -> None:
    asking.policy("magnets", mode=mode, jurisdictions=["FR"])
    assert asking.ask(store=True)["stored"] is None
    assert (Listing.objects.count(), ListingVersion.objects.count()) == (0, 0)


def test_a_listing_without_an_identifier_is_checked_but_not_stored(asking: Asking) -> None:
    asking.policy("magnets")
    unnamed = {name: value for name, value in CUBE.items() if name != "listing_id"}
    answer = asking.ask(unnamed)
    assert (answer["verdict"], answer["listing_id"]) == ("block", None)
    refused = asking.post(unnamed | {"store": True})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["listing_id"])


# --- bodies and errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"category": "Soft toyz"}, 422, "category"),
        ({"price": "much"}, 422, "price"),
        ({"markets": ["XX"]}, 422, "markets"),
        ({"merchant_id": "nobody"}, 422, "merchant_id"),
        ({"merchant_id": ""}, 400, "merchant_id"),
        ({"markets": "DE"}, 400, "markets"),
    ],
)
def test_a_bad_listing_is_refused_with_the_field(
    asking: Asking, change: dict[str, Any], status: int, field: str
) -> None:
    refused = asking.post(CUBE | change)
    assert (refused.status_code, refused.headers["Content-Type"]) == (status, "application/problem+json")
    assert list(refused.json()["errors"]) == [field]


def test_values_that_cannot_be_kept_are_told_as_in_a_push(asking: Asking) -> None:
    answer = asking.ask(CUBE | {"attributes": {"odd": 1}})
    assert [(note["column"], note["reason"]) for note in answer["notes"]] == [("attributes.odd", "attribute_unknown")]


def test_a_bad_listing_among_many_has_its_own_error(asking: Asking) -> None:
    asking.policy("magnets")
    bad = [CUBE | {"category": "Soft toyz"}, CUBE | {"merchant_id": "nobody"}, {"title": "x"}, "no listing"]
    answer = asking.post({"listings": [CUBE, *bad, BEAR]})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [each["index"] for each in results] == [0, 1, 2, 3, 4, 5]
    assert [each.get("verdict") for each in results] == ["block", None, None, None, None, "allow"]
    errors = [each["error"] for each in results[1:5]]
    assert [(each["status"], list(each["errors"])) for each in errors] == [
        (422, ["category"]),
        (422, ["merchant_id"]),
        (400, ["merchant_id"]),
        (400, ["non_field_errors"]),
    ]


@pytest.mark.parametrize("listings", [[], [BEAR] * 101, "bear"])
def test_a_request_of_none_or_too_many_is_refused(asking: Asking, listings: Any) -> None:
    refused = asking.post({"listings": listings})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["listings"])


def test_of_two_with_one_identifier_the_first_is_stored(asking: Asking) -> None:
    results = asking.post({"listings": [BEAR, BEAR | {"title": "Other"}], "store": True}).json()["results"]
    assert (results[0]["stored"]["version"], results[1]["error"]["status"]) == (1, 422)
    assert Listing.objects.get().title == "Bear"


def test_a_listing_that_breaks_does_not_take_the_others_with_it(asking: Asking) -> None:
    """The register changes under a request: what was read as a number is no date."""
    asking.push(BEAR)
    AttributeDefinition.objects.filter(key="voltage").update(kind="date", unit="")
    asking.policy("volts", "listing.attr.voltage < now")
    lamp = CUBE | {"attributes": {"voltage": 230}}
    broken, fine = asking.post({"listings": [lamp, BEAR]}).json()["results"]
    assert (broken["error"]["status"], fine["verdict"]) == (500, "allow")
    with pytest.raises(TypeError):
        asking.post(lamp)


# --- words --------------------------------------------------------------------------------------


def test_reasons_come_with_words_places_values_and_what_would_cure_it(asking: Asking) -> None:
    asking.policy("magnets", 'listing.text.mentions("magnets") && listing.price < 30')
    (reason,) = asking.ask(CUBE | {"title": "  Blue magnets? No: Magnet cube"})["reasons"]
    assert (reason["version"], reason["severity"], reason["legal_basis"]) == (1, "serious", "EN 71-1")
    assert (reason["language"], reason["title"], reason["reason"]) == ("en", "No magnets", "No magnets!")
    places = [(each["zone"], each["start"], each["end"], each["text"]) for each in reason["matches"]]
    assert places == [("title", 18, 24, "Magnet"), ("description", 2, 8, "magnet")]
    assert {(each["term_list"], each["term"], each["pattern"]) for each in reason["matches"]} == {
        ("magnets", "magnet", "")
    }
    words, price = reason["conditions"]
    assert (words["text"], words["value"]) == ("text mentions a term of “Magnets”", "“Magnet”, “magnet”")
    assert price["facts"] == [{"fact": "listing.price", "value": 24.9, "unit": "EUR"}]
    assert price["correctable"] is True
    assert reason["corrections"] == [
        "Take these words out: “Magnet”, “magnet”.",
        "Change it so that this is true: price is €30.00 or more.",
    ]


@pytest.mark.parametrize(
    ("accept", "language", "wording"),
    [
        ("de-AT, en;q=0.5", "de", "de"),
        ("fr, de;q=0.5", "de", "fr"),
        ("pl", "en", "en"),
        ("", "en", "en"),
        ("ar;q=0.9, de;q=0.8", "de", "ar"),
    ],
)
def test_each_reason_says_in_which_language_it_is(asking: Asking, accept: str, language: str, wording: str) -> None:
    asking.policy("magnets")
    (reason,) = asking.ask(accept_language=accept)["reasons"]
    assert (reason["language"], reason["wording_language"], reason["corrections_language"]) == (
        language,
        wording,
        wording,
    )
    (by_field,) = asking.ask(reasons_in=accept.split(",")[0].split(";")[0])["reasons"]
    assert by_field["wording_language"] == wording


def test_the_policy_s_own_steps_cure_it(asking: Asking) -> None:
    asking.policy("magnets", correction="Take them out.\nSay so.")
    (reason,) = asking.ask(accept_language="fr")["reasons"]
    assert (reason["corrections"], reason["corrections_language"]) == (["Take them out.", "Say so."], "en")


def test_every_part_of_the_answer_is_documented_and_the_example_is_true_to_it(asking: Asking) -> None:
    asking.policy("magnets", 'listing.text.mentions("magnets") && listing.price > 1.0', measure=Measure.AGE_GATE)
    asking.policy("volts", "listing.attr.voltage > 100")
    waived = asking.policy("waived", "listing.price > 1.0").policy
    waivers.grant(
        policy=waived,
        subject=asking.merchant,
        reason="seen",
        proof="lab 1",
        starts_on=timezone.now().date(),
        ends_on=timezone.now().date(),
        actor=asking.author,
        at=NOON,
    )
    odd = CUBE | {"attributes": {"odd": 1}}
    stored = asking.ask(odd, store=True)
    Merchant.objects.update(listing_rights_suspended_at=NOON)
    suspended = asking.ask(odd | {"listing_id": "new"})
    for answer in (stored, suspended):
        assert differing(CheckOut(), answer) == []
        assert all(answer[part] for part in ("markets", "reasons", "undecided", "set_aside", "notes"))
    assert (stored["stored"] is None, suspended["suspended"] is None) == (False, False)
    assert differing(CheckOut(), ANSWER) == []
    assert differing(CheckManyOut(), asking.post({"listings": [odd]}).json()) == []


def differing(documented: Any, given: Any, path: str = "") -> list[str]:
    """Places at which an answer has not exactly the fields that are documented."""
    if isinstance(documented, serializers.ListSerializer):
        return [place for each in given for place in differing(documented.child, each, f"{path}[]")]
    if not isinstance(documented, serializers.Serializer) or given is None:
        return []
    if set(documented.fields) != set(given):
        return [f"{path}: {set(documented.fields) ^ set(given)}"]
    return [
        place for name, field in documented.fields.items() for place in differing(field, given[name], f"{path}.{name}")
    ]


# --- cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_the_same_number_of_queries_whatever_the_number_of_listings(asking: Asking, rows: int) -> None:
    asking.policy("magnets")
    fine = [BEAR | {"listing_id": f"f{number}"} for number in range(rows)]
    held = [CUBE | {"listing_id": f"c{number}"} for number in range(rows)]
    asking.post({"listings": held})
    assert queries(asking, fine) == 5
    assert queries(asking, held) == 6, "waivers are asked for where something holds"
    for document in held:
        asking.push(document)
    assert queries(asking, held) == 7, "and what people have settled, where it is stored"


def test_facts_are_read_only_for_rules_that_apply(asking: Asking) -> None:
    asking.policy("tools", "listing.priceEur > 5.0 && merchant.points > 3", categories=["tools"])
    asking.policy("windows", "merchant.returnRate(30) > 0.5", jurisdictions=["TR"])
    asking.policy("magnets")
    asking.ask()
    assert queries(asking, [BEAR]) == 5
    assert queries(asking, [BEAR | {"category": "tools"}]) == 7
    turkish = BEAR | {"markets": ["DE", "TR"]}
    assert asking.ask(turkish)["undecided"]
    assert queries(asking, [turkish]) == 6


def queries(asking: Asking, listings: list[dict[str, Any]]) -> int:
    with CaptureQueriesContext(connection) as captured:
        answer = asking.post({"listings": listings})
    assert [each.get("error") for each in answer.json()["results"]] == [None] * len(listings)
    return len(captured)


def test_a_merchant_is_read_as_they_are(asking: Asking) -> None:
    asking.policy("newcomers", 'merchant.country == "DE" && merchant.kind == "business"', mode=Mode.REVIEW)
    assert asking.ask()["verdict"] == "review"
    Merchant.objects.update(country="FR")
    assert asking.ask()["verdict"] == "allow"
