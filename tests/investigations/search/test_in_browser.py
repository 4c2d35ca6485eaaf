"""An investigator goes from a search to a conclusion by keyboard and form, in both themes, left to right and right to left."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect

from investigations.models import Finding, Investigation, SearchRun
from listings.models import Listing
from tests.factories import cases as make
from tests.investigations.search import ground

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ar", "dark")])
def test_from_a_search_to_a_conclusion(
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    settings: Any,
    tmp_path: Path,
    language: str,
    scheme: str,
) -> None:
    cache.clear()
    settings.MEDIA_ROOT = str(tmp_path)
    ines = ground.ines()
    ines.language = language
    ines.save()
    *_others, last = ground.catalogue(at=timezone.now() - timedelta(days=2))
    Listing.objects.filter(pk=last.pk).update(price_eur=60)
    make.policy("magnets")
    page = page_of(ines, color_scheme=scheme)

    page.goto("/search/cases/")
    page.locator("#ask-words").fill("nordlicht")
    page.locator("#id_where").fill("case.colour > 1")
    page.keyboard.press("Control+Enter")
    page.locator("#where-problems button").click()
    expect(page.locator("#id_where")).to_be_focused()
    page.locator("#facts-h").press("Enter")
    expect(page.get_by_text("case.ageHours", exact=True)).to_be_visible()
    check_accessibility(page)
    page.locator("a[href^='/search/listings/?q=nordlicht']").click()
    page.wait_for_url("**/search/listings/?q=nordlicht")
    expect(page.locator("#ask-words")).to_have_value("nordlicht")
    page.locator("#id_where").fill("listing.price >=")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#where-problems")).to_be_visible()
    page.locator("#id_where").fill("listing.price >= 20")
    page.keyboard.press("Control+Enter")
    rows = page.locator("#list tbody [data-row]")
    expect(rows).to_have_count(2)
    expect(page.locator("#export-search form")).to_have_attribute("action", re.compile("where=listing.price"))
    expect(page.locator("#figures .facet")).not_to_have_count(0)
    check_accessibility(page)
    assert SearchRun.objects.filter(found=2).exists()

    page.locator("#figures .facet").last.get_by_role("link").first.click()
    expect(rows).to_have_count(1)
    page.locator("#list [data-select]").first.check()
    page.locator("#bulk button[name=verb]").click()
    page.wait_for_url("**/investigations/collect/")
    check_accessibility(page)
    page.locator("#id_title").fill("Loose magnets")
    page.locator("#id_question").fill("Who sells them?")
    page.locator("#id_reason").fill("Found together")
    page.locator("form.form [type=submit]").click()
    page.wait_for_url("**/investigations/*/")
    check_accessibility(page)
    opened = Investigation.objects.get()

    page.locator("form[action*=capture] button").click()
    expect(page.locator(".piece")).to_have_count(1)
    page.locator("form[action$='/check/'] button").click()
    page.locator(".pieces summary").click()
    expect(page.locator(".pieces .timeline > li")).to_have_count(2)
    page.goto(f"/investigations/{opened.pk}/findings/cases/")
    check_accessibility(page)
    page.locator("#id_policy").select_option(index=1)
    page.locator("#id_text").fill("Hold it against the policy.")
    page.locator("form.form [type=submit]").click()
    page.wait_for_url(f"**/investigations/{opened.pk}/")
    assert Finding.objects.get().cases.count() == 1

    page.keyboard.press("e")
    page.locator("#id_conclusion").fill("One merchant, one make.")
    check_accessibility(page)
    page.locator("#conclude button.is-primary").click()
    expect(page.locator("#again")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("form[action$='/dossier/'] button").click()
    assert download.value.suggested_filename.endswith(".pdf")
    for path in ("/investigations/", "/search/history/"):
        page.goto(path)
        check_accessibility(page)
