"""Taking many cases from whoever has them: a team lead's, as one by one, and whoever had them is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.models import User
from governance.audit.models import Entry
from investigations.domain import claims, grid
from investigations.domain.handing import NotTheirs
from investigations.enums import BulkLeft, BulkState, BulkVerb, CaseState, ClaimEnd, News
from investigations.models import BulkPart, BulkRun, Case, Claim, Telling
from tests.factories.cases import NOON
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import begun, done, prepared, run_all, undone
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(kim: User) -> Case:
    case, _other = waiting.cases(2, at=NOON)
    claims.claim(case=case, person=kim, at=NOON)
    return case


def test_taken_from_whoever_has_it_who_is_told_and_kept_for_them(tess: User, kim: User, taken: Case) -> None:
    run = done(BulkVerb.FREE, tess)

    taken.refresh_from_db()
    assert (taken.state, taken.kept_for) == (CaseState.OPEN, None)
    assert (Claim.objects.get().ended_as, Claim.objects.get().reason) == (ClaimEnd.TAKEN_BACK, "Tidy up")
    told = Telling.objects.get(person=kim)
    assert (told.kind, told.case, told.text) == (News.TAKEN_BACK, taken, "Tidy up")
    assert Entry.objects.get(verb="case.taken_back").actor == tess

    undone(run, tess)
    taken.refresh_from_db()
    assert taken.kept_for == kim
    assert Telling.objects.filter(person=kim, kind=News.HANDED_BACK).exists()


def test_from_a_page_of_listings_too_but_not_what_the_lead_holds(tess: User, kim: User, taken: Case) -> None:
    own = Case.objects.get(state=CaseState.OPEN)
    claims.claim(case=own, person=tess, at=NOON)
    claims.release(case=taken, actor=kim, at=NOON)
    page = grid.draw(person=kim, queue=None, at=NOON)

    done(BulkVerb.FREE, tess)

    assert Claim.objects.get(page=page).ended_as == ClaimEnd.TAKEN_BACK
    part = BulkPart.objects.get(case=own)
    assert (part.left_because, part.error) == (BulkLeft.REFUSED, f"You hold {own} yourself: release it.")


def test_a_senior_reviewer_prepares_none(sana: User, taken: Case) -> None:
    with pytest.raises(NotTheirs):
        prepared(BulkVerb.FREE, sana)
    assert not BulkRun.objects.exists()


def test_who_leads_no_more_begins_none_and_one_that_runs_takes_nothing(tess: User, sana: User, taken: Case) -> None:
    run = prepared(BulkVerb.FREE, tess)
    BulkRun.objects.update(prepared_by=sana)
    with pytest.raises(NotTheirs):
        begun(run, sana)
    BulkRun.objects.update(prepared_by=tess)
    begun(run, tess)
    BulkRun.objects.update(prepared_by=sana)

    assert run_all(run).state == BulkState.FINISHED

    assert BulkPart.objects.get(case=taken).left_because == BulkLeft.REFUSED
    assert Claim.objects.get().ended_at is None


def test_only_a_team_lead_is_offered_it(client: Client, tess: User, sana: User) -> None:
    (case,) = waiting.cases(1, at=timezone.now() - timedelta(hours=1))
    ticked = {"ids": [case.pk]}
    client.force_login(tess)
    assert "Take from whoever has it" in client.post(address("bulk-new"), ticked).content.decode()

    client.force_login(sana)
    offered = client.post(address("bulk-new"), ticked).content.decode()
    assert "Take from whoever has it" not in offered
    assert "Close without violation" in offered
    refused = client.post(address("bulk-new"), ticked | {"does": "free", "reason": "x"})
    assert refused.status_code == 422
    assert f'name="ids" value="{case.pk}"' in refused.content.decode()
    assert not BulkRun.objects.exists()
