from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import calibrations
from investigations.domain.calibrations import NothingToJudge
from investigations.models import Calibration, CalibrationVerdict, Precedent
from investigations.queries import calibrations as queries
from tests.factories import cases as make
from tests.investigations.quality.ground import MONDAY, TUESDAY, F, U, V, drawn, judged, ruled
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db
WEDNESDAY = TUESDAY + timedelta(days=1)


@pytest.fixture
def otto() -> User:
    return make.person("otto", Role.TEAM_LEAD)


@pytest.fixture
def policy(kim: User) -> Policy:
    """Under which Kim judged four listings on Monday."""
    policy = make.policy("magnets")
    ruled(policy, kim, V, V, F, F)
    return policy


def opened(policy: Policy, actor: User, *, count: int = 4) -> Calibration:
    return calibrations.open_session(
        title="Magnets in November",
        policy=policy,
        count=count,
        closes_on=date(2026, 12, 1),
        actor=actor,
        at=TUESDAY,
    )


def keys(session: Calibration) -> list[int]:
    return list(session.items.order_by("pk").values_list("pk", flat=True))


def test_those_on_which_two_readers_differed_come_first(policy: Policy, kim: User, sana: User, otto: User) -> None:
    doubtful = ruled(policy, kim, V, name="Doubtful", at=MONDAY + timedelta(hours=1))
    review = next(each for each in drawn(actor=otto) if each.ruling == doubtful)
    judged(review, sana, [F])
    session = opened(policy, otto, count=3)
    assert doubtful.settled_items.get() in [item.case_item for item in session.items.all()]
    again = opened(policy, otto, count=3) if policy.cases.count() > 9 else None
    assert again is None
    with pytest.raises(NothingToJudge):
        opened(policy, otto, count=3)


def test_each_judges_alone_and_may_think_again(policy: Policy, kim: User, lee: User, otto: User) -> None:
    session = opened(policy, otto)
    first, second, *_rest = keys(session)
    assert calibrations.judge(session=session, verdicts={first: V}, actor=kim, at=TUESDAY) == 1
    assert calibrations.judge(session=session, verdicts={first: F, second: V}, actor=kim, at=WEDNESDAY) == 2
    calibrations.judge(session=session, verdicts={first: V, 10**9: V}, actor=lee, at=WEDNESDAY)
    assert queries.given_by(session, kim) == {first: F, second: V}
    assert queries.given_by(session, lee) == {first: V}


def test_closed_it_shows_all_with_fleiss_kappa_and_nobody_judges_any_more(
    policy: Policy, kim: User, lee: User, sana: User, otto: User
) -> None:
    """Three people, four listings: VVV, VVF, FFF, FFF. Share (1+1/3+1+1)/4 = 5/6; V 5/12: by chance 74/144."""
    session = opened(policy, otto)
    said = dict(zip(keys(session), ([V, V, V], [V, V, F], [F, F, F], [F, F, F]), strict=True))
    for number, person in enumerate((kim, lee, sana)):
        verdicts = {key: three[number] for key, three in said.items()}
        calibrations.judge(session=session, verdicts=verdicts, actor=person, at=TUESDAY)
    calibrations.close(session=session, words="Weld counts.", actor=otto, at=WEDNESDAY)
    found = queries.result(session, language="en")
    assert found.found.share == pytest.approx(5 / 6)
    assert found.found.kappa == pytest.approx((5 / 6 - 74 / 144) / (1 - 74 / 144))
    assert [row.split for row in found.rows] == [True, False, False, False]
    assert {str(person) for person in found.people} == {"Kim", "Lee", "Sana"}
    for verb in (
        lambda: calibrations.judge(session=session, verdicts={keys(session)[0]: U}, actor=kim, at=WEDNESDAY),
        lambda: calibrations.close(session=session, words="", actor=otto, at=WEDNESDAY),
    ):
        with pytest.raises(MoveRefused):
            verb()


