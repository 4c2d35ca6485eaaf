"""Drafting a ladder and putting it in force: who may, what must hold together, and what is kept."""

from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from enforcement.domain import ladder_presets, ladders
from enforcement.enums import LadderState
from enforcement.models import Ladder
from enforcement.models.ladder import Milestone, Terms
from governance.accounts.enums import Role
from governance.accounts.models import User
from governance.audit.models import Entry
from governance.policies.enums import Measure, Severity
from governance.web.refusals import MoveRefused, Refusal
from tests.enforcement.ground import Ground
from tests.enforcement.ladder import rungs
from tests.factories.cases import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def gina(ground: Ground) -> User:
    return ground.person("gina", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def drafted(gina: User) -> Ladder:
    return ladders.draft(name="Ours", terms=rungs.terms(), actor=gina, at=NOON)


def switched(ladder: Ladder, actor: User, *, revision: int | None = None, reason: str = "Agreed.") -> Ladder:
    read = ladder.revision if revision is None else revision
    return ladders.switch(ladder=ladder, revision=read, reason=reason, actor=actor, at=NOON)


def test_another_person_puts_it_in_force_and_the_log_keeps_why(drafted: Ladder, ground: Ground) -> None:
    live = switched(drafted, ground.tilda)
    assert (live.state, live.live_from) == (LadderState.LIVE, NOON)
    entry = Entry.objects.get(verb="ladder.switched")
    assert (entry.actor_label, entry.data["reason"]) == ("Tilda", "Agreed.")


def test_its_author_may_not(drafted: Ladder, gina: User) -> None:
    with pytest.raises(ladders.FourEyes):
        switched(drafted, gina)


def test_without_a_reason_nothing_is_put_in_force(drafted: Ladder, ground: Ground) -> None:
    with pytest.raises(Refusal):
        switched(drafted, ground.tilda, reason=" ")


def test_what_has_changed_since_it_was_read_is_not_put_in_force(drafted: Ladder, gina: User, ground: Ground) -> None:
    ladders.edit(ladder=drafted, name="Ours", terms=rungs.terms(cap=10), actor=gina, at=NOON)
    with pytest.raises(ladders.ReadAgain):
        switched(drafted, ground.tilda)


def test_saving_the_same_again_changes_nothing(drafted: Ladder, gina: User) -> None:
    again = ladders.edit(ladder=drafted, name="Ours", terms=rungs.terms(), actor=gina, at=NOON)
    assert again.revision == 1
    assert not Entry.objects.filter(verb="ladder.edited").exists()


def test_only_the_author_edits(drafted: Ladder, ground: Ground) -> None:
    with pytest.raises(ladders.FourEyes):
        ladders.edit(ladder=drafted, name="Mine", terms=rungs.terms(), actor=ground.tilda, at=NOON)


def test_the_next_version_replaces_the_one_in_force(drafted: Ladder, gina: User, ground: Ground) -> None:
    first = switched(drafted, ground.tilda)
    second = ladders.draft(name="Next", terms=rungs.terms(cap=9), actor=gina, at=NOON)
    switched(second, ground.tilda)
    first.refresh_from_db()
    assert (first.state, second.number) == (LadderState.SUPERSEDED, 2)


def test_one_draft_at_a_time(drafted: Ladder, gina: User) -> None:
    with pytest.raises(MoveRefused):
        ladders.draft(name="Another", terms=rungs.terms(), actor=gina, at=NOON)


@pytest.mark.parametrize("end", [LadderState.LIVE, LadderState.SUPERSEDED, LadderState.WITHDRAWN])
def test_what_is_no_draft_can_neither_be_edited_nor_switched_nor_withdrawn(
    drafted: Ladder, gina: User, ground: Ground, end: LadderState
) -> None:
    if end == LadderState.WITHDRAWN:
        ladders.withdraw(ladder=drafted, actor=gina, reason="", at=NOON)
    else:
        switched(drafted, ground.tilda)
    if end == LadderState.SUPERSEDED:
        switched(ladders.draft(name="Next", terms=rungs.terms(), actor=gina, at=NOON), ground.tilda)
    with pytest.raises(MoveRefused):
        ladders.edit(ladder=drafted, name="Ours", terms=rungs.terms(cap=1), actor=gina, at=NOON)
    with pytest.raises(MoveRefused):
        switched(drafted, ground.tilda)
    with pytest.raises(MoveRefused):
        ladders.withdraw(ladder=drafted, actor=gina, reason="", at=NOON)
    drafted.refresh_from_db()
    assert drafted.state == end


def test_what_was_in_force_is_fixed_in_the_table_too(drafted: Ladder, ground: Ground) -> None:
    switched(drafted, ground.tilda)
    with pytest.raises(InternalError, match="fixed"), transaction.atomic():
        Ladder.objects.filter(pk=drafted.pk).update(name="Other")
    with pytest.raises(IntegrityError, match="keeps its rows"), transaction.atomic():
        Ladder.objects.filter(pk=drafted.pk)._raw_delete("default")


WARN, SUSPEND = Measure.WARN, Measure.SUSPEND_LISTING_RIGHTS


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("grid", {"grid": {Severity.CRITICAL: (4,)}}),
        ("grid", {"grid": rungs.GRID | {Severity.MINOR: (2, 1, 1)}}),
        ("grid", {"grid": rungs.GRID | {Severity.MINOR: (7, 7, 7)}}),
        ("grid", {"grid": dict.fromkeys(Severity, (0, 0, 0))}),
        ("grid", {"grid": rungs.GRID | {Severity.CRITICAL: (24, 36, 1001)}}),
        ("milestones", {"milestones": ()}),
        ("milestones", {"milestones": (Milestone(0, WARN),)}),
        ("milestones", {"milestones": (Milestone(5, WARN), Milestone(5, SUSPEND))}),
        ("milestones", {"milestones": (Milestone(5, WARN, 0),)}),
        ("milestones", {"milestones": (Milestone(5, Measure.REQUEST_CORRECTION, 3),)}),
        ("milestones", {"milestones": (Milestone(5, SUSPEND),)}),
        ("milestones", {"milestones": (Milestone(5, SUSPEND), Milestone(6, WARN))}),
        ("window_days", {"window_days": 0}),
        ("expiry_days", {"expiry_days": 731}),
        ("protection_days", {"protection_days": -1}),
        ("cap", {"cap": 1001}),
        ("discount_percent", {"discount_percent": 101, "discount_days": 5}),
        ("discount_days", {"discount_percent": 50, "discount_days": 0}),
        ("health_start", {"health_start": 0}),
        ("health_cost", {"health_cost": 0}),
        ("health_recovery", {"health_recovery": -1}),
    ],
)
def test_what_does_not_hold_together_is_refused_by_name(gina: User, part: str, changed: dict[str, Any]) -> None:
    with pytest.raises(ladders.Wrong) as refused:
        ladders.draft(name="Ours", terms=rungs.terms(**changed), actor=gina, at=NOON)
    assert set(refused.value.problems) == {part}
    assert not Ladder.objects.exists()


def test_a_nameless_one_is_refused(gina: User) -> None:
    with pytest.raises(ladders.Wrong):
        ladders.draft(name=" ", terms=rungs.terms(), actor=gina, at=NOON)


@pytest.mark.parametrize("measure", list(Measure))
def test_a_milestone_may_name_any_measure(gina: User, measure: Measure) -> None:
    found = (Milestone(3, WARN), Milestone(9, measure))
    assert (
        ladders.draft(name="Ours", terms=rungs.terms(milestones=found), actor=gina, at=NOON).terms.milestones == found
    )


def test_terms_come_back_as_they_were_stored() -> None:
    assert Terms.read(rungs.terms(cap=7).stored()) == rungs.terms(cap=7)


def test_presets_hold_together_and_name_their_source() -> None:
    assert {each.slug for each in ladder_presets.presets()} == {"defect-count", "points-to-48", "score-from-200"}
    for preset in ladder_presets.presets():
        assert ladders.problems_of(preset.terms) == {}, preset.slug
        assert preset.source_url.startswith("https://")
