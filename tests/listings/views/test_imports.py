"""Imports in the browser's words: who may, what they see, what a post does."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from governance.accounts.models import User
from listings.domain.imports import parked, runs, work
from listings.enums import ImportKind, ImportState
from listings.models import ImportRow, ImportRun, Listing
from tests.factories import reference

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FILE = "Artikelnummer;Titel;Preis;Kategorie\na;Teddy;12,50 €;Soft toyz\nb;Ball;3,00 €;toys\nc;Car;free;toys\n"
MERCHANT = {"id": "shop", "name": "Shop", "country": "DE", "create": True}


@pytest.fixture(autouse=True)
def ground(db: None, settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    reference.load_small()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def prepared() -> ImportRun:
    return runs.receive(chunks=[FILE.encode()], filename="shop.csv", kind=ImportKind.LISTINGS, actor=None, at=NOON)


def finished() -> ImportRun:
    run = prepared()
    fields = {"listing_id": "Artikelnummer", "title": "Titel", "price": "Preis", "category": "Kategorie"}
    document = {"merchant": MERCHANT, "fields": fields}
    runs.begin(run=run, document=document, mapping_name="", dry_run=False, actor=None, at=NOON)
    work.work(run_id=run.pk, clock=lambda: NOON)
    run.refresh_from_db()
    return run


def test_a_file_is_sent_and_its_preparation_shown(nadia: User) -> None:
    client = signed_in(nadia)
    sent = client.post(reverse("listings:import-new"), {"file": SimpleUploadedFile("shop.csv", FILE.encode())})
    run = ImportRun.objects.get()
    assert sent.headers["Location"] == reverse("listings:import", args=[run.pk])
    page = client.get(sent.headers["Location"])
    assert page.status_code == 200
    assert [(column, field.initial) for column, _example, field in page.context["columns"]] == [
        ("Artikelnummer", "field:listing_id"),
        ("Titel", "field:title"),
        ("Preis", "field:price"),
        ("Kategorie", "field:category"),
    ]
    assert "merchant_id" in str(page.context["refusal"].errors)


def test_the_preview_shows_rows_as_they_would_go_in_and_writes_nothing(nadia: User) -> None:
    run = prepared()
    chosen = {
        "merchant": "Shop",
        "merchant_country": "de",
        "currency": "",
        "markets": "de fr",
        "language": "",
        "decimal": ",",
    }
    chosen |= {
        f"column_{place}": f"field:{name}" for place, name in enumerate(("listing_id", "title", "price", "category"))
    }
    page = signed_in(nadia).get(reverse("listings:import", args=[run.pk]), chosen, headers={"HX-Request": "true"})
    rows = page.context["rows"]
    assert [(row.line, row.identifier, row.price, row.fate) for row in rows] == [
        (2, "a", None, "parked"),
        (3, "b", (3.0, "EUR"), None),
        (4, "c", None, "refused"),
    ]
    assert Listing.objects.count() == 0
    begun = signed_in(nadia).post(reverse("listings:import-begin", args=[run.pk]), chosen)
    assert begun.status_code == 302
    run.refresh_from_db()
    assert (run.state, run.mapping["merchant"]["country"], run.mapping["defaults"]) == (
        ImportState.QUEUED,
        "DE",
        {"markets": ["DE", "FR"]},
    )


def test_a_wrong_market_is_told_beside_its_field(nadia: User) -> None:
    run = prepared()
    chosen = {"merchant": "Shop", "merchant_country": "DE", "currency": "", "markets": "XX"}
    page = signed_in(nadia).post(reverse("listings:import-begin", args=[run.pk]), chosen)
    assert page.context["form"].errors["markets"] == ["XX: not one of our markets."]
    run.refresh_from_db()
    assert run.state == ImportState.PREPARED


def test_what_cannot_be_read_says_so_on_the_page(nadia: User) -> None:
    run = runs.receive(chunks=[b"%PDF"], filename="f.csv", kind=ImportKind.LISTINGS, actor=None, at=NOON)
    page = signed_in(nadia).get(reverse("listings:import", args=[run.pk]))
    assert "This is a PDF" in page.content.decode()


def test_a_person_says_what_a_category_means(nadia: User) -> None:
    run, client = finished(), signed_in(nadia)
    page = client.get(reverse("listings:import", args=[run.pk]))
    assert [(name.name, name.rows) for name in page.context["names"]] == [("Soft toyz", 1)]
    client.post(reverse("listings:import-categories", args=[run.pk]), {"name": ["Soft toyz"], "code": ["toys/plush"]})
    parked.settle(run_id=run.pk, clock=lambda: NOON)
    run.refresh_from_db()
    assert (run.created, run.parked, run.refused) == (2, 0, 1)


def test_the_errors_in_the_file_s_own_columns_go_in_once_corrected(nadia: User) -> None:
    run, client = finished(), signed_in(nadia)
    ImportRow.objects.filter(line=2).update(
        raw={"Artikelnummer": "-a", "Titel": "=Teddy", "Preis": "12,50 €", "Kategorie": "toys"}
    )
    response = client.get(reverse("listings:import-errors", args=[run.pk]))
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines()[0] == "\ufeffArtikelnummer,Titel,Preis,Kategorie,error"
    assert text.splitlines()[1].startswith("'-a,'=Teddy,")
    corrected = runs.receive(
        chunks=[text.replace("free", "5 €").encode()], filename="e", kind=ImportKind.LISTINGS, actor=None, at=NOON
    )
    runs.begin(run=corrected, document=run.mapping, mapping_name="", dry_run=False, actor=None, at=NOON)
    work.work(run_id=corrected.pk, clock=lambda: NOON)
    assert set(Listing.objects.values_list("external_id", "title")) == {("-a", "=Teddy"), ("b", "Ball"), ("c", "Car")}


@pytest.mark.parametrize("verb", ["cancel", "take-up", "try-again"])
def test_a_verb_in_the_wrong_state_is_refused_in_words(nadia: User, verb: str) -> None:
    run = finished()
    if verb == "try-again":
        ImportRun.objects.update(dry_run=True)
    page = signed_in(nadia).post(reverse(f"listings:import-{verb}", args=[run.pk]), follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


@pytest.mark.parametrize(
    ("name", "method", "pk"),
    [("imports", "get", False), ("import-new", "get", False), ("import", "get", True), ("import-errors", "get", True),
     ("import-begin", "post", True), ("import-cancel", "post", True), ("import-categories", "post", True)],
)  # fmt: skip
def test_who_may(jonas: User, ines: User, name: str, method: str, pk: bool) -> None:
    url = reverse(f"listings:{name}", args=[finished().pk] if pk else [])
    assert getattr(Client(), method)(url).status_code == 302
    assert getattr(signed_in(jonas), method)(url).status_code == 403
    reads = name in ("imports", "import", "import-errors")
    assert getattr(signed_in(ines), method)(url).status_code == (200 if reads else 403)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    nadia: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(nadia)
    for _row in range(rows):
        prepared()
    client.get(reverse("listings:imports"))
    with django_assert_num_queries(5):
        assert len(client.get(reverse("listings:imports")).context["page"].rows) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_of_an_import_costs_the_same_whatever_it_found(
    nadia: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(nadia)
    data = "listing_id,category\n" + "".join(f"r{number},unknown {number}\n" for number in range(rows))
    run = runs.receive(chunks=[data.encode()], filename="f", kind=ImportKind.LISTINGS, actor=None, at=NOON)
    runs.begin(run=run, document={"merchant": MERCHANT}, mapping_name="", dry_run=False, actor=None, at=NOON)
    work.work(run_id=run.pk, clock=lambda: NOON)
    client.get(reverse("listings:import", args=[run.pk]))
    with django_assert_num_queries(9):
        assert len(client.get(reverse("listings:import", args=[run.pk])).context["page"].rows) == rows
