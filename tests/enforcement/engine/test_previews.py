"""A draft over the catalogue: the counts are a sweep's, the sample tells how far it may be wrong, and it stops when asked."""

import random
from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enforcement.domain import previews, snapshots, sweep_work, sweeps
from enforcement.domain.previews import Run
from enforcement.engine.preview import Draft, branches, interval
from enforcement.engine.snapshot import latest, store
from enforcement.enums import SweepKind
from enforcement.models import Violation
from enforcement.queries import sweeps as counted
from governance.accounts.models import User
from governance.policies.language import RuleProblems
from listings.models import AttributeDefinition, Category, Listing, ListingWindow
from tests.enforcement.engine.conftest import active
from tests.factories.cases import NOON, listing, merchant

pytestmark = pytest.mark.django_db
MARKETS = ("DE", "FR")


@pytest.fixture(autouse=True)
def small_files(settings: Any, tmp_path: Path) -> None:
    settings.SNAPSHOT_DIR = tmp_path
    settings.SNAPSHOT_ROWS = 10


@pytest.fixture
def catalogue(registers: dict[str, Category]) -> list[Listing]:
    """Thirty listings of three merchants: knives and lamps, some without a price, some in Turkey alone."""
    chance = random.Random(5)
    shops = [merchant(name) for name in ("Acme", "Beta", "Gama")]
    made = []
    for nth in range(30):
        made.append(
            listing(
                chance.choice(shops),
                chance.choice(["Kitchen knife", "Lamp"]),
                category=registers[chance.choice(["toys", "toys/plush", "tools"])],
                markets=chance.choice([["DE"], ["DE", "FR"], ["TR"], ["FR", "TR"]]),
                price_minor=chance.choice([199, 990, 5000, None]),
                attributes=chance.choice([{}, {"voltage": 230}, {"voltage": 12}]),
            )
        )
        ListingWindow.objects.create(listing=made[-1], days=30, as_of=NOON.date(), revenue_eur=nth)
    return made


def snapshot() -> None:
    while snapshots.make_next(at=NOON):
        pass


def swept(rule: str, author: User, **scope: Any) -> tuple[dict[str, int], list[Violation]]:
    """What a sweep counts and finds."""
    version = active("swept", rule, author, **scope)
    sweep = sweeps.start(kind=SweepKind.POLICIES, actor=None, reason="", at=NOON, policies=[version.policy_id])
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=1, clock=lambda: NOON):
        pass
    (row,) = counted.progress(sweep, language="en", at=NOON).policies
    return row.counts, list(Violation.objects.filter(policy=version.policy_id, state="open"))


def counts(run: Run) -> tuple[int, int, int]:
    return run.figures.looked_at, run.matched, run.figures.undecidable


def sweeps_counts(found: dict[str, int]) -> tuple[int, int, int]:
    return found["looked_at"], found["matched"], found["undecidable"]


