"""One case's page: what it shows, and every verb on it with its refusals."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import opening
from investigations.enums import CaseState, Verdict
from investigations.models import Case, Claim, Evidence, Note
from listings.models import ListingVersion
from tests.factories import cases as make
from tests.investigations.views.desk import address, entered, page

pytestmark = pytest.mark.django_db


# --- reading -----------------------------------------------------------------------------------


def test_the_matched_words_are_marked_in_the_listings_own_text(client: Client, kim: User) -> None:
    nordlicht, magnets = make.merchant("Nordlicht"), make.policy("magnets")
    listing = make.listing(nordlicht, "Cube of magnets", description="Very strong magnets <b>inside</b>")
    explanation = {
        "form": 1,
        "tree": {"op": "condition", "code": "is", "held": True, "left": {"fact": "listing.title"}},
        "matches": [
            {"zone": "title", "key": "", "start": 8, "end": 15, "text": "magnets"},
            {"zone": "description", "key": "", "start": 5, "end": 19, "text": "strong magnets"},
        ],
    }
    make.violation(listing, magnets, explanation=explanation)
    opening.open_owed(at=timezone.now())
    client.force_login(kim)

    text = page(client, Case.objects.get())

    assert "Cube of <mark>magnets</mark>" in text
    assert "Very <mark>strong magnets</mark> &lt;b&gt;inside&lt;/b&gt;" in text


def test_script_and_invisible_characters_are_shown_and_harmless(client: Client, kim: User) -> None:
    nordlicht, magnets = make.merchant("Nordlicht"), make.policy("magnets")
    title = "<script>alert(1)</script>safe\u202eelbisivni"
    make.violation(make.listing(nordlicht, title, description="\u202e" * 3), magnets)
    make.violation(make.listing(nordlicht, ""), magnets)
    opening.open_owed(at=timezone.now())
    client.force_login(kim)

    text = page(client, Case.objects.get())

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;safe" in text
    assert '<span class="control" title="right-to-left override">RLO</span>' in text
    assert "\u202e" not in text
    assert "No title" in text


def test_a_listing_is_shown_as_it_was_when_the_rule_held(client: Client, kim: User) -> None:
    nordlicht, magnets = make.merchant("Nordlicht"), make.policy("magnets")
    listing = make.listing(nordlicht, "Strong magnets")
    make.violation(listing, magnets)
    opening.open_owed(at=timezone.now())
    listing.version, listing.title = 2, "Wooden cubes"
    listing.save()
    ListingVersion.objects.create(
        listing=listing, number=2, content=make.content_of(listing), content_hash="2" * 32, created_at=timezone.now()
    )
    client.force_login(kim)

    text = page(client, Case.objects.get())
    assert "Strong magnets" in text
    assert "changed by the merchant since" in text

    changes = page(client, Case.objects.get(), "changes")
    assert "<del>Strong magnets</del>" in changes
    assert "<ins>Wooden cubes</ins>" in changes


def test_four_hundred_listings_come_in_pages_at_the_price_of_one(client: Client, kim: User) -> None:
    make.market("DE")
    case = make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=3)
    client.force_login(kim)
    client.get(address("case", case.pk))
    with CaptureQueriesContext(connection) as three:
        client.get(address("case", case.pk))
    assert case.policy is not None
    for number in range(397):
        make.violation(make.listing(case.merchant, f"Another cube {number}"), case.policy)
    opening.open_owed(at=timezone.now())

    with CaptureQueriesContext(connection) as many:
        text = page(client, case)

    assert len(many) == len(three)
    assert text.count('class="evidence"') == 25
    assert "400 listings of" in text
    last = [int(key) for key in re.findall(r'data-row="(\d+)"', text)][-1]
    more = client.get(address("case-more", case.pk), {"after": last}).content.decode()
    assert more.count('class="evidence"') == 25
    assert ">26<" in more


def test_the_policy_speaks_the_moderators_language_else_says_so(client: Client, case: Case) -> None:
    hans = make.person("hans", Role.MODERATOR)
    hans.language = "de"
    hans.save()
    client.force_login(hans)

    text = page(client, case)

    assert 'lang="en" dir="ltr"' in text
    assert "A magnet that a child can swallow" in text


def test_an_unknown_tab_is_not_found(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    assert client.get(address("case-tab", case.pk, "gossip")).status_code == 404


def test_a_case_of_other_markets_is_not_found(client: Client, case: Case) -> None:
    client.force_login(make.person("nils", Role.MODERATOR, markets=["AT"]))
    assert client.get(address("case", case.pk)).status_code == 404


# --- taking --------------------------------------------------------------------------------------


def test_taking_a_case_shows_the_decision(client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    assert "Take this case" in page(client, case)

    client.post(address("case-claim", case.pk))

    text = page(client, case)
    assert 'id="decision"' in text
    assert "3 verdicts are missing" in text


def test_who_holds_a_case_is_named_to_others(client: Client, held: Case, lee: User) -> None:
    client.force_login(lee)
    text = page(client, held)
    assert "is deciding it, until" in text
    assert "Take this case" not in text

    response = client.post(address("case-claim", held.pk), follow=True)
    assert f"{held} is with Kim." in response.content.decode()


@pytest.mark.parametrize("verb", ["claim", "extend", "release", "skip", "hold", "decide", "effect", "statement"])
def test_verbs_are_for_workers(verb: str, client: Client, mara: User, case: Case) -> None:
    client.force_login(mara)
    assert client.post(address(f"case-{verb}", case.pk)).status_code == 403


@pytest.mark.parametrize("verb", ["claim", "extend", "release", "skip", "hold", "decide"])
def test_verbs_are_posted(verb: str, client: Client, kim: User, case: Case) -> None:
    client.force_login(kim)
    assert client.get(address(f"case-{verb}", case.pk)).status_code == 405


def test_extending_answers_with_the_new_claim(client: Client, held: Case) -> None:
    Claim.objects.update(expires_at=timezone.now() + timedelta(minutes=1))

    response = client.post(address("case-extend", held.pk), headers={"HX-Request": "true"})

    assert "data-claim" in response.content.decode()
    assert Claim.objects.get().expires_at > timezone.now() + timedelta(minutes=14)


def test_releasing_goes_back_to_the_queue(client: Client, held: Case) -> None:
    response = client.post(address("case-release", held.pk))
    assert response["Location"] == address("queue")
    held.refresh_from_db()
    assert held.state == CaseState.OPEN


def test_skipping_opens_the_next_case(client: Client, held: Case) -> None:
    other = make.case(make.policy("cords"), held.merchant)

    response = client.post(address("case-skip", held.pk), {"skip-why": "I know them"})

    assert response["Location"] == address("case", other.pk)


def test_skipping_without_a_reason_keeps_what_was_entered(client: Client, held: Case) -> None:
    response = client.post(address("case-skip", held.pk), entered(held, Verdict.FINE))

    text = response.content.decode()
    assert response.status_code == 409
    assert "Say why in a few words" in text
    first = held.items.order_by("pk")[0]
    assert f'name="verdict-{first.pk}" value="fine" checked' in text


def test_holding_takes_the_verdicts_along(client: Client, held: Case) -> None:
    client.post(address("case-hold", held.pk), entered(held, Verdict.VIOLATES) | {"hold-why": "Is the report real?"})

    held.refresh_from_db()
    assert held.state == CaseState.HELD
    assert held.items.order_by("pk")[0].verdict == Verdict.VIOLATES


# --- notes and evidence --------------------------------------------------------------------------


def test_notes_stand_in_the_case(client: Client, held: Case) -> None:
    client.post(address("case-note", held.pk), {"text": "Asked the <b>merchant</b>"})

    text = page(client, held, "notes")
    assert "Asked the &lt;b&gt;merchant&lt;/b&gt;" in text
    assert Note.objects.count() == 1


def test_an_empty_note_is_refused_in_words(client: Client, held: Case) -> None:
    response = client.post(address("case-note", held.pk), {"text": " "}, follow=True)
    assert "The note is empty." in response.content.decode()


def test_who_only_reads_adds_nothing(client: Client, case: Case) -> None:
    client.force_login(make.person("audrey", Role.AUDITOR))
    assert client.post(address("case-note", case.pk), {"text": "hello"}).status_code == 403
    assert client.get(address("case", case.pk)).status_code == 200


def test_a_file_is_kept_and_only_ever_downloaded(client: Client, held: Case, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    page_in_a_file = SimpleUploadedFile("../report.html", b"<script>alert(1)</script>", content_type="text/html")
    client.post(address("case-file", held.pk), {"file-title": "Test report", "file-file": page_in_a_file})

    kept = Evidence.objects.get()
    response = client.get(address("case-download", held.pk, kept.pk))

    assert b"".join(response) == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="report.html"'
    assert "Test report" in page(client, held, "evidence")


def test_a_file_of_another_case_is_not_found(client: Client, held: Case, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.post(address("case-file", held.pk), {"file-title": "Report", "file-file": SimpleUploadedFile("a.txt", b"x")})
    other = make.case(make.policy("cords"), held.merchant)
    assert client.get(address("case-download", other.pk, Evidence.objects.get().pk)).status_code == 404


def test_a_link_must_be_an_address(client: Client, held: Case) -> None:
    bad = client.post(
        address("case-link", held.pk), {"link-title": "x", "link-source": "javascript:alert(1)"}, follow=True
    )
    assert "Enter a valid URL." in bad.content.decode()
    client.post(address("case-link", held.pk), {"link-title": "Recall", "link-source": "https://recalls.example/1"})
    assert Evidence.objects.get().source == "https://recalls.example/1"


def test_a_snapshot_keeps_the_listing(client: Client, held: Case) -> None:
    item = held.items.order_by("pk")[0]
    client.post(address("case-snapshot", held.pk, item.pk))
    assert json.dumps(Evidence.objects.get().content).count("Magnet cube 1") == 1
