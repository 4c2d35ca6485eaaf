"""The small twin of `./run drill rows`: what it prints, without a word about how fast."""

import pytest

from governance.accounts.models import User
from governance.cli.drills import rows
from listings.models import Category
from tests.enforcement.engine.conftest import active
from tests.factories.cases import listing, merchant


def test_it_prints_what_it_read(
    author: User, registers: dict[str, Category], capsys: pytest.CaptureFixture[str]
) -> None:
    active("cheap", "listing.price < 30", author)
    active("dear", "listing.attr.voltage > 100", author)
    for _each in range(3):
        listing(merchant(f"Shop {_each}"), "Lamp")
    assert rows.run(["--most", "2"]) == 0
    _machine, read, found, *rates = capsys.readouterr().out.splitlines()
    assert read == "2 listings, 2 policies, 4 rules read (2.0 a listing)"
    assert found == "2 hold, 2 cannot be decided, 0 listings broke"
    assert [rate.split(":")[0].strip() for rate in rates] == [
        "columns read",
        "rules and hits",
        "explanations",
        "facts as objects",
        "row by row",
        "over columns",
        "by row",
        "compiling",
    ]


def test_an_empty_product_is_told_so(registers: dict[str, Category], capsys: pytest.CaptureFixture[str]) -> None:
    assert rows.run([]) == 1
    assert capsys.readouterr().out.startswith("There is nothing to read")