RULES = [
    "listing.price < 5.0",
    'listing.text.mentions("blades")',
    'listing.text.matches("(?i)k[ni]+fe") && listing.attr.voltage > 100.0',
    'market == "DE" && listing.price > 5.0',
    "!has(listing.attr.voltage) || listing.attr.voltage < 100.0",
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("categories", [(), ("toys",)])
def test_it_counts_what_a_sweep_counts(
    catalogue: list[Listing], author: User, rule: str, categories: tuple[str, ...]
) -> None:
    snapshot()
    run = previews.preview(Draft(rule, MARKETS, categories), at=NOON)
    found, hits = swept(rule, author, categories=list(categories))
    assert run.exact
    assert counts(run) == sweeps_counts(found)
    assert run.figures.merchants == {hit.merchant_id for hit in hits}
    assert run.figures.markets == Counter(market for hit in hits for market in hit.markets)
    revenue = ListingWindow.objects.filter(listing__in=[hit.listing_id for hit in hits]).values_list(
        "revenue_eur", flat=True
    )
    assert run.figures.revenue == pytest.approx(float(sum(revenue)))
    assert sum(run.figures.categories.values()) == run.matched


def test_a_pattern_of_a_policy_in_force_is_not_looked_for_again(catalogue: list[Listing], author: User) -> None:
    """The snapshot has kept where it is found: a draft around it reads no text."""
    pattern = r"listing.text.matches(r'\bknife\b')"
    active("knives", pattern, author)
    snapshot()
    made = latest()
    assert made is not None
    drafts = [
        Draft(rule, MARKETS) for rule in (pattern, f"{pattern} && listing.price > 5", "listing.text.matches('nif')")
    ]
    reads = ["listing.text._original" in _columns(draft, made.manifest.matched) for draft in drafts]
    assert reads == [False, False, True]
    runs = [previews.preview(draft, at=NOON) for draft in drafts]
    knives = [each for each in catalogue if "knife" in each.title and set(each.markets) & set(MARKETS)]
    assert [run.matched for run in runs] == [
        len(knives),
        sum(1 for each in knives if each.price_minor and each.price_minor > 500),
        len(knives),
    ]
    Listing.objects.filter(pk=knives[0].pk).update(title="Lamp")
    assert previews.preview(drafts[0], at=NOON).matched == len(knives)  # what the snapshot kept, and not the text


def _columns(draft: Draft, kept: Collection[str]) -> Collection[str]:
    return previews.Run(draft, NOON).reader.columns(kept)


def test_what_cannot_be_decided_says_what_is_missing(catalogue: list[Listing]) -> None:
    snapshot()
    run = previews.preview(Draft("listing.price < 5.0", ("DE", "FR", "TR")), at=NOON)
    assert run.figures.missing == {"listing.price": sum(each.price_minor is None for each in catalogue)}


def test_what_changed_since_the_snapshot_is_read_anew(catalogue: list[Listing]) -> None:
    snapshot()
    draft = Draft("listing.price == 7.77", ("DE", "FR", "TR"))
    assert counts(previews.preview(draft, at=NOON)) == (30, 0, sum(each.price_minor is None for each in catalogue))
    Listing.objects.filter(pk=catalogue[0].pk).update(price_minor=777, change=1, version=2)
    Listing.objects.filter(pk=catalogue[1].pk).update(state="ended", change=2)
    listing(merchant("New"), "Lamp", price_minor=777, change=3)
    run = previews.preview(draft, at=NOON)
    assert (run.figures.looked_at, run.matched, run.read) == (30, 2, 30)
    assert [each.subject_id for each in previews.hits(run)[0]] != []


def test_an_odd_listing_counts_where_the_rule_does_not_read_what_is_odd(catalogue: list[Listing]) -> None:
    odd = listing(merchant("Odd"), "Lamp", price_minor=1, attributes={"voltage": "lots"})
    snapshot()
    assert previews.preview(Draft("listing.price < 1.0", MARKETS), at=NOON).figures.picks[0][1] == odd.pk
    assert previews.preview(Draft("has(listing.attr.voltage)", MARKETS), at=NOON).matched == sum(
        "voltage" in each.attributes and set(each.markets) != {"TR"} for each in catalogue
    )


# --- the sample ------------------------------------------------------------------------------------


def test_a_sample_answers_first_and_its_interval_holds_the_truth(catalogue: list[Listing], settings: Any) -> None:
    settings.SNAPSHOT_SAMPLE = 12
    snapshot()
    draft = Draft("listing.price < 10.0", ("DE", "FR", "TR"))
    first = previews.begin(draft, at=NOON)
    truth = sum(each.price_minor in (199, 990) for each in catalogue)
    assert first.sample is not None
    assert first.margin is not None
    assert (first.drawn, first.total, first.exact) == (12, 30, False)
    assert first.matched == round(first.sample.matched * 30 / 12)
    assert first.margin.low <= truth <= first.margin.high
    assert first.margin.high - first.margin.low < 30
    last = previews.go_on(first)
    assert (last.exact, last.matched, last.margin) == (True, truth, None)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.2, 0.5, 0.97])
def test_the_interval_holds_the_truth_as_often_as_it_says(share: float) -> None:
    chance, total, drawn = random.Random(7), 10_000, 400
    population = [nth < share * total for nth in range(total)]
    held = 0
    for _trial in range(300):
        low, high = interval(sum(chance.sample(population, drawn)), drawn, total)
        held += low <= share * total <= high
    assert held >= 0.93 * 300


