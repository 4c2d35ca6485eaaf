"""Pages and API of mass reversals: who may, how many queries, each verb, and what the words say."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import undo
from enforcement.enums import DecisionState, UndoState
from enforcement.models import Decision, Sweep, Undo
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from tests.enforcement.ground import Ground
from tests.enforcement.undo.swept import LATER, REASON, prepared, run_all, swept
from tests.factories.cases import NOON, person

pytestmark = pytest.mark.django_db
VERBS = ("start", "approve", "discard", "stop", "resume")


@pytest.fixture
def site(client: Client, ground: Ground) -> Client:
    client.force_login(ground.tilda)
    return client


def url(run: Undo, verb: str = "") -> str:
    return reverse(f"enforcement:undo-{verb}" if verb else "enforcement:undo", args=[run.pk])


def text(client: Client, path: str, **kwargs: Any) -> str:
    return client.get(path, **kwargs).content.decode()


def test_from_a_sweep_to_the_preview_to_the_end(site: Client, ground: Ground) -> None:
    sweep = swept(ground, merchants=2)
    assert reverse("enforcement:sweep-undo", args=[sweep.pk]) in text(
        site, reverse("enforcement:sweep", args=[sweep.pk])
    )
    form = reverse("enforcement:sweep-undo", args=[sweep.pk])
    assert "Look at what would happen" in text(site, form)
    assert site.post(form, {"reason": ""}).status_code == 422
    answer = site.post(form, {"reason": REASON, "close_open": "on"})
    run = Undo.objects.get()
    assert answer.headers["Location"] == url(run)
    page = text(site, url(run))
    for part in ("What would be reversed", "still decides", REASON, "Reverse all of it", "Sales lost meanwhile"):
        assert part in page, part
    assert {each.state for each in Decision.objects.all()} == {DecisionState.IN_FORCE}
    site.post(url(run, "start"))
    assert "every 2s" in text(site, url(run), headers={"HX-Request": "true"})
    run_all(run)
    page = text(site, url(run))
    assert ("every 2s" in page, "<b>2</b> reversed" in page) == (False, True)
    assert str(run) in text(site, reverse("enforcement:sweep", args=[sweep.pk]))
    rows = site.get(url(run, "outcomes")).content.decode().splitlines()
    assert len(rows) == 3
    assert ",restored," in rows[1]


def test_from_a_policy_version(site: Client, ground: Ground) -> None:
    swept(ground, merchants=1)
    version = Decision.objects.get().version
    where = [version.policy_id, version.number]
    form = reverse("enforcement:policy-undo", args=where)
    assert form in text(site, reverse("enforcement:policy", args=[version.policy_id]))
    assert "Decided since" in text(site, form)
    refused = site.post(form, {"reason": REASON, "since": "2999-01-01T00:00"})
    assert (refused.status_code, "still to come" in refused.content.decode()) == (422, True)
    site.post(form, {"reason": REASON, "since": "2026-11-01T00:00"})
    assert Undo.objects.get().preview["decisions"] == 1


def test_from_ticked_decisions(site: Client, ground: Ground) -> None:
    swept(ground, merchants=3)
    keys = list(Decision.objects.order_by("pk").values_list("pk", flat=True))
    form = reverse("enforcement:undo-chosen")
    assert f'formaction="{form}"' in text(site, reverse("enforcement:decisions"))
    asked = site.post(form, {"ids": keys[:2]}).content.decode()
    assert ("2 decisions" in asked, f'name="ids" value="{keys[1]}"' in asked) == (True, True)
    site.post(form, {"ids": keys[:2], "reason": REASON})
    assert Undo.objects.get().total == 2
    site.post(form, {"all": "1", "query": "state=in_force", "reason": REASON})
    assert Undo.objects.latest("pk").total == 3
    assert site.post(form, {"ids": []}, follow=True).redirect_chain[0][0] == reverse("enforcement:decisions")


def test_a_second_person_sees_what_and_why_and_the_first_does_not_answer(client: Client, ground: Ground) -> None:
    with override_settings(SECOND_PERSON_UNDO=1):
        run = undo.start(undo=prepared(swept(ground), ground.tilda), actor=ground.tilda, at=LATER)
    client.force_login(ground.tilda)
    page = text(client, url(run))
    assert ("somebody else answers" in page, 'id="approve"' in page) == (True, False)
    assert "You prepared this yourself" in client.post(url(run, "approve"), follow=True).content.decode()
    client.force_login(ground.person("otto", Role.GOVERNANCE_MANAGER))
    page = text(client, url(run))
    assert ('id="approve"' in page, "Refuse" in page) == (True, True)
    assert "Say why not" in client.post(url(run, "discard"), {"reason": ""}, follow=True).content.decode()
    client.post(url(run, "approve"))
    run.refresh_from_db()
    assert run.state == UndoState.RUNNING


def test_stop_go_on_and_give_up(site: Client, ground: Ground) -> None:
    sweep = swept(ground)
    run = prepared(sweep, ground.tilda)
    for verb, state in (
        ("stop", UndoState.PREPARED),
        ("start", UndoState.RUNNING),
        ("stop", UndoState.STOPPED),
        ("resume", UndoState.RUNNING),
        ("discard", UndoState.RUNNING),
        ("stop", UndoState.STOPPED),
        ("discard", UndoState.DISCARDED),
        ("resume", UndoState.DISCARDED),
    ):
        site.post(url(run, verb))
        assert Undo.objects.get(pk=run.pk).state == state, verb
    other = prepared(sweep, ground.tilda)
    assert "Given up" in site.post(url(other, "discard"), follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR_REVIEWER, Role.AUDITOR])
def test_who_may_only_read_reads(client: Client, ground: Ground, role: Role) -> None:
    sweep = swept(ground)
    run = prepared(sweep, ground.tilda)
    client.force_login(person("other", role))
    page = text(client, url(run))
    assert ("What would be reversed" in page, 'id="start"' in page) == (True, False)
    assert reverse("enforcement:undo-chosen") not in text(client, reverse("enforcement:decisions"))
    assert {client.post(url(run, verb)).status_code for verb in VERBS} == {403}
    assert client.get(reverse("enforcement:sweep-undo", args=[sweep.pk])).status_code == 403
    assert client.post(reverse("enforcement:undo-chosen")).status_code == 403
    assert Undo.objects.get().state == UndoState.PREPARED


def test_a_grant_for_some_markets_does_not_reach_across_them(client: Client, ground: Ground) -> None:
    run = prepared(swept(ground), ground.tilda)
    client.force_login(person("lea", Role.TEAM_LEAD, markets=["DE"]))
    assert client.get(url(run)).status_code == 403
    assert client.post(url(run, "start")).status_code == 403
    assert client.get(reverse("enforcement:undos")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    site: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        prepared(swept(ground, slug=f"cubes-{number}"), ground.tilda)
    site.get(reverse("enforcement:undos"))
    with django_assert_num_queries(5):
        assert "Mass reversals" in text(site, reverse("enforcement:undos"))


@pytest.mark.parametrize("rows", [1, 3])
def test_one_run_asks_a_fixed_number_of_queries(
    site: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = undo.start(undo=prepared(swept(ground, merchants=rows), ground.tilda), actor=ground.tilda, at=LATER)
    run_all(run)
    site.get(url(run))
    with django_assert_num_queries(9):
        assert site.get(url(run)).status_code == 200


def test_no_run_yet_says_where_one_begins(site: Client) -> None:
    assert "Nothing was reversed together yet" in text(site, reverse("enforcement:undos"))


# --- API -----------------------------------------------------------------------------------------


def key(*scopes: Scope) -> dict[str, str]:
    _key, secret = api_keys.create(
        name="seller centre", scopes=list(scopes), actor=person("admin", Role.ADMINISTRATOR), at=NOON
    )
    return {"Authorization": f"Bearer {secret}"}


def post(client: Client, path: str, headers: dict[str, str], body: dict[str, Any] | None = None) -> Any:
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_a_program_prepares_reads_and_begins(client: Client, ground: Ground) -> None:
    sweep: Sweep = swept(ground, merchants=2)
    may = key(Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
    made = post(client, "/api/v1/undos", may, {"scope": "sweep", "sweep": sweep.pk, "reason": REASON})
    assert (made.status_code, made.json()["state"], made.json()["preview"]["decisions"]) == (201, "prepared", 2)
    path = f"/api/v1/undos/{made.json()['id']}"
    assert post(client, f"{path}/start", may).json()["state"] == "running"
    assert post(client, f"{path}/start", may).status_code == 409
    assert post(client, f"{path}/stop", may).json()["state"] == "stopped"
    assert post(client, f"{path}/resume", may).json()["state"] == "running"
    run_all(Undo.objects.get())
    seen = client.get(path, headers=may).json()
    assert (seen["state"], seen["progress"]) == (
        "finished",
        {"waiting": 0, "reversed": 2, "left": {}, "differs": 0},
    )


def test_a_program_names_versions_and_decisions(client: Client, ground: Ground) -> None:
    swept(ground, merchants=2)
    first = Decision.objects.order_by("pk")[0]
    may = key(Scope.DECISIONS_READ, Scope.DECISIONS_WRITE)
    version = {"policy": first.version.policy_id, "version": first.version.number, "since": NOON.isoformat()}
    made = post(client, "/api/v1/undos", may, {"scope": "version", "reason": REASON} | version)
    assert made.json()["preview"]["decisions"] == 2
    made = post(client, "/api/v1/undos", may, {"scope": "chosen", "reason": REASON, "decisions": [first.reference]})
    assert made.json()["total"] == 1
    assert post(client, f"/api/v1/undos/{made.json()['id']}/discard", may).json()["state"] == "discarded"
    for body, named in (
        ({"scope": "chosen", "decisions": ["D-none"]}, "decisions"),
        ({"scope": "version", "policy": 1}, "since"),
        ({"scope": "version"} | version | {"version": 99}, "version"),
        ({"scope": "sweep"}, "sweep"),
    ):
        refused = post(client, "/api/v1/undos", may, {"reason": REASON} | body)
        assert (refused.status_code, named in json.dumps(refused.json())) == (400, True), body


def test_reading_is_not_writing(client: Client, ground: Ground) -> None:
    sweep = swept(ground)
    may = key(Scope.DECISIONS_READ)
    assert client.get("/api/v1/undos", headers=may).status_code == 200
    assert (
        post(client, "/api/v1/undos", may, {"scope": "sweep", "sweep": sweep.pk, "reason": REASON}).status_code == 403
    )
    assert client.get("/api/v1/undos").status_code == 401
    assert not Undo.objects.exists()


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SENIOR_REVIEWER])
def test_a_person_who_may_reverse_one_does_not_reverse_many_over_the_api(
    client: Client, ground: Ground, role: Role
) -> None:
    run = prepared(swept(ground), ground.tilda, at=timezone.now())
    client.force_login(person("other", role))
    answer = client.post(f"/api/v1/undos/{run.pk}/start", content_type="application/json")
    assert answer.status_code == 403
    assert Undo.objects.get().state == UndoState.PREPARED


@pytest.mark.parametrize("rows", [1, 3])
def test_the_api_list_asks_a_fixed_number_of_queries(
    client: Client, ground: Ground, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    may = key(Scope.DECISIONS_READ)
    for number in range(rows):
        prepared(swept(ground, slug=f"cubes-{number}"), ground.tilda)
    client.get("/api/v1/undos", headers=may)
    with django_assert_num_queries(2):
        assert len(client.get("/api/v1/undos", headers=may).json()["results"]) == rows
