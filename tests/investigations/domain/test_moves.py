from itertools import product

import pytest

from governance.web.refusals import MoveRefused
from investigations.domain import moves
from investigations.enums import CASE_MOVES, CaseOutcome, CaseState
from investigations.models import Case, CaseMove
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


def test_the_table_covers_every_state() -> None:
    assert set(CASE_MOVES) == set(CaseState)


@pytest.mark.parametrize(("was", "to"), list(product(CaseState, CaseState)))
def test_every_state_against_every_move(was: CaseState, to: CaseState) -> None:
    case = make.case(make.policy("magnets"), make.merchant("Nordlicht"))
    closed = {"outcome": "decided", "closed_at": NOON} if was == CaseState.CLOSED else {}
    Case.objects.filter(pk=case.pk).update(state=was, **closed)
    outcome = CaseOutcome.DECIDED if to == CaseState.CLOSED else None

    if to in CASE_MOVES[was]:
        moved = moves.move(moves.lock(case), to, actor=None, at=NOON, reason="tried", outcome=outcome)
        assert moved.state == to
        assert list(CaseMove.objects.values_list("from_state", "to_state", "reason")) == [(was, to, "tried")]
    else:
        with pytest.raises(MoveRefused):
            moves.move(moves.lock(case), to, actor=None, at=NOON, outcome=outcome)
        assert Case.objects.get().state == was
        assert not CaseMove.objects.exists()
