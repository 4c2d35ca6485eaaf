"""A sweep with the policies that come with the product, over catalogues that nobody here wrote.

Cosmetics and second-hand sports goods whole; of the web offers rows 6,001 to 8,000, which are cameras.
"""

import csv
import gzip
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from enforcement.domain import sweep_work, sweeps
from enforcement.enums import SweepKind, SweepState
from enforcement.models import Sweep, Violation
from governance.policies.domain import seeds
from listings.domain.imports import mapping as mappings
from listings.domain.imports import runs, work
from listings.enums import ImportKind
from listings.models import ImportRun, Listing
from tests.factories import reference
from tests.factories.cases import person

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Seen = tuple[str, tuple[str, ...]]


def clock() -> datetime:
    return NOON


def take_in(path: Path, name: str) -> ImportRun:
    run = runs.receive_path(path=path, kind=ImportKind.LISTINGS, actor=None, at=NOON)
    run = runs.begin(run=run, document=mappings.named()[name], mapping_name=name, dry_run=False, actor=None, at=NOON)
    work.work(run_id=run.pk, clock=clock)
    return run


def cut(path: Path, into: Path, first: int, last: int) -> Path:
    """Rows `first` to `last` of a catalogue, counted from 1, under their header."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as whole, into.open("w", newline="") as part:
        rows = csv.reader(whole)
        csv.writer(part).writerows([next(rows), *islice(rows, first - 1, last)])
    return into


def swept() -> Sweep:
    sweep = sweeps.start(kind=SweepKind.FULL, actor=None, reason="", at=NOON)
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=1, clock=clock):
        pass
    sweep.refresh_from_db()
    return sweep


def seen(policy: str) -> set[Seen]:
    """Title, and the words that the rule saw, of each listing found."""
    found = Violation.objects.filter(policy__slug=policy).select_related("listing")
    return {
        (row.listing.title, tuple(sorted({match["text"].casefold() for match in row.explanation["matches"]})))
        for row in found
        if row.listing is not None
    }


def test_a_sweep_finds_what_a_person_agrees_with(reference_data: Path, tmp_path: Path) -> None:
    reference.load_shipped()
    seeds.load_seed_policies(actor=person("gesa"), approver=person("leo"), at=NOON)
    folder = reference_data / "data" / "listings"
    take_in(folder / "makeup_beauty.csv.gz", "makeup_beauty")
    take_in(folder / "secondhand_sports_listings.csv.gz", "secondhand_sports_listings")
    take_in(cut(folder / "wdc_offers.csv.gz", tmp_path / "cameras.csv", 6_001, 8_000), "wdc_offers")
    assert Listing.objects.count() == 904 + 1_290 + 2_000
    assert swept().state == SweepState.FINISHED

    assert seen("cosmetics-prohibited-substances") == {
        ("Big Bronzer", ("isobutylparaben", "isopropylparaben")),
        ("TexasLiner Liquid Eye Liner", ("isobutylparaben", "isopropylparaben")),
        ("Studio Precision Liquid Eyeliner", ("isobutylparaben",)),
    }
    assert {(title[:41], words) for title, words in seen("germany-disguised-surveillance")} == {
        ("Surveillance System, Home, Business, Smok", ("spy cameras",)),
        ("Hidden Camera System, 4 Covert PIR Securi", ("hidden camera", "spy cameras")),
        ("1080p AHD Hidden Camera System, 4 HD Cove", ("hidden camera",)),
        ("HD Hidden IR Camera System, 8 1080p PIR C", ("spy cameras",)),
        ("Covert PIR Camera System, 16 1080p HD Cam", ("spy cameras",)),
    }
    counts = Counter(Violation.objects.filter(listing__isnull=False).values_list("policy__slug", flat=True))
    assert counts["cosmetics-notification"] == 904
    assert (counts["protected-species"], counts["counterfeit-wording"], counts["fireworks"]) == (0, 0, 0)
    assert not Violation.objects.filter(merchant__kind="private").exists()