def test_without_a_snapshot_listings_are_drawn_from_the_database(
    catalogue: list[Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SAMPLE_WITHOUT_SNAPSHOT", 15)
    draft = Draft("listing.price < 10.0", ("DE", "FR", "TR"))
    run = previews.preview(draft, at=NOON)
    assert (run.snapshot, run.made_at, run.done, run.exact) == ("", None, True, False)
    assert (run.drawn, run.total) == (15, 30)
    monkeypatch.setattr(previews, "SAMPLE_WITHOUT_SNAPSHOT", 100)
    assert previews.preview(draft, at=NOON).exact


def test_one_made_with_other_names_is_not_read(catalogue: list[Listing]) -> None:
    snapshot()
    AttributeDefinition.objects.create(key="colour", kind="text", labels={})
    run = previews.preview(Draft("!has(listing.attr.colour)", ("DE", "FR", "TR")), at=NOON)
    assert (run.stale, run.snapshot, run.matched) == (True, "", 30)


def test_a_rule_that_is_read_row_by_row_is_read_on_a_sample_and_says_why(
    catalogue: list[Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot()
    monkeypatch.setattr(previews, "SAMPLE_BY_ROW", 10)
    rule = 'listing.title == "Kitchen knife" && duration("0.0000001s") < days(1)'
    run = previews.preview(Draft(rule, ("DE", "FR", "TR")), at=NOON)
    assert "0.0000001s" in run.by_row
    assert (run.drawn, run.total, run.done, run.exact) == (10, 30, True, False)
    monkeypatch.setattr(previews, "SAMPLE_BY_ROW", 100)
    whole = previews.preview(Draft(rule, ("DE", "FR", "TR")), at=NOON)
    assert whole.matched == sum(each.title == "Kitchen knife" for each in catalogue)


# --- stopping ---------------------------------------------------------------------------------------


def test_it_stops_between_two_parts_and_goes_on_from_there(catalogue: list[Listing], settings: Any) -> None:
    settings.SNAPSHOT_SAMPLE = 6
    snapshot()
    run = previews.begin(Draft("listing.price < 10.0", ("DE", "FR", "TR")), at=NOON)
    previews.go_on(run, stop=lambda: True)
    assert (run.read, run.done, run.left) == (10, False, [2, 3])
    previews.go_on(run, seconds=0.0)
    assert (run.read, run.done) == (20, False)
    previews.go_on(run)
    assert (run.read, run.exact) == (30, True)


def test_a_run_whose_snapshot_is_gone_says_so(catalogue: list[Listing], settings: Any) -> None:
    settings.SNAPSHOT_SAMPLE = 6
    snapshot()
    run = previews.begin(Draft("listing.price < 10.0", MARKETS), at=NOON)
    found = latest()
    assert found is not None
    for part in found.manifest.parts:
        (store().folder / found.manifest.name / f"{part.number:05d}.parquet").unlink()
    with pytest.raises(previews.SnapshotGone):
        previews.go_on(run)


def test_a_snapshot_that_cannot_be_read_is_as_if_there_were_none(catalogue: list[Listing]) -> None:
    snapshot()
    found = latest()
    assert found is not None
    for file in found.folder.glob("*.parquet"):
        file.write_bytes(b"PAR1 cut off")
    assert previews.preview(Draft("listing.price < 10.0", MARKETS), at=NOON).snapshot == ""
    assert latest() is None
    assert snapshots.due(at=NOON)


# --- hits and what else catches them -----------------------------------------------------------------


def test_hits_of_other_policies_are_counted_and_ones_own_are_not(catalogue: list[Listing], author: User) -> None:
    swept('listing.text.mentions("blades")', author)
    policy = Violation.objects.first().policy_id  # type: ignore[union-attr]
    snapshot()
    draft = Draft("listing.price < 10.0", ("DE", "FR", "TR"))
    run = previews.preview(draft, at=NOON)
    cheap = {each.pk for each in catalogue if each.price_minor in (199, 990)}
    both = Violation.objects.filter(listing_id__in=cheap).count()
    assert both
    assert (run.figures.caught, run.figures.caught_by) == (both, {policy: both})
    assert previews.preview(Draft(draft.rule, draft.jurisdictions, (), policy), at=NOON).figures.caught == 0


def test_hits_are_shown_only_where_the_runtime_agrees(
    catalogue: list[Listing], caplog: pytest.LogCaptureFixture
) -> None:
    snapshot()
    run = previews.preview(Draft("listing.price < 10.0", ("DE", "FR", "TR")), at=NOON)
    shown, left_out = previews.hits(run)
    assert (len(shown), left_out) == (previews.SHOWN, 0)
    assert shown[0].explanation["held"] is True
    Listing.objects.filter(pk=shown[0].subject_id).update(price_minor=100_000)  # no mark of the change
    caplog.clear()
    again, left_out = previews.hits(run)
    assert left_out == 1
    assert "preview_not_confirmed" in caplog.text
    assert shown[0].subject_id not in {each.subject_id for each in again}


def test_a_rule_that_is_wrong_is_refused(catalogue: list[Listing]) -> None:
    with pytest.raises(RuleProblems):
        previews.begin(Draft("listing.prise < 5", MARKETS), at=NOON)


def test_the_number_of_queries_does_not_grow(catalogue: list[Listing]) -> None:
    snapshot()

    def asked(of: Callable[[], object]) -> int:
        of()
        with CaptureQueriesContext(connection) as queries:
            of()
        return len(queries)

    def hits(rule: str) -> int:
        return asked(lambda: previews.hits(previews.preview(Draft(rule, ("DE", "FR", "TR")), at=NOON)))

    assert hits("listing.price < 10.0") == hits("listing.price < 1000.0")


def test_categories_are_counted_where_they_begin_to_differ() -> None:
    assert branches(Counter({"toys/plush/bears": 2, "toys/plush": 1, "tools": 4})) == {"toys": 3, "tools": 4}
    assert branches(Counter({"toys/plush/bears": 2, "toys/puzzles": 1})) == {"toys/plush": 2, "toys/puzzles": 1}
    assert branches(Counter({"toys/plush": 2})) == {"toys/plush": 2}
    assert branches(Counter({"": 2, "toys": 1})) == {"": 2, "toys": 1}
