"""A governance manager imports a shop's file: sees what it is, sets what is missing, and maps a category that is unknown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from governance.accounts.models import User
from listings.domain.imports import parked, work
from listings.models import ImportRun, Listing
from tests.factories import reference

FILE = "Artikelnummer;Titel;Preis;Kategorie\na;Teddy;12,50 €;Soft toyz\nb;دب 🧸;3,00 €;toys\nc;Car;free;toys\n"


@pytest.fixture(autouse=True)
def ground(transactional_db: None, settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    reference.load_small()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nadia_imports_a_file(
    page_of: Callable[..., Page],
    nadia: User,
    tmp_path: Path,
    check_accessibility: Callable[[Page], None],
    theme: str,
) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(FILE)
    page = page_of(nadia, color_scheme=theme)
    page.goto("/imports/")
    check_accessibility(page)
    page.keyboard.press("n")
    page.get_by_label("File", exact=True).set_input_files(path)
    check_accessibility(page)
    page.get_by_role("button", name="Send the file").click()
    expect(page.get_by_role("heading", name="shop.csv")).to_be_visible()
    page.get_by_label("Merchant", exact=True).fill("Spielkiste")
    page.get_by_label("Country of new merchants").fill("DE")
    page.get_by_label("Markets").fill("DE FR")
    page.get_by_label("Markets").press("Tab")
    expect(page.get_by_role("heading", name="The first rows, as they would go in")).to_be_visible()
    expect(page.get_by_role("cell", name="The category is not known yet.")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_text("You may close this page")).to_be_visible()
    run = ImportRun.objects.get()
    work.work(run_id=run.pk, clock=timezone.now)
    expect(page.get_by_role("heading", name="Categories we do not know")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("What “Soft toyz” means").fill("toys/plush")
    page.get_by_role("button", name="Map these names").click()
    expect(page.get_by_text("Mapped 1 name")).to_be_visible()
    parked.settle(run_id=run.pk, clock=timezone.now)
    expect(page.get_by_role("heading", name="Categories we do not know")).to_be_hidden()
    assert set(Listing.objects.values_list("title", "category__code")) == {("Teddy", "toys/plush"), ("دب 🧸", "toys")}
    with page.expect_download() as download:
        page.get_by_role("link", name="Download what did not go in").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert text.splitlines() == [
        "Artikelnummer,Titel,Preis,Kategorie,error",
        "c,Car,free,toys,Preis: The price cannot be read.",
    ]


def test_at_1280_nothing_scrolls_sideways(page_of: Callable[..., Page], nadia: User, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(FILE)
    page = page_of(nadia)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/imports/new/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Send the file").click()
    page.get_by_label("Merchant", exact=True).fill("S")
    page.get_by_label("Country of new merchants").fill("DE")
    page.get_by_role("button", name="Import the file").click()
    expect(page.get_by_text("You may close this page")).to_be_visible()
    work.work(run_id=ImportRun.objects.get().pk, clock=timezone.now)
    expect(page.get_by_role("heading", name="Categories we do not know")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
