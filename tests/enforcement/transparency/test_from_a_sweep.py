"""From a listing to a statement for the database: a sweep finds it, automation decides, the database takes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from enforcement.domain import decisions, sweep_work, sweeps
from enforcement.domain.transparency import sending
from enforcement.enums import SweepKind
from enforcement.models import TransparencySubmission
from governance.accounts.models import User
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from tests.enforcement.api.asking import Asking
from tests.enforcement.transparency.database import Database


@pytest.mark.django_db(transaction=True)
def test_what_a_sweep_found_is_told_in_the_words_of_the_statement(database: Database) -> None:
    asking, at = Asking(), timezone.now()
    version: PolicyVersion = asking.policy("magnets", 'listing.text.mentions("magnets") && listing.price > 5.0')
    asking.push({**ASKED, "title": "Magnet cube by Nordlicht, call +49 30 1234567 or ann@seller.example"})
    author = User.objects.get(username="amara")
    sweep = sweeps.start(kind=SweepKind.FULL, actor=author, reason="", at=at)
    while sweep_work.run_next(sweep_id=sweep.pk, at_once=2, clock=timezone.now):
        pass
    assert decisions.decide_owed(clock=lambda: at) == 1
    row = TransparencySubmission.objects.select_related("decision").get()
    assert (row.state, row.errors, row.decision.version_id) == ("owed", {}, version.pk)
    said = row.payload["decision_facts"]
    assert "automated means" in said
    assert "24.9" in said
    assert not [each for each in ("Nordlicht", "1234567", "ann@") if each in said]
    assert row.payload["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert row.payload["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert row.decision.measure == Measure.REMOVE
    sending.send_due(at=at + timedelta(seconds=1))
    assert list(database.stored) == [row.puid]


ASKED = {
    "merchant_id": "nordlicht",
    "listing_id": "a-1",
    "description": "A magnet to play with.",
    "category": "toys/plush",
    "price": 24.9,
    "currency": "EUR",
    "language": "en",
    "markets": ["DE", "FR"],
}
