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
from django.urls import reverse
from django.utils import timezone

from enforcement.models import Decision, Violation
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import claims, opening
from investigations.enums import CaseState, Verdict
from investigations.models import Case, CaseDecision, CaseItem, Claim, Evidence, Note
from listings.models import ListingVersion
from tests.factories import cases as make

pytestmark = pytest.mark.django_db


def address(name: str, *args: Any) -> str:
    return reverse(f"investigations:{name}", args=args)


def page(client: Client, case: Case, tab: str = "") -> str:
    response = client.get(address("case-tab", case.pk, tab) if tab else address("case", case.pk))
    assert response.status_code == 200
    return response.content.decode()


def entered(case: Case, *verdicts: Verdict, **more: Any) -> dict[str, Any]:
    """The form as the page would post it."""
    keys = list(case.items.filter(settled_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    fields = {
        "known_up_to": keys[-1],
        "measure": "remove",
        "markets": ["DE", "FR"],
        "reason": "The marked words leave no doubt",
        "fine_reason": "The rule caught something else",
    }
    return fields | {f"verdict-{key}": verdict.value for key, verdict in zip(keys, verdicts, strict=False)} | more


@pytest.fixture
def held(client: Client, kim: User, case: Case) -> Case:
    """The case, taken by Kim who is signed in."""
    client.force_login(kim)
    claims.claim(case=case, person=kim, at=timezone.now())
    return case


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


# --- deciding ------------------------------------------------------------------------------------


def test_the_button_says_what_it_will_do(client: Client, held: Case) -> None:
    form = entered(held, Verdict.VIOLATES, Verdict.VIOLATES, Verdict.FINE)

    text = client.post(address("case-effect", held.pk), form).content.decode()

    assert "Remove 2 listings in 2 markets" in text
    assert "2 violate, 1 fine" in text
    assert "The merchant gets the statement in English. It adds points: 4." in text
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("verdicts", "changes", "label"),
    [
        ((Verdict.VIOLATES,), {}, "2 verdicts are missing"),
        ((Verdict.FINE,) * 3, {}, "Find 3 listings fine"),
        ((Verdict.UNSURE,) * 3, {}, "Leave 3 listings to a senior"),
        ((Verdict.VIOLATES,) * 3, {"measure": ""}, "Choose a measure"),
        ((Verdict.VIOLATES,) * 3, {"markets": []}, "Choose at least one market"),
        ((Verdict.VIOLATES,) * 3, {"measure": "warn"}, "Warn about 3 listings"),
        (
            (Verdict.VIOLATES,) * 3,
            {"measure": "restrict_markets", "markets": ["FR"]},
            "Restrict 3 listings in 1 market",
        ),
        ((), {"verdict_all": "violates"}, "Remove 3 listings in 2 markets"),
        ((Verdict.FINE,), {"verdict_all": "violates"}, "Remove 2 listings in 2 markets"),
        ((Verdict.VIOLATES,) * 3, {"measure": "explode"}, "Something entered was not understood"),
    ],
)
def test_the_button_in_every_case(
    verdicts: tuple[Verdict, ...], changes: dict[str, Any], label: str, client: Client, held: Case
) -> None:
    text = client.post(address("case-effect", held.pk), entered(held, *verdicts, **changes)).content.decode()
    assert re.search(rf'id="decide"[^>]*>\s*{re.escape(label)} <', text), text


def test_measures_that_the_policy_does_not_permit_say_why(client: Client, held: Case) -> None:
    text = page(client, held)
    assert re.search(
        r'title="Not permitted by this policy"><input type="radio" name="measure" value="age_gate"[^>]*disabled', text
    )


def test_the_statement_can_be_read_first_and_leaves_nothing_behind(client: Client, held: Case) -> None:
    form = entered(held, Verdict.VIOLATES, Verdict.FINE, Verdict.FINE)

    text = client.post(address("case-statement", held.pk), form).content.decode()

    assert "Strong loose magnets may not be sold as toys." in text
    assert "Magnet cube 1" in text
    assert not Decision.objects.exists()
    assert not Violation.objects.filter(state="closed").exists()


def test_deciding_opens_the_next_case_with_an_undo(client: Client, held: Case) -> None:
    other = make.case(make.policy("cords", title="Cords"), held.merchant)

    response = client.post(
        address("case-decide", held.pk), entered(held, Verdict.VIOLATES, Verdict.VIOLATES, Verdict.FINE), follow=True
    )

    assert response.redirect_chain[-1][0] == address("case", other.pk)
    text = response.content.decode()
    ruling = CaseDecision.objects.get()
    assert "Removed 2 listings in 2 markets" in text
    assert f'action="{address("ruling-undo", ruling.pk)}"' in text
    decision = Decision.objects.get()
    assert (decision.measure, decision.markets, decision.reason) == (
        Measure.REMOVE,
        [],
        "The marked words leave no doubt",
    )


def test_one_verdict_for_all_spares_what_came_later(client: Client, held: Case) -> None:
    form = entered(held, verdict_all="violates")
    assert held.policy is not None
    make.violation(make.listing(held.merchant, "Late", markets=("DE",)), held.policy)
    opening.open_owed(at=timezone.now())

    client.post(address("case-decide", held.pk), form)

    assert CaseItem.objects.filter(settled_at__isnull=True).get().listing.title == "Late"  # type: ignore[union-attr]
    assert Decision.objects.get().items.count() == 3


def test_a_refused_decision_comes_back_as_it_was_entered(client: Client, held: Case) -> None:
    form = entered(held, Verdict.VIOLATES, Verdict.FINE, reason="My own words")

    response = client.post(address("case-decide", held.pk), form)

    text = response.content.decode()
    assert response.status_code == 409
    assert "1 listing has no verdict yet." in text
    assert 'value="My own words"' in text
    first, second, _third = held.items.order_by("pk")
    assert f'name="verdict-{first.pk}" value="violates" checked' in text
    assert f'name="verdict-{second.pk}" value="fine" checked' in text
    assert not Decision.objects.exists()


def test_a_claim_that_ran_out_loses_nothing(client: Client, held: Case) -> None:
    Claim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    form = entered(held, Verdict.VIOLATES, Verdict.VIOLATES, Verdict.FINE, reason="My own words")

    refused = client.post(address("case-decide", held.pk), form)

    text = refused.content.decode()
    assert refused.status_code == 409
    assert "Your claim on" in text
    assert "Take it again" in text
    assert 'value="My own words"' in text

    again = client.post(address("case-claim", held.pk), form).content.decode()
    first = held.items.order_by("pk")[0]
    assert f'name="verdict-{first.pk}" value="violates" checked' in again
    assert "Remove 2 listings in 2 markets" in again

    client.post(address("case-decide", held.pk), form)
    assert Decision.objects.get().items.count() == 2


def test_what_somebody_else_took_meanwhile_is_said_and_kept(client: Client, held: Case, lee: User) -> None:
    Claim.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    claims.claim(case=held, person=lee, at=timezone.now())

    response = client.post(
        address("case-decide", held.pk), entered(held, *[Verdict.VIOLATES] * 3, reason="My own words")
    )

    text = response.content.decode()
    assert response.status_code == 409
    assert f"{held} is with Lee." in text
    assert 'value="My own words"' in text
    assert "Take it again" not in text


def test_undo_brings_the_case_back_with_what_was_entered(client: Client, held: Case) -> None:
    form = entered(held, Verdict.VIOLATES, Verdict.VIOLATES, Verdict.FINE, measure="restrict_markets", markets=["FR"])
    client.post(address("case-decide", held.pk), form)

    response = client.post(address("ruling-undo", CaseDecision.objects.get().pk), follow=True)

    text = response.content.decode()
    assert response.redirect_chain[-1][0] == address("case", held.pk)
    first = held.items.order_by("pk")[0]
    assert f'name="verdict-{first.pk}" value="violates" checked' in text
    assert 'name="measure" value="restrict_markets" checked' in text
    assert 'name="markets" value="FR" checked' in text
    assert 'name="markets" value="DE" checked' not in text


def test_nobody_undoes_anothers_decision(client: Client, held: Case, lee: User) -> None:
    client.post(address("case-decide", held.pk), entered(held, *[Verdict.VIOLATES] * 3))
    client.force_login(lee)
    assert client.post(address("ruling-undo", CaseDecision.objects.get().pk)).status_code == 404


def test_a_closed_case_shows_what_came_of_it(client: Client, held: Case, adam: User, mara: User) -> None:
    client.post(address("case-decide", held.pk), entered(held, *[Verdict.VIOLATES] * 3))
    decision = Decision.objects.get()
    client.force_login(mara)

    text = page(client, held)

    assert decision.reference in text
    assert 'id="decision"' not in text
    sent = client.get(address("case-sent", held.pk, decision.pk)).content.decode()
    assert "Strong loose magnets may not be sold as toys." in sent


def test_a_decision_of_a_merchant_names_no_listing(client: Client, kim: User) -> None:
    make.market("DE")
    policy = make.policy("identity", measures=(Measure.WARN, Measure.SUSPEND_LISTING_RIGHTS), title="Trader identity")
    type(policy).objects.filter(pk=policy.pk).update(subject="merchants")
    merchant = make.merchant("Nordlicht")
    Violation.objects.create(
        policy=policy, version_id=policy.live_id or 0, merchant=merchant, markets=["DE"], mode="review", owed="case",
        found_at=timezone.now(), seen_at=timezone.now(),
    )  # fmt: skip
    opening.open_owed(at=timezone.now())
    case = Case.objects.get()
    claims.claim(case=case, person=kim, at=timezone.now())
    client.force_login(kim)
    item = case.items.get()
    form = {f"verdict-{item.pk}": "violates", "measure": "suspend_listing_rights", "reason": "No register entry"}

    assert "Suspend listing rights <" in client.post(address("case-effect", case.pk), form).content.decode()
    client.post(address("case-decide", case.pk), form)

    merchant.refresh_from_db()
    assert merchant.listing_rights_suspended_at is not None


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
