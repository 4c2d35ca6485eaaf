"""What a page of listings spares people: no more of what is hard to look at than the day holds, and a break that ends it."""

from datetime import timedelta

import pytest

from governance.accounts.models import User
from governance.policies.models import Policy
from investigations.domain import claims, grid, opening, wellbeing
from investigations.enums import CaseState, ClaimEnd
from investigations.models import Case, Claim, GridPage
from investigations.queries import work
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.investigations.at_once import waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def hard(tess: User) -> Policy:
    """Four cases that are hard to look at, more urgent than three that are not; three a day are the most for everybody."""
    found = make.policy("cruelty", family="animals")
    waiting.cases(3, at=NOON)
    for number in range(4):
        make.violation(make.listing(make.merchant(f"Trapper {number}"), f"Trap {number}"), found)
    opening.open_owed(at=NOON)
    Case.objects.filter(policy=found).update(priority=99)
    limit(tess, 3, found)
    return found


def limit(actor: User, most: int | None, *marked: Policy) -> None:
    wellbeing.set_rules(
        hard_a_day=most,
        break_after=60,
        break_lasts=10,
        hard_policies=[each.pk for each in marked],
        actor=actor,
        at=NOON,
    )


def on(page: GridPage | None) -> list[str]:
    assert page is not None
    return sorted(page.claims.filter(ended_at=None).values_list("case__policy__slug", flat=True))


def drawn(person: User) -> list[str]:
    return on(grid.draw(person=person, queue=None, at=NOON))


def test_a_page_holds_no_more_of_it_than_the_day(kim: User, lee: User, hard: Policy) -> None:
    assert drawn(kim) == ["cruelty"] * 3 + ["magnets"] * 3
    assert work.standing(kim, at=NOON).hard_today == 3
    assert drawn(lee) == ["cruelty"]


def test_what_was_seen_before_counts_and_others_come_in_its_place(
    kim: User, hard: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "SIZE", 3)
    seen = claims.claim_next(person=kim, at=NOON)
    assert seen
    claims.skip(case=seen, actor=kim, reason="Too much", at=NOON)

    assert drawn(kim) == ["cruelty"] * 2 + ["magnets"]


def test_a_page_holds_no_more_of_it_than_photos_are_left(kim: User, tess: User, hard: Policy) -> None:
    wellbeing.set_rules(
        hard_a_day=3, pictures_a_day=2, break_after=60, break_lasts=10, hard_policies=[hard.pk], actor=tess, at=NOON
    )
    assert drawn(kim) == ["cruelty"] * 2 + ["magnets"] * 3


def test_a_persons_own_limit_holds_too(kim: User, lee: User, hard: Policy) -> None:
    wellbeing.set_own(person=kim, families=(), hard_a_day=1, break_after=None)
    wellbeing.set_own(person=lee, families=(), hard_a_day=0, break_after=None)

    assert drawn(kim) == ["cruelty"] + ["magnets"] * 3
    assert grid.draw(person=lee, queue=None, at=NOON) is None


def test_without_a_limit_the_most_urgent_come(kim: User, tess: User, hard: Policy) -> None:
    limit(tess, None, hard)
    assert drawn(kim) == ["cruelty"] * 4 + ["magnets"] * 3


def test_what_is_kept_for_a_person_comes_all_the_same_and_counts(kim: User, tess: User, hard: Policy) -> None:
    limit(tess, 1, hard)
    kept = Case.objects.filter(policy=hard).order_by("-pk")[:2]
    Case.objects.filter(pk__in=[case.pk for case in kept]).update(
        kept_for=kim, kept_until=NOON + timedelta(days=1), priority=100
    )

    assert drawn(kim) == ["cruelty"] * 2 + ["magnets"] * 3


def test_a_break_gives_the_whole_page_back(kim: User, lee: User) -> None:
    waiting.cases(3, at=NOON)
    page = grid.draw(person=kim, queue=None, at=NOON)
    assert page is not None

    pause = wellbeing.take_break(person=kim, at=NOON)

    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.OPEN}
    assert set(Claim.objects.values_list("ended_as", "ended_at")) == {(ClaimEnd.RELEASED, NOON)}
    page.refresh_from_db()
    assert page.ended_at == NOON
    assert work.live_page(kim) is None
    assert grid.draw(person=kim, queue=None, at=NOON) is None
    assert len(on(grid.draw(person=kim, queue=None, at=pause.ends_at))) == 3
