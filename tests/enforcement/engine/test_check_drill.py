"""The small twin of `./run drill check`: what it asks and prints, without a word about how fast."""

import pytest

from governance.cli.drills import check


def test_it_asks_with_and_without_policies_and_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert check.run(["--policies", "20", "--terms", "40", "--requests", "3"]) == 0
    _machine, told, head, *rows = capsys.readouterr().out.splitlines()
    assert told == "20 policies over 40 terms, 3 requests of each kind in turn"
    assert head.split() == ["p50", "p99"]
    assert [row.strip().split("  ")[0] for row in rows] == ["no policies", "nothing holds", "one holds"]
    assert [row.endswith(" times") for row in rows] == [False, True, True]
