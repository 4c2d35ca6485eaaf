"""What an expression is true of is the same from the snapshot, from the database and row by row."""

from pathlib import Path
from typing import Any

import pytest

from enforcement.domain import asking, snapshots
from enforcement.domain.asking import Question
from enforcement.engine.snapshot import store
from governance.policies.language import RuleProblems
from listings.models import Category, Listing
from tests.factories.cases import NOON, listing, merchant

pytestmark = pytest.mark.django_db
BY_ROW = 'listing.title == "Kitchen knife" && duration("0.0000001s") < days(1)'


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.SNAPSHOT_DIR, settings.SNAPSHOT_ROWS = tmp_path, 5


@pytest.fixture
def keys(registers: dict[str, Category]) -> list[int]:
    """Twelve listings: two ended, one changed since the snapshot, one new."""
    shop = merchant("Acme")
    made = [
        listing(
            shop,
            "Kitchen knife" if nth % 2 else "Lamp",
            category=registers["tools"],
            price_minor=None if nth % 5 == 0 else nth * 1_000,
            attributes={"voltage": nth} if nth % 3 else {},
            state="ended" if nth in (4, 7) else "on_sale",
            text_skeleton="kitchen knife" if nth % 2 else "lamp",
        )
        for nth in range(11)
    ]
    while snapshots.make_next(at=NOON):
        pass
    Listing.objects.filter(pk=made[3].pk).update(title="Lamp", price_minor=1, change=10_000)
    made.append(listing(shop, "Kitchen knife", change=10_001, attributes={"voltage": 3}))
    return sorted(each.pk for each in made)


@pytest.mark.parametrize(
    "rule",
    [
        "listing.price > 30",
        "listing.attr.voltage > 2 && listing.title == 'Kitchen knife'",
        "!has(listing.attr.voltage)",
        'listing.text.mentions("blades")',
        'listing.title.matches("(?i)^kitchen")',
        'market == "DE"',
        BY_ROW,
    ],
)
def test_the_snapshot_says_what_the_rows_say(keys: list[int], rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from_tables = Question(rule, at=NOON).among(keys)
    rows, unknown = Question(rule, at=NOON).reader.held_among(keys)
    monkeypatch.setattr(asking, "FEWEST", 1)
    from_snapshot = Question(rule, at=NOON).among(keys)

    assert sorted(from_tables.true_of) == sorted(from_snapshot.true_of) == sorted(rows)
    assert from_tables.undecided == from_snapshot.undecided == unknown
    assert from_snapshot.read == 12
    assert len(rows) > 0


def test_a_snapshot_that_is_gone_is_as_if_there_were_none(keys: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEWEST", 1)
    question = Question("listing.price > 30", at=NOON)
    current = store().current()
    assert current is not None
    for file in current.folder.glob("*.parquet"):
        file.unlink()

    assert question.among(keys).true_of == Question("listing.price > 30", at=NOON).among(keys).true_of != []


def test_what_does_not_compile_is_refused() -> None:
    with pytest.raises(RuleProblems):
        Question("listing.price >", at=NOON)
