"""The untimed twin of `./run bench sweep`: on a small catalogue everybody finds what the product finds."""

import importlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from enforcement.domain import snapshots
from enforcement.enums import SweepKind
from enforcement.models import Violation
from governance.cli.bench import agreement, loading, policies
from governance.cli.bench.contestants import contestant, ours
from governance.cli.bench.measures import incremental, preview
from governance.policies.enums import Mode
from governance.policies.models import Policy, PolicyMove
from listings.models import Listing, ListingVersion

LISTINGS, SAMPLE = 2_000, 500
MOMENT = timezone.now().replace(hour=12)
CONTESTANTS = {
    "plain_django": "PlainDjango",
    "cel_rows": "CelRows",
    "indexed_sql": "IndexedSQL",
    "duck_db": "DuckColumns",
    "zen_engine": "ZenEngine",
}
PACKAGES = {"duck_db": "duckdb", "zen_engine": "zen"}
Pairs = set[tuple[int, int]]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def swept(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Pairs]:
    """A catalogue with its policies, and what a sweep finds in it. Taken back after the module's last test.

    All of it happens at noon: a day that ends between two sweeps is a change, too.
    """
    with time_machine.travel(MOMENT), django_db_blocker.unblock(), transaction.atomic():
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks that wait would forbid making indexes
        loading.load(LISTINGS, seed=5, say=lambda text: None, processes=1)
        contestant.make_sample(SAMPLE, seed=5)
        sweep = ours.begin()
        ours.work(sweep, 1)
        assert ours.check(sweep) == LISTINGS
        yield contestant.violations()
        transaction.set_rollback(True)


def found_by(module: str, *, sample: bool) -> Pairs:
    """What a contestant finds; nothing of it stays."""
    if module in PACKAGES:
        pytest.importorskip(PACKAGES[module], reason=f"{PACKAGES[module]} comes with `./run bench`")
    kind = getattr(importlib.import_module(f"governance.cli.bench.contestants.{module}"), CONTESTANTS[module])
    with transaction.atomic():
        Violation.objects.all().delete()
        if module == "zen_engine":
            _named("indexed_sql").prepare()
        made: contestant.Contestant = kind()
        made.prepare()
        made.run(sample=sample)
        found = contestant.violations()
        transaction.set_rollback(True)
    return found


def _named(module: str) -> contestant.Contestant:
    made: contestant.Contestant = getattr(
        importlib.import_module(f"governance.cli.bench.contestants.{module}"), CONTESTANTS[module]
    )()
    return made


def test_nine_in_a_hundred_listings_are_in_violation_of_rules_of_every_kind(swept: Pairs) -> None:
    slugs = {each.policy: each.rule.kind for each in contestant.in_force()}
    kinds = Counter(slugs[policy] for policy, _listing in swept)

    assert 0.06 < len({listing for _policy, listing in swept}) / LISTINGS < 0.12
    assert set(kinds) == {"attribute", "certificate", "merchant", "price", "number", "pattern", "terms"}


@pytest.mark.parametrize("module", CONTESTANTS)
def test_the_alternatives_find_the_same(swept: Pairs, module: str) -> None:
    rules = {each.policy: each.rule for each in contestant.in_force()}

    found = agreement.difference(swept, found_by(module, sample=False), rules)

    assert (found.lost, found.added) == (Counter(), Counter())


@pytest.mark.parametrize("module", CONTESTANTS)
def test_on_the_sample_they_find_what_is_in_the_sample(swept: Pairs, module: str) -> None:
    sample = contestant.sampled()

    assert len(sample) == SAMPLE
    assert found_by(module, sample=True) == {pair for pair in swept if pair[1] in sample} != set()


def test_what_postgresql_hands_out_is_not_written_anywhere(swept: Pairs) -> None:
    handout = importlib.import_module("governance.cli.bench.contestants.handout").Handout()

    for sample in (False, True):
        handout.run(sample=sample)

    assert contestant.violations() == swept


def test_a_change_takes_the_way_of_every_change_and_is_swept_alone(swept: Pairs) -> None:
    with transaction.atomic():
        incremental.change(20, "once")
        sweep = ours.begin(SweepKind.CHANGED)
        ours.work(sweep, 1)

        assert ours.check(sweep) == 20
        assert ListingVersion.objects.filter(source="bench").count() == 20
        assert Listing.objects.filter(version=2, title__endswith=" nova").count() == 20
        left = contestant.violations()
        full = ours.begin()
        ours.work(full, 1)
        assert contestant.violations() == left
        transaction.set_rollback(True)


def test_a_sweep_that_is_not_done_is_no_figure(swept: Pairs) -> None:
    with transaction.atomic():
        sweep = ours.begin()

        with pytest.raises(ours.SweepBroke, match="The sweep is running"):
            ours.check(sweep)
        transaction.set_rollback(True)
    assert timezone.now() > contestant.NOW


def test_policies_are_switched_where_they_are_not_so_already(swept: Pairs) -> None:
    with transaction.atomic():
        policies.set_modes(Mode.OFF, at=contestant.NOW)
        assert set(Policy.objects.values_list("mode", flat=True)) == {Mode.OFF}
        moves = PolicyMove.objects.count()

        policies.set_modes(Mode.OFF, at=contestant.NOW)

        assert PolicyMove.objects.count() == moves
        transaction.set_rollback(True)


def test_a_preview_finds_what_postgresql_counts(swept: Pairs, settings: Any, tmp_path: Path) -> None:
    settings.SNAPSHOT_DIR = tmp_path
    with transaction.atomic():
        _named("indexed_sql").prepare()
        while snapshots.make_next(at=contestant.NOW):
            pass
        drafts = preview.drawn(contestant.in_force())
        assert len(drafts) == 3 * preview.EACH
        found = {(each.policy, key) for each in drafts for policy, key in swept if policy == each.policy}
        assert sum(preview.found_and_counted(each)[0] for each in drafts) == len(found)
        transaction.set_rollback(True)
