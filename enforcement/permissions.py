"""Who may see and do what in enforcement. What state a thing must be in is the domain's matter."""

from governance.accounts.enums import Place, Role
from governance.accounts.permissions import Anyone, can_open, has_role


def can_see_sweeps(user: Anyone) -> bool:
    return can_open(user, Place.SWEEPS)


def can_run_sweeps(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD)


def can_see_policies(user: Anyone) -> bool:
    return can_open(user, Place.POLICIES)
