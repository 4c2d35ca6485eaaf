"""Pages of orders: entered once, checked, carried out, answered; what is wrong is said and nothing that was typed is lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from governance.accounts.enums import Role
from governance.insights.queries import attention
from investigations.domain import order_intake, orders
from investigations.enums import NoticeGround, OrderKind, OrderOutcome, OrderState
from investigations.models import AuthorityOrder, OrderLetter
from tests.enforcement.ground import Ground
from tests.factories.cases import person
from tests.investigations.orders import act, given

pytestmark = pytest.mark.django_db
NASTY = "<script>alert(1)</script>"
PDF = b"%PDF-1.7 an order"


@pytest.fixture
def ground() -> Ground:
    cache.clear()
    return Ground()


def url(name: str, *args: Any) -> str:
    return reverse(f"investigations:authority-order{name}", args=args)


def received(on: Ground, *lines: str, **more: Any) -> AuthorityOrder:
    fields = {"received_at": timezone.now() - timedelta(minutes=1)} | more
    return order_intake.receive(given=given(*lines or ["L-1"], **fields), actor=on.sela, at=timezone.now())[0]


def checked(on: Ground, *lines: str, **more: Any) -> AuthorityOrder:
    order = received(on, *lines, **more)
    orders.check(order=order, missing=[], note="", goes_on=False, actor=on.sela, at=timezone.now())
    return order


def entered(ground: Ground, **more: Any) -> dict[str, Any]:
    return {
        "kind": "act", "authority": "Marktwächter Nord", "country": "DE", "number": "7/26", "language": "en",
        "received_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"), "ground": "unsafe", "reasons": NASTY,
        "lines": f"L-{ground.listing('Ball').pk}\nnothing here", "markets": ["DE"],
    } | more  # fmt: skip


def test_entered_checked_carried_out_and_answered(client: Client, ground: Ground) -> None:
    client.force_login(ground.sela)
    assert "No order has come in" in client.get(url("s")).content.decode()
    fields = entered(ground, papers=SimpleUploadedFile("order.pdf", PDF))
    assert client.post(url("-enter"), fields).status_code == 302
    order = AuthorityOrder.objects.get()
    page = client.get(url("", order.reference)).content.decode()
    assert NASTY not in page
    assert "We found nothing by this." in page
    elements = ["basis", "reasons", "issuer", "located", "redress", "scope", "language"]
    client.post(url("-check", order.reference), {"present": elements})
    assert AuthorityOrder.objects.get().state == OrderState.CHECKED
    assert "in Germany and nowhere else" in client.get(url("-act", order.reference)).content.decode()
    assert client.post(url("-act", order.reference), {"measure": "remove"}).status_code == 422
    client.post(url("-act", order.reference), {"measure": "remove", "policy": ground.policy.pk})
    refused = client.post(url("-complete", order.reference), {"text": "Kept words"})
    assert refused.status_code == 422  # it can still be undone
    assert "Kept words" in refused.content.decode()
    file = client.get(url("-file", order.reference, order.files.get().pk))
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]
    letter = client.get(url("-letter", order.reference, order.letters.get().pk))
    assert letter.content.startswith(b"%PDF-")


def test_the_same_order_again_opens_it_and_says_so(client: Client, ground: Ground) -> None:
    client.force_login(ground.sela)
    client.post(url("-enter"), entered(ground))
    again = client.post(url("-enter"), entered(ground, number="7-26", lines="other"), follow=True)
    assert AuthorityOrder.objects.count() == 1
    assert "was on record already" in again.content.decode()


def test_an_order_for_other_markets_is_not_opened_and_takes_no_files(client: Client, ground: Ground) -> None:
    order = received(ground, number="7/26", markets=["DE"])
    client.force_login(person("fran", Role.SENIOR_REVIEWER, markets=["FR"]))
    fields = entered(ground, papers=SimpleUploadedFile("order.pdf", PDF))
    again = client.post(url("-enter"), fields, follow=True)
    assert again.redirect_chain == [(url("s"), 302)]
    assert order.files.count() == 0
    assert "Nothing was added to it." in again.content.decode()
    client.force_login(ground.sela)
    client.post(url("-enter"), fields | {"papers": SimpleUploadedFile("order.pdf", PDF)})
    assert order.files.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"authority": ""},
        {"country": "XX"},
        {"lines": " "},
        {"received_at": "2999-01-01T00:00"},
        {"tell_after": "2020-01-01T00:00"},
        {"kind": "x"},
        {"papers": SimpleUploadedFile("x.pdf", b"no pdf")},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client: Client, ground: Ground, wrong: dict[str, Any]) -> None:
    client.force_login(ground.sela)
    answer = client.post(url("-enter"), entered(ground, legal_basis="A law of ours", **wrong))
    assert answer.status_code == 422
    assert "A law of ours" in answer.content.decode()
    assert AuthorityOrder.objects.count() == 0


def test_information_is_recorded_from_its_page(client: Client, ground: Ground) -> None:
    order = checked(ground, ground.merchant.public_id, kind=OrderKind.INFORM)
    client.force_login(person("mara", Role.GOVERNANCE_MANAGER))
    fields: dict[str, Any] = {
        "item": order.items.get().pk, "what": "Name and address.", "to_whom": "Kommissariat 3",
        "given_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    assert client.post(url("-give", order.reference), fields | {"what": ""}).status_code == 422
    assert client.post(url("-give", order.reference), fields | {"given_at": "2999-01-01T00:00"}).status_code == 422
    fields["file"] = SimpleUploadedFile("data.zip", b"x")
    assert client.post(url("-give", order.reference), fields).status_code == 302
    client.post(url("-complete", order.reference), {"text": ""})
    assert AuthorityOrder.objects.get().state == OrderState.EXECUTED
    assert "Name and address." in client.get(url("", order.reference)).content.decode()


def test_every_verb_of_its_page(client: Client, ground: Ground) -> None:
    ball = ground.listing("Ball")
    order = checked(ground, f"L-{ball.pk}", "the red one", email="")
    client.force_login(ground.sela)
    first, second = order.items.order_by("pk")
    one, two = [order.reference, first.pk], [order.reference, second.pk]
    assert client.post(url("-leave", *one), {"text": " "}).status_code == 422
    client.post(url("-leave", *one), {"text": "Another product."})
    assert client.post(url("-again", *one)).status_code == 302
    assert client.post(url("-find", *two), {"text": "nothing"}).status_code == 422
    client.post(url("-find", *two), {"text": f"L-{ground.listing('Red').pk}"})
    assert client.post(url("-name", *one), {"text": "SR-0"}).status_code == 422
    assert client.post(url("-cases", order.reference)).status_code == 302
    assert client.post(url("-cases", order.reference)).status_code == 422
    letter = OrderLetter.objects.get().pk
    assert client.post(url("-sent", order.reference, letter), {"text": ""}).status_code == 422
    client.post(url("-sent", order.reference, letter), {"text": "By post, RR 1"})
    assert "By post, RR 1" in client.get(url("", order.reference)).content.decode()
    client.post(url("-refuse", order.reference), {"text": "No."})
    client.post(url("-take-up", order.reference))
    client.post(url("-withdraw", order.reference), {"text": "Mistaken."})
    assert AuthorityOrder.objects.get().state == OrderState.WITHDRAWN
    assert client.post(url("-withdraw", order.reference), {"text": "Again."}).status_code == 422


def test_who_may(client: Client, ground: Ground) -> None:
    order = checked(ground, f"L-{ground.listing('Ball').pk}", markets=["DE"])
    for reader, may_read in ((Role.AUDITOR, True), (Role.MODERATOR, False), (Role.ADMINISTRATOR, False)):
        client.force_login(person(f"r-{reader}", reader))
        assert client.get(url("s")).status_code == (200 if may_read else 403)
        assert client.get(url("", order.reference)).status_code == (200 if may_read else 403)
        assert client.get(url("-enter")).status_code == 403
        assert client.post(url("-refuse", order.reference), {"text": "x"}).status_code == 403
    manager = person("mara", Role.GOVERNANCE_MANAGER)
    client.force_login(manager)
    assert client.get(url("-enter")).status_code == 200
    assert client.get(url("-act", order.reference)).status_code == 403  # deciding is not theirs
    client.force_login(person("fran", Role.SENIOR_REVIEWER, markets=["FR"]))
    assert client.get(url("", order.reference)).status_code == 404


def test_the_list_and_its_filters(client: Client, ground: Ground) -> None:
    ball = ground.listing("Ball")
    order = received(ground, f"L-{ball.pk}")
    late = received(
        ground, "x", number="8", email="", kind=OrderKind.SAFETY, received_at=timezone.now() - timedelta(days=9)
    )
    client.force_login(ground.sela)
    assert "1 is late" in client.get(url("s")).content.decode()
    for asked, shown, hidden in (
        ({"q": f"L-{ball.pk}"}, order, late),
        ({"q": order.reference.lower()}, order, late),
        ({"kind": "safety"}, late, order),
        ({"late": "true"}, late, order),
        ({"late": "false"}, order, late),
        ({"q": "4 js"}, order, late),
        ({"unsent": "true"}, late, order),
    ):
        page = client.get(url("s"), asked).content.decode()
        assert shown.reference in page, asked
        assert hidden.reference not in page, asked
    assert late.reference in client.get(url("s"), {"authority": "nord", "open": "true"}).content.decode()
    rows = b"".join(client.get(url("s"), {"export": "csv"}).streaming_content)  # type: ignore[attr-defined]
    assert order.number in rows.decode("utf-8-sig")


@pytest.mark.parametrize("rows", [1, 3])
def test_its_pages_ask_as_often_for_many_as_for_one(
    client: Client, ground: Ground, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    made = [
        checked(ground, *[f"L-{ground.listing(f'{n}').pk}" for n in range(rows)], number=f"{n}") for n in range(rows)
    ]
    client.force_login(ground.sela)
    client.get(url("s"))
    with django_assert_num_queries(6):
        client.get(url("s"))
    client.get(url("", made[0].reference))
    with django_assert_num_queries(11):
        client.get(url("", made[0].reference))


def test_what_waits_is_at_home_and_found_by_its_reference(client: Client, ground: Ground) -> None:
    order = received(ground)
    titles = [line.title for line in attention.lines(ground.sela, at=timezone.now())]
    assert "1 order of an authority is open" in titles
    assert not [each for each in titles if "letter" in each]
    received(ground, number="9", email="")
    titles = [line.title for line in attention.lines(ground.sela, at=timezone.now())]
    assert "1 letter about an order is to be sent by a person" in titles
    assert not [each for each in attention.lines(ground.mona, at=timezone.now()) if "authority" in each.title]
    client.force_login(ground.sela)
    found = client.get(reverse("investigations:search"), {"q": order.reference})
    assert found["Location"] == url("", order.reference)


def test_its_case_says_what_is_ordered_and_offers_no_more(client: Client, ground: Ground) -> None:
    order = checked(ground, f"L-{ground.listing('Ball', markets=['DE', 'NL']).pk}", wanted="Take it off sale.")
    client.force_login(ground.sela)
    client.post(url("-cases", order.reference))
    case = order.items.get().case_item.case  # type: ignore[union-attr]
    page = client.get(reverse("investigations:case", args=[case.pk])).content.decode()
    assert "Take it off sale." in page
    assert "and nowhere else, whatever is chosen below" in page
    assert order.items.get().outcome == OrderOutcome.OPEN


def test_the_figures_of_a_report(client: Client, ground: Ground) -> None:
    client.force_login(ground.sela)
    assert "No order came in these days" in client.get(url("-figures")).content.decode()
    received(ground, ground=NoticeGround.UNSAFE)
    received(ground, number="9")
    page = client.get(url("-figures")).content.decode()
    for part in ("Germany", "Unsafe and prohibited products", "Not specified"):
        assert part in page, part
    assert client.get(url("-figures"), {"since": "2026-02-01", "until": "2026-01-01"}).status_code == 422
    assert client.get(url("-figures"), {"since": "x", "until": ""}).status_code == 422
    client.force_login(ground.mona)
    assert client.get(url("-figures")).status_code == 403


def test_withdrawn_is_offered_to_who_may_reverse_what_was_decided(client: Client, ground: Ground) -> None:
    order = checked(ground, f"L-{ground.listing('Ball').pk}", markets=["DE"])
    inga, button = ground.person("inga", Role.INVESTIGATOR), "Withdrawn by the authority"
    client.force_login(inga)
    assert button in client.get(url("", order.reference)).content.decode(), "nothing was decided yet"
    act(ground, order)
    assert button not in client.get(url("", order.reference)).content.decode()
    client.force_login(ground.sela)
    assert button in client.get(url("", order.reference)).content.decode()
