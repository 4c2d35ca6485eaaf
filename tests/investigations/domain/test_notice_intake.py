"""A notice comes in: several things in one, each with a clock; once however often it is sent; from whoever it is."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail

from enforcement.domain.files import FileRefused, Sent, path_of
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Matter
from investigations.domain import notice_intake, notices, reporters
from investigations.domain.acting import ReasonsMissing
from investigations.domain.notice_intake import GoodFaithMissing, NameMissing, NothingNamed, Sender
from investigations.domain.reporters import Award
from investigations.enums import NoticeChannel, NoticeGround, NoticeState, ReporterKind
from investigations.models import Notice, NoticeItem, NoticeMail, Reporter
from listings.models import Holiday
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations.domain.test_notices import send_all

pytestmark = pytest.mark.django_db
RINA = Sender(name="Rina", email="Rina@Reporter.example")
PDF = b"%PDF-1.7 a register's extract"


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture(autouse=True)
def _files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def receive(ground: Ground, /, **more: Any) -> Notice:
    fields: dict[str, Any] = {
        "things": [ground.listing("Ball")], "ground": NoticeGround.UNSAFE, "reason": "Loose.", "language": "en",
        "sender": RINA, "actor": None, "channel": NoticeChannel.PAGE, "good_faith": True, "at": NOON,
    }  # fmt: skip
    return notice_intake.receive(**(fields | more))


def flagger(ground: Ground, *, user: User | None = None, **more: Any) -> Reporter:
    fields: dict[str, Any] = {
        "name": "Safe Toys", "email": "desk@safetoys.example", "language": "en", "coordinator": "Bundesnetzagentur",
        "areas": [Matter.UNSAFE_AND_PROHIBITED_PRODUCTS], "valid_from": date(2026, 1, 1), "user": user,
    }  # fmt: skip
    return reporters.enter_flagger(award=Award(**(fields | more)), actor=ground.tilda, at=NOON)


def test_several_things_are_one_notice_with_an_outcome_each(ground: Ground) -> None:
    ball, cube = ground.listing("Ball"), ground.listing("Cube")
    notice = receive(ground, things=[ball, cube, ball, ground.merchant])
    items = list(notice.items.order_by("pk"))
    assert [(item.listing, item.merchant) for item in items] == [
        (ball, ground.merchant), (cube, ground.merchant), (None, ground.merchant),
    ]  # fmt: skip
    assert send_all() == [f"Your report {notice.reference} has arrived"]
    assert "Ball (+2)" in mail.outbox[0].body
    assert "- Nordlicht Spielwaren" in mail.outbox[0].body
    notices.no_action(item=items[0], reasons="Welded.", actor=ground.mona, at=NOON)
    assert [item.state for item in notice.items.order_by("pk")] == ["no_action", "received", "received"]


@pytest.mark.parametrize(
    ("about", "trusted", "day"),
    [
        (NoticeGround.UNSAFE, False, "2026-11-26"),
        (NoticeGround.COUNTERFEIT, False, "2026-12-02"),
        (NoticeGround.PROHIBITED, True, "2026-11-26"),
    ],
)
def test_each_has_a_clock_in_working_days_of_the_merchant_s_country(
    ground: Ground, about: NoticeGround, trusted: bool, day: str
) -> None:
    sender = Sender(flagger=flagger(ground)) if trusted else RINA
    item = receive(ground, ground=about, sender=sender, actor=ground.mona).items.get()
    assert item.due_at.date().isoformat() == day
    Holiday.objects.create(market_id="DE", date=date(2026, 11, 24), name="Rest")
    later = receive(ground, ground=about, sender=sender, actor=ground.mona, things=[ground.listing("Cube")]).items.get()
    assert later.due_at - item.due_at == timedelta(days=1)


def test_sent_twice_it_is_one(ground: Ground) -> None:
    first = receive(ground, key="k1")
    assert receive(ground, key="k1", reason="Other.") == first
    assert receive(ground, key="k1", actor=ground.mona) != first
    assert (Notice.objects.count(), NoticeItem.objects.count(), NoticeMail.objects.count()) == (2, 2, 2)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"things": []}, NothingNamed),
        ({"reason": " "}, ReasonsMissing),
        ({"reason": "x" * 10_001}, ReasonsMissing),
        ({"sender": Sender()}, NameMissing),
        ({"sender": Sender(name="Rina")}, NameMissing),
        ({"good_faith": False}, GoodFaithMissing),
        ({"sent": [Sent("run.exe", [b"MZ"])]}, FileRefused),
    ],
)
def test_what_the_law_asks_for_is_asked_for_and_nothing_is_written(
    ground: Ground, more: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        receive(ground, **more)
    assert (Notice.objects.count(), Reporter.objects.count()) == (0, 0)


def test_name_and_address_may_be_left_out_where_the_law_lets_it(ground: Ground) -> None:
    notice = receive(ground, ground=NoticeGround.CHILD_ABUSE, sender=Sender())
    assert (notice.reporter, notice.reporter_kind, NoticeMail.objects.count()) == (None, ReporterKind.ANONYMOUS, 0)


def test_files_are_kept_and_prove_a_right(ground: Ground) -> None:
    sender = Sender(
        kind=ReporterKind.RIGHTS_HOLDER, name="Rina", email="rina@reporter.example", brand="Acme",
        register_number="018", proof=[Sent("register.pdf", [PDF])],
    )  # fmt: skip
    notice = receive(ground, sender=sender, sent=[Sent("seen.pdf", [PDF, b" and more"])])
    receive(ground, sender=sender, things=[ground.listing("Cube")])
    assert notice.right is not None
    assert [(file.name, file.right == notice.right) for file in notice.files.order_by("pk")] == [
        ("seen.pdf", False), ("register.pdf", True),
    ]  # fmt: skip
    assert path_of(notice.files.get(name="register.pdf").sha256).read_bytes() == PDF
    assert Reporter.objects.get().rights.count() == 1
    assert Reporter.objects.get().kind == ReporterKind.RIGHTS_HOLDER


def test_one_address_is_one_reporter_and_no_address_makes_a_flagger(ground: Ground) -> None:
    trusted = flagger(ground, email="rina@reporter.example")
    first, second = receive(ground), receive(ground, sender=Sender(name="R", email="rina@REPORTER.example"))
    assert first.reporter == second.reporter != trusted
    assert (first.reporter_kind, first.reference[:3]) == (ReporterKind.PERSON, "NT-")


def test_the_key_of_a_trusted_flagger_files_in_its_name(ground: Ground) -> None:
    service = User.objects.create_user("safe-toys", kind=Kind.SERVICE)
    trusted = flagger(ground, user=service)
    notice = receive(ground, actor=service, sender=Sender(), channel=NoticeChannel.API)
    assert (notice.reporter, notice.reporter_kind) == (trusted, ReporterKind.FLAGGER)
    assert (notice.reporter_email, notice.reference[:3]) == ("desk@safetoys.example", "TF-")


@pytest.mark.parametrize(
    ("more", "about"),
    [
        ({"valid_from": date(2026, 12, 1)}, NoticeGround.UNSAFE),
        ({"valid_to": date(2026, 11, 22)}, NoticeGround.UNSAFE),
        ({}, NoticeGround.SPEECH),
    ],
)
def test_outside_its_days_and_areas_a_flagger_is_an_organisation(
    ground: Ground, more: dict[str, Any], about: NoticeGround
) -> None:
    notice = receive(ground, ground=about, sender=Sender(flagger=flagger(ground, **more)), actor=ground.mona)
    assert (notice.reporter_kind, notice.reference[:3]) == (ReporterKind.PERSON, "NT-")


def test_what_a_suspended_reporter_sends_is_set_aside_and_can_be_taken_up(ground: Ground) -> None:
    known = receive(ground).reporter
    assert known is not None
    reporters.warn(reporter=known, reasons="Ten times nothing.", actor=ground.tilda, at=NOON)
    until = NOON + timedelta(days=30)
    reporters.suspend(reporter=known, reasons="Again.", until=until, actor=ground.tilda, at=NOON)
    item = receive(ground, things=[ground.listing("Cube")]).items.get()
    assert (item.state, item.case_item) == (NoticeState.SET_ASIDE, None)
    assert f"Your report {item.notice.reference} is set aside" in send_all()
    assert "until 23 December 2026 we keep what you send" in mail.outbox[-1].body
    taken = notices.take_up(item=item, actor=ground.mona, at=NOON)
    taken.refresh_from_db()
    assert taken.state == NoticeState.RECEIVED
    assert taken.case_item is not None
    assert receive(ground, at=until + timedelta(seconds=1)).items.get().state == NoticeState.RECEIVED


def test_the_log_names_nobody(ground: Ground) -> None:
    known = receive(ground).reporter
    assert known is not None
    reporters.warn(reporter=known, reasons="Nothing in it.", actor=ground.tilda, at=NOON)
    logged = [f"{entry.subject_ref} {entry.data} {entry.actor_label}" for entry in Entry.objects.all()]
    assert any("R-" in line for line in logged)
    assert not any(secret in line for line in logged for secret in ("Rina", "reporter.example", "Loose."))
