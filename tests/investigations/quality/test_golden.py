"""Golden cases come like any other, have no effect, and say how well people judge."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enforcement.enums import ViolationState
from enforcement.models import Decision, Violation
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused
from investigations.domain import (
    arranging,
    cases,
    claims,
    figures,
    golden,
    opening,
    reopening,
    sampling,
    settling,
    shift,
)
from investigations.domain.cases import MeasureMissing, VerdictMissing
from investigations.domain.golden import NotGolden
from investigations.enums import CaseOutcome, CaseState, Verdict
from investigations.models import Case, CaseDecision, GoldenCase, GoldenReading
from investigations.queries import golden as queries
from investigations.queries import queues, work
from tests.factories import cases as make
from tests.investigations.quality.ground import MONDAY, TUESDAY, F, U, V, ruled
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db
SINCE = MONDAY - timedelta(days=9)


@pytest.fixture
def otto() -> User:
    return make.person("otto", Role.TEAM_LEAD)


@pytest.fixture
def policy() -> Policy:
    return make.policy("magnets")


@pytest.fixture
def kept(policy: Policy, kim: User, otto: User) -> GoldenCase:
    """Kim removed one of two listings; the other was fine."""
    ruling = ruled(policy, kim, V, F)
    made = golden.keep(case=ruling.case, why="Loose balls count, welded ones do not.", actor=otto, at=MONDAY)
    sampling.set_plan(
        random_percent=0, risk_percent=0, automation_per_day=0, golden_per_hundred=10, actor=otto, at=MONDAY
    )
    return made


@pytest.fixture
def waiting(policy: Policy) -> Case:
    return make.case(policy, make.merchant("Waiting"), listings=1, markets=("DE",), at=TUESDAY - timedelta(hours=2))


def given(person: User, *, chance: float = 0.0) -> Case | None:
    return golden.next_case(person=person, queue=None, held=False, chance=chance, at=TUESDAY)


def answers(case: Case) -> dict[int, Verdict]:
    return {key: Verdict(answer) for key, answer in case.items.values_list("pk", "answer")}


def judge(
    case: Case,
    person: User,
    verdicts: dict[int, Verdict],
    measure: Measure | None = Measure.REMOVE,
    at: datetime = TUESDAY,
) -> CaseDecision:
    ruling = cases.decide(
        case=case, verdicts=verdicts, measure=measure, markets=["DE"], actor=person, reason="Because", at=at
    )
    assert ruling
    return ruling


def test_it_comes_in_the_place_of_one_that_waits_as_often_as_planned(
    kept: GoldenCase, waiting: Case, lee: User, sana: User
) -> None:
    assert given(sana, chance=0.11) == waiting
    claims.release(case=waiting, actor=sana, at=TUESDAY)
    copy = given(lee, chance=0.09)
    assert copy
    assert copy.golden == kept
    assert (copy.opened_at, copy.due_at, copy.state) == (waiting.opened_at, waiting.due_at, CaseState.IN_REVIEW)
    assert given(lee) == copy  # theirs, whatever is drawn


def test_not_to_who_decided_kept_or_had_it_nor_where_nothing_waits(
    kept: GoldenCase, waiting: Case, kim: User, lee: User, otto: User, sana: User
) -> None:
    assert given(kim) == waiting
    claims.release(case=waiting, actor=kim, at=TUESDAY)
    assert given(otto) == waiting
    claims.release(case=waiting, actor=otto, at=TUESDAY)
    copy = given(lee)
    assert copy
    judge(copy, lee, answers(copy))
    assert given(lee) == waiting
    assert given(sana) is None


def test_right_and_otherwise(kept: GoldenCase, waiting: Case, lee: User, sana: User) -> None:
    first, second = given(lee), given(sana)
    assert first
    assert second
    judge(first, lee, answers(first))
    judge(second, sana, dict.fromkeys(answers(second), V), Measure.WARN)
    told = {reading.ruling.person: (reading.right, reading.fits) for reading in GoldenReading.objects.all()}
    assert told == {lee: (True, True), sana: (False, False)}
    found = queries.scores(since=SINCE, person=None)
    assert [(each.label, each.right, each.read) for each in found] == [("Lee", 1, 1), ("Sana", 0, 1)]
    assert [each.golden for each in queries.missed(sana, since=SINCE)] == [kept]


def test_unsure_is_not_right_and_goes_to_nobody(kept: GoldenCase, waiting: Case, lee: User) -> None:
    copy = given(lee)
    assert copy
    judge(copy, lee, dict.fromkeys(answers(copy), U), None)
    copy.refresh_from_db()
    assert (copy.state, copy.outcome) == (CaseState.CLOSED, CaseOutcome.DECIDED)
    assert not GoldenReading.objects.get().right


def test_nothing_happens_to_the_merchant(kept: GoldenCase, waiting: Case, lee: User) -> None:
    before = (Decision.objects.count(), list(Violation.objects.order_by("pk").values_list("pk", "state")))
    copy = given(lee)
    assert copy
    ruling = judge(copy, lee, dict.fromkeys(answers(copy), F), None)
    cases.undo_decision(ruling=ruling, actor=lee, at=TUESDAY + timedelta(seconds=5))
    copy.refresh_from_db()
    assert copy.state == CaseState.IN_REVIEW
    assert queries.scores(since=SINCE, person=None) == []
    judge(copy, lee, answers(copy), at=TUESDAY + timedelta(minutes=1))
    opening.open_owed(at=TUESDAY)
    settling.settle_corrected(at=TUESDAY)
    assert (Decision.objects.count(), list(Violation.objects.order_by("pk").values_list("pk", "state"))) == before
    assert queries.scores(since=SINCE, person=None)[0].right == 1


def test_a_finding_that_closes_meanwhile_does_not_settle_it(kept: GoldenCase, waiting: Case, lee: User) -> None:
    copy = given(lee)
    assert copy
    Violation.objects.filter(state=ViolationState.OPEN).update(
        state=ViolationState.CLOSED, closed_at=TUESDAY, closed_because="corrected"
    )
    settling.settle_corrected(at=TUESDAY)
    copy.refresh_from_db()
    assert copy.state == CaseState.IN_REVIEW
    judge(copy, lee, answers(copy))
    assert GoldenReading.objects.get().right


def test_what_is_refused_elsewhere_is_refused_here(kept: GoldenCase, waiting: Case, lee: User) -> None:
    copy = given(lee)
    assert copy
    with pytest.raises(VerdictMissing):
        judge(copy, lee, {next(iter(answers(copy))): V})
    with pytest.raises(MeasureMissing):
        judge(copy, lee, answers(copy), None)
    assert not GoldenReading.objects.exists()


@pytest.mark.parametrize("verb", ["release", "skip", "hold", "lapse"])
def test_given_back_it_goes_to_nobody_else(verb: str, kept: GoldenCase, waiting: Case, lee: User) -> None:
    copy = given(lee)
    assert copy
    if verb == "release":
        claims.release(case=copy, actor=lee, at=TUESDAY)
    elif verb == "lapse":
        claims.lapse_due(at=TUESDAY + timedelta(hours=1))
    else:
        getattr(claims, verb)(case=copy, actor=lee, reason="Unclear", at=TUESDAY)
    copy.refresh_from_db()
    assert (copy.state, copy.outcome) == (CaseState.CLOSED, CaseOutcome.RESOLVED)


def test_only_the_person_sees_it(kept: GoldenCase, waiting: Case, lee: User, sana: User) -> None:
    copy = given(lee)
    assert copy in work.visible_cases(lee)
    assert copy not in work.visible_cases(sana)


def test_what_is_kept_was_decided_to_the_end_by_people(
    policy: Policy, kim: User, otto: User, waiting: Case, kept: GoldenCase
) -> None:
    with pytest.raises(NotGolden):
        golden.keep(case=waiting, why="No.", actor=otto, at=TUESDAY)
    with pytest.raises(MoveRefused):
        golden.keep(case=kept.case, why="Again.", actor=otto, at=TUESDAY)


def test_a_retired_one_comes_no_more(kept: GoldenCase, waiting: Case, lee: User, otto: User) -> None:
    golden.retire(golden=kept, actor=otto, at=TUESDAY)
    assert given(lee) == waiting
    with pytest.raises(MoveRefused):
        golden.retire(golden=kept, actor=otto, at=TUESDAY)


def test_after_a_decision_too_it_may_be_one(kept: GoldenCase, waiting: Case, policy: Policy, lee: User) -> None:
    make.case(policy, make.merchant("Another"), listings=1, markets=("DE",), at=TUESDAY - timedelta(hours=2))
    claims.claim(case=waiting, person=lee, at=TUESDAY)
    step = shift.decide(
        case=waiting, verdicts=dict.fromkeys(answers_of(waiting), F), measure=None, markets=[], minimum_age=None,
        actor=lee, reason="Fine", fine_reason="", chance=0.0, at=TUESDAY,
    )  # fmt: skip
    assert step.next
    assert step.next.golden == kept


def answers_of(case: Case) -> list[int]:
    return list(case.items.values_list("pk", flat=True))


def test_on_the_pages(client: Client, policy: Policy, kim: User, lee: User, otto: User) -> None:
    now = timezone.now()
    ruling = ruled(policy, kim, V, F, at=now - timedelta(days=2))
    client.force_login(otto)
    assert "Keep as a test case" in client.get(address("case", ruling.case_id)).content.decode()
    client.post(address("golden-keep", ruling.case_id), {"why": "Loose balls count."})
    assert "Keep as a test case" not in client.get(address("case", ruling.case_id)).content.decode().replace(
        "Kept as a test case", ""
    )
    sampling.set_plan(random_percent=0, risk_percent=0, automation_per_day=0, golden_per_hundred=50, actor=otto, at=now)
    make.case(policy, make.merchant("Waiting"), listings=1, markets=("DE",), at=now)
    copy = golden.next_case(person=lee, queue=None, held=False, chance=0.0, at=now)
    assert copy
    client.force_login(lee)
    page = client.get(address("case", copy.pk)).content.decode()
    assert "test case" not in page
    assert ">Corrected<" not in page
    assert page.count("data-verdict-of") == 2
    assert str(ruling.decision.reference) not in page  # type: ignore[union-attr]
    fields = {f"verdict-{key}": "fine" for key in answers_of(copy)} | {"fine_reason": "It is fine", "known_up_to": 0}
    client.post(address("case-decide", copy.pk), fields)
    page = client.get(address("case", copy.pk)).content.decode()
    assert "Judged otherwise" in page
    assert "Loose balls count." in page
    assert "Loose balls count." in client.get(address("golden")).content.decode()
    client.force_login(otto)
    assert client.get(address("case", copy.pk)).status_code == 404
    page = client.get(address("golden")).content.decode()
    assert "Lee" in page
    assert queues.rail_counts(figures.count(at=timezone.now())) == (0, 1)
    client.force_login(lee)
    assert client.post(address("golden-keep", ruling.case_id), {"why": "x"}).status_code == 403


def test_it_is_not_merged_split_or_reopened(kept: GoldenCase, waiting: Case, lee: User, sana: User) -> None:
    copy = given(lee)
    assert copy
    copy.merchant = waiting.merchant
    copy.save(update_fields=["merchant"])
    with pytest.raises(MoveRefused, match="cannot be merged"):
        arranging.merge(case=copy, into=waiting, actor=lee, reason="Same", at=TUESDAY)
    with pytest.raises(MoveRefused, match="cannot be merged"):
        arranging.split(case=copy, items=answers_of(copy)[:1], actor=lee, reason="Apart", at=TUESDAY)
    judge(copy, lee, answers(copy))
    with pytest.raises(MoveRefused, match="test case"):
        reopening.reopen(case=copy, actor=sana, reason="Again", at=TUESDAY)
