"""The pages of investigations: who opens them, what they cost, and that each does what it says."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.web.refusals import Refusal
from investigations.domain import investigation_exhibits, investigations
from investigations.enums import InvestigationState
from investigations.models import (
    Collected,
    Investigation,
)
from listings.models import Listing
from tests.factories import cases as make
from tests.investigations.search.test_investigations import VERBS

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, ines: User) -> Client:
    client.force_login(ines)
    return client


def test_what_is_ticked_in_a_search_goes_into_a_new_investigation(signed_in: Client, three: list[Listing]) -> None:
    address = reverse("investigations:collect")
    asked = signed_in.post(address, {"ids": [three[0].pk, three[2].pk]}).content.decode()
    assert "Nestlé cocoa" in asked
    assert "Power bank" in asked

    wrong = signed_in.post(address, {"ids": [three[0].pk], "add": "1", "reason": "seen"})
    assert wrong.status_code == 422
    given: dict[str, Any] = {
        "ids": [three[0].pk, three[2].pk],
        "add": "1",
        "reason": "seen",
        "title": "Cocoa",
        "question": "Whose?",
    }
    done = signed_in.post(address, given, follow=True).content.decode()

    assert "Added 2 to I-" in done
    assert Collected.objects.filter(investigation__title="Cocoa").count() == 2


def test_a_page_costs_the_same_at_one_and_at_three_rows(
    signed_in: Client, opened: Investigation, ines: User, three: list[Listing]
) -> None:
    costs = []
    address = reverse("investigations:investigation", args=[opened.pk])
    for rows in (three[:1], three):
        now = timezone.now()
        investigations.collect(investigation=opened, listings=rows, reason="x", actor=ines, at=now)
        for row in rows:
            investigation_exhibits.capture(investigation=opened, listing=row, actor=ines, at=now)
            VERBS["note"](opened, ines)
            VERBS["nothing"](opened, ines)
        signed_in.get(address)
        with CaptureQueriesContext(connection) as page:
            assert signed_in.get(address).status_code == 200
        costs.append(len(page))

    assert costs == [18, 18]


def test_the_list_costs_the_same_at_one_and_at_three_rows(signed_in: Client, opened: Investigation, ines: User) -> None:
    address, costs = reverse("investigations:investigations"), []
    for more in (0, 2):
        for number in range(more):
            investigations.open_new(title=f"Another {number}", question="?", actor=ines, at=timezone.now())
        signed_in.get(address)
        with CaptureQueriesContext(connection) as page:
            text = signed_in.get(address).content.decode()
        assert opened.title in text
        costs.append(len(page))

    assert costs == [5, 5]


def test_who_is_kept_to_a_market_reads_only_what_they_work_on(
    client: Client, opened: Investigation, ines: User
) -> None:
    iria = make.person("iria", Role.INVESTIGATOR, markets=("FR",))
    client.force_login(iria)
    address = reverse("investigations:investigation", args=[opened.pk])
    assert client.get(address).status_code == 404

    investigations.take_in(investigation=opened, person=iria, actor=ines, at=timezone.now())

    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUDITOR, 200), (Role.GOVERNANCE_MANAGER, 200), (Role.MODERATOR, 403)]
)
def test_who_may_read(client: Client, opened: Investigation, role: Role, status: int) -> None:
    client.force_login(make.person("somebody", role))

    assert client.get(reverse("investigations:investigations")).status_code == status
    assert client.get(reverse("investigations:investigation", args=[opened.pk])).status_code == status


def test_pages_do_what_they_say(
    signed_in: Client, stocked: Investigation, ines: User, sana: User, three: list[Listing]
) -> None:
    """Each verb once, through its page."""
    policy = make.policy("magnets")
    exhibit = stocked.exhibits.get()

    def post(name: str, *more: int, **data: Any) -> int:
        return signed_in.post(reverse(f"investigations:{name}", args=[stocked.pk, *more]), data).status_code

    assert post("investigation-note", text="Seen again.") == 302
    assert post("investigation-take-in", person=sana.pk) == 302
    assert post("investigation-capture", three[1].pk) == 302
    assert post("exhibit-check", exhibit.pk) == 302
    assert post("exhibit-file", exhibit.pk) == 200
    assert post("finding-policy", text="No magnets", rule="listing.price >") == 422
    assert post("finding-policy", text="No magnets", rule="listing.price > 1") == 302
    assert post("finding-cases", listings=[three[0].pk], policy=policy.pk, severity="serious", text="Look") == 302
    assert post("investigation-conclude", conclusion="One ring.") == 302
    assert post("investigation-dossier") == 200
    stocked.refresh_from_db()
    assert stocked.state == InvestigationState.CONCLUDED
    assert post("investigation-take-up", reason="More") == 302
    assert stocked.members.count() == 2
    assert stocked.findings.count() == 2
    assert stocked.exhibits.count() == 2


def test_an_auditor_reads_and_adds_nothing(client: Client, stocked: Investigation, ines: User) -> None:
    auditor = make.person("aud", Role.AUDITOR)
    client.force_login(auditor)

    assert "Add to an investigation" not in client.get(reverse("investigations:explore")).content.decode()
    assert client.get(reverse("investigations:collect")).status_code == 403
    note = reverse("investigations:investigation-note", args=[stocked.pk])
    assert client.post(note, {"text": "x"}).status_code == 403
    piece = reverse("investigations:exhibit-file", args=[stocked.pk, stocked.exhibits.get().pk])
    assert client.post(piece).status_code == 200
    with pytest.raises(Refusal):
        investigations.take_in(investigation=stocked, person=auditor, actor=ines, at=timezone.now())


def test_an_investigation_is_found_by_its_number(signed_in: Client, opened: Investigation) -> None:
    page = signed_in.get(reverse("investigations:search"), {"q": f"I-{opened.pk}"})

    assert page["Location"] == reverse("investigations:investigation", args=[opened.pk])
