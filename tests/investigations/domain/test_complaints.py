"""A buyer's complaint on an order: told back to them, shown to who decides, and one however often it is sent."""

import json
import threading
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.accounts.enums import Role
from governance.audit.models import Entry
from investigations.domain import notices
from investigations.domain.notice_intake import Sender
from investigations.enums import ReporterKind
from investigations.models import Notice, NoticeItem, NoticeMail
from listings.models import OrderLine
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON, market, person
from tests.investigations.domain.test_notice_cases import report
from tests.investigations.views.test_report import PAGE, typed

pytestmark = pytest.mark.django_db
ORDER = "AB-1234 567"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def buyer(number: str = ORDER, email: str = "omar@x.example") -> Sender:
    return Sender(ReporterKind.BUYER, "Omar", email, order_number=number)


def test_two_complaints_of_a_buyer_on_one_order_of_one_listing_are_one(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    (first,) = report(ground, "omar", ball, sender=buyer())
    assert report(ground, "omar", ball, sender=buyer("ab 1234567", "OMAR@x.example")) == [first]
    (other,) = report(ground, "omar", ball, cube, sender=buyer())
    assert (other.listing, Notice.objects.count()) == (cube, 2)
    report(ground, "omar", ball, sender=buyer("AB-9"))
    assert report(ground, "rina", ball, sender=buyer(email="rina@x.example")) != [first], "another's tells her nothing"
    assert Notice.objects.count() == 4
    notices.no_action(item=first, reasons="Welded.", actor=ground.mona, at=NOON)
    assert report(ground, "omar", ball, sender=buyer()) != [first]


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


def test_the_public_page_takes_it_and_says_that_it_had_it(client: Client, ground: Ground) -> None:
    fields = typed(ground, kind="buyer", order_number=ORDER)
    receipt = client.post(PAGE, fields, follow=True).content.decode()
    assert ORDER in receipt
    assert "You had complained" not in receipt
    again = client.post(PAGE, fields | {"stamp": typed(ground)["stamp"], "reason": "Once more."}, follow=True)
    assert "You had complained about this order already" in again.content.decode()
    assert Notice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_complaint_twice_at_once_is_one() -> None:
    ground = Ground()
    balls = [ground.listing(f"Ball {number}") for number in range(4)]
    for ball in balls:
        start = threading.Barrier(2)
        faults: list[Exception] = []

        def send(ball: Any = ball, start: threading.Barrier = start, faults: list[Exception] = faults) -> None:
            try:
                start.wait(10)
                report(ground, "omar", ball, sender=buyer())
            except Exception as fault:
                faults.append(fault)
            finally:
                connection.close()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not faults
        assert NoticeItem.objects.filter(listing=ball).count() == 1
