"""Appeals: who may file, who may hear, what an answer restores, and that nothing of it happens twice."""

from datetime import date, timedelta
from itertools import product

import pytest

from enforcement.domain import appeal_states, appeals, decisions, files
from enforcement.domain.files import Sent
from enforcement.enums import (
    APPEAL_MOVES,
    AppealChannel,
    AppealState,
    DecisionState,
    ItemOutcome,
    LiftedBecause,
    MessageKind,
    MessageState,
    ViolationState,
)
from enforcement.models import Appeal, AppealItem, Decision, Message
from enforcement.queries import points as ledger
from governance.accounts.enums import Kind
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure
from governance.web.refusals import MoveRefused, Refusal
from listings.enums import Exposure
from tests.enforcement.ground import Ground
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)
PDF = b"%PDF-1.7 a test report"


def removed(ground: Ground, *titles: str) -> Decision:
    return ground.issue([ground.violation(ground.listing(title)) for title in titles], Measure.REMOVE)


def filed(decision: Decision, **more: object) -> Appeal:
    arguments: dict = {"text": "These are not magnets.", "channel": AppealChannel.PAGE, "actor": None, "at": LATER}
    return appeals.file(decision=decision, **(arguments | more))


def taken(ground: Ground, decision: Decision) -> Appeal:
    return appeals.take(appeal=filed(decision), actor=ground.sela, at=LATER)


def outcomes(appeal: Appeal, *each: ItemOutcome) -> dict[int, ItemOutcome]:
    return dict(zip(appeal.items.order_by("pk").values_list("item_id", flat=True), each, strict=True))


# --- filing --------------------------------------------------------------------------------------


def test_filing_sets_a_day_by_which_it_is_answered_and_confirms(ground: Ground) -> None:
    appeal = filed(removed(ground, "Ball"))
    assert appeal.state == AppealState.FILED
    assert appeal.due_at.date() == date(2026, 12, 4)  # the seventh working day after 25 November
    assert (
        Message.objects.get(kind=MessageKind.APPEAL_RECEIVED).subject == f"Your appeal {appeal.reference} has arrived"
    )
    assert Entry.objects.get(verb="appeal.filed").actor_label == "merchant"


