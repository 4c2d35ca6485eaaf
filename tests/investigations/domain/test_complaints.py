"""A buyer's complaint on an order: told back to them, shown to who decides, with others on the same order."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from enforcement.domain.files import Sent
from governance.accounts.enums import Role
from governance.audit.models import Entry
from investigations.domain import notice_mail, notices
from investigations.domain.notice_intake import Sender
from investigations.enums import NoticeGround, ReporterKind
from investigations.models import Notice, NoticeFile, NoticeMail
from investigations.queries import notices as queries
from listings.models import OrderLine
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON, market, person
from tests.investigations.domain.test_notice_cases import report
from tests.investigations.views.test_report import PAGE, typed

pytestmark = pytest.mark.django_db
ORDER = "AB-1234 567"
PNG = b"\x89PNG\r\n\x1a\n what was seen"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def buyer(number: str = ORDER, email: str = "omar@x.example") -> Sender:
    return Sender(ReporterKind.BUYER, "Omar", email, order_number=number)


def test_each_complaint_is_a_notice_of_its_own_with_what_came_with_it(
    ground: Ground, settings: LazySettings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    (first,) = report(ground, "omar", ball, ground=NoticeGround.COUNTERFEIT, sender=buyer())
    again = report(ground, "omar", ball, cube, sender=buyer(), sent=[Sent("seen.png", [PNG])], key="our-1")
    assert [item.listing for item in again] == [ball, cube]
    assert [item.notice.ground for item in (first, again[0])] == ["counterfeit", "unsafe"]
    assert NoticeFile.objects.get().notice == again[0].notice
    notices.no_action(item=again[0], reasons="Welded.", actor=ground.mona, at=NOON)
    assert report(ground, "omar", ball, cube, sender=buyer(), key="our-1") == again, "the sending is known by its key"


def test_who_knows_address_and_order_number_gets_nothing_of_the_buyers_notice(client: Client, ground: Ground) -> None:
    ball, secret = ground.listing("Ball"), ground.listing("Secret")
    (item, _secret) = report(ground, "omar", ball, secret, sender=buyer())
    fields = typed(ground, kind="buyer", order_number=ORDER, email="omar@x.example", name="The seller")
    receipt = client.post(PAGE, fields | {"things": f"L-{ball.pk}"}, follow=True).content.decode()
    assert item.notice.reference not in receipt
    assert notice_mail.address_of(item.notice) not in receipt
    assert "Secret" not in receipt
    assert Notice.objects.count() == 2


def test_it_is_told_back_and_stands_in_no_log(client: Client, ground: Ground) -> None:
    (item,) = report(ground, "omar", ground.listing("Ball"), sender=buyer())
    assert ORDER in NoticeMail.objects.get().text
    notices.no_action(item=item, reasons="Welded.", actor=ground.mona, at=timezone.now())
    assert all("Your order" in text for text in NoticeMail.objects.values_list("text", flat=True))
    assert ORDER not in json.dumps([entry.data for entry in Entry.objects.all()])


def test_it_is_shown_to_who_decides_and_known_where_it_was_bought(client: Client, ground: Ground) -> None:
    ball = ground.listing("Ball")
    (item,) = report(ground, "omar", ball, sender=buyer())
    path = reverse("investigations:notice", args=[item.notice.reference])
    client.force_login(ground.mona)
    page = client.get(path).content.decode()
    assert ORDER in page
    assert "not among the orders that we know" in page
    OrderLine.objects.create(
        order_id=ORDER, listing=ball, market=market("DE"), ordered_at=NOON, amount_minor=100, currency="EUR"
    )
    assert "bought on" in client.get(path).content.decode()
    client.force_login(person("audra", Role.AUDITOR))
    page = client.get(path).content.decode()
    assert item.notice.reference in page
    assert ORDER not in page
    assert ORDER not in client.get(reverse("investigations:notices") + "?format=csv").content.decode()
    assert ORDER not in client.get(f"/api/v1/notices/{item.notice.reference}").content.decode()


def test_complaints_on_one_order_name_each_other_to_who_decides(client: Client, ground: Ground) -> None:
    ball, cube = ground.listing("Ball", markets=("DE",)), ground.listing("Cube", markets=("FR",))
    (item,) = report(ground, "omar", ball, sender=buyer())
    (alike,) = report(ground, "rina", ball, sender=buyer("ab1234567", "rina@x.example"))
    (abroad,) = report(ground, "omar", cube, sender=buyer())
    report(ground, "omar", ball, sender=buyer("AB-9"))
    report(ground, "omar", ball)
    path = reverse("investigations:notice", args=[item.notice.reference])
    client.force_login(ground.mona)
    assert queries.on_the_same_order(item.notice, ground.mona) == [abroad.notice.reference, alike.notice.reference]
    assert alike.notice.reference in client.get(path).content.decode()
    client.force_login(person("dora", Role.MODERATOR, markets=["DE"]))
    page = client.get(path).content.decode()
    assert (alike.notice.reference in page, abroad.notice.reference in page) == (True, False)
    client.force_login(person("audra", Role.AUDITOR))
    assert alike.notice.reference not in client.get(path).content.decode(), "as with the number itself"


@pytest.mark.parametrize("others", [1, 3])
def test_they_are_found_with_one_query(
    ground: Ground, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ball = ground.listing("Ball")
    item = [report(ground, "omar", ball, sender=buyer()) for _each in range(others + 1)][-1][0]
    queries.on_the_same_order(item.notice, ground.mona)
    with django_assert_num_queries(1):
        assert len(queries.on_the_same_order(item.notice, ground.mona)) == others


def test_a_number_of_signs_alone_is_like_no_other(ground: Ground) -> None:
    item = [report(ground, "omar", ground.listing("Ball"), sender=buyer("--")) for _each in range(2)][-1][0]
    assert queries.on_the_same_order(item.notice, ground.mona) == []
