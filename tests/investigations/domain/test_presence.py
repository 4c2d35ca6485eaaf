"""Beats of a page: a claim lives by them, and others see who is looking."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import claims, presence
from investigations.domain.claims import CLAIM_LASTS, NOTED_EVERY, UNSEEN_LASTS
from investigations.enums import CaseState, ClaimEnd
from investigations.models import Case, Claim
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def lee() -> User:
    return make.person("lee", Role.MODERATOR)


@pytest.fixture
def case(kim: User) -> Case:
    cache.clear()
    made = make.case(make.policy("magnets"), make.merchant("Nordlicht"))
    claims.claim(case=made, person=kim, at=NOON)
    return made


def test_a_page_that_falls_silent_gives_the_case_back(case: Case, kim: User) -> None:
    claims.beat(case=case, person=kim, at=NOON + SECOND)

    assert claims.lapse_due(at=NOON + UNSEEN_LASTS) == 0
    assert claims.lapse_due(at=NOON + SECOND + UNSEEN_LASTS) == 1

    case.refresh_from_db()
    assert (case.state, Claim.objects.get().ended_as) == (CaseState.OPEN, ClaimEnd.LAPSED)


def test_a_page_that_speaks_keeps_it_up_to_the_end_and_no_longer(case: Case, kim: User) -> None:
    for minute in range(15):
        claims.beat(case=case, person=kim, at=NOON + timedelta(minutes=minute))
        assert claims.lapse_due(at=NOON + timedelta(minutes=minute)) == 0
    assert claims.lapse_due(at=NOON + CLAIM_LASTS) == 1


def test_who_never_opened_a_page_has_the_whole_time(case: Case) -> None:
    assert claims.lapse_due(at=NOON + UNSEEN_LASTS + SECOND) == 0


def test_a_silent_claim_is_free_for_others_before_beat_finds_it(case: Case, kim: User, lee: User) -> None:
    claims.beat(case=case, person=kim, at=NOON)

    assert claims.claim(case=case, person=lee, at=NOON + UNSEEN_LASTS).person == lee


def test_beats_that_follow_soon_are_not_written_and_others_beats_do_not_count(case: Case, kim: User, lee: User) -> None:
    claims.beat(case=case, person=kim, at=NOON)
    claims.beat(case=case, person=kim, at=NOON + NOTED_EVERY - SECOND)
    claims.beat(case=case, person=lee, at=NOON + 2 * NOTED_EVERY)
    assert Claim.objects.get().seen_at == NOON
    claims.beat(case=case, person=kim, at=NOON + NOTED_EVERY + SECOND)
    assert Claim.objects.get().seen_at == NOON + NOTED_EVERY + SECOND


def test_others_see_who_is_looking_and_nothing_is_asked_of_the_database(case: Case, kim: User, lee: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert presence.look(case_id=case.pk, person=kim, at=NOON) == []
        assert presence.look(case_id=case.pk, person=lee, at=NOON + SECOND) == ["Kim"]
        assert presence.look(case_id=case.pk, person=kim, at=NOON + 30 * SECOND) == ["Lee"]
        assert presence.look(case_id=case.pk, person=kim, at=NOON + presence.LASTS + 2 * SECOND) == []
    assert len(queries) == 0
