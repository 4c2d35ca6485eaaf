"""What is told of the rounds: medians, agreement, and what may be asked."""

import os
from pathlib import Path

import pytest

from governance.cli.bench import agreement, command, figures, tree
from governance.cli.bench.figures import Timings
from governance.cli.bench.options import MEASURES, parser
from governance.embedded.errors import CannotStart
from tests.architecture.tree import ROOT

RULES = {
    1: tree.Rule(1, "price", (), ("DE",), tree.PrivateSeller()),
    2: tree.Rule(2, "pattern", (), ("DE",), tree.Matches("x")),
}


def test_a_rate_is_the_median_of_the_rounds() -> None:
    timings = Timings(1_000)
    timings.seconds = [1.0, 100.0, 2.0, 4.0, 1.0]

    assert timings.rate == 500
    assert timings.spread == "10 to 1,000"


def test_a_table_stands_in_columns() -> None:
    assert figures.table([("", "rate"), ("ours", "1,000"), ("x", "5")]) == "         rate\n  ours  1,000\n  x         5"


def test_the_same_violations_are_said_to_be_the_same() -> None:
    assert agreement.told({(1, 5), (2, 5)}, {(2, 5), (1, 5)}, RULES) == "the same 2 violations"


def test_a_difference_in_patterns_is_counted_and_explained() -> None:
    told = agreement.told({(1, 5), (2, 5)}, {(1, 5), (2, 6), (2, 7)}, RULES)

    assert told.startswith("1 of 2 violations lost, 2 more: patterns are RE2")


@pytest.mark.parametrize("theirs", [{(2, 5)}, {(1, 5), (2, 5), (1, 6)}])
def test_any_other_difference_is_a_fault(theirs: set[tuple[int, int]]) -> None:
    with pytest.raises(agreement.Differs, match="bench-001-price"):
        agreement.told({(1, 5), (2, 5)}, theirs, RULES)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_says_what_it_is_and_how_many_listings_it_takes(
    measure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="0"):
        parser().parse_args([measure, "--help"])

    told = capsys.readouterr().out
    assert MEASURES[measure].split(",")[0].capitalize() in told.replace("\n", " ")
    assert "--listings N" in told


@pytest.mark.parametrize("wrong", [["--rounds", "4"], ["--listings", "999"], ["--json"]])
def test_too_few_to_mean_anything_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        parser().parse_args(["sweep", *wrong])


def test_a_file_that_cannot_be_written_is_told_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="there is no folder"):
        command.main(["sweep", "--json", str(tmp_path / "nowhere" / "sweep.json")])


def test_a_database_that_is_there_is_left_alone() -> None:
    with (
        pytest.raises(CannotStart, match="There is a database postgres already"),
        command._database({"DATABASE_URL": os.environ["DATABASE_URL"]}, "postgres"),
    ):
        pass


def test_the_page_on_performance_names_every_measure() -> None:
    page = (ROOT / "docs" / "performance.md").read_text()

    assert [measure for measure in MEASURES if f"./run bench {measure}" not in page] == []
