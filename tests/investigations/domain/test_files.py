import hashlib
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.web.refusals import Refusal
from investigations.domain import files
from investigations.models import Case, Evidence, Note
from tests.factories import cases as make
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def case() -> Case:
    return make.case(make.policy("magnets"), make.merchant("Nordlicht"))


def test_a_note_is_kept_and_never_edited(kim: User, case: Case) -> None:
    note = files.note(case=case, actor=kim, text="  Asked the merchant.  ", at=NOON)

    assert note.text == "Asked the merchant."
    assert Entry.objects.filter(verb="case.noted", subject_id=case.pk, actor=kim).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.update(text="something else")


def test_an_empty_note_is_refused(kim: User, case: Case) -> None:
    with pytest.raises(Refusal, match="empty"):
        files.note(case=case, actor=kim, text=" \n ", at=NOON)


def test_a_file_is_kept_under_its_hash(kim: User, case: Case, tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    content = b"%PDF a test report"

    added = files.add_file(
        case=case, actor=kim, title="Report", filename="../../etc/passwd", chunks=[content[:4], content[4:]], at=NOON
    )

    assert added.sha256 == hashlib.sha256(content).hexdigest()
    assert (tmp_path / "evidence" / added.sha256).read_bytes() == content
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == [added.sha256]
    assert added.content == {"filename": "../../etc/passwd", "size": len(content)}


def test_a_snapshot_keeps_the_listing_as_it_is(kim: User, case: Case) -> None:
    item = case.items.get()

    added = files.add_snapshot(item=item, actor=kim, at=NOON)

    assert added.content["title"] == "Magnet cube 1"
    assert Evidence.objects.get().source == f"L-{item.listing_id}"


def test_a_merchant_has_no_snapshot(kim: User, case: Case) -> None:
    item = case.items.get()
    item.listing = None
    with pytest.raises(Refusal, match="no snapshot"):
        files.add_snapshot(item=item, actor=kim, at=NOON)
