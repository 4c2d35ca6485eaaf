"""Deciding on the page: what the button says, what is refused and kept, and the way back."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enforcement.models import Decision, Violation
from governance.accounts.models import User
from governance.policies.enums import Measure
from investigations.domain import cases, claims, opening
from investigations.enums import Verdict
from investigations.models import Case, CaseDecision, CaseItem, Claim
from tests.factories import cases as make
from tests.investigations.odd import ODD
from tests.investigations.views.desk import address, entered, page

pytestmark = pytest.mark.django_db


# --- deciding ------------------------------------------------------------------------------------


def test_the_button_says_what_it_will_do(client: Client, held: Case) -> None:
    form = entered(held, Verdict.VIOLATES, Verdict.VIOLATES, Verdict.FINE)

    text = client.post(address("case-effect", held.pk), form).content.decode()

    assert "Remove 2 listings in 2 markets" in text
    assert "2 violate, 1 fine" in text
    assert "The merchant gets the statement in English. It adds 4 points." in text
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


def test_a_decision_may_begin_on_a_later_day_and_is_held_until_then(client: Client, held: Case) -> None:
    begins = timezone.localtime(timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)
    form = entered(held, *[Verdict.VIOLATES] * 3, starts_at=begins.strftime("%Y-%m-%dT%H:%M"))
    text = client.post(address("case-effect", held.pk), form).content.decode()
    assert "it is held, and the merchant is not told" in text
    assert "waits for a second person" not in text
    client.post(address("case-decide", held.pk), form)
    decision = Decision.objects.get()
    assert (decision.state, decision.held_for, decision.starts_at) == ("held", ["schedule"], begins)


def test_a_day_that_has_passed_is_refused_and_kept(client: Client, held: Case) -> None:
    form = entered(held, *[Verdict.VIOLATES] * 3, starts_at="2020-01-01T08:00")
    text = client.post(address("case-decide", held.pk), form).content.decode()
    assert "lies in the future" in text
    assert 'value="2020-01-01T08:00"' in text
    assert not Decision.objects.exists()


def test_only_the_measures_that_the_policy_permits_are_offered(client: Client, held: Case) -> None:
    text = page(client, held)
    offered = re.findall(r'<input type="radio" name="measure" value="(\w+)"', text)
    assert offered == ["warn", "request_correction", "restrict_markets", "remove"]
    assert "The policy permits no others." in text


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


# --- part by part, and whatever a listing looks like ----------------------------------------------


def test_part_of_a_case_is_decided_and_the_rest_stays_on_the_page(client: Client, held: Case) -> None:
    first, *_ = held.items.order_by("pk")
    shown = client.post(address("case-effect", held.pk), entered(held, Verdict.VIOLATES)).content.decode()
    assert "Decide 1, keep the case" in shown

    response = client.post(address("case-decide", held.pk), entered(held, Verdict.VIOLATES, keep="1"))

    assert response["Location"] == address("case", held.pk)
    text = page(client, held)
    assert "still yours: decide the rest" in text
    assert "Handled in" in text
    assert f'name="verdict-{first.pk}"' not in text


def test_a_second_measure_is_named_on_the_button_and_drafted(client: Client, held: Case) -> None:
    every = [Verdict.VIOLATES] * 3
    shown = client.post(address("case-effect", held.pk), entered(held, *every, also="warn")).content.decode()
    assert "Remove 3 listings in 2 markets; Warn about 3 listings" in shown
    draft = client.post(address("case-statement", held.pk), entered(held, *every, also="warn")).content.decode()
    assert "2 decisions in one letter" in draft
    client.post(address("case-decide", held.pk), entered(held, *every, also="warn"))
    closed = page(client, held)
    for decision in Decision.objects.all():
        assert decision.reference in closed
        assert client.get(address("case-sent", held.pk, decision.pk)).status_code == 200
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
def test_no_listing_breaks_the_page_or_its_dialogs(fields: dict[str, Any], client: Client, held: Case) -> None:
    more = {name: value for name, value in fields.items() if name != "title"}
    odd = make.listing(held.merchant, str(fields.get("title", "Cube")), **more)
    assert held.policy is not None
    make.violation(odd, held.policy)
    cases.open_owed(at=timezone.now())

    for url in (address("case", held.pk), address("case-split", held.pk), address("case-tab", held.pk, "changes")):
        text = client.get(url).content.decode()
        assert "<script>alert" not in text
        assert "onerror=alert(1)>" not in text
    assert client.post(address("case-decide", held.pk), entered(held, *[Verdict.VIOLATES] * 4)).status_code == 302
    assert Decision.objects.get().items.count() == 4
