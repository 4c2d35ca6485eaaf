"""Searches of merchants, cases and decisions: what is found, counted, kept in the history and exported, and by whom."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from investigations.domain import cases, claims
from investigations.enums import SearchKind, Verdict
from investigations.models import Case, SearchRun
from investigations.queries import explore
from investigations.views.search_page import address
from tests.factories import cases as make
from tests.investigations.search import ground

pytestmark = pytest.mark.django_db
NAMES = ("Nordlicht Spielwaren", "Kestrel Toys", "Café Łódź")


@pytest.fixture
def ines(client: Client) -> User:
    cache.clear()
    person = ground.ines()
    client.force_login(person)
    return person


@pytest.fixture
def three(ines: User) -> list[Decision]:
    """Of three merchants a case each, under two policies, and what was decided in it yesterday; the first is of France, too."""
    for code in ("DE", "FR"):
        make.market(code)
    magnets, knives = make.policy("magnets"), make.policy("knives", title="Knives")
    return [
        decided(number, name, magnets if number < 2 else knives, ("DE", "FR") if not number else ("DE",))
        for number, name in enumerate(NAMES)
    ]


def decided(number: int, name: str, policy: object, markets: tuple[str, ...]) -> Decision:
    at = timezone.now() - timedelta(days=1, hours=number)
    case = make.case(policy, make.merchant(name, joined_on=at.date()), at=at, markets=markets)  # type: ignore[arg-type]
    person = make.person(f"kim{number}", Role.MODERATOR)
    claims.claim(case=case, person=person, at=at)
    cases.decide(
        case=case, verdicts={case.items.get().pk: Verdict.VIOLATES}, measure=Measure.REMOVE, actor=person,
        reason=f"Number {number} sold as zirkónia", at=at,
    )  # fmt: skip
    return Decision.objects.get(merchant=case.merchant)


def shown(client: Client, kind: str, **query: str) -> set[str]:
    """The merchants of the rows."""
    response = client.get(address(kind), query)
    assert response.status_code == 200
    rows = response.content.decode().partition("<tbody hx-boost")[2].partition("</tbody>")[0]
    return {name for name in NAMES if name in rows}


def counted(client: Client, kind: str, query: str = "") -> str:
    response = client.post(f"{reverse('investigations:search-figures', args=[kind])}?{query}")
    assert response.status_code == 200
    return response.content.decode()


NORDLICHT, KESTREL, CAFE = ({name} for name in NAMES)


FOUND: Mapping[str, Sequence[tuple[Mapping[str, str], set[str]]]] = {
    "cases": [
        ({"q": "nordlicht"}, NORDLICHT),
        ({"q": "magnets -kestrel"}, NORDLICHT),
        ({"q": "lodz knives"}, CAFE),
        ({"q": "nordlicht knives"}, set()),
        ({"where": 'case.policy == "magnets" && "FR" in case.markets'}, NORDLICHT),
        ({"where": 'case.policy == "knives"', "q": "cafe"}, CAFE),
        ({"where": "case.ageHours > 1000.0"}, set()),
        ({"market": "FR"}, NORDLICHT),
        ({"span": "7", "moment": "closed", "outcome": "decided"}, NORDLICHT | KESTREL | CAFE),
        ({"span": "7", "asof": "2020-01-01T00:00:00Z"}, set()),
    ],
    "decisions": [
        ({"q": "zirkonia kestrel"}, KESTREL),
        ({"q": '"number 2"'}, CAFE),
        ({"q": "zirkonia -magnets"}, CAFE),
        ({"where": 'decision.measure == "remove" && "FR" in decision.markets'}, NORDLICHT),
        ({"where": "decision.automated || decision.overturned"}, set()),
        ({"overturned": "false", "market": "FR", "ground": "legal"}, NORDLICHT),
        ({"where": 'decision.reason.contains("Number 1")'}, KESTREL),
    ],
    "merchants": [
        ({"q": "kestrel"}, KESTREL),
        ({"q": "NORD*"}, NORDLICHT),
        ({"q": "kestrel-toys"}, KESTREL),
        ({"where": 'merchant.decisions == 1 && merchant.name.startsWith("C")'}, CAFE),
        ({"where": "merchant.openViolations > 3"}, set()),
        ({"points_band": "3", "country": "DE"}, NORDLICHT | KESTREL | CAFE),
        ({"points_band": "1"}, set()),
        ({"risk_band": "1"}, set()),
    ],
}


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("kind", FOUND)
def test_words_conditions_spans_and_filters_narrow(client: Client, kind: str) -> None:
    assert [(query, shown(client, kind, **query)) for query, _found in FOUND[kind]] == FOUND[kind]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("kind", "facets"),
    [
        ("cases", ["state=closed", "queue=", "policy=", "market=FR", "origin=sweep", "outcome=decided", "severity=serious"]),
        ("decisions", ["measure=remove", "market=FR", "automation=", "overturned=false", "ground=legal", "origin=case"]),
        ("merchants", ["country=DE", "state=active", "kind=business", "points_band=3"]),
    ],
)  # fmt: skip
def test_what_is_found_is_counted_and_leads_to_it(client: Client, ines: User, kind: str, facets: list[str]) -> None:
    text = counted(client, kind, "span=30")

    assert ">3</strong>" in text
    for facet in facets:
        assert f"span=30&amp;{facet}" in text
    run = SearchRun.objects.get()
    assert (run.person, run.kind, run.found, len(run.sha256)) == (ines, kind, 3, 64)


def test_a_search_costs_the_same_at_one_and_at_three_rows(client: Client, three: list[Decision]) -> None:
    where = {"cases": "case.priority >= 0", "decisions": "decision.points >= 0", "merchants": "merchant.points >= 0"}
    costs = {}
    for kind, condition in where.items():
        found = []
        for words in ("nordlicht", "-nothing"):
            asked = {"where": condition, "q": words}
            client.get(address(kind), asked)
            with CaptureQueriesContext(connection) as page:
                rows = len(shown(client, kind, **asked))
            with CaptureQueriesContext(connection) as figures:
                counted(client, kind, f"q={words}&where={condition.replace('>=', '%3E%3D')}")
            found.append((rows, len(page), len(figures)))
        costs[kind] = found

    assert costs == {
        "cases": [(1, 17, 17), (3, 17, 17)],
        "decisions": [(1, 11, 15), (3, 11, 15)],
        "merchants": [(1, 11, 15), (3, 11, 15)],
    }


@pytest.mark.usefixtures("three")
def test_what_is_wrong_is_left_out_and_what_cannot_be_decided_is_counted(client: Client) -> None:
    text = client.get(address("cases"), {"q": "kestrel", "where": "case.priority > 1.0 && case.colour == 1"}).content
    assert 'data-caret="28" data-caret-length="6" data-caret-in="id_where">1:29<' in text.decode()
    assert shown(client, "cases", q="kestrel", where="case.colour == 1") == KESTREL
    Case.objects.filter(merchant__name="Kestrel Toys").update(policy=None)

    assert "1 lacks the data to decide." in counted(client, "cases", "where=case.policy+%21%3D+%22x%22")


@pytest.mark.usefixtures("ines")
def test_a_number_that_is_too_large_is_said(client: Client) -> None:
    make.case(make.policy("magnets"), make.merchant("Kestrel"))
    text = client.get(address("cases"), {"where": "case.priority + 1e308 * 10.0 > 1.0"}).content.decode()

    assert "A number in this condition comes to more" in text
    assert "1e308" in text


def test_nobody_finds_what_is_outside_their_markets(client: Client, three: list[Decision]) -> None:
    client.force_login(make.person("iria", Role.INVESTIGATOR, markets=["FR"]))

    assert [shown(client, kind) for kind in ("cases", "decisions", "merchants")] == [NORDLICHT] * 3
    assert [">1</strong>" in counted(client, kind) for kind in ("cases", "decisions", "merchants")] == [True] * 3


@pytest.mark.parametrize("kind", SearchKind.values)
@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.MODERATOR, 403), (Role.ADMINISTRATOR, 403)])
def test_who_may_search(client: Client, kind: str, role: Role, status: int) -> None:
    client.force_login(make.person("somebody", role))
    export = client.post(reverse("investigations:search-export", args=[kind]), {"reason": ""})

    assert client.get(address(kind)).status_code == status
    assert client.post(reverse("investigations:search-figures", args=[kind])).status_code == status
    assert export.status_code == (302 if status == 200 else 403)


@pytest.mark.usefixtures("ines")
def test_there_is_no_other_kind_of_search(client: Client) -> None:
    assert client.post(reverse("investigations:search-figures", args=["people"])).status_code == 404


@pytest.mark.usefixtures("three")
def test_the_history_has_every_kind_and_runs_it_again(client: Client) -> None:
    for kind in ("cases", "decisions", "decisions"):
        counted(client, kind, "q=nordlicht&span=7")
    text = client.get(reverse("investigations:search-history")).content.decode()

    assert [run.kind for run in SearchRun.objects.order_by("pk")] == ["cases", "decisions"]
    assert f"{address('cases')}?q=nordlicht&amp;span=7" in text
    assert f"{address('decisions')}?q=nordlicht&amp;span=7&amp;asof=" in text


@pytest.mark.usefixtures("three")
def test_a_search_is_saved_for_its_kind(client: Client) -> None:
    client.post(address("cases"), {"save_view": "1", "name": "Mine", "query": "where=case.reopened&span=7"})

    assert "Mine" in client.get(address("cases"), {"q": ""}).content.decode()
    assert "Mine" not in client.get(address("decisions")).content.decode()
    assert (
        f"{address('cases')}?where=case.reopened&amp;span=7"
        in client.get(reverse("investigations:search-history")).content.decode()
    )


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("kind", ["cases", "decisions", "merchants"])
def test_an_export_says_why_and_has_what_was_found(client: Client, kind: str) -> None:
    where = {"cases": "case", "decisions": "decision", "merchants": "merchant"}[kind]
    export = reverse("investigations:search-export", args=[kind])
    client.post(f"{export}?where={where}.colour", {"reason": "for the authority"})
    client.post(f"{export}?q=kestrel", {"reason": ""})
    assert not Entry.objects.filter(verb="search.exported").exists()

    file = client.post(f"{export}?q=kestrel", {"kind": "csv", "reason": "For the authority’s question of today"})
    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]

    assert len(lines) == 2
    entry = Entry.objects.get(verb="search.exported")
    assert (entry.data[kind], entry.data["query"]) == (1, "q=kestrel")


def test_a_verb_of_a_list_is_not_offered_for_a_search(client: Client, ines: User, three: list[Decision]) -> None:
    """It would read the list's filters alone, and reach further than what was found."""
    ines.grants.create(role=Role.TEAM_LEAD, granted_at=timezone.now())

    for kind in ("cases", "decisions", "merchants"):
        assert 'id="bulk"' not in client.get(address(kind)).content.decode()


def test_words_of_names_use_the_index() -> None:
    """The expression of the query is that of the index, letter for letter."""
    for number in range(50):
        make.merchant(f"Merchant {number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE listings_merchant; SET LOCAL enable_seqscan TO off; SET LOCAL enable_indexscan TO off")
    query = SearchQuery("'kestrel'", config="simple", search_type="raw")
    assert "merchant_by_words" in explore.merchants_named(query).explain()
