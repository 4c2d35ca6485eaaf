"""What becomes an event, in which shape, and that a cursor never passes one that is committed later."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from enforcement.domain import appeals, decisions, fan_out
from enforcement.enums import (
    APPEAL_EVENTS,
    CATALOGUE,
    DECISION_EVENTS,
    AppealChannel,
    AppealState,
    ClosedBecause,
    DecisionState,
    EventType,
    ItemOutcome,
)
from enforcement.models import Decision, DeliveryEvent
from enforcement.queries import deliveries as queries
from governance.policies.enums import Measure
from listings.domain.rights import Rights
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

LATER = NOON + timedelta(days=1)
Decide = Callable[..., Decision]


def told(since: int = 0) -> list[str]:
    return list(DeliveryEvent.objects.filter(pk__gt=since).order_by("pk").values_list("type", flat=True))


def newest() -> DeliveryEvent:
    event = DeliveryEvent.objects.order_by("-pk").first()
    assert event is not None
    return event


@pytest.mark.django_db
def test_a_removal_is_told_with_what_shoppers_must_no_longer_see(ground: Ground, decide: Decide) -> None:
    decision = decide(markets=("DE",))
    assert told() == ["decision.issued", "listing.visibility_changed"]
    issued, hidden = DeliveryEvent.objects.order_by("pk")
    assert queries.envelope(issued) == {
        "id": issued.public_id,
        "type": "decision.issued",
        "version": 1,
        "timestamp": NOON.isoformat(),
        "cursor": None,
        "subject": {"merchant": "nordlicht-spielwaren", "listing": "sku-1"},
        "data": {
            "decision": decision.reference,
            "state": "in_force",
            "policy": "magnets",
            "policy_version": 1,
            "measure": "remove",
            "markets": ["DE"],
            "minimum_age": None,
            "label": "",
            "listings_a_day": None,
            "correct_by": None,
            "starts_at": NOON.isoformat(),
            "ends_at": None,
            "superseded_by": None,
            "tell_after": None,
            "listings": ["sku-1"],
            "listings_total": 1,
        },
    }
    assert (hidden.merchant, hidden.listing) == ("nordlicht-spielwaren", "sku-1")
    assert hidden.data == {
        "markets": [
            {
                "market": "DE",
                "exposure": "hidden",
                "minimum_age": None,
                "demoted": False,
                "labels": [],
                "exposure_before": "shown",
                "minimum_age_before": None,
                "demoted_before": False,
                "labels_before": [],
            }
        ]
    }
    assert issued.subject == hidden.subject


@pytest.mark.django_db
def test_no_words_of_a_person_and_no_person(ground: Ground, decide: Decide) -> None:
    decision = decide()
    appeals.file(decision=decision, text="I am Jo Doe", channel=AppealChannel.PAGE, actor=None, at=LATER)
    decisions.reverse(decision=decision, actor=ground.sela, reason="Jo Doe was right.", at=LATER)
    bodies = b"".join(queries.body(event) for event in DeliveryEvent.objects.order_by("pk"))
    assert [word for word in (b"Doe", b"guidance", b"ona", b"@", b"Nordlicht") if word in bodies] == []


@pytest.mark.django_db
def test_a_decision_about_several_listings_is_ordered_with_its_merchant(ground: Ground) -> None:
    found = [ground.violation(ground.listing(title)) for title in ("Ball", "Cube")]
    ground.issue(found, Measure.REMOVE)
    issued, *hidden = DeliveryEvent.objects.order_by("pk")
    assert (issued.subject, issued.listing) == (f"M{ground.merchant.pk}", "")
    assert issued.data["listings"] == ["sku-1", "sku-2"]
    assert [event.listing for event in hidden] == ["sku-1", "sku-2"]


@pytest.mark.django_db
def test_undone_reversed_expired_settled_and_replaced(ground: Ground, decide: Decide) -> None:
    undone, reversed_, _ended, replaced = decide("A"), decide("B"), decide("C", ends_at=LATER), decide("D")
    corrected = ground.violation(ground.listing("E"))
    ground.issue([corrected], Measure.REMOVE)
    start = newest().pk
    decisions.undo(decision=undone, actor=ground.mona, at=NOON)
    decisions.reverse(decision=reversed_, actor=ground.sela, reason="No.", at=LATER)
    assert decisions.expire_due(LATER) == 1
    ground.close(corrected, ClosedBecause.CORRECTED)
    assert decisions.settle_corrected(LATER) == 1
    found = replaced.items.get().violation
    assert found is not None
    ground.issue([found], Measure.WARN, supersedes=replaced, at=LATER)
    shown = "listing.visibility_changed"
    assert told(start) == [
        *(shown, "decision.undone"),
        *(shown, "decision.reversed"),
        *(shown, "decision.expired"),
        *(shown, "decision.settled"),
        *(shown, "decision.superseded", "decision.issued"),
    ]
    superseded = DeliveryEvent.objects.get(type=EventType.DECISION_SUPERSEDED)
    assert superseded.data["superseded_by"] == Decision.objects.latest("pk").reference
    assert DeliveryEvent.objects.filter(type=shown, pk__gt=start).first().data["markets"][0]["exposure"] == "shown"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_each_part_that_is_reversed_is_told(ground: Ground) -> None:
    found = [ground.violation(ground.listing(title)) for title in ("Ball", "Cube", "Bar")]
    decision = ground.issue(found, Measure.WARN)
    start = newest().pk
    for item in decision.items.order_by("pk"):
        decisions.reverse(decision=decision, items=[item], actor=ground.sela, reason="No.", at=LATER)
    parts = DeliveryEvent.objects.filter(pk__gt=start).order_by("pk")
    assert [(each.type, each.data["state"], each.data["listings"]) for each in parts] == [
        ("decision.reversed", "partly_reversed", ["sku-1"]),
        ("decision.reversed", "partly_reversed", ["sku-2"]),
        ("decision.reversed", "reversed", ["sku-3"]),
    ]


@pytest.mark.django_db
def test_listing_rights_are_told_with_the_first_and_the_last_decision(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    decision = ground.issue([found], Measure.SUSPEND_LISTING_RIGHTS)
    decisions.reverse(decision=decision, actor=ground.sela, reason="No.", at=LATER)
    rights = DeliveryEvent.objects.filter(type__startswith="merchant.").order_by("pk")
    taken = dict.fromkeys(asdict(Rights()))
    assert [(each.type, each.data, each.listing) for each in rights] == [
        ("merchant.rights_changed", taken | {"listing_rights_suspended_at": NOON.isoformat()}, ""),
        ("merchant.rights_changed", taken, ""),
    ]


@pytest.mark.django_db
def test_an_appeal_is_told_when_filed_and_when_decided_and_not_between(ground: Ground, decide: Decide) -> None:
    decision = decide()
    start = newest().pk
    appeal = appeals.file(decision=decision, text="No.", channel=AppealChannel.PAGE, actor=None, at=LATER)
    appeal = appeals.take(appeal=appeal, actor=ground.sela, at=LATER)
    outcomes = {row.item_id: ItemOutcome.UPHELD for row in appeal.items.all()}
    appeals.decide(appeal=appeal, outcomes=outcomes, answer="It stands.", actor=ground.sela, at=LATER)
    assert told(start) == ["appeal.filed", "appeal.decided"]
    assert (newest().data["state"], newest().data["decision"]) == ("upheld", decision.reference)


@pytest.mark.django_db
def test_what_is_rolled_back_was_never_told(ground: Ground, decide: Decide) -> None:
    with transaction.atomic():
        decide()
        assert told() != []
        transaction.set_rollback(True)
    assert told() == []


@pytest.mark.django_db
def test_a_listing_that_stays_as_shoppers_saw_it_is_not_told(ground: Ground, decide: Decide) -> None:
    listing = decide().items.get().listing
    assert listing is not None
    start = newest().pk
    lead = ground.another_policy("lead")
    ground.issue([ground.violation(listing, lead)], Measure.REMOVE, version=lead.live)
    assert Exposure.HIDDEN in ground.seen(listing).values()
    assert told(start) == ["decision.issued"]


def test_every_state_that_ends_a_decision_or_an_appeal_is_in_the_tables() -> None:
    over = DecisionState.SUPERSEDED, DecisionState.SETTLED, DecisionState.EXPIRED, DecisionState.REVERSED
    assert set(DECISION_EVENTS) >= {state.value for state in over}
    assert DecisionState.IN_FORCE.value not in DECISION_EVENTS  # told where its measure is imposed
    assert set(APPEAL_EVENTS) >= {"upheld", "overturned", "partly_overturned", "inadmissible", "withdrawn"}
    assert {AppealState.FILED.value, AppealState.IN_REVIEW.value} & set(APPEAL_EVENTS) == set()
    assert EventType.TEST not in CATALOGUE


@pytest.mark.django_db
def test_an_event_is_never_edited(decide: Decide) -> None:
    decide()
    changes: list[dict[str, object]] = [{"type": "decision.reversed"}, {"data": {}}]
    for change in changes:
        with pytest.raises(InternalError, match="an event is fixed"), transaction.atomic():
            DeliveryEvent.objects.update(**change)
    with pytest.raises(IntegrityError, match="keeps its rows"), transaction.atomic():
        DeliveryEvent.objects.all().delete()
    fan_out.spread(at=NOON)
    with pytest.raises(InternalError, match="an event is fixed"), transaction.atomic():
        DeliveryEvent.objects.update(number=7)


# --- numbers -------------------------------------------------------------------------------------


class Crowd:
    """Five writers hold their transactions open for different times; two number, and one reads on by the cursor."""

    def __init__(self) -> None:
        self.started, self.over = threading.Barrier(8), threading.Event()
        self.read: list[int] = []

    def run(self) -> None:
        writers = [threading.Thread(target=self.write, args=[each]) for each in range(5)]
        others = [threading.Thread(target=each) for each in (self.number, self.number, self.follow)]
        for thread in (*writers, *others):
            thread.start()
        for thread in writers:
            thread.join()
        fan_out.spread(at=NOON)
        self.over.set()
        for thread in others:
            thread.join()

    def write(self, writer: int) -> None:
        self.started.wait()
        for turn in range(8):
            with (
                transaction.atomic()
            ):  # the key is taken first, and committed later than others that were taken after it
                DeliveryEvent.objects.create(
                    type="appeal.filed", subject=f"M{writer}", data={"turn": turn}, occurred_at=NOON
                )
                time.sleep(0.004 * ((writer * 7 + turn * 3) % 5))
        connection.close()

    def number(self) -> None:
        self.started.wait()
        while not self.over.is_set():
            fan_out.spread(at=NOON)
        connection.close()

    def follow(self) -> None:
        self.started.wait()
        after, last = 0, False
        while not last:
            last = self.over.is_set()
            while (page := queries.stream(after=after, types=[], limit=3)).events:
                self.read.extend(event.pk for event in page.events)
                after = page.next
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_reader_never_misses_what_is_committed_late() -> None:
    crowd = Crowd()
    crowd.run()
    in_order = DeliveryEvent.objects.order_by("number")
    keys = list(in_order.values_list("pk", flat=True))
    assert len(keys) == 40
    assert keys != sorted(keys)  # some were committed after others with a greater key
    assert crowd.read == keys
    assert list(in_order.values_list("number", flat=True)) == list(range(1, 41))
    for writer in range(5):
        turns = in_order.filter(subject=f"M{writer}").values_list("data__turn", flat=True)
        assert list(turns) == list(range(8))


@pytest.mark.django_db
def test_a_stream_goes_on_where_it_was_and_an_empty_answer_keeps_the_cursor(decide: Decide) -> None:
    for title in ("Ball", "Cube"):
        decide(title)
    fan_out.spread(at=NOON)
    first = queries.stream(after=0, types=["decision.issued"], limit=1)
    second = queries.stream(after=first.next, types=["decision.issued"], limit=1)
    third = queries.stream(after=second.next, types=["decision.issued"], limit=1)
    assert [(len(each.events), each.more) for each in (first, second, third)] == [(1, True), (1, False), (0, False)]
    assert third.next == second.next
