"""Who may write, approve and switch policies. That author and approver differ is a rule of the domain."""

from governance.accounts.enums import Role
from governance.accounts.permissions import Anyone, has_role


def can_write_policy(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER)


def can_approve_policy(user: Anyone) -> bool:
    return has_role(user, Role.APPROVER)


def can_switch_policy(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER)


def can_waive(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER)
