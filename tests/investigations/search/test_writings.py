"""What people wrote is found by its words on the page of the search, by who may read it where it stands, and by nobody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enforcement.models import Decision
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import cases, claims, files, investigations, notice_intake
from investigations.enums import NoticeGround, Verdict
from investigations.models import Case, Investigation, InvestigationNote, Note, Notice
from investigations.queries import writings
from tests.factories import cases as make

pytestmark = pytest.mark.django_db
WORD = "Zirkónia"


@pytest.fixture
def case() -> Case:
    for code in ("DE", "FR", "AT"):
        make.market(code)
    return make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=4, at=timezone.now())


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def written(case: Case, kim: User, opened: Investigation, ines: User) -> Case:
    """One of each kind with the word in it."""
    write(case, kim, opened, ines)
    return case


def write(case: Case, kim: User, opened: Investigation, ines: User) -> None:
    now = timezone.now()
    files.note(case=case, actor=kim, text=f"Says <b>{WORD}</b> & more.", at=now)
    item = case.items.filter(settled_at=None).order_by("pk")[0]
    claims.claim(case=case, person=kim, at=now)
    cases.decide(
        case=case, verdicts={item.pk: Verdict.VIOLATES}, measure=Measure.REMOVE, actor=kim,
        reason=f"{WORD} sold as diamond", at=now, keep=True,
    )  # fmt: skip
    claims.release(case=case, actor=kim, at=now)
    assert item.listing is not None
    notice_intake.receive(
        things=[item.listing], ground=NoticeGround.OTHER, reason=f"This is {WORD}.", language="en", actor=kim, at=now,
        sender=notice_intake.Sender(name="Rina Reporter", email="rina@reporter.example"),
    )  # fmt: skip
    investigations.note(investigation=opened, text=f"{WORD} again", actor=ines, at=now)


def kinds(user: User, words: str = "zirkonia") -> set[str]:
    return {each.kind for each in writings.find(words, user=user)}


def shown(client: Client, words: str) -> str:
    return client.get(reverse("investigations:search"), {"q": words}).content.decode()


def test_each_line_says_what_it_is_who_wrote_it_and_leads_to_where_it_stands(
    client: Client, written: Case, ines: User
) -> None:
    client.force_login(ines)
    text = shown(client, "ZIRKONIA")

    assert "In notes and reasons" in text
    assert f"Says &lt;b&gt;<mark>{WORD}</mark>&lt;/b&gt; &amp; more." in text
    for address in (
        reverse("investigations:case-tab", args=[written.pk, "notes"]),
        reverse("enforcement:decision", args=[Decision.objects.get().reference]),
        reverse("investigations:notice", args=[Notice.objects.get().reference]),
        reverse("investigations:investigation", args=[Investigation.objects.get().pk]),
    ):
        assert f'href="{address}"' in text
    assert "Kim" in text
    assert "Ines" in text
    assert "Rina" not in text
    assert client.get(reverse("investigations:find"), {"q": "zirkonia"}).json() == {"results": []}


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("zirkon*", {"note", "reason", "notice", "investigation"}),
        ('"sold as diamond"', {"reason"}),
        ("цирkония", set()),
        ("зиркония", {"note", "reason", "notice", "investigation"}),
        ("zirkonia -diamond", {"note", "notice", "investigation"}),
        ("-diamond", set()),
        ("zirk", set()),
        ("& | !", set()),
    ],
)
def test_what_words_find(ines: User, words: str, found: set[str]) -> None:
    assert kinds(ines, words) == found


@pytest.mark.usefixtures("written")
def test_nobody_finds_what_they_may_not_read(kim: User, ines: User) -> None:
    assert kinds(ines) == {"note", "reason", "notice", "investigation"}
    assert kinds(kim) == {"note", "reason", "notice"}
    assert kinds(make.person("nils", Role.MODERATOR, markets=["AT"])) == set()
    assert kinds(make.person("iria", Role.INVESTIGATOR, markets=["DE"])) == {"note", "reason", "notice"}
    assert kinds(make.person("ada", Role.ADMINISTRATOR)) == set()


def test_the_page_costs_the_same_at_one_and_at_three_of_each(
    client: Client, case: Case, kim: User, opened: Investigation, ines: User
) -> None:
    client.force_login(ines)
    costs = []
    for more in (1, 2):
        for _each in range(more):
            write(case, kim, opened, ines)
        shown(client, "zirkonia")
        with CaptureQueriesContext(connection) as page:
            shown(client, "zirkonia")
        costs.append(len(page))

    assert costs == [15, 15]


def test_the_newest_twenty_are_shown_and_it_says_so(client: Client, case: Case, kim: User) -> None:
    for number in range(writings.MOST + 1):
        at = timezone.now() + timedelta(seconds=number)
        Note.objects.create(case=case, author=kim, text=f"zirkonia n{number}.", written_at=at)
    client.force_login(kim)
    text = shown(client, "zirkonia")

    assert "the newest 20" in text
    assert "n20." in text
    assert "n0." not in text


@pytest.mark.parametrize(
    ("rows", "field", "index"),
    [
        (Note.objects, "text", "note_by_words"),
        (InvestigationNote.objects, "text", "investigation_note_by_words"),
        (Notice.objects, "reason", "notice_by_words"),
        (Decision.objects, "reason", "decision_by_words"),
    ],
)
def test_words_use_the_index(rows: object, field: str, index: str) -> None:
    """The expression of the query is that of the index, letter for letter."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan TO off; SET LOCAL enable_indexscan TO off")
    plan = writings._newest(rows.all(), field, "'zirkonia'").explain()  # type: ignore[attr-defined]
    assert index in plan
