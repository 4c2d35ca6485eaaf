import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Severity
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import claims
from investigations.domain.claims import CLAIM_LASTS, ClaimLost, HoldsAnother, NotForThem
from investigations.enums import CaseState, ClaimEnd, Verdict
from investigations.models import Case, Claim, Queue
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
AFTER_IT_RAN_OUT = NOON + CLAIM_LASTS + timedelta(seconds=1)


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def lee() -> User:
    return make.person("lee", Role.MODERATOR)


@pytest.fixture
def sana() -> User:
    return make.person("sana", Role.SENIOR_REVIEWER)


@pytest.fixture
def case() -> Case:
    return make.case(make.policy("magnets"), make.merchant("Nordlicht"))


def test_the_most_urgent_case_comes_first(kim: User) -> None:
    nordlicht = make.merchant("Nordlicht")
    make.case(make.policy("minor", severity=Severity.MINOR), nordlicht)
    grave = make.case(make.policy("grave", severity=Severity.CRITICAL), nordlicht)

    assert claims.claim_next(person=kim, at=NOON) == grave

    grave.refresh_from_db()
    assert grave.state == CaseState.IN_REVIEW
    held = Claim.objects.get(case=grave)
    assert (held.person, held.taken_from, held.expires_at) == (kim, CaseState.OPEN, NOON + CLAIM_LASTS)
    assert Entry.objects.filter(verb="case.claimed", subject_id=grave.pk, actor=kim).count() == 1


def test_two_people_get_two_cases_and_the_third_none(kim: User, lee: User, sana: User) -> None:
    nordlicht = make.merchant("Nordlicht")
    for slug in ("one", "two"):
        make.case(make.policy(slug), nordlicht)

    got = [claims.claim_next(person=person, at=NOON) for person in (kim, lee, sana)]

    assert {case.policy.slug for case in got if case and case.policy} == {"one", "two"}
    assert got[2] is None


def test_who_holds_a_case_gets_the_same_again(kim: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)

    assert claims.claim_next(person=kim, at=LATER) == case
    assert Claim.objects.count() == 1


def test_the_next_case_of_one_queue(kim: User) -> None:
    nordlicht = make.merchant("Nordlicht")
    make.case(make.policy("grave", severity=Severity.CRITICAL), nordlicht)
    wine = make.case(make.policy("wine", family="alcohol"), nordlicht)

    assert claims.claim_next(person=kim, queue=Queue.objects.get(key="restricted"), at=NOON) == wine


def test_a_skipped_case_does_not_come_back_by_itself_but_others_get_it(kim: User, lee: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)
    claims.skip(case=case, actor=kim, reason="I know this merchant", at=LATER)

    assert claims.claim_next(person=kim, at=LATER) is None
    assert claims.claim_next(person=lee, at=LATER) == case


def test_a_released_case_may_come_back(kim: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)
    claims.release(case=case, actor=kim, at=LATER)

    case.refresh_from_db()
    assert case.state == CaseState.OPEN
    assert Claim.objects.get().ended_as == ClaimEnd.RELEASED
    assert claims.claim_next(person=kim, at=LATER) == case


@pytest.mark.parametrize("verb", ["skip", "hold"])
def test_skipping_and_holding_need_a_reason(verb: str, kim: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)

    with pytest.raises(Refusal, match="Say why"):
        getattr(claims, verb)(case=case, actor=kim, reason="  ", at=LATER)
    case.refresh_from_db()
    assert case.state == CaseState.IN_REVIEW


@pytest.mark.parametrize("verb", ["extend", "release", "skip", "hold"])
def test_only_the_holder_may(verb: str, kim: User, lee: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)
    words = {"reason": "because"} if verb in ("skip", "hold") else {}

    with pytest.raises(ClaimLost, match="is with Kim"):
        getattr(claims, verb)(case=case, actor=lee, at=LATER, **words)
    with pytest.raises(ClaimLost, match="run out"):
        getattr(claims, verb)(case=case, actor=kim, at=AFTER_IT_RAN_OUT, **words)


@pytest.mark.parametrize("verb", ["extend", "release", "skip", "hold"])
def test_nobody_may_where_nobody_holds(verb: str, kim: User, case: Case) -> None:
    words = {"reason": "because"} if verb in ("skip", "hold") else {}
    with pytest.raises(ClaimLost, match="You do not hold"):
        getattr(claims, verb)(case=case, actor=kim, at=LATER, **words)


def test_extending_gives_a_fresh_quarter_of_an_hour(kim: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)

    held = claims.extend(case=case, actor=kim, at=LATER)

    assert held.expires_at == LATER + CLAIM_LASTS


def test_what_has_run_out_goes_back_and_is_logged(kim: User, lee: User) -> None:
    nordlicht = make.merchant("Nordlicht")
    for slug in ("one", "two"):
        make.case(make.policy(slug), nordlicht)
    claims.claim_next(person=kim, at=NOON)
    claims.claim_next(person=lee, at=LATER)

    assert claims.lapse_due(at=AFTER_IT_RAN_OUT) == 1
    assert claims.lapse_due(at=AFTER_IT_RAN_OUT) == 0

    ended = Claim.objects.get(person=kim)
    assert (ended.ended_as, ended.ended_at) == (ClaimEnd.LAPSED, AFTER_IT_RAN_OUT)
    assert ended.case.state == CaseState.OPEN
    assert Entry.objects.get(verb="case.lapsed").actor is None


