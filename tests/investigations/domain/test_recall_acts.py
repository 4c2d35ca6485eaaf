"""A confirmed product: one decision per merchant, its statement names the alert, and its buyers are to be told."""

from datetime import timedelta
from typing import Any

import pytest

from enforcement.domain import decisions
from enforcement.enums import DecisionState, Origin
from enforcement.models import Decision, DeliveryEvent
from governance.accounts.enums import Kind
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused
from investigations.domain import consumers, recall_acts, recall_matching, recalls
from investigations.domain.acting import Acted, NotAPerson
from investigations.domain.consumers import NotWaiting, Words, WordsMissing
from investigations.domain.recall_acts import NothingConfirmed
from investigations.enums import MATCH_MOVES, ConsumerState, MatchState
from investigations.models import ConsumerNotice, RecallAlert, RecallMatch, RecallMatchMove
from listings.enums import Exposure
from listings.models import Listing, Market, OrderLine
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON
from tests.investigations import recalls as make

pytestmark = pytest.mark.django_db
WORDS = Words("Magnetix 601-1004", "Children can die.", "Stop using it at once.", "A refund: recall@magnets.example")
LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def ground() -> Ground:
    return Ground()


def matched(ground: Ground, *titles: str, **fields: Any) -> RecallAlert:
    for title in titles or ("Magnetix 601-1004",):
        ground.listing(title, **fields)
    alert = make.alert()
    recall_matching.match_owed(NOON)
    return alert


def confirmed(ground: Ground, *titles: str, **fields: Any) -> RecallAlert:
    alert = matched(ground, *titles, **fields)
    keys = list(alert.matches.values_list("pk", flat=True))
    recalls.judge(matches=keys, to=MatchState.CONFIRMED, actor=ground.mona, at=NOON)
    return alert


def acted(ground: Ground, alert: RecallAlert, **more: Any) -> Acted:
    given: dict[str, Any] = {
        "alert": alert, "version": ground.version, "measure": Measure.REMOVE, "markets": (), "reason": "",
        "words": WORDS, "only_in": None, "actor": ground.mona, "at": NOON,
    }  # fmt: skip
    return recall_acts.act(**(given | more))


def ordered(listing: Listing, buyer: str, *, days: int = 10, order: str = "", quantity: int = 1) -> OrderLine:
    number = OrderLine.objects.count() + 1
    return OrderLine.objects.create(
        order_id=order or f"O-{number}", line=number, listing=listing, market=Market.objects.get(pk="DE"),
        ordered_at=NOON - timedelta(days=days), quantity=quantity, amount_minor=100, currency="EUR", buyer=buyer,
    )  # fmt: skip


# --- verdicts --------------------------------------------------------------------------------------


def test_a_person_says_which_it_is_and_takes_it_back(ground: Ground) -> None:
    alert = matched(ground)
    match = alert.matches.get()
    for _twice in range(2):
        recalls.judge(matches=[match.pk], to=MatchState.CONFIRMED, actor=ground.mona, at=NOON)
    match.refresh_from_db()
    assert (match.state, match.decided_by) == (MatchState.CONFIRMED, ground.mona)
    recalls.judge(matches=[match.pk], to=MatchState.OPEN, actor=ground.sela, at=NOON)
    match.refresh_from_db()
    assert (match.state, match.decided_by) == (MatchState.OPEN, None)
    assert list(RecallMatchMove.objects.order_by("pk").values_list("to_state", flat=True)) == ["confirmed", "open"]


def test_a_program_never_says_it(ground: Ground) -> None:
    match = matched(ground).matches.get()
    ground.mona.kind = Kind.SERVICE
    with pytest.raises(NotAPerson):
        recalls.judge(matches=[match.pk], to=MatchState.CONFIRMED, actor=ground.mona, at=NOON)


@pytest.mark.parametrize("was", MatchState)
@pytest.mark.parametrize("to", MatchState)
def test_the_table_of_moves(ground: Ground, was: MatchState, to: MatchState) -> None:
    match = matched(ground).matches.get()
    match.state = was
    match.save()
    if to == was or to in MATCH_MOVES[was]:
        moved = recalls.judge(matches=[match.pk], to=to, actor=ground.mona, at=NOON) if to != MatchState.GONE else []
        assert len(moved) == (to not in (was, MatchState.GONE))
    elif to != MatchState.GONE:
        with pytest.raises(MoveRefused):
            recalls.judge(matches=[match.pk], to=to, actor=ground.mona, at=NOON)


def test_what_was_acted_upon_is_not_taken_back(ground: Ground) -> None:
    alert = confirmed(ground)
    acted(ground, alert)
    with pytest.raises(MoveRefused):
        recalls.judge(matches=[alert.matches.get().pk], to=MatchState.OPEN, actor=ground.mona, at=NOON)


# --- the measure -----------------------------------------------------------------------------------


def test_one_decision_for_each_merchant_and_its_statement_names_the_alert(ground: Ground) -> None:
    other = ground.another_merchant("Suedlicht")
    foreign = ground.listing("Magnets by Magnetix 601-1004", of=other)
    alert = confirmed(ground, "Magnetix 601-1004", "Magnetix 601 1004 big")
    done = acted(ground, alert)
    assert [each.items.count() for each in done.decisions] == [2, 1]
    assert ground.seen(foreign) == {"DE": Exposure.HIDDEN}
    decision = done.decisions[0]
    assert (decision.origin_kind, decision.origin_ref) == (Origin.RECALL, "Safety Gate SR/02783/26")
    assert "Safety Gate SR/02783/26" in str(decision.statement.content)
    assert set(RecallMatch.objects.values_list("decision", flat=True)) == {each.pk for each in done.decisions}
    assert ConsumerNotice.objects.count() == 2
    with pytest.raises(NothingConfirmed):
        acted(ground, alert)