def test_the_outcome_is_recorded_once_with_a_precedent(policy: Policy, otto: User) -> None:
    session = opened(policy, otto)
    item = session.items.order_by("pk")[0]
    with pytest.raises(MoveRefused):
        calibrations.settle(item=item, verdict=F, precedent="", language="en", actor=otto, at=TUESDAY)
    calibrations.close(session=session, words="", actor=otto, at=WEDNESDAY)
    calibrations.settle(item=item, verdict=F, precedent="Welded is fine.", language="en", actor=otto, at=WEDNESDAY)
    written = Precedent.objects.get()
    assert (written.policy, written.verdict, written.calibration_item) == (policy, F, item)
    with pytest.raises(MoveRefused):
        calibrations.settle(item=item, verdict=V, precedent="", language="en", actor=otto, at=WEDNESDAY)


@pytest.mark.parametrize("count", [2, 41])
def test_a_session_has_three_to_forty_listings(policy: Policy, otto: User, count: int) -> None:
    with pytest.raises(Refusal):
        opened(policy, otto, count=count)
    assert not Calibration.objects.exists()


def test_its_pages(client: Client, policy: Policy, kim: User, lee: User, otto: User) -> None:
    client.force_login(otto)
    fields = {"title": "Magnets", "policy": policy.pk, "count": 4, "closes_on": "2026-01-01"}
    refused = client.post(address("calibration-new"), fields)
    assert refused.status_code == 422
    assert "lies in the past" in refused.content.decode()
    client.post(address("calibration-new"), fields | {"closes_on": f"{timezone.now().date():%Y-%m-%d}"})
    session = Calibration.objects.get()
    client.force_login(kim)
    first, *rest = keys(session)
    client.post(address("calibration-judge", session.pk), {f"verdict-{first}": "violates"})
    page = client.get(address("calibration", session.pk)).content.decode()
    assert "1 of 4 judged." in page
    assert f'name="verdict-{first}" value="violates" checked' in page
    assert client.post(address("calibration-close", session.pk)).status_code == 403
    client.force_login(lee)
    page = client.get(address("calibration", session.pk)).content.decode()
    assert "checked" not in page.split('id="verdicts"')[1].split("</ol>")[0]
    client.force_login(otto)
    client.post(address("calibration-close", session.pk), {"words": "All clear."})
    page = client.get(address("calibration", session.pk)).content.decode()
    assert "All clear." in page
    assert "Kim" in page
    client.post(address("calibration-settle", session.pk, rest[0]), {"verdict": "fine", "precedent": "Welded is fine."})
    assert "Welded is fine." in client.get(address("calibration", session.pk)).content.decode()


def test_the_list_costs_the_same_at_one_and_at_three(client: Client, policy: Policy, kim: User, otto: User) -> None:
    client.force_login(otto)
    counts = []
    for wanted in (1, 3):
        for number in range(Calibration.objects.count(), wanted):
            ruled(policy, kim, V, V, F, name=f"More {number}", at=TUESDAY)
            opened(policy, otto, count=3)
        client.get(address("calibrations"))
        with CaptureQueriesContext(connection) as queries_made:
            client.get(address("calibrations"))
        counts.append(len(queries_made))
    assert counts == [5, 5]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(
    page_of: Callable[..., Page],
    kim: User,
    lee: User,
    otto: User,
    check_accessibility: Callable[[Page], None],
    scheme: str,
) -> None:
    page = page_of(otto, color_scheme=scheme)
    for path in ("/quality/calibrations/", "/quality/calibrations/new/"):
        page.goto(path)
        check_accessibility(page)
    policy = make.policy("magnets")
    ruled(policy, kim, V, V, F, F, at=timezone.now() - timedelta(days=1))
    session = calibrations.open_session(
        title="Magnets in November", policy=policy, count=4, closes_on=timezone.now().date(), actor=otto,
        at=timezone.now(),
    )  # fmt: skip
    page.goto("/quality/calibrations/")
    check_accessibility(page)
    page.goto(f"/quality/calibrations/{session.pk}/")
    check_accessibility(page)
    page.wait_for_load_state("load")
    for key in ("1", "j", "2", "j", "2", "j", "3", "Control+Enter"):
        page.keyboard.press(key)
    page.get_by_text("4 of 4 judged.").wait_for()
    verdicts = dict.fromkeys(CalibrationVerdict.objects.values_list("item", flat=True), F)
    calibrations.judge(session=session, verdicts=verdicts, actor=lee, at=timezone.now())
    page.keyboard.press("e")
    page.locator("dialog[open]").wait_for()
    check_accessibility(page)
    page.get_by_role("button", name="Close the session").click()
    page.get_by_text("All agree").first.wait_for()
    check_accessibility(page)
