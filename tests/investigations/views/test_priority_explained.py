"""Why a case stands where it stands is said of what its priority came of, on every page that explains it."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from investigations.domain import handing, notice_intake, order_cases
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround
from investigations.models import Case
from investigations.queries import lines
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.investigations.domain.test_notice_intake import flagger
from tests.investigations.orders import checked

pytestmark = pytest.mark.django_db
NUMBERS = "× reach 0.6 × age 0.7"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def said(client: Client, ground: Ground) -> tuple[str, str]:
    """To Mona: why she is given it next, and the list of cases."""
    client.force_login(ground.mona)
    page = client.get(reverse("investigations:queue")).content.decode()
    why = page.partition("Why this one")[2].partition("</p>")[0]
    return why, client.get(reverse("investigations:cases")).content.decode()


def test_one_like_any_other_by_its_factors(client: Client, ground: Ground) -> None:
    make.case(ground.policy, ground.merchant, at=timezone.now())
    why, _cases = said(client, ground)
    assert f"34 of 100. Severity 0.8 {NUMBERS}." in why


def test_what_is_ordered_by_the_order_and_not_by_factors(client: Client, ground: Ground) -> None:
    order = checked(ground.sela, ground.listing("Ball"))
    order_cases.open_cases(order=order, actor=ground.sela, at=timezone.now())
    why, cases = said(client, ground)
    assert "99.5 of 100. An authority ordered it, and what is ordered has 99.5" in why
    assert "× reach" not in why
    assert "Priority 99.5: an authority has ordered it" in cases


def test_what_comes_back_by_that_and_not_by_factors(client: Client, ground: Ground) -> None:
    case = make.case(ground.policy, ground.merchant, at=timezone.now())
    handing.hand(cases=[case], person=ground.mona, note="You know them.", actor=ground.tilda, at=timezone.now())
    why, cases = said(client, ground)
    assert "100 of 100. It comes back to you" in why
    assert "× reach" not in why
    assert "Priority 100: it comes back to somebody" in cases
    case.refresh_from_db()
    assert lines.reckoning(case, reader=ground.sela.pk).startswith("It comes back to somebody else")


def test_what_a_trusted_flagger_reported_with_their_factor(client: Client, ground: Ground) -> None:
    notice_intake.receive(
        things=[ground.listing("Ball")], ground=NoticeGround.UNSAFE, reason="Loose.", language="en",
        sender=Sender(flagger=flagger(ground)), actor=ground.mona, at=timezone.now(),
    )  # fmt: skip
    why, cases = said(client, ground)
    assert f"{NUMBERS} × trusted flagger 1.4, at most 1." in why
    assert "a trusted flagger reported it" in lines.standing(Case.objects.get())
    assert "a trusted flagger reported it" in cases
