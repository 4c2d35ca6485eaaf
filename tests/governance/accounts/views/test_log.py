"""The audit page: who may read it, what its filters find, what an entry tells, and the check."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.accounts.models import User
from governance.audit.domain import checks
from governance.audit.domain.entries import record
from governance.audit.domain.seals import seal
from governance.audit.models import Check, Entry

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LIST = "audit:entries"


@pytest.fixture
def reader(ines: User) -> Client:
    cache.clear()
    client = Client()
    client.force_login(ines)
    return client


def write(actor: User | None, verb: str, subject_id: int, ref: str = "", days: int = 0, **data: object) -> Entry:
    at = NOON - timedelta(days=days)
    return record(
        verb=verb,
        actor=actor,
        subject_kind=verb.split(".")[0],
        subject_id=subject_id,
        subject_ref=ref,
        data=data,
        at=at,
    )


def told(answer: Any) -> list[str]:
    return [str(each) for each in answer.context["messages"]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_entries(reader: Client, jonas: User, lena: User, count: int) -> None:
    for number in range(count):
        write([jonas, lena, None][number], "case.closed", number, reason="settled")
    reader.get(reverse(LIST))
    with CaptureQueriesContext(connection) as asked:
        answer = reader.get(f"{reverse(LIST)}?subject_kind=case")
    assert len(answer.context["page"].rows) == count
    # session, person, roles; checks, last seal; persons to choose (2); entries, saved views; remembering the filter (3)
    assert len(asked) == 12


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("verb=decision.issued", [2, 1]),
        ("subject_kind=case&verb=case.closed", [3]),
        ("q=C-7", [3]),
        ("q=7", [3]),
        ("q=SR-2026-4Q7K-0719", [1]),
        ("q=nothing", []),
        ("actor={jonas}", [3, 1]),
        ("actor={jonas}&actor={lena}", [3, 2, 1]),
        ("without_person=automation&subject_kind=sweep", [4]),
        ("since=2026-11-22&until=2026-11-22&subject_kind=decision", [2]),
        ("until=2026-11-21", [1]),
        ("since=2026-11-24", []),
    ],
)
def test_filters_find_what_they_say(reader: Client, jonas: User, lena: User, query: str, found: list[int]) -> None:
    written = {
        write(jonas, "decision.issued", 70, ref="SR-2026-4Q7K-0719", days=2).pk: 1,
        write(lena, "decision.issued", 71, days=1).pk: 2,
        write(jonas, "case.closed", 7).pk: 3,
        write(None, "sweep.started", 9).pk: 4,
    }
    url = f"{reverse(LIST)}?{query.format(jonas=jonas.pk, lena=lena.pk)}"
    rows = reader.get(url).context["page"].rows
    assert [written[row.pk] for row in rows if row.pk in written] == found


def test_the_list_says_in_words_what_was_done_and_leaves_out_what_is_empty(reader: Client, jonas: User) -> None:
    User.objects.filter(username="ines").update(language="de")
    write(jonas, "decision.issued", 70, points=6, reason="", markets=[], measure={"was": None, "now": ["DE", "FR"]})
    write(jonas, "case.closed", 7)
    page = reader.get(reverse(LIST)).content.decode()
    assert "Entscheidung getroffen</a>" in page
    assert "Entscheidung 70" in page
    assert "points: 6, measure: (now: DE FR)" in page
    assert "case.closed</a>" in page  # a verb without words is shown as it is stored


def test_the_filter_offers_verbs_by_their_words(reader: Client, jonas: User) -> None:
    write(jonas, "policy.approved", 1)
    write(jonas, "case.opened", 2)
    page = reader.get(reverse(LIST))
    offered = page.context["view"].filterset.form.fields["verb"].choices
    assert [choice for choice in offered if choice[0] in ("policy.approved", "case.opened")] == [
        ("case.opened", "Case opened"),
        ("policy.approved", "Policy version approved"),
    ]


def test_the_export_holds_exactly_what_the_filter_shows(reader: Client, jonas: User) -> None:
    write(jonas, "case.closed", 7, reason="=HYPERLINK(1)")
    write(jonas, "case.opened", 8)
    answer = reader.get(f"{reverse(LIST)}?verb=case.closed&export=csv")
    content = answer.getvalue()
    head, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert head == ["When", "By whom", "What was done", "To what", "Reference", "Details", "Entry"]
    assert row[1:4] == ["Moderator K7", "case.closed", "case 7"]


@pytest.mark.parametrize("htmx", [True, False])
def test_an_entry_tells_everything_over_the_list_or_alone(reader: Client, jonas: User, htmx: bool) -> None:
    entry = write(jonas, "person.deactivated", jonas.pk, ref="<b>K7</b>", reason="<script>alert(1)</script>")
    headers = {"hx-request": "true"} if htmx else {}
    page = reader.get(reverse("audit:entry", args=[entry.pk]), headers=headers).content.decode()
    assert ("<dialog" in page.split("drawer")[0][:10], "<html" in page) == (htmx, not htmx)
    assert (page.count("<script>alert"), "&lt;script&gt;alert(1)" in page) == (0, True)
    assert f'href="/accounts/people/{jonas.pk}/"' in page
    assert "the next one covers it" in page


def test_who_may_not_read_the_log(jonas: User) -> None:
    entry = write(jonas, "case.closed", 7)
    client = Client()
    client.force_login(jonas)
    answers = [
        client.get(reverse(LIST)),
        client.get(reverse("audit:entry", args=[entry.pk])),
        client.get(reverse("audit:standing")),
        client.post(reverse("audit:check")),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
    assert not Check.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_check_is_asked_for_and_its_result_is_shown(reader: Client, jonas: User) -> None:
    write(jonas, "case.closed", 7)
    asked = reader.post(reverse("audit:check"), follow=True)
    assert told(asked) == ["The whole log is being read again"]
    assert 'hx-trigger="every 2s"' in reader.get(reverse(LIST)).content.decode()
    again = reader.post(reverse("audit:check"), follow=True)
    assert told(again) == ["A check is under way already."]
    done = checks.run_owed(at=NOON)
    assert done is not None
    page = reader.get(reverse("audit:standing"), headers={"hx-request": "true"}).content.decode()
    assert ("Intact." in page, 'hx-trigger="every 2s"' in page, done.digest[:16] in page) == (True, False, True)


@pytest.mark.django_db(transaction=True)
def test_a_broken_log_is_shouted_about(reader: Client, jonas: User) -> None:
    entry = write(jonas, "case.closed", 7)
    made = seal(NOON)[0]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET actor_label = 'somebody' WHERE id = %s", [entry.pk])
        cursor.execute("SET session_replication_role = origin")
    checks.ask_daily(at=NOON)
    checks.run_owed(at=NOON)
    page = reader.get(reverse(LIST)).content.decode()
    assert "The log was tampered with." in page
    assert f"entry {entry.pk} was edited after seal {made.pk}" in page


@pytest.mark.django_db(transaction=True)
def test_an_entry_names_its_seal(reader: Client, jonas: User) -> None:
    entry = write(jonas, "case.closed", 7)
    made = seal(NOON)[0]
    page = reader.get(reverse("audit:entry", args=[entry.pk])).content.decode()
    assert f"Number {made.pk}" in page
