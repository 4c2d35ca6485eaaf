"""The network of a merchant, the way between two, what they share, and groups: what they show, to whom, and what they cost."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from investigations.domain import link_risk
from investigations.models import Case, LinkGroup
from listings.enums import LinkKind
from listings.models import LinkMark, Merchant, MerchantLink
from tests.factories import cases as make
from tests.investigations.ring import link, ring, star

pytestmark = pytest.mark.django_db


def links_of(merchant: Merchant, query: str = "") -> str:
    return reverse("investigations:merchant-links", args=[merchant.public_id]) + query


def opened(client: Client, person: User, address: str) -> str:
    client.force_login(person)
    response = client.get(address)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def drawn(text: str) -> list[str]:
    """Names on the cards, in the order of the keyboard."""
    return re.findall(r'<strong dir="auto">(.+?)</strong>', text)


# --- beside a case -----------------------------------------------------------------------------------


def test_a_case_shows_whom_its_merchant_is_linked_to(client: Client, kim: User, case: Case) -> None:
    link(case.merchant, make.merchant("Casa Serena"), LinkKind.PHONE, 0.75)
    address = reverse("investigations:case-tab", args=[case.pk, "linked"])
    text = opened(client, kim, address)
    assert "Casa Serena" in text
    assert reverse("investigations:merchant-links", args=[case.merchant.public_id]) in text
    assert f'href="{address}"' in opened(client, kim, reverse("investigations:case", args=[case.pk]))


# --- the network -----------------------------------------------------------------------------------


def test_the_network_shows_two_steps_with_risk_in_words(client: Client, kim: User) -> None:
    members = ring()
    text = opened(client, kim, links_of(members[1]))

    assert drawn(text) == [
        "Casa Serena", "Nordlicht Spielwaren", "متجر النجمة", "Kestrel & Sons Trading", "Fjord Outlet", "Petit Bateau Rouge",
    ]  # fmt: skip
    assert "Account terminated" in text
    assert "High, 0.79" in text
    assert "0.76: <bdi>shares a bank account with Nordlicht Spielwaren (terminated " in text
    assert "no decision follows from it" in text
    assert "Nordlicht Spielwaren and Casa Serena: Bank account, strength 0.95" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [("?steps=1", 4), ("?steps=3", 7), ("?steps=9", 6), ("?least=0.7", 2), ("?kind=bank_account&kind=name", 4), ("?kind=blood", 6)],
)  # fmt: skip
def test_steps_strength_and_kinds_narrow_it(query: str, count: int, client: Client, kim: User) -> None:
    members = ring()
    assert len(drawn(opened(client, kim, links_of(members[1], query)))) == count


def test_a_node_opens_its_own_neighbours_and_folds_again(client: Client, kim: User) -> None:
    members = ring()
    anna = members[4].public_id
    text = opened(client, kim, links_of(members[1], f"?at={anna}&open={anna}"))
    assert "Baltic Goods" in drawn(text)
    assert f'<h2 id="h-chosen"><bdi>{members[4].name}</bdi>' in text
    folded = re.search(r'id="fold" href="([^"]+)"', text)
    assert folded is not None
    assert "Baltic Goods" not in drawn(opened(client, kim, links_of(members[1], folded[1])))


def test_four_hundred_are_folded_and_the_table_says_the_rest(client: Client, kim: User) -> None:
    hub = make.merchant("Hub")
    star(400, center=hub)
    text = opened(client, kim, links_of(hub))
    assert len(drawn(text)) == 13
    assert "388 more" in text
    assert "401 merchants, 388 of them folded" in text
    assert text.count('<td class="num">0.') == 400


def test_ties_that_have_ended_are_not_drawn(client: Client, kim: User) -> None:
    members = ring()
    MerchantLink.objects.update(ended_at=timezone.now())
    assert "No link to another merchant" in opened(client, kim, links_of(members[1]))


def test_filters_that_leave_nothing_say_so(client: Client, kim: User) -> None:
    members = ring()
    assert "No link is that strong" in opened(client, kim, links_of(members[1], "?least=0.7&kind=name"))


def test_merchants_of_other_markets_are_counted_and_neither_named_nor_stepped_over(client: Client) -> None:
    anna, berta, carla = make.merchant("Anna"), make.merchant("Berta", country="FR"), make.merchant("Carla")
    Merchant.objects.filter(pk=carla.pk).update(terminated_at=timezone.now())
    link(anna, berta, LinkKind.PHONE, 0.75)
    link(berta, carla, LinkKind.PHONE, 0.75)
    link(anna, make.merchant("Dora"), LinkKind.PHONE, 0.75)
    link_risk.reckon(at=timezone.now())
    nils = make.person("nils", Role.MODERATOR, markets=["DE"])

    text = opened(client, nils, links_of(anna))

    assert drawn(text) == ["Anna", "Dora"]
    assert "One linked merchant is outside your markets" in text
    assert "Berta" not in text
    assert "shares a phone number with a merchant outside your markets, which shares a phone number with Carla" in text
    client.force_login(nils)
    assert client.get(links_of(berta)).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.ADMINISTRATOR, 200), (None, 403)])
def test_who_may_open_it(role: Role | None, status: int, client: Client) -> None:
    anna = make.merchant("Anna")
    client.force_login(make.person("somebody", *([role] if role else [])))
    assert client.get(links_of(anna)).status_code == status
    assert client.get(reverse("investigations:groups")).status_code == status


@pytest.mark.parametrize("count", [1, 3, 40])
def test_the_network_costs_the_same_however_many(
    count: int, client: Client, kim: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    hub = make.merchant("Hub")
    star(count, center=hub)
    client.force_login(kim)
    client.get(links_of(hub))
    with django_assert_num_queries(11):
        client.get(links_of(hub))


# --- how two are connected -------------------------------------------------------------------------


def test_the_way_between_two(client: Client, kim: User) -> None:
    members = ring()
    text = opened(client, kim, links_of(members[1], "?to=petit"))
    way = text.partition('<ol class="way">')[2].partition("</ol>")[0]
    assert re.findall(r"<bdi>(.+?)</bdi>", way) == [
        "Casa Serena", "Kestrel & Sons Trading", "متجر النجمة", "Petit Bateau Rouge",
    ]  # fmt: skip  # 0.68 × 0.75 × 0.75, which is more than the shorter way over texts: 0.5 × 0.75
    assert "Address 0.60" in way
    assert "Device 0.75" in way


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Alp", "Several merchants have this in their name:"),
        ("Alpenglow", "No chain of links within six steps leads to Alpenglow."),
        ("zzz", "No merchant has this name or key."),
        ("m-1", "No merchant has this name or key."),
    ],
)
def test_no_way_says_why(said: str, told: str, client: Client, kim: User) -> None:
    members = ring()
    assert told in opened(client, kim, links_of(members[1], f"?to={said}"))


# --- what they share -------------------------------------------------------------------------------


def look(client: Client, merchant: Merchant, row: MerchantLink) -> Any:
    return client.post(reverse("investigations:merchant-link-look", args=[merchant.public_id, row.pk]))


def test_a_look_shows_both_records_and_goes_on_the_log(client: Client, sana: User) -> None:
    members = ring()
    row = MerchantLink.objects.get(kind=LinkKind.ADDRESS)
    client.force_login(sana)
    text = html.unescape(look(client, members[1], row).content.decode())
    assert text.count("Hauptstraße 5, 10115 Berlin") == 2
    entry = Entry.objects.get(verb="merchant_link.seen")
    assert (entry.actor_id, entry.subject_id) == (sana.pk, members[1].pk)
    assert entry.data == {"kind": "address", "with": members[2].public_id}


def test_of_accounts_and_devices_there_is_nothing_to_show(client: Client, sana: User) -> None:
    members = ring()
    client.force_login(sana)
    text = look(client, members[1], MerchantLink.objects.get(kind=LinkKind.BANK_ACCOUNT)).content.decode()
    assert "Only a hash of it is kept here" in text


def test_of_pictures_and_texts_the_listings_are_shown(client: Client, sana: User) -> None:
    members = ring()
    for number in (1, 3):
        listing = make.listing(members[number], f"Owl of {number}")
        LinkMark.objects.create(merchant=members[number], kind=LinkKind.TEXT, digest="f" * 32, listing=listing)
    client.force_login(sana)
    text = look(client, members[3], MerchantLink.objects.get(kind=LinkKind.TEXT)).content.decode()
    assert "Owl of 1" in text
    assert "Owl of 3" in text


def test_who_may_not_look_is_refused_and_leaves_no_trace(client: Client, kim: User) -> None:
    members = ring()
    row = MerchantLink.objects.get(kind=LinkKind.ADDRESS)
    assert "Show what they share" not in opened(client, kim, links_of(members[1], f"?at={members[2].public_id}"))
    assert look(client, members[1], row).status_code == 403
    assert not Entry.objects.filter(verb="merchant_link.seen").exists()


def test_an_ended_link_or_that_of_another_merchant_is_not_found(client: Client, sana: User) -> None:
    members = ring()
    row = MerchantLink.objects.get(kind=LinkKind.ADDRESS)
    client.force_login(sana)
    assert look(client, members[5], row).status_code == 404
    MerchantLink.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    assert look(client, members[1], row).status_code == 404


# --- groups ----------------------------------------------------------------------------------------


def test_groups_say_who_how_many_and_what_holds_them(client: Client, kim: User) -> None:
    ring()
    text = opened(client, kim, reverse("investigations:groups"))
    names = re.findall(r"data-row-link><bdi>(.+?)</bdi>", text)
    assert names == ["Casa Serena", "Alpenglow"]
    assert "and 3 more" in text
    assert "High, 0.79" in text


@pytest.mark.parametrize(
    ("query", "count"),
    [("?sort=size", 2), ("?sort=-stopped", 2), ("?size=3", 1), ("?stopped=true", 1), ("?stopped=false", 1), ("?kind=image", 1),
     ("?q=alpine", 1), ("?q=zzz", 0)],
)  # fmt: skip
def test_groups_are_sorted_and_filtered(query: str, count: int, client: Client, kim: User) -> None:
    ring()
    text = opened(client, kim, reverse("investigations:groups") + query)
    assert text.count("data-row-link") == count


def test_a_group_of_other_markets_is_not_listed(client: Client) -> None:
    ring()
    nils = make.person("nils", Role.MODERATOR, markets=["FR"])
    assert "No group of linked merchants" in opened(client, nils, reverse("investigations:groups"))


@pytest.mark.parametrize("count", [1, 3])
def test_groups_cost_the_same(
    count: int, client: Client, kim: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    for number in range(count):
        link(make.merchant(f"Anna {number}"), make.merchant(f"Berta {number}"), LinkKind.PHONE, 0.75)
    link_risk.reckon(at=timezone.now())
    assert LinkGroup.objects.count() == count
    client.force_login(kim)
    client.get(reverse("investigations:groups"))
    with django_assert_num_queries(6):
        client.get(reverse("investigations:groups"))


def test_a_merchants_page_shows_the_strongest_links_and_why(client: Client, kim: User) -> None:
    members = ring()
    text = opened(client, kim, reverse("investigations:merchant", args=[members[1].public_id]))
    assert links_of(members[1]) in text
    assert "Risk: High, 0.79" in text
    assert "0.76: <bdi>shares a bank account with Nordlicht Spielwaren" in text
