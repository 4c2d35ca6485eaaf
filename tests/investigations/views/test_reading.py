"""Beside a listing's text on a case's page: what a colleague translated by hand, and listings that are like it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.web.refusals import Refusal
from investigations.domain import files, opening
from investigations.models import Case, HandTranslation
from listings.models import Listing, ListingImage
from tests.factories import cases as make
from tests.investigations.views.desk import address, page

pytestmark = pytest.mark.django_db


def first(case: Case) -> Listing:
    listing = case.items.order_by("pk")[0].listing
    assert listing is not None
    return listing


# --- translations by hand ----------------------------------------------------------------------------


def put(client: Client, case: Case, text: str, language: str = "de", number: int = 0) -> int:
    item = case.items.order_by("pk")[number]
    url = address("case-translate", case.pk, item.pk)
    return client.post(url, {"language": language, "text": text}).status_code


def test_a_translation_stands_beside_the_text_for_everybody(client: Client, kim: User, sana: User, case: Case) -> None:
    client.force_login(kim)
    assert put(client, case, "Magnetwürfel, lose") == 302
    assert put(client, case, "Magnetwürfel, nicht verklebt") == 302
    client.force_login(sana)
    text = page(client, case)
    assert "By hand, in German" in text
    assert "Magnetwürfel, nicht verklebt" in text
    assert "Magnetwürfel, lose" not in text
    assert Entry.objects.filter(verb="case.translated").count() == 2


def test_it_stands_there_in_another_case_about_the_same_version_and_not_about_another(
    client: Client, kim: User, case: Case
) -> None:
    client.force_login(kim)
    put(client, case, "Magnetwürfel")
    listing = first(case)
    make.violation(listing, make.policy("cords"))
    opening.open_owed(at=timezone.now())
    other = Case.objects.exclude(pk=case.pk).get()
    assert "Magnetwürfel" in page(client, other)
    Listing.objects.filter(pk=listing.pk).update(version=listing.version + 1)
    later = make.violation(Listing.objects.get(pk=listing.pk), make.policy("paint"))
    assert later.listing_version == listing.version + 1
    opening.open_owed(at=timezone.now())
    third = Case.objects.exclude(pk__in=[case.pk, other.pk]).get()
    assert "Magnetwürfel" not in page(client, third)


@pytest.mark.parametrize(("text", "language"), [("", "de"), ("  ", "de"), ("x" * 10_001, "de"), ("Würfel", "xx")])
def test_what_is_no_translation_is_not_kept(text: str, language: str, client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    put(client, case, text, language)
    assert not HandTranslation.objects.exists()


def test_markup_in_it_is_text(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    put(client, case, "<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in page(client, case)


def test_who_may_not_annotate_does_not_translate(client: Client, case: Case) -> None:
    client.force_login(make.person("ada", Role.AUDITOR))
    assert put(client, case, "Würfel") == 403
    assert "Translate by hand" not in page(client, case)


def test_a_merchant_has_no_text(kim: User, case: Case) -> None:
    item = case.items.order_by("pk")[0]
    item.listing = None
    with pytest.raises(Refusal):
        files.translate(item=item, language="de", text="Würfel", actor=kim, at=timezone.now())


# --- listings alike ----------------------------------------------------------------------------------


def alike(client: Client, case: Case) -> str:
    item = case.items.order_by("pk")[0]
    response = client.get(address("case-alike", case.pk, item.pk))
    assert response.status_code == 200
    return response.content.decode()


def test_listings_alike_by_barcode_photo_and_title_and_why(client: Client, kim: User, case: Case) -> None:
    mine, other = first(case), make.merchant("Casa Serena")
    Listing.objects.filter(pk=mine.pk).update(ean="4006381333931", title="Neodymium magnet cube, 216 pieces")
    make.listing(other, "Something else", ean="4006381333931")
    near = make.listing(other, "Neodymium magnet cubes 216 pieces")
    photo = make.listing(other, "A third")
    make.listing(other, "Garden chair")
    for listing in (mine, photo, near):
        ListingImage.objects.create(listing=listing, position=0, url="https://a.example/1.png", sha256="a" * 64)
    client.force_login(kim)
    text = alike(client, case)
    assert [said in text for said in ("the same barcode", "the same photo", "of the title")] == [True] * 3
    assert "Garden chair" not in text
    assert text.index("Neodymium magnet cubes 216") < text.index("A third")  # two things in common before one


def test_nothing_alike_is_said(client: Client, kim: User, case: Case) -> None:
    Listing.objects.filter(pk=first(case).pk).update(title="Garden chair")
    client.force_login(kim)
    assert "No other listing has its barcode" in alike(client, case)


def test_listings_of_markets_that_are_not_theirs_are_not_shown(client: Client, case: Case) -> None:
    Listing.objects.filter(pk=first(case).pk).update(ean="4006381333931", title="Garden chair")
    make.listing(make.merchant("Casa Serena"), "Chair for gardens", markets=("AT",), ean="4006381333931")
    client.force_login(make.person("dora", Role.MODERATOR, markets=["DE"]))
    assert "Chair for gardens" not in alike(client, case)


def test_more_of_them_cost_no_more_queries(client: Client, kim: User, case: Case) -> None:
    Listing.objects.filter(pk=first(case).pk).update(ean="4006381333931", title="Garden chair")
    other = make.merchant("Casa Serena")
    make.listing(other, "Bench", ean="4006381333931")
    client.force_login(kim)
    alike(client, case)
    with CaptureQueriesContext(connection) as one:
        alike(client, case)
    for name in ("Table", "Stool"):
        make.listing(other, name, ean="4006381333931")
    with CaptureQueriesContext(connection) as three:
        alike(client, case)
    assert len(three) == len(one)
