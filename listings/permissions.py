"""Who may see and do what in the catalogue. What state a thing must be in is the domain's matter."""

from governance.accounts.enums import Place, Role
from governance.accounts.permissions import Anyone, can_open, has_role


def can_see_imports(user: Anyone) -> bool:
    return can_open(user, Place.IMPORTS)


def can_import(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD, Role.ADMINISTRATOR)
