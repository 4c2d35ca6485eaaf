"""The public page: anybody reports by address, number or EAN, keeps what they typed, and is not a program."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enforcement.models import Decision
from investigations.domain import reporters
from investigations.enums import NoticeChannel, NoticeState, ReporterKind
from investigations.forms.report import fresh_stamp
from investigations.models import Case, Notice, NoticeItem, NoticeMail, Reporter
from investigations.queries import things
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db
PAGE = "/report/"
PNG = b"\x89PNG\r\n\x1a\n what was seen"


@pytest.fixture
def ground(settings: LazySettings, tmp_path: Path) -> Ground:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()
    return Ground()


def stamp(seconds: int = 10) -> str:
    with time_machine.travel(timezone.now() - timedelta(seconds=seconds)):
        return fresh_stamp()


def typed(ground: Ground, /, **more: Any) -> dict[str, Any]:
    """The form as a person would send it."""
    return {
        "things": f"L-{ground.listing('Ball').pk}", "ground": "unsafe", "reason": "A magnet came loose.", "kind": "person",
        "name": "Rina Reporter", "email": "rina@reporter.example", "good_faith": "on", "stamp": stamp(), "lang": "en",
    } | more  # fmt: skip


def test_a_report_is_sent_and_its_receipt_leads_to_the_answer(client: Client, ground: Ground) -> None:
    cube = ground.listing("Cube", ean="4006381333931")
    fields = typed(ground)
    fields["things"] += "\n4006381333931"
    receipt = client.post(PAGE, fields, follow=True)
    notice = Notice.objects.get()
    text = receipt.content.decode()
    assert (notice.channel, notice.good_faith, notice.reporter_kind) == (NoticeChannel.PAGE, True, ReporterKind.PERSON)
    assert [item.listing for item in notice.items.order_by("pk")][1] == cube
    for part in (notice.reference, "/n/NT-", "rina@reporter.example", "Ball", "Cube"):
        assert part in text, part
    link = reverse("investigations:reported", args=[receipt.redirect_chain[0][0].split("/")[3]])
    assert "A magnet came loose." in client.get(link).content.decode()
    assert (Case.objects.count(), NoticeMail.objects.count()) == (1, 1)


def test_a_seller_as_a_whole_is_reported_and_decided_about_in_the_workspace(client: Client, ground: Ground) -> None:
    conduct = ground.another_policy("conduct", about_merchants=True)
    receipt = client.post(PAGE, typed(ground, things=ground.merchant.public_id, ground="scam"), follow=True)
    assert ground.merchant.name in receipt.content.decode()
    case = Case.objects.get()
    client.force_login(ground.mona)
    client.post(reverse("investigations:case-claim", args=[case.pk]))
    chosen = client.post(reverse("investigations:case-policy", args=[case.pk]), {"policy": conduct.pk}, follow=True)
    page = chosen.content.decode()
    assert "The merchant itself" in page
    assert 'value="suspend"' in page
    assert 'value="remove"' not in page, "that acts on listings"
    key = case.items.get().pk
    given = {f"verdict-{key}": "violates", "measure": "warn", "reason": "Sent nothing.", "known_up_to": key}
    client.post(reverse("investigations:case-decide", args=[case.pk]), given)
    assert Decision.objects.get().items.get().listing is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"things": "L-999999\nfoo"}, "We found nothing for these"),
        ({"things": ""}, "This field is required"),
        ({"ground": ""}, "This field is required"),
        ({"reason": " "}, "This field is required"),
        ({"name": ""}, "On this ground the law asks for it."),
        ({"email": "no"}, "Enter a valid email address"),
        ({"good_faith": ""}, "the law asks for it"),
        ({"kind": "rights"}, "Say which brand or work it is."),
        ({"website": "http://spam.example"}, "send it once more"),
        ({"stamp": "made up"}, "send it once more"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client: Client, ground: Ground, wrong: dict[str, str], said: str
) -> None:
    fields = typed(ground) | {"reason": "Something <long>."} | wrong
    answer = client.post(PAGE, fields)
    text = answer.content.decode()
    assert (answer.status_code, said in text, Notice.objects.count()) == (422, True, 0)
    kept = {"Something &lt;long&gt;.": "reason", "Rina Reporter": "name", "rina@reporter.example": "email"}
    assert all(value in text for value, field in kept.items() if field not in wrong)


@pytest.mark.parametrize(("seconds", "status"), [(1, 422), (4, 302), (86_390, 302), (86_500, 422)])
def test_neither_too_quick_nor_from_yesterday(client: Client, ground: Ground, seconds: int, status: int) -> None:
    assert client.post(PAGE, typed(ground, stamp=stamp(seconds))).status_code == status


def test_an_old_page_can_be_sent_again(client: Client, ground: Ground) -> None:
    old = stamp(90_000)
    text = client.post(PAGE, typed(ground, stamp=old)).content.decode()
    assert old not in text


def test_sent_twice_it_is_one(client: Client, ground: Ground) -> None:
    fields = typed(ground)
    assert client.post(PAGE, fields)["Location"] == client.post(PAGE, fields)["Location"]
    assert Notice.objects.count() == 1


def test_too_many_from_one_address_or_one_network_wait(client: Client, ground: Ground) -> None:
    fields = typed(ground)
    answers = [client.post(PAGE, fields, REMOTE_ADDR="192.0.2.7").status_code for _each in range(11)]
    assert answers == [302] * 10 + [429]
    assert client.post(PAGE, fields, REMOTE_ADDR="192.0.2.8").status_code == 302
    for number in range(60):
        client.post(PAGE, {}, REMOTE_ADDR=f"192.0.2.{100 + number}")
    last = client.post(PAGE, fields, REMOTE_ADDR="192.0.2.9")
    assert (last.status_code, "A magnet came loose." in last.content.decode()) == (429, True)
    assert client.post(PAGE, fields, REMOTE_ADDR="198.51.100.1").status_code == 302


def test_behind_a_proxy_the_address_is_what_the_proxy_saw(
    client: Client, ground: Ground, settings: LazySettings
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    fields = typed(ground)
    for number in range(11):
        forwarded = f"10.9.9.{number}, 203.0.113.5"
        last = client.post(PAGE, fields, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert last.status_code == 429


def test_proof_comes_with_it_and_what_it_is_not_is_said(client: Client, ground: Ground) -> None:
    wrong = client.post(PAGE, typed(ground, proof=SimpleUploadedFile("run.png", b"MZ")))
    assert (wrong.status_code, "neither a PDF" in wrong.content.decode()) == (422, True)
    assert "choose them again" in wrong.content.decode()
    fields = typed(ground, kind="rights", brand="Acme", right_proof=SimpleUploadedFile("register.png", PNG))
    client.post(PAGE, fields | {"proof": SimpleUploadedFile("seen.png", PNG)})
    assert [file.name for file in Notice.objects.get().files.order_by("pk")] == ["seen.png", "register.png"]
    client.force_login(ground.mona)
    file = Notice.objects.get().files.first()
    assert file is not None
    kept = client.get(reverse("investigations:notice-file", args=[file.notice.reference, file.pk]))
    assert kept["Content-Disposition"].startswith("attachment")
    kept.close()


def test_child_abuse_is_reported_without_a_name(client: Client, ground: Ground) -> None:
    answer = client.post(PAGE, typed(ground, ground="child_abuse", name="", email=""), follow=True)
    assert "You gave no address. Keep this link" in answer.content.decode()
    assert Reporter.objects.count() == 0


def test_a_suspended_reporter_reads_why(client: Client, ground: Ground) -> None:
    client.post(PAGE, typed(ground))
    row, now = Reporter.objects.get(), timezone.now()
    reporters.warn(reporter=row, reasons="So.", actor=ground.tilda, at=now)
    reporters.suspend(reporter=row, reasons="So.", until=now + timedelta(days=9), actor=ground.tilda, at=now)
    text = client.post(PAGE, typed(ground), follow=True).content.decode()
    assert "manifestly unfounded" in text
    assert NoticeItem.objects.latest("pk").state == NoticeState.SET_ASIDE
    link = reverse("investigations:reported", args=[text.split("/n/")[1].split("/")[0]])
    assert "nobody decides upon it" in client.get(link).content.decode()


@pytest.mark.parametrize("tag", ["en", "de", "fr", "ar"])
def test_it_speaks_the_languages_and_stays_out_of_search_engines(client: Client, ground: Ground, tag: str) -> None:
    answer = client.get(PAGE, {"lang": tag, "listing": "L-7"})
    text = answer.content.decode()
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}"' in text
    assert ("L-7" in text, "Report a listing" in text) == (True, tag == "en")
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    client.post(PAGE, typed(ground, lang=tag))
    assert Notice.objects.get().language == tag


def test_a_broken_link_shows_nothing(client: Client, ground: Ground) -> None:
    assert client.get(reverse("investigations:report-receipt", args=["NT-made~up"])).status_code == 404


def test_an_address_names_a_listing_as_the_marketplace_writes_them(ground: Ground, settings: LazySettings) -> None:
    ball = ground.listing("Ball", ean="4006381333931")
    twin = ground.listing("Twin", ean="4006381333931", of=ground.another_merchant("Souk"))
    assert things.find(f"https://shop.example/p/magnet-ball-L-{ball.pk}?ref=1") == [ball]
    assert things.find("https://shop.example/4006381333931.html") == [ball, twin]
    assert things.find("https://shop.example/nothing") == []
    settings.LISTING_ADDRESS = r"/sellers/(?P<merchant>[^/]+)/(?P<listing>[^/?]+)"
    assert things.find(f"https://shop.example/sellers/{ground.merchant.external_id}/{ball.external_id}?x=1") == [ball]
    assert things.find_all([str(ball), f"l-{ball.pk}", f"L{ball.pk}"]) == ([ball], ["Ball"])