def test_where_one_merchant_is_refused_the_others_are_done(ground: Ground) -> None:
    other = ground.another_merchant("Suedlicht")
    ground.listing("Magnetix 601-1004", of=other, markets=["NL"])
    done = acted(ground, confirmed(ground))
    assert len(done.decisions) == 1
    assert [name for name, _why in done.refused] == ["Suedlicht"]
    assert RecallMatch.objects.filter(decision__isnull=True).count() == 1


def test_only_in_the_markets_of_whoever_acts(ground: Ground) -> None:
    alert = confirmed(ground)
    with pytest.raises(NothingConfirmed):
        acted(ground, alert, only_in=["FR"])


def test_nothing_without_a_person_or_without_all_four_things(ground: Ground) -> None:
    alert = confirmed(ground)
    with pytest.raises(NotAPerson):
        acted(ground, alert, actor=_service(ground))
    for wrong in (
        Words("x", "", "x", "x"),
        Words("x", "x", "x", " "),
        Words("x", "As a precautionary measure", "x", "x"),
        Words("x", "Rein vorsorglich.", "x", "x"),
    ):
        with pytest.raises(WordsMissing):
            acted(ground, alert, words=wrong)
    assert not Decision.objects.exists()


def _service(ground: Ground) -> Any:
    ground.sela.kind = Kind.SERVICE
    return ground.sela


# --- buyers ----------------------------------------------------------------------------------------


def notice_of(ground: Ground, alert: RecallAlert) -> ConsumerNotice:
    decision = acted(ground, alert).decisions[0]
    return ConsumerNotice.objects.get(decision=decision)


def events() -> list[dict[str, Any]]:
    rows = DeliveryEvent.objects.filter(type="consumers.to_notify").order_by("pk")
    return [event.data for event in rows]


def test_buyers_of_six_months_are_handed_over_in_chunks_by_references_alone(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("investigations.queries.consumers.CHUNK", 2)
    alert = confirmed(ground)
    listing = Listing.objects.get()
    for buyer in ("B1", "B2", "B1"):
        ordered(listing, buyer, quantity=2)
    ordered(listing, "B9", days=200)
    ordered(listing, "")
    notice = notice_of(ground, alert)
    assert consumers.hand_over_due(NOON) == 0
    assert consumers.hand_over_due(LATER) == 1
    assert consumers.hand_over_due(LATER) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.buyers, notice.lines, notice.unknown) == (ConsumerState.HANDED, 2, 3, 1)
    assert notice.must_publish
    told = events()
    assert [len(each["buyers"]) for each in told] == [2, 1]
    assert set(told[0]["buyers"][0]) == {"buyer", "order", "line", "ordered_at", "listing", "quantity"}
    assert told[0]["hazard"] == WORDS.hazard
    assert told[0]["decision"] == notice.decision.reference


def test_a_hand_over_that_was_cut_off_goes_on_after_the_last_chunk(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("investigations.queries.consumers.CHUNK", 1)
    alert = confirmed(ground)
    for buyer in ("B1", "B2"):
        ordered(Listing.objects.get(), buyer)
    notice = notice_of(ground, alert)
    assert consumers._hand_over_chunk(notice.pk, LATER) is True
    assert consumers.hand_over(notice_id=notice.pk, at=LATER) == 1
    assert [each["buyers"][0]["buyer"] for each in events()] == ["B1", "B2"]


def test_without_any_buyer_one_event_says_that_it_is_to_be_published(ground: Ground) -> None:
    notice = notice_of(ground, confirmed(ground))
    consumers.hand_over_due(LATER)
    notice.refresh_from_db()
    assert [each["buyers"] for each in events()] == [[]]
    assert notice.must_publish
    consumers.published(notice=notice, where="https://shop.example/recall", actor=ground.mona, at=LATER)
    notice.refresh_from_db()
    assert notice.published_where == "https://shop.example/recall"


def test_a_decision_taken_back_at_once_tells_nobody(ground: Ground) -> None:
    alert = confirmed(ground)
    ordered(Listing.objects.get(), "B1")
    notice = notice_of(ground, alert)
    decisions.undo(decision=notice.decision, actor=ground.mona, at=NOON)
    consumers.hand_over_due(LATER)
    notice.refresh_from_db()
    assert notice.state == ConsumerState.CANCELLED
    assert events() == []


def test_a_decision_that_waits_for_a_second_person_is_waited_for(ground: Ground, settings: Any) -> None:
    settings.SECOND_PERSON_LISTINGS = 1
    notice = notice_of(ground, confirmed(ground, "Magnetix 601-1004", "Magnetix 6011004"))
    assert notice.decision.state == DecisionState.HELD
    assert consumers.hand_over_due(LATER) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.due_at > LATER) == (ConsumerState.OWED, True)


def test_the_marketplace_says_how_many_it_told(ground: Ground) -> None:
    alert = confirmed(ground)
    ordered(Listing.objects.get(), "B1")
    notice = notice_of(ground, alert)
    with pytest.raises(NotWaiting):
        consumers.acknowledge(notice=notice, told=1, not_reached=0, actor=ground.mona, at=NOON)
    consumers.hand_over_due(LATER)
    for _twice in range(2):
        consumers.acknowledge(notice=notice, told=1, not_reached=0, actor=ground.mona, at=LATER)
    assert notice.acknowledgements.count() == 1
    with pytest.raises(NotWaiting):
        consumers.acknowledge(notice=notice, told=2, not_reached=0, actor=ground.mona, at=LATER)
