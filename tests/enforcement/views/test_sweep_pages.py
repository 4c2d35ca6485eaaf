"""Pages of sweeps: who may, how many queries, and each verb."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enforcement.domain import sweeps
from enforcement.enums import ChunkState, SweepKind, SweepState
from enforcement.models import Chunk, Sweep
from governance.accounts.enums import Role
from governance.accounts.models import User
from tests.factories.cases import NOON, listing, merchant, person, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return person("manager", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def site(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.fixture
def sweep(manager: User) -> Sweep:
    policy("magnets")
    listing(merchant("Acme"), "Cube")
    return sweeps.start(kind=SweepKind.FULL, actor=manager, reason="a look", at=NOON)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_a_fixed_number_of_queries(
    site: Client, manager: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        Sweep.objects.create(kind=SweepKind.FULL, started_by=manager, created_at=NOON)
    site.get(reverse("enforcement:sweeps"))
    with django_assert_num_queries(6):
        assert site.get(reverse("enforcement:sweeps")).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_one_sweep_asks_a_fixed_number_of_queries(
    site: Client, manager: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        policy(f"policy-{number}")
        listing(merchant(f"Acme {number}"), "Cube")
    sweep = sweeps.start(kind=SweepKind.FULL, actor=manager, reason="", at=NOON, chunk_size=1)
    site.get(reverse("enforcement:sweep", args=[sweep.pk]))
    with django_assert_num_queries(10):
        assert site.get(reverse("enforcement:sweep", args=[sweep.pk])).status_code == 200


def test_an_empty_list_offers_the_first_step(site: Client) -> None:
    assert "No sweep yet" in site.get(reverse("enforcement:sweeps")).content.decode()


def test_a_sweep_is_started_paused_resumed_and_cancelled(site: Client) -> None:
    policy("magnets")
    listing(merchant("Acme"), "Cube")
    answer = site.post(reverse("enforcement:sweep-start"), {"kind": "full", "reason": "after the change"})
    sweep = Sweep.objects.get()
    assert answer.headers["Location"] == reverse("enforcement:sweep", args=[sweep.pk])
    for verb, state in (
        ("pause", SweepState.PAUSED),
        ("resume", SweepState.RUNNING),
        ("cancel", SweepState.CANCELLED),
        ("resume", SweepState.CANCELLED),
    ):
        site.post(reverse(f"enforcement:sweep-{verb}", args=[sweep.pk]))
        assert Sweep.objects.get().state == state


def test_a_refused_start_keeps_what_was_entered(site: Client) -> None:
    answer = site.post(reverse("enforcement:sweep-start"), {"kind": "full", "reason": "my reason"})
    assert answer.status_code == 422
    assert "nothing to look for" in answer.content.decode()
    assert "my reason" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.MODERATOR])
def test_who_may_not_run_a_sweep_is_refused(client: Client, sweep: Sweep, role: Role) -> None:
    client.force_login(person("other", role))
    for verb in ("pause", "resume", "cancel"):
        assert client.post(reverse(f"enforcement:sweep-{verb}", args=[sweep.pk])).status_code == 403
    assert client.post(reverse("enforcement:sweep-start"), {"kind": "full"}).status_code == 403
    assert Sweep.objects.get().state == SweepState.RUNNING


def test_a_moderator_sees_no_sweeps_and_an_auditor_does(client: Client, sweep: Sweep) -> None:
    url = reverse("enforcement:sweep", args=[sweep.pk])
    client.force_login(person("moderator", Role.MODERATOR))
    assert client.get(url).status_code == 403
    client.force_login(person("auditor", Role.AUDITOR))
    assert client.get(url).status_code == 200


def test_the_live_part_asks_for_itself_only_while_the_sweep_lives(site: Client, sweep: Sweep, manager: User) -> None:
    url = reverse("enforcement:sweep", args=[sweep.pk])
    part = site.get(url, headers={"HX-Request": "true"}).content.decode()
    assert ("every 2s" in part, "<html" in part) == (True, False)
    sweeps.cancel(sweep=sweep, actor=manager, reason="", at=NOON)
    assert "every 2s" not in site.get(url, headers={"HX-Request": "true"}).content.decode()


def test_the_counts_come_as_csv(site: Client, sweep: Sweep) -> None:
    answer = site.get(reverse("enforcement:sweep-counts", args=[sweep.pk]))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines()[1].startswith("P-")


def test_what_went_wrong_is_named_with_what_to_do(site: Client, sweep: Sweep) -> None:
    url = reverse("enforcement:sweep", args=[sweep.pk])
    (chunk,) = sweep.chunks.all()
    (swept,) = sweep.policies.all()
    counts = {
        "looked_at": 1,
        "matched": 3,
        "confirmed": 1,
        "undecidable": 0,
        "new": 1,
        "closed": 0,
        "waived": 0,
        "settled": 0,
    }
    chunk.counts, chunk.state = {str(swept.version_id): counts}, ChunkState.DONE
    chunk.broken = [{"id": 4711, "error": "ValueError: lots"}]
    chunk.save()
    Chunk.objects.create(
        sweep=sweep, number=2, first_key=2, last_key=2, size=1, state=ChunkState.FAILED, error="Broke: <b>", attempts=3
    )
    page = " ".join(site.get(url).content.decode().split())
    assert "2 hits were not confirmed." in page
    assert (
        f'<a href="{reverse("enforcement:policy", args=[swept.version.policy_id])}">Strong loose magnets in toys</a> (2)'
        in page
    )
    assert "1 listing could not be read by a rule.</strong> Skipped and left alone:" in page
    assert (
        "Chunk 2 failed three times.</strong> Nothing of it was written. It can be tried again when the others are done."
        in page
    )
    assert "Broke: &lt;b&gt;" in page
    assert "1 failed" in page
    Sweep.objects.filter(pk=sweep.pk).update(state=SweepState.FAILED, ended_at=NOON)
    page = " ".join(site.get(url).content.decode().split())
    assert "Nothing of it was written. Go on to try it again." in page
    assert 'id="resume"' in page
