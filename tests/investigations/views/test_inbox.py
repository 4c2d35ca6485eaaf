"""The inbox and the number beside the bell; naming colleagues."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import files, watching
from investigations.models import Case, Telling
from tests.factories import cases as make
from tests.investigations.views.desk import address, page

pytestmark = pytest.mark.django_db


def name(case: Case, by: User, text: str = "@Kim look") -> None:
    files.note(case=case, actor=by, text=text, at=timezone.now())


def test_a_mention_stands_in_the_inbox_until_it_is_read(client: Client, kim: User, lee: User, case: Case) -> None:
    name(case, lee, "@Kim look <here>")
    client.force_login(kim)
    assert ">1<" in client.get(address("inbox-count")).content.decode()
    text = client.get(address("inbox")).content.decode()
    assert "You are named in a note" in text
    assert "&lt;here&gt;" in text

    notes = page(client, case, "notes")

    assert '<b class="mention">@Kim</b> look &lt;here&gt;' in notes
    assert client.get(address("inbox-count")).content.decode() == ""


def test_lines_are_marked_read(client: Client, kim: User, lee: User, case: Case) -> None:
    for number in range(3):
        name(case, lee, f"@Kim {number}")
    client.force_login(kim)
    first = Telling.objects.order_by("pk")[0]
    client.post(address("inbox-read"), {"ids": [first.pk]})
    assert Telling.objects.filter(read_at=None).count() == 2
    assert client.get(address("inbox") + "?unread=true").content.decode().count("<tr data-row") == 2
    client.post(address("inbox-read"))
    assert Telling.objects.filter(read_at=None).count() == 0


def test_nobody_reads_or_marks_what_is_for_others(client: Client, kim: User, lee: User, case: Case) -> None:
    name(case, lee)
    client.force_login(lee)
    assert "<tr data-row" not in client.get(address("inbox")).content.decode()
    client.post(address("inbox-read"), {"ids": [Telling.objects.get().pk]})
    client.post(address("inbox-read"))
    assert Telling.objects.get().read_at is None


def test_what_is_told_of_a_case_that_one_may_not_read_any_more_is_hidden(client: Client, lee: User, case: Case) -> None:
    nils = make.person("nils", Role.MODERATOR, markets=["DE"])
    name(case, lee, "@Nils look")
    nils.grants.update(markets=["AT"])
    client.force_login(nils)
    assert client.get(address("inbox-count")).content.decode() == ""
    assert "<tr data-row" not in client.get(address("inbox")).content.decode()


def test_the_inbox_is_for_readers_of_cases(client: Client, adam: User) -> None:
    client.force_login(adam)
    for each in ("inbox", "inbox-count"):
        assert client.get(address(each)).status_code == 403
    assert client.post(address("inbox-read")).status_code == 403
    assert "inbox-count" not in client.get("/people/").content.decode()


def test_the_bell_is_on_every_page(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    assert 'id="inbox-count"' in client.get(address("listings")).content.decode()


def test_the_inbox_costs_the_same_at_one_and_at_three_lines(client: Client, kim: User, lee: User, case: Case) -> None:
    watching.watch(case=case, actor=kim, at=timezone.now())
    name(case, lee, "one")
    client.force_login(kim)
    client.get(address("inbox"))
    with CaptureQueriesContext(connection) as one:
        client.get(address("inbox"))
    name(case, lee, "@Kim two")
    name(make.case(make.policy("cords"), case.merchant), lee, "@Kim three")
    with CaptureQueriesContext(connection) as three:
        client.get(address("inbox"))
    assert len(three) == len(one)


def test_notes_cost_the_same_at_one_and_at_three(client: Client, kim: User, lee: User, sana: User, case: Case) -> None:
    name(case, lee)
    client.force_login(kim)
    page(client, case, "notes")
    with CaptureQueriesContext(connection) as one:
        page(client, case, "notes")
    name(case, lee, "@Kim and @Sana")
    name(case, sana, "@Kim and @Lee")
    with CaptureQueriesContext(connection) as three:
        page(client, case, "notes")
    assert len(three) == len(one)


def test_colleagues_are_found_by_the_beginning_of_a_word(client: Client, kim: User, lee: User, case: Case) -> None:
    make.person("nils", Role.MODERATOR, markets=["AT"])
    user = make.person("leo", Role.SENIOR_REVIEWER)
    User.objects.filter(pk=user.pk).update(pseudonym="Senior Leo")
    client.force_login(kim)
    found = client.get(address("case-colleagues", case.pk), {"q": "le"}).json()["results"]
    assert found == ["Lee", "Senior Leo"]
    assert "Kim" not in client.get(address("case-colleagues", case.pk)).json()["results"]
    assert client.get(address("case-colleagues", case.pk), {"q": "nil"}).json()["results"] == []


def test_only_those_who_annotate_look_for_colleagues(client: Client, case: Case) -> None:
    client.force_login(make.person("audrey", Role.AUDITOR))
    assert client.get(address("case-colleagues", case.pk)).status_code == 403


def test_the_same_file_is_in_a_case_once(client: Client, held: Case, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for title in ("Report", "Again"):
        given = {"file-title": title, "file-file": SimpleUploadedFile("a.txt", b"x")}
        text = client.post(address("case-file", held.pk), given, follow=True).content.decode()
    assert "This file is here already, as “Report”." in text
    assert held.evidence.count() == 1
    assert held.evidence.get().sha256 in text