def test_a_second_appeal_waits_for_the_first(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    first = filed(decision)
    with pytest.raises(appeals.AppealOpen) as refusal:
        filed(decision)
    assert refusal.value.appeal == first


@pytest.mark.parametrize(("after", "open_still"), [(timedelta(days=181), True), (timedelta(days=182), False)])
def test_six_months_from_being_told(ground: Ground, after: timedelta, *, open_still: bool) -> None:
    decision = removed(ground, "Ball")
    told = NOON + timedelta(hours=1)
    Message.objects.filter(decision=decision).update(state=MessageState.SENT, sent_at=told)
    last_day = NOON + after  # 23 May 2027 is the 181st day
    if open_still:
        assert filed(decision, at=last_day).state == AppealState.FILED
    else:
        with pytest.raises(appeals.WindowClosed):
            filed(decision, at=last_day)


def test_a_statement_sent_late_leaves_its_six_months(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    Message.objects.filter(decision=decision).update(state=MessageState.SENT, sent_at=NOON + timedelta(days=10))
    assert filed(decision, at=NOON + timedelta(days=185)).state == AppealState.FILED


def test_a_part_may_be_contested_and_only_of_this_decision(ground: Ground) -> None:
    decision, other = removed(ground, "Ball", "Cube"), removed(ground, "Ring")
    appeal = filed(decision, items=[decision.items.order_by("pk")[0]])
    assert appeal.items.count() == 1
    with pytest.raises(appeals.NothingToContest):
        filed(other, items=[decision.items.order_by("pk")[1]])


def test_what_was_reversed_is_not_contested(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    decisions.reverse(decision=decision, actor=ground.sela, reason="Not magnetic.", at=NOON)
    with pytest.raises(appeals.NothingToContest):
        filed(decision)


def test_a_replaced_decision_points_to_its_successor(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    found = decision.items.get().violation
    assert found is not None
    new = ground.issue([found], Measure.WARN, supersedes=decision)
    with pytest.raises(appeals.NothingToContest, match=new.reference):
        filed(decision)


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_an_appeal_says_something_and_not_too_much(ground: Ground, text: str) -> None:
    with pytest.raises(Refusal):
        filed(removed(ground, "Ball"), text=text)


def test_a_withdrawn_appeal_may_be_filed_again(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    appeals.withdraw(appeal=filed(decision), actor=None, at=LATER)
    assert filed(decision).state == AppealState.FILED
    assert Entry.objects.get(verb="appeal.withdrawn").actor_label == "merchant"


def test_what_was_heard_is_not_heard_again(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    appeal = appeals.take(appeal=filed(decision, items=[decision.items.order_by("pk")[0]]), actor=ground.sela, at=LATER)
    appeals.decide(
        appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.UPHELD), answer="They are.", actor=ground.sela, at=LATER
    )
    assert [row.item.facts["title"] for row in filed(decision).items.all()] == ["Cube"]


# --- files ---------------------------------------------------------------------------------------


def test_files_are_kept_once_under_their_hash(ground: Ground) -> None:
    appeal = filed(
        removed(ground, "Ball"), sent=[Sent("../../report.pdf", [PDF]), Sent("again.pdf", [PDF[:4], PDF[4:]])]
    )
    kept = list(appeal.files.order_by("pk"))
    assert [(each.name, each.content_type, each.size) for each in kept] == [
        ("report.pdf", "application/pdf", len(PDF)),
        ("again.pdf", "application/pdf", len(PDF)),
    ]
    assert kept[0].sha256 == kept[1].sha256
    assert files.path_of(kept[0].sha256).read_bytes() == PDF


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("page.pdf", b"<html><script>alert(1)</script>", "file_kind"),
        ("picture.svg", b"<svg onload='x'>", "file_kind"),
        ("empty.png", b"", "file_kind"),
        ("long.pdf", PDF + b"x" * files.LARGEST, "file_big"),
    ],
)
def test_a_file_is_judged_by_its_content(ground: Ground, name: str, content: bytes, problem: str) -> None:
    with pytest.raises(files.FileRefused) as refusal:
        filed(removed(ground, "Ball"), sent=[Sent(name, [content])])
    assert (refusal.value.problem, refusal.value.name) == (problem, name)
    assert Appeal.objects.count() == 0


def test_six_files_are_too_many(ground: Ground) -> None:
    with pytest.raises(files.FileRefused):
        filed(removed(ground, "Ball"), sent=[Sent("a.pdf", [PDF])] * 6)


# --- hearing -------------------------------------------------------------------------------------


def test_the_decider_does_not_hear_it(ground: Ground) -> None:
    appeal = filed(removed(ground, "Ball"))
    with pytest.raises(appeals.SamePerson):
        appeals.take(appeal=appeal, actor=ground.mona, at=LATER)


def test_nor_does_who_decided_what_the_decision_replaced(ground: Ground) -> None:
    found = ground.violation(ground.listing("Ball"))
    old = ground.issue([found], Measure.REMOVE)
    new = ground.issue([found], Measure.AGE_GATE, supersedes=old, actor=ground.tilda)
    appeal = filed(new)
    for person in (ground.mona, ground.tilda):
        with pytest.raises(appeals.SamePerson):
            appeals.take(appeal=appeal, actor=person, at=LATER)
    assert appeals.take(appeal=appeal, actor=ground.sela, at=LATER).assigned_to == ground.sela


def test_nor_who_entered_it_for_the_merchant(ground: Ground) -> None:
    appeal = filed(removed(ground, "Ball"), channel=AppealChannel.ON_BEHALF, actor=ground.sela)
    with pytest.raises(appeals.SamePerson):
        appeals.take(appeal=appeal, actor=ground.sela, at=LATER)


def test_nor_a_program(ground: Ground) -> None:
    service = User.objects.create(username="robot", pseudonym="Robot", initials="R", kind=Kind.SERVICE)
    with pytest.raises(appeals.SamePerson):
        appeals.take(appeal=filed(removed(ground, "Ball")), actor=service, at=LATER)


def test_nobody_answers_for_another(ground: Ground) -> None:
    appeal = taken(ground, removed(ground, "Ball"))
    with pytest.raises(appeals.NotWithYou):
        appeals.decide(
            appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.UPHELD), answer="No.", actor=ground.tilda, at=LATER
        )


def test_released_it_waits_again(ground: Ground) -> None:
    appeal = appeals.release(appeal=taken(ground, removed(ground, "Ball")), actor=ground.sela, reason="Ill.", at=LATER)
    assert (appeal.state, appeal.assigned_to) == (AppealState.FILED, None)
    assert appeals.take(appeal=appeal, actor=ground.tilda, at=LATER).state == AppealState.IN_REVIEW


def test_overturned_restores_exactly_what_was_taken(ground: Ground) -> None:
    ball = ground.listing("Ball", markets=("DE", "FR"))
    age = ground.another_policy("age")
    ground.issue([ground.violation(ball, age)], Measure.AGE_GATE, version=age.live)
    before = ground.seen(ball), ledger.balance(ground.merchant.pk, NOON)
    found = ground.violation(ball)
    decision = ground.issue([found], Measure.REMOVE)
    assert ground.seen(ball) == {"DE": Exposure.HIDDEN, "FR": Exposure.HIDDEN}

    appeal = taken(ground, decision)
    appeal = appeals.decide(
        appeal=appeal,
        outcomes=outcomes(appeal, ItemOutcome.OVERTURNED),
        answer="The report shows an index of 12.",
        actor=ground.sela,
        at=LATER,
    )

    assert appeal.state == AppealState.OVERTURNED
    assert (ground.seen(ball), ledger.balance(ground.merchant.pk, LATER)) == before
    assert AppealItem.objects.get().restored_at == LATER
    decision.refresh_from_db()
    assert decision.state == DecisionState.REVERSED
    found.refresh_from_db()
    assert (found.state, found.closed_because) == (ViolationState.CLOSED, LiftedBecause.OVERTURNED)
    mail = Message.objects.get(kind=MessageKind.APPEAL_DECIDED)
    assert "The report shows an index of 12." in mail.text
    assert "4 points are taken off your account." in mail.text
    assert Message.objects.filter(kind=MessageKind.RESTORED).count() == 0


def test_overturned_in_part_keeps_the_rest_and_the_points(ground: Ground) -> None:
    decision = removed(ground, "Ball", "Cube")
    ball, cube = (item.listing for item in decision.items.order_by("pk"))
    assert ball is not None
    assert cube is not None
    appeal = taken(ground, decision)
    appeals.decide(
        appeal=appeal,
        outcomes=outcomes(appeal, ItemOutcome.OVERTURNED, ItemOutcome.UPHELD),
        answer="The ball is wood.",
        actor=ground.sela,
        at=LATER,
    )
    decision.refresh_from_db()
    assert decision.state == DecisionState.PARTLY_REVERSED
    assert (ground.seen(ball), ground.seen(cube)) == ({"DE": Exposure.SHOWN}, {"DE": Exposure.HIDDEN})
    assert ledger.balance(ground.merchant.pk, LATER) == 4
    assert list(AppealItem.objects.order_by("pk").values_list("restored_at", flat=True)) == [LATER, None]


def test_upheld_changes_nothing_and_names_the_next_redress(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    appeal = taken(ground, decision)
    appeal = appeals.decide(
        appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.UPHELD), answer="It is.", actor=ground.sela, at=LATER
    )
    decision.refresh_from_db()
    assert (appeal.state, decision.state) == (AppealState.UPHELD, DecisionState.IN_FORCE)
    assert "Article 21 of Regulation (EU) 2022/2065" in Message.objects.get(kind=MessageKind.APPEAL_DECIDED).text


def test_what_was_reversed_meanwhile_is_not_reversed_again(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    appeal = taken(ground, decision)
    decisions.reverse(decision=decision, actor=ground.tilda, reason="Found out ourselves.", at=LATER)
    appeal = appeals.decide(
        appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.OVERTURNED), answer="Yes.", actor=ground.sela, at=LATER
    )
    assert appeal.state == AppealState.OVERTURNED
    assert AppealItem.objects.get().restored_at == LATER


def test_the_points_of_a_corrected_decision_return_when_it_is_overturned(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    found = decision.items.get().violation
    assert found is not None
    ground.close(found, "corrected")
    decisions.settle_corrected(at=NOON)
    assert ledger.balance(ground.merchant.pk, NOON) == 4
    appeal = taken(ground, decision)
    appeals.decide(
        appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.OVERTURNED), answer="Yes.", actor=ground.sela, at=LATER
    )
    assert ledger.balance(ground.merchant.pk, LATER) == 0


@pytest.mark.parametrize("answer", ["", "  "])
def test_an_answer_without_words_is_refused(ground: Ground, answer: str) -> None:
    appeal = taken(ground, removed(ground, "Ball"))
    with pytest.raises(appeals.OutcomeMissing):
        appeals.decide(
            appeal=appeal, outcomes=outcomes(appeal, ItemOutcome.UPHELD), answer=answer, actor=ground.sela, at=LATER
        )


def test_an_answer_leaves_no_item_out(ground: Ground) -> None:
    appeal = taken(ground, removed(ground, "Ball", "Cube"))
    half = dict(list(outcomes(appeal, ItemOutcome.UPHELD, ItemOutcome.UPHELD).items())[:1])
    with pytest.raises(appeals.OutcomeMissing):
        appeals.decide(appeal=appeal, outcomes=half, answer="No.", actor=ground.sela, at=LATER)


def test_not_admitted_says_why_and_leaves_the_way_open(ground: Ground) -> None:
    decision = removed(ground, "Ball")
    appeal = appeals.inadmissible(
        appeal=taken(ground, decision), reason="It is about another shop.", actor=ground.sela, at=LATER
    )
    assert appeal.state == AppealState.INADMISSIBLE
    assert "It is about another shop." in Message.objects.get(kind=MessageKind.APPEAL_DECIDED).text
    assert filed(decision).state == AppealState.FILED


# --- states --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("was", "to"), list(product(AppealState, AppealState)))
def test_every_move_is_as_the_table_says(ground: Ground, was: AppealState, to: AppealState) -> None:
    appeal = filed(removed(ground, "Ball"))
    closed = {"decided_by": ground.sela, "decided_at": LATER, "answer": "Said."}
    Appeal.objects.filter(pk=appeal.pk).update(state=was, assigned_to=ground.sela, **closed)
    appeal.refresh_from_db()
    if to in APPEAL_MOVES[was]:
        appeal_states._move(appeal, to, actor=ground.sela, reason="", at=LATER)
        assert Appeal.objects.get().state == to
    else:
        with pytest.raises(MoveRefused):
            appeal_states._move(appeal, to, actor=ground.sela, reason="", at=LATER)
