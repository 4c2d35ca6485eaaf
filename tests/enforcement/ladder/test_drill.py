"""The small twin of `./run drill ladder`: what it prints and that nothing stays, without a word about how fast."""

import pytest

from enforcement.models import Decision
from governance.cli.drills import ladder
from tests.enforcement.ground import Ground


def test_it_prints_how_many_it_stood_and_leaves_nothing(ground: Ground, capsys: pytest.CaptureFixture[str]) -> None:
    assert ladder.run(["--merchants", "3"]) == 0
    assert "3 merchants with 9 offences in" in capsys.readouterr().out
    assert not Decision.objects.exists()


def test_without_a_policy_it_says_so(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert ladder.run([]) == 1
    assert "There is no policy" in capsys.readouterr().out
