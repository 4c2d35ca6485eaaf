"""Pages of the ladder and its steps: who may, what they say, how many queries."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import ladders
from enforcement.enums import LadderState, StepState
from enforcement.forms.ladder import initial_of
from enforcement.models import Ladder, LadderStep
from enforcement.queries import ladders as queries
from governance.accounts.enums import Role
from governance.policies.enums import Severity
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db


def as_(client: Client, *roles: Role) -> Client:
    client.force_login(person(f"somebody{'-'.join(roles)}", *roles))
    return client


def drafted(ground: Ground, **changed: Any) -> Ladder:
    author = ground.person("dora", Role.GOVERNANCE_MANAGER)
    return ladders.draft(name="Next", terms=rungs.terms(**changed), actor=author, at=NOON)


def text(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_ladder_the_page_offers_the_first_step(client: Client, ground: Ground) -> None:
    page = text(as_(client, Role.GOVERNANCE_MANAGER), "enforcement:ladder")
    assert "No ladder yet" in page
    assert "Points to 48" in page


def test_who_may_not_write_is_not_offered_it(client: Client, ground: Ground) -> None:
    page = text(as_(client, Role.MODERATOR), "enforcement:ladder")
    assert "Draft the first version" not in page
    assert client.post(reverse("enforcement:ladder-begin"), {"preset": "points-to-48"}).status_code == 403
    assert client.get(reverse("enforcement:ladder-edit")).status_code == 403


def test_a_draft_is_begun_from_a_preset_changed_and_put_in_force_by_another(client: Client, ground: Ground) -> None:
    as_(client, Role.GOVERNANCE_MANAGER)
    begun = client.post(reverse("enforcement:ladder-begin"), {"preset": "points-to-48"}, follow=True)
    assert begun.redirect_chain[-1][0] == reverse("enforcement:ladder-edit")
    ladder = Ladder.objects.get()
    values = {name: "" if value is None else value for name, value in initial_of(ladder).items()}
    saved = client.post(reverse("enforcement:ladder-edit"), values | {"cap": 30, "days_4": ""})
    assert saved.status_code == 302
    ladder.refresh_from_db()
    assert (ladder.terms.cap, ladder.revision) == (30, 2)
    switching = {"reason": "Agreed with Legal.", "revision": 2}
    client.post(reverse("enforcement:ladder-switch", args=[1]), switching)
    assert queries.live() is None
    client.force_login(ground.tilda)
    client.post(reverse("enforcement:ladder-switch", args=[1]), switching)
    live = queries.live()
    assert live is not None
    assert live.moves.get().reason == "Agreed with Legal."


def test_what_is_wrong_is_said_beside_its_field_and_kept(client: Client, ground: Ground) -> None:
    ladder = drafted(ground)
    client.force_login(ladder.author)
    values = {name: "" if value is None else value for name, value in initial_of(ladder).items()}
    wrong = {"minor_0": 99, "at_0": "", "measure_1": "", "health_start": 5000}
    response = client.post(reverse("enforcement:ladder-edit"), values | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say from how many points on." in page
    assert "Choose a measure, or empty the row." in page
    refused = client.post(reverse("enforcement:ladder-edit"), values | {"minor_0": 99, "health_start": 5000})
    page = refused.content.decode()
    assert "A repeated offence cannot cost less than the one before." in page
    assert "Between 1 and 1000." in page
    assert 'value="99"' in page


def test_a_draft_is_withdrawn(client: Client, ground: Ground) -> None:
    ladder = drafted(ground)
    as_(client, Role.GOVERNANCE_MANAGER)
    client.post(reverse("enforcement:ladder-withdraw", args=[ladder.number]), {"reason": "Not now."})
    ladder.refresh_from_db()
    assert ladder.state == LadderState.WITHDRAWN


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.AUDITOR, Role.SENIOR_REVIEWER])
def test_switching_is_for_managers_and_leads(client: Client, ground: Ground, role: Role) -> None:
    ladder = drafted(ground)
    as_(client, role)
    switched = client.post(reverse("enforcement:ladder-switch", args=[ladder.number]), {"reason": "x", "revision": 1})
    assert switched.status_code == 403
    withdrawn = client.post(reverse("enforcement:ladder-withdraw", args=[ladder.number]))
    assert withdrawn.status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_ladder_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    against = rungs.policy(ground)
    for n in range(rows):
        rungs.in_force(ground, cap=n)
        rungs.offend(ground, against, cause=f"{n}", of=ground.another_merchant(f"M{n}"))
    as_(client, Role.GOVERNANCE_MANAGER)
    client.get(reverse("enforcement:ladder"))
    with django_assert_num_queries(9):
        client.get(reverse("enforcement:ladder"))


@pytest.mark.parametrize(
    ("later", "told"), [(timedelta(days=1), "Nordlicht Spielwaren"), (timedelta(days=91), "No decision in 90 days")]
)
def test_the_simulation_names_who_would_move_up(client: Client, ground: Ground, later: timedelta, told: str) -> None:
    rungs.offend(ground, rungs.policy(ground, points=9), cause="a")
    ladder = drafted(ground)
    with time_machine.travel(NOON + later, tick=False):
        assert told in text(as_(client, Role.GOVERNANCE_MANAGER), "enforcement:ladder-simulation", ladder.number)


def reached(ground: Ground, name: str = "") -> LadderStep:
    of = ground.another_merchant(name) if name else None
    rungs.offend(ground, rungs.policy(ground, severity=Severity.CRITICAL), cause=f"a{name}", of=of)
    return LadderStep.objects.latest("pk")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_steps_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rungs.in_force(ground)
    for n in range(rows):
        reached(ground, f"M{n}")
    as_(client, Role.SENIOR_REVIEWER)
    client.get(reverse("enforcement:ladder-steps"))
    with django_assert_num_queries(5):
        client.get(reverse("enforcement:ladder-steps"))


def test_an_empty_list_of_steps_says_what_will_be_here(client: Client, ground: Ground) -> None:
    assert "No step was reached yet" in text(as_(client, Role.SENIOR_REVIEWER), "enforcement:ladder-steps")


def test_a_senior_decides_and_declines_with_a_reason(client: Client, ground: Ground) -> None:
    rungs.in_force(ground)
    first, second = reached(ground), reached(ground, "Zwei")
    client.force_login(ground.sela)
    page = text(client, "enforcement:ladder-step", first.pk)
    assert "no warning came before" in page
    missing = client.post(reverse("enforcement:ladder-step-take", args=[first.pk]), {"reason": ""})
    assert missing.status_code == 422
    client.post(reverse("enforcement:ladder-step-take", args=[first.pk]), {"reason": "Third time."})
    client.post(reverse("enforcement:ladder-step-decline", args=[second.pk]), {"reason": "Closing down."})
    assert [LadderStep.objects.get(pk=each.pk).state for each in (first, second)] == [
        StepState.TAKEN, StepState.DECLINED,
    ]  # fmt: skip
    again = client.post(reverse("enforcement:ladder-step-take", args=[first.pk]), {"reason": "Again."})
    assert again.status_code == 422
    assert "dealt with meanwhile" in again.content.decode()


def test_moderators_read_steps_and_decide_none(client: Client, ground: Ground) -> None:
    rungs.in_force(ground)
    step = reached(ground)
    client.force_login(ground.mona)
    assert "Not now, because" not in text(client, "enforcement:ladder-step", step.pk)
    for verb in ("take", "decline"):
        refused = client.post(reverse(f"enforcement:ladder-step-{verb}", args=[step.pk]), {"reason": "x"})
        assert refused.status_code == 403


def test_a_step_of_other_markets_is_not_there(client: Client, ground: Ground) -> None:
    rungs.in_force(ground)
    step = reached(ground)
    client.force_login(person("dutch", Role.SENIOR_REVIEWER, markets=["NL"]))
    assert client.get(reverse("enforcement:ladder-step", args=[step.pk])).status_code == 404
