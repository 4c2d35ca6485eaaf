"""A dispute from its record to its end by keyboard, and the pages of appeals' aftermath accessible in both themes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from enforcement.domain import dispute_bodies, disputes
from enforcement.enums import DecisionState, DisputeOutcome, DisputeState, Forum
from enforcement.models import Decision, Dispute
from governance.accounts.enums import Role
from governance.policies.enums import Measure
from tests.enforcement.ground import Ground

pytestmark = pytest.mark.django_db(transaction=True)


def lost(ground: Ground) -> Dispute:
    now = timezone.now()
    body = dispute_bodies.save(
        body=None, name="Settle", url="https://settle.example/", country="DE", languages=["en"], named=True,
        actor=ground.tilda, at=now,
    )  # fmt: skip
    found = [ground.violation(ground.listing(title)) for title in ("Magnetwürfel", "كرات مغناطيسية")]
    decision = ground.issue(found, Measure.REMOVE, at=now - timedelta(days=9))
    dispute = disputes.record(
        decision=decision, forum=Forum.BODY, body=body, brought_on=(now - timedelta(days=5)).date(), actor=ground.sela,
        at=now,
    )  # fmt: skip
    return disputes.decide(
        dispute=dispute, outcome=DisputeOutcome.AGAINST_US, decided_on=now.date(), words="No toy.", actor=ground.sela,
        at=now,
    )  # fmt: skip


def test_an_outcome_is_carried_out_by_keyboard(page_of: Callable[..., Page], ground: Ground) -> None:
    dispute = lost(ground)
    page = page_of(ground.sela)
    page.goto(f"/disputes/{dispute.reference}/")
    page.keyboard.press("e")
    page.get_by_role("button", name="Give back what is ticked").wait_for()
    page.keyboard.press("Enter")  # the button has the focus
    page.get_by_text("2 listings given back").wait_for()
    assert Dispute.objects.get().state == DisputeState.IN_EFFECT
    assert Decision.objects.get().state == DecisionState.REVERSED


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_fit(
    page_of: Callable[..., Page], ground: Ground, check_accessibility: Callable[[Page], None], scheme: str
) -> None:
    boss = ground.person("boss", Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD)
    page = page_of(boss, color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 900})
    for empty in ("/disputes/", "/disputes/bodies/"):
        page.goto(empty)
        check_accessibility(page)
    dispute = lost(ground)
    reference = dispute.decision.reference
    for path in (
        "/disputes/",
        "/disputes/bodies/",
        "/disputes/bodies/new/",
        f"/disputes/{dispute.reference}/",
        f"/decisions/{reference}/disputes/new/",
        f"/decisions/{reference}/",
        f"/policies/{ground.policy.pk}/",
    ):
        page.goto(path)
        check_accessibility(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, path