def test_a_claim_that_has_run_out_is_free_for_others_before_beat_finds_it(kim: User, lee: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)

    held = claims.claim(case=case, person=lee, at=AFTER_IT_RAN_OUT)

    assert held.person == lee
    assert Claim.objects.get(person=kim).ended_as == ClaimEnd.LAPSED


def test_a_case_that_somebody_holds_is_refused_by_name(kim: User, lee: User, case: Case) -> None:
    claims.claim(case=case, person=kim, at=NOON)

    with pytest.raises(MoveRefused, match="is with Kim"):
        claims.claim(case=case, person=lee, at=LATER)


def test_one_case_at_a_time(kim: User) -> None:
    nordlicht = make.merchant("Nordlicht")
    first, second = make.case(make.policy("one"), nordlicht), make.case(make.policy("two"), nordlicht)
    claims.claim(case=first, person=kim, at=NOON)

    with pytest.raises(HoldsAnother):
        claims.claim(case=second, person=kim, at=LATER)


def test_a_skipped_case_may_be_taken_by_choice(kim: User, case: Case) -> None:
    claims.claim_next(person=kim, at=NOON)
    claims.skip(case=case, actor=kim, reason="later", at=LATER)

    assert claims.claim(case=case, person=kim, at=LATER).case == case


def test_a_held_case_goes_to_a_senior_with_the_verdicts(kim: User, lee: User, sana: User, case: Case) -> None:
    item = case.items.get()
    claims.claim_next(person=kim, at=NOON)
    claims.hold(case=case, actor=kim, reason="The report looks false", at=LATER, verdicts={item.pk: Verdict.UNSURE})

    case.refresh_from_db()
    item.refresh_from_db()
    assert (case.state, item.verdict) == (CaseState.HELD, Verdict.UNSURE)
    assert claims.claim_next(person=lee, held=True, at=LATER) is None
    with pytest.raises(NotForThem, match="senior"):
        claims.claim(case=case, person=lee, at=LATER)
    assert claims.claim_next(person=sana, held=True, at=LATER) == case

    claims.release(case=case, actor=sana, at=LATER)
    case.refresh_from_db()
    assert case.state == CaseState.HELD


def test_who_held_it_does_not_get_it_back(sana: User, case: Case) -> None:
    claims.claim_next(person=sana, at=NOON)
    claims.hold(case=case, actor=sana, reason="Second opinion", at=LATER)

    assert claims.claim_next(person=sana, held=True, at=LATER) is None
    with pytest.raises(NotForThem, match="another senior"):
        claims.claim(case=case, person=sana, at=LATER)


def test_people_get_cases_of_their_markets_only(case: Case) -> None:
    french = make.person("mona", Role.MODERATOR, markets=["FR"])
    assert claims.claim_next(person=french, at=NOON) is None

    german = make.person("nils", Role.MODERATOR, markets=["DE"])
    assert claims.claim_next(person=german, at=NOON) == case


def test_an_auditor_gets_none(case: Case) -> None:
    ada = make.person("ada", Role.ADMINISTRATOR)
    assert claims.claim_next(person=ada, at=NOON) is None


@pytest.mark.django_db(transaction=True)
def test_what_one_is_taking_another_passes_over() -> None:
    """Two connections: the second does not wait for the first, and takes the next case."""
    kim, lee = make.person("kim", Role.MODERATOR), make.person("lee", Role.MODERATOR)
    nordlicht = make.merchant("Nordlicht")
    make.case(make.policy("minor", severity=Severity.MINOR), nordlicht)
    make.case(make.policy("grave", severity=Severity.CRITICAL), nordlicht)
    took: dict[str, str] = {}
    first_has_taken, second_is_done = threading.Event(), threading.Event()

    def first() -> None:
        with transaction.atomic():
            case = claims.claim_next(person=kim, at=NOON)
            took["kim"] = case.policy.slug if case and case.policy else ""
            first_has_taken.set()
            assert second_is_done.wait(10)
        connection.close()

    def second() -> None:
        assert first_has_taken.wait(10)
        case = claims.claim_next(person=lee, at=NOON)
        took["lee"] = case.policy.slug if case and case.policy else ""
        second_is_done.set()
        connection.close()

    threads = [threading.Thread(target=each) for each in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert took == {"kim": "grave", "lee": "minor"}


@pytest.mark.django_db(transaction=True)
def test_a_double_click_takes_one_case() -> None:
    """Two connections of one person: the second waits for the first and gets the same case."""
    kim, nordlicht = make.person("kim", Role.MODERATOR), make.merchant("Nordlicht")
    for slug in ("one", "two"):
        make.case(make.policy(slug), nordlicht)
    start, took = threading.Barrier(2), []

    def click() -> None:
        start.wait(10)
        case = claims.claim_next(person=kim, at=NOON)
        took.append(case.pk if case else None)
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(took) == 2
    assert took[0] == took[1]
    assert Claim.objects.count() == 1
