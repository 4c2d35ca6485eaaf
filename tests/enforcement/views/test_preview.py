"""The preview on the page of a draft: what it shows in each state, to whom, and when it stops."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import preview_runs, previews, snapshots
from enforcement.engine.preview import Draft
from enforcement.engine.snapshot import store
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Ground, Severity
from governance.policies.models import Policy, PolicyVersion
from listings.models import AttributeDefinition, Category, Listing, ListingWindow
from tests.factories.cases import NOON, listing, market, merchant, person, policy, violation

pytestmark = pytest.mark.django_db
PAGE = "0123456789abcdef"


@pytest.fixture(autouse=True)
def small_files(settings: Any, tmp_path: Path) -> None:
    settings.SNAPSHOT_DIR = tmp_path
    settings.SNAPSHOT_ROWS = 2
    settings.SNAPSHOT_SAMPLE = 100


@pytest.fixture
def manager() -> User:
    return person("manager", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def site(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.fixture
def cheap() -> Policy:
    for code in ("DE", "FR"):
        market(code)
    return policy("cheap", jurisdictions=["DE", "FR"])


@pytest.fixture
def offers() -> list[Listing]:
    """Six of two merchants; three cost less than five euros, one has no price."""
    acme, beta = merchant("Acme"), merchant("Beta")
    made = [
        listing(of, f"Cube {price}", price_minor=price, markets=markets)
        for of, price, markets in (
            (acme, 199, ["DE"]),
            (acme, 2490, ["DE"]),
            (beta, 450, ["DE", "FR"]),
            (beta, 990, ["FR"]),
            (beta, None, ["FR"]),
            (beta, 333, ["FR"]),
        )
    ]
    ListingWindow.objects.create(listing=made[0], days=30, as_of=NOON.date(), revenue_eur="1234.50")
    return made


def snapshot() -> None:
    while snapshots.make_next(at=NOON):
        pass


def ask(site: Client, of: Policy, rule: str = "listing.price < 5.0", **posted: Any) -> Any:
    return site.post(reverse("enforcement:preview", args=[of.pk]), {"rule": rule, "preview_page": PAGE} | posted)


def read_on(site: Client, of: Policy, number: int) -> Any:
    return site.post(reverse("enforcement:preview-read-on", args=[of.pk, number]), {"preview_page": PAGE})


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_it_says_how_many_whose_where_and_what_it_costs(site: Client, cheap: Policy, offers: list[Listing]) -> None:
    other = policy("other", title="Another policy")
    violation(offers[0], other)
    snapshot()
    text = words(ask(site, cheap))
    assert "It holds for 3 of the 6 listings in scope." in text
    assert "1 listing lacks the data to decide." in text
    assert "1 without “price”" in text
    assert "€1,234" in text
    assert "Germany" in text
    assert "Another policy" in text
    assert "1 of these has an open violation of another policy" in text
    assert "Cube 199" in text
    assert "As of" in text
    assert "read-on" not in text


def test_it_is_narrowed_by_markets_and_categories(site: Client, cheap: Policy, offers: list[Listing]) -> None:
    snapshot()
    assert "It holds for 2 of the 3 listings" in words(ask(site, cheap, jurisdictions=["DE"]))
    assert "It holds for 3 of the 6 listings" in words(ask(site, cheap, jurisdictions=["XX"], categories=["nowhere"]))
    Category.objects.create(code="toys", names={"en": "Toys"})
    assert "Nothing is in scope" in words(ask(site, cheap, categories=["toys"]))


def test_a_rule_that_is_wrong_leaves_the_word_to_the_check(site: Client, cheap: Policy, offers: list[Listing]) -> None:
    assert "waits until the rule is right" in words(ask(site, cheap, "listing.prise < 5"))
    assert "as you write it" in words(ask(site, cheap, "  "))


def test_nothing_found_and_no_snapshot_are_said(site: Client, cheap: Policy, offers: list[Listing]) -> None:
    text = words(ask(site, cheap, "listing.price < 0.5"))
    assert "It holds for nothing" in text
    snapshot()
    AttributeDefinition.objects.create(key="colour", kind="text", labels={})
    assert "before attributes or term lists changed" in words(ask(site, cheap))


def test_without_a_snapshot_it_says_that_it_guesses(
    site: Client, cheap: Policy, offers: list[Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SAMPLE_WITHOUT_SNAPSHOT", 4)
    text = words(ask(site, cheap))
    assert "There is no snapshot of the catalogue yet" in text
    assert "with 95% certainty" in text


def test_a_heavy_share_of_undecidable_ones_is_the_first_thing_said(
    site: Client, cheap: Policy, offers: list[Listing]
) -> None:
    Listing.objects.update(price_minor=None)
    snapshot()
    assert "more than a quarter" in words(ask(site, cheap))


def test_a_sample_answers_first_and_the_page_reads_on(
    site: Client, cheap: Policy, offers: list[Listing], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    monkeypatch.setattr(preview_runs.read_on, "__kwdefaults__", {"seconds": 0.0})
    first = words(ask(site, cheap))
    assert "from 3 listings drawn at random" in first
    assert reverse("enforcement:preview-read-on", args=[cheap.pk, 1]) in first
    second = words(read_on(site, cheap, 1))
    assert "2 of about 6 read" in second
    read_on(site, cheap, 1)
    last = read_on(site, cheap, 1)
    assert last.headers["HX-Retarget"] == "#preview-answer"
    assert "It holds for 3 of the 6 listings in scope." in words(last)
    assert read_on(site, cheap, 1).status_code == 204


def test_an_older_request_stops_when_its_author_has_typed_on(
    site: Client, cheap: Policy, offers: list[Listing], settings: Any
) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    ask(site, cheap)
    ask(site, cheap, "listing.price < 20.0")
    assert read_on(site, cheap, 1).status_code == 204
    assert "It holds for 4 of the 6" in words(read_on(site, cheap, 2))


def test_it_stops_between_two_parts(cheap: Policy, offers: list[Listing], settings: Any) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    draft = Draft("listing.price < 5.0", ("DE", "FR"))
    asked, run = preview_runs.ask("me:page", draft, at=NOON)
    opened = store().named(run.snapshot)
    assert opened is not None
    read: list[int] = []
    part = type(opened).part

    def typed_on(self: Any, number: int, columns: Any) -> Any:
        """The author types on while the first part is read."""
        read.append(number)
        preview_runs.forget("me:page")
        return part(self, number, columns)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(type(opened), "part", typed_on)
        assert preview_runs.read_on(asked) is None
    assert read == [1]


def test_a_rule_that_became_wrong_stops_it_too(
    site: Client, cheap: Policy, offers: list[Listing], settings: Any
) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    ask(site, cheap)
    ask(site, cheap, "listing.prise < 5")
    assert read_on(site, cheap, 1).status_code == 204


def test_it_begins_again_where_the_snapshot_is_gone(
    site: Client, cheap: Policy, offers: list[Listing], settings: Any
) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    ask(site, cheap)
    for _twice in range(2):
        snapshot()
    again = site.post(
        reverse("enforcement:preview-read-on", args=[cheap.pk, 1]),
        {"rule": "listing.price < 5.0", "preview_page": PAGE},
    )
    assert again.headers["HX-Retarget"] == "#preview-answer"
    assert reverse("enforcement:preview-read-on", args=[cheap.pk, 2]) in words(again)


def test_what_the_cache_has_lost_is_not_swapped_in(
    site: Client, cheap: Policy, offers: list[Listing], settings: Any
) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    ask(site, cheap)
    cache.clear()
    assert read_on(site, cheap, 1).status_code == 204


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR])
def test_only_who_may_write_policies_may_ask(client: Client, cheap: Policy, role: Role) -> None:
    client.force_login(person("visitor", role))
    assert ask(client, cheap).status_code == 403
    assert read_on(client, cheap, 1).status_code == 403


def test_another_persons_run_is_not_theirs_to_read(
    client: Client, cheap: Policy, offers: list[Listing], manager: User, settings: Any
) -> None:
    settings.SNAPSHOT_SAMPLE = 3
    snapshot()
    client.force_login(manager)
    ask(client, cheap)
    client.force_login(person("another", Role.GOVERNANCE_MANAGER))
    assert read_on(client, cheap, 1).status_code == 204


@pytest.mark.parametrize("rows", [1, 3])
def test_it_asks_a_fixed_number_of_queries(
    site: Client, cheap: Policy, rows: int, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.SNAPSHOT_ROWS = 10
    for number in range(rows):
        made = listing(merchant(f"Acme {number}"), f"Cube {number}", price_minor=100)
        violation(made, policy(f"other-{number}"))
    snapshot()
    ask(site, cheap)
    with django_assert_num_queries(16):
        assert f"It holds for {rows} of the {rows}" in words(ask(site, cheap))


def test_the_page_of_a_draft_asks_by_itself(site: Client, cheap: Policy) -> None:
    text = site.get(reverse("enforcement:policy-edit", args=[cheap.pk])).content.decode()
    assert reverse("enforcement:preview", args=[cheap.pk]) in text


def test_the_side_of_a_policy_says_what_is_read_row_by_row(site: Client, cheap: Policy) -> None:
    assert "row by row" not in words(site.get(reverse("enforcement:policy", args=[cheap.pk])))
    PolicyVersion.objects.create(
        policy=cheap,
        number=2,
        rule='listing.price < 5.0 && duration("0.0000001s") < days(1)',
        severity=Severity.MINOR,
        ground=Ground.LEGAL,
        legal_basis="Article 5",
        measures=["warn"],
        default_measure="warn",
        jurisdictions=["DE"],
        author=cheap.owner,
        created_at=NOON,
    )
    text = words(site.get(reverse("enforcement:policy-version", args=[cheap.pk, 2])))
    assert "row by row, because of <code>the length of time 0.0000001s</code>" in text
