"""What happened is counted by day, as it stood then; counted anew it is the same."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from enforcement.domain import appeals
from enforcement.enums import AppealChannel, ItemOutcome
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.web import lengths
from investigations.domain import cases, claims, golden, queues, reopening, reviews, routing, team_figures
from investigations.enums import Counted, ReviewOutcome, Verdict
from investigations.models import Case, CaseMove, PersonDay, Queue, TeamDay, TeamFigure
from investigations.queries import team_figures as queries
from investigations.queries.team_figures import Chosen, Tally
from tests.factories import cases as make
from tests.investigations.quality.ground import MONDAY, TUESDAY, F, V, drawn, judged, ruled

pytestmark = pytest.mark.django_db
WEDNESDAY = TUESDAY + timedelta(days=1)
MON, TUE, WED = MONDAY.date(), TUESDAY.date(), WEDNESDAY.date()


@pytest.fixture(autouse=True)
def known() -> list[Queue]:
    return queues.ensure_default_queues()


def kept(*, without: tuple[str, ...] = ("id",)) -> tuple[list[Any], list[Any]]:
    """Every row that is kept, without its key."""
    fields = ("day", "queue__key", "policy__slug", "language", "kind", "part", "number")
    people = [field.name for field in PersonDay._meta.fields if field.name not in without]
    return (
        sorted(TeamFigure.objects.values_list(*fields), key=str),
        sorted(PersonDay.objects.values_list(*people), key=str),
    )


def tally(first: date, last: date | None = None, **more: Any) -> Tally:
    return queries.figures(Chosen(first, last or first, **more)).whole


def numbers(found: Tally) -> dict[str, int]:
    return {kind.value: number for kind in Counted if (number := found.number(kind))}


def test_a_day_in_figures(kim: User, lee: User) -> None:
    """One decided after an hour, in time; one skipped, and taken by another, and still open."""
    ruled(make.policy("magnets"), kim, V, V, took=120)
    other = make.case(make.policy("cords"), make.merchant("Kestrel"), at=MONDAY)
    claims.claim(case=other, person=lee, at=MONDAY + timedelta(minutes=8))
    claims.skip(case=other, actor=lee, reason="I know the merchant", at=MONDAY + timedelta(minutes=9))
    claims.claim(case=other, person=kim, at=MONDAY + timedelta(minutes=16))

    team_figures.count_owed(at=TUESDAY)

    found = tally(MON)
    assert numbers(found) == {
        "opened": 2, "taken": 2, "decided": 1, "handled": 1, "closed": 1, "in_time": 1, "skipped": 1, "waiting": 1,
    }  # fmt: skip
    assert found.reasons == [("I know the merchant", 1)]
    assert found.to_decide.median == pytest.approx(timedelta(hours=1), rel=0.1)
    assert found.to_close.ninety == pytest.approx(timedelta(hours=1), rel=0.1)
    assert found.handling.median == pytest.approx(timedelta(minutes=2), rel=0.1)
    assert found.age.median == pytest.approx(timedelta(hours=12), rel=0.1)
    assert list(PersonDay.objects.order_by("person").values_list("person", "decided", "seconds", "skipped")) == [
        (kim.pk, 1, 120, 0),
        (lee.pk, 0, 0, 1),
    ]


def test_what_is_kept_is_what_is_counted_anew_years_later(kim: User, lee: User, sana: User, mara: User) -> None:
    """Rerouted, reopened, read again and heard on appeal: each counts on its own day, and no day changes afterwards."""
    ruling = ruled(make.policy("magnets"), kim, V)
    fine = ruled(make.policy("welded"), lee, F, name="Lund")
    waits = make.case(make.policy("cords"), make.merchant("Kestrel"), at=MONDAY)
    first_queue = waits.queue.key
    team_figures.count_owed(at=TUESDAY - timedelta(hours=11))
    monday = kept()

    for review in drawn(actor=mara):
        judged(review, sana, [F])
        if review.ruling_id == ruling.pk:
            reviews.settle(review=review, outcome=ReviewOutcome.SECOND, actor=mara, at=TUESDAY)
    assert ruling.decision
    appeal = appeals.file(decision=ruling.decision, text="Wood.", channel=AppealChannel.PAGE, actor=None, at=TUESDAY)
    appeals.take(appeal=appeal, actor=sana, at=TUESDAY)
    lost = dict.fromkeys(appeal.items.values_list("item_id", flat=True), ItemOutcome.OVERTURNED)
    appeals.decide(appeal=appeal, outcomes=lost, answer="You are right.", actor=sana, at=TUESDAY)
    Queue.objects.filter(key="critical").update(rule='case.severity in ["serious"]')
    routing.ask_again(actor=mara, at=TUESDAY)
    routing.run(at=TUESDAY)
    team_figures.count_owed(at=WEDNESDAY)
    reopening.reopen(case=fine.case, actor=sana, reason="Look again", at=WEDNESDAY)
    team_figures.count_owed(at=WEDNESDAY + timedelta(days=1))
    before = kept()

    team_figures.rebuild(first=MON, last=WED, at=WEDNESDAY + timedelta(days=1000))

    assert kept() == before
    assert [row for row in kept()[0] if row[0] == MON] == monday[0]
    waits.refresh_from_db()
    assert (first_queue, waits.queue.key) == ("product_safety", "critical")
    assert {row[1] for row in monday[0] if row[2] == "cords"} == {"product_safety"}
    assert {row[1] for row in kept()[0] if row[2] == "cords" and row[0] == WED} == {"critical"}
    tuesday, wednesday = tally(TUE), tally(WED)
    assert (tuesday.misread, tuesday.overturned) == (queries.Share(1, 2), queries.Share(1, 1))
    assert (wednesday.came, wednesday.waiting) == (1, 2)
    assert PersonDay.objects.get(person=kim, day=TUE).overturned == 1


def test_what_is_undone_at_once_did_not_happen(kim: User) -> None:
    ruling = ruled(make.policy("magnets"), kim, V)
    cases.undo_decision(ruling=ruling, actor=kim, at=MONDAY + timedelta(seconds=8))

    team_figures.count_owed(at=TUESDAY)

    assert numbers(tally(MON)) == {"opened": 1, "taken": 1, "waiting": 1}


def test_a_closing_is_late_by_the_deadline_it_had_then(kim: User) -> None:
    """A later deadline, by reopening, does not make it one in time."""
    late = make.case(make.policy("cords"), make.merchant("Kestrel"), at=MONDAY - timedelta(days=30))
    claims.claim(case=late, person=kim, at=MONDAY - timedelta(minutes=3))
    cases.decide(
        case=late, verdicts={late.items.get().pk: Verdict.FINE}, measure=None, actor=kim, reason="Fine", at=MONDAY
    )
    Case.objects.filter(pk=late.pk).update(due_at=WEDNESDAY)

    team_figures.rebuild(first=MON, last=MON, at=TUESDAY)

    assert tally(MON).in_time == queries.Share(0, 1)
    due = CaseMove.objects.get(to_state="closed").due_at
    assert due
    assert due < MONDAY


def test_each_day_is_counted_once_after_its_end_and_today_again_and_again(kim: User) -> None:
    ruled(make.policy("magnets"), kim, V)
    noon = MONDAY + timedelta(hours=1)
    team_figures.count_today(at=noon)
    assert tally(MON).closed == 1
    ruled(make.policy("cords"), kim, V, name="Kestrel", at=noon + timedelta(hours=2))
    team_figures.count_today(at=noon + timedelta(hours=3))
    assert tally(MON).closed == 2

    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    assert team_figures.count_owed(at=midnight + timedelta(minutes=1)) == 0  # an undo may still come
    assert team_figures.count_owed(at=midnight + timedelta(minutes=6)) == 1
    assert team_figures.count_owed(at=TUESDAY) == 0
    assert TeamDay.objects.get().counted_at == midnight + timedelta(minutes=6)


def test_days_are_counted_anew_by_a_command(kim: User) -> None:
    ruled(make.policy("magnets"), kim, V)
    call_command("count_team_days", str(MON), str(MON))
    assert tally(MON).closed == 1
    with pytest.raises(CommandError, match="before"):
        call_command("count_team_days", str(TUE), str(MON))


def test_a_test_case_counts_nowhere(kim: User, sana: User) -> None:
    kept_case = ruled(make.policy("magnets"), sana, V).case
    golden.keep(case=kept_case, why="The magnets are loose.", actor=sana, at=MONDAY)
    make.case(make.policy("cords"), make.merchant("Kestrel"), at=MONDAY)
    drawn_case = golden.next_case(person=kim, queue=None, held=False, chance=0.0, at=MONDAY)
    assert drawn_case
    assert drawn_case.golden_id

    team_figures.count_owed(at=TUESDAY)

    assert numbers(tally(MON)) == {
        "opened": 2, "taken": 1, "decided": 1, "handled": 1, "closed": 1, "in_time": 1, "waiting": 1,
    }  # fmt: skip


def test_figures_are_added_up_by_queue_policy_and_language_and_held_against_the_days_before(kim: User) -> None:
    policy = make.policy("magnets")
    ruled(policy, kim, V)
    ruled(policy, kim, F, name="Lund", at=TUESDAY)
    make.case(make.policy("cords"), make.merchant("Kestrel", language="de"), at=TUESDAY)
    team_figures.rebuild(first=MON, last=TUE, at=WEDNESDAY)

    found = queries.figures(Chosen(TUE, TUE))

    assert (found.whole.came, found.before.came, found.whole.waiting) == (2, 1, 1)
    assert {key: each.closed for key, each in found.policies.items()} == {policy.pk: 1, policy.pk + 1: 0}
    assert {key: each.came for key, each in found.languages.items()} == {"en": 1, "de": 1}
    both = queries.figures(Chosen(MON, TUE, policy=policy.pk))
    assert {key: each.closed for key, each in both.days.items()} == {MON: 1, TUE: 1}
    assert (both.whole.came, both.whole.waiting) == (2, 0)


@pytest.mark.parametrize("seconds", [1, 59, 3_600, 86_400, 2_592_000])
@pytest.mark.parametrize("share", [0.5, 0.9, 1.0])
def test_a_length_is_found_again_within_its_step(seconds: int, share: float) -> None:
    step = next(each for each in range(200) if lengths.bounds_of(each)[1] > seconds)
    found = lengths.percentile({step: 7}, share)
    assert found is not None
    low, high = lengths.bounds_of(step)
    assert low - 1 <= found.total_seconds() <= high + 1
    assert high / low < 1.1


def test_percentiles_lie_where_as_many_are_below() -> None:
    assert lengths.percentile({}, 0.5) is None
    assert lengths.percentile({0: 9, 40: 1}, 0.9) == timedelta(seconds=1)
    assert lengths.percentile({0: 1, 40: 9}, 0.5) > timedelta(seconds=32)  # type: ignore[operator]


def test_people_without_the_right_see_nothing_of_persons(kim: User) -> None:
    """By name, never by number."""
    zoe, adam = make.person("zoe", Role.MODERATOR), make.person("amir", Role.MODERATOR)
    for person, name in ((zoe, "One"), (zoe, "Two"), (adam, "Three")):
        ruled(make.policy(name.lower()), person, V, name=name)
    team_figures.rebuild(first=MON, last=MON, at=TUESDAY)
    found = queries.people(Chosen(MON, MON))
    assert [(str(row.person), row.decided, row.days) for row in found] == [("Amir", 1, 1), ("Zoe", 2, 1)]
