"""Who may, over all roles, places and scopes."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.accounts.enums import PLACE_ROLES, SCOPE_ROLES, Function, Place, Role, Scope
from governance.accounts.models import User
from governance.accounts.permissions import can_open, functions, has_role, has_scope, may_in_market, opens_place

OPEN = {
    Role.GOVERNANCE_MANAGER: "home queue cases appeals listings imports merchants policies sweeps transparency audit",
    Role.APPROVER: "home listings merchants policies sweeps",
    Role.MODERATOR: "home queue cases listings merchants policies",
    Role.SENIOR_REVIEWER: "home queue cases appeals listings merchants policies sweeps",
    Role.INVESTIGATOR: "home queue cases appeals listings merchants policies sweeps",
    Role.TEAM_LEAD: "home queue cases appeals listings imports merchants policies sweeps transparency audit",
    Role.AUDITOR: "home queue cases appeals listings imports merchants policies sweeps transparency audit people",
    Role.ADMINISTRATOR: "home listings imports merchants policies sweeps transparency audit people",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_places_and_no_other(role: Role) -> None:
    assert " ".join(place for place in Place if role in PLACE_ROLES[place]) == OPEN[role]


def test_an_auditor_reads_everything_and_changes_nothing() -> None:
    assert [scope for scope in Scope if Role.AUDITOR in SCOPE_ROLES[scope]] == [
        scope for scope in Scope if scope.endswith(":read")
    ]


def test_every_place_and_scope_is_decided() -> None:
    assert (set(PLACE_ROLES), set(SCOPE_ROLES)) == (set(Place), set(Scope))


def test_nobody_unknown_or_shut_out_may_anything(jonas: User) -> None:
    assert not any(can_open(AnonymousUser(), place) for place in Place)
    jonas.is_active = False
    assert not has_role(jonas, Role.MODERATOR)
    assert not any(has_scope(jonas, scope) for scope in Scope)


def test_roles_are_asked_for_once(jonas: User) -> None:
    fresh = User.objects.get(pk=jonas.pk)
    with CaptureQueriesContext(connection) as asked:
        assert (has_role(fresh, Role.MODERATOR), has_role(fresh, Role.AUDITOR), opens_place(Place.QUEUE)(fresh)) == (
            True,
            False,
            True,
        )
    assert len(asked) == 1


def test_functions_and_markets_of_an_approver(lena: User) -> None:
    assert functions(lena) == {Function.LEGAL}
    assert [may_in_market(lena, market, Role.APPROVER) for market in ("DE", "FR")] == [True, False]
    assert may_in_market(lena, "FR", Role.APPROVER, Role.GOVERNANCE_MANAGER)
