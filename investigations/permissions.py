"""Who may do what with cases. What a case's state allows is the domain's word."""

from enforcement.permissions import markets
from governance.accounts.enums import Place, Role, Scope
from governance.accounts.permissions import Anyone, can_open, has_role, has_scope

__all__ = [
    "can_annotate",
    "can_decide_notices",
    "can_hear_reporters",
    "can_keep_reporters",
    "can_read_cases",
    "can_read_notices",
    "can_read_reporters",
    "can_see_listings",
    "can_see_merchants",
    "can_see_queue",
    "can_take_held",
    "can_work",
    "markets",
]

WORKERS = (Role.MODERATOR, Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)
SENIORS = (Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)


def can_read_cases(user: Anyone) -> bool:
    return has_scope(user, Scope.CASES_READ)


def can_see_queue(user: Anyone) -> bool:
    return can_open(user, Place.QUEUE)


def can_work(user: Anyone) -> bool:
    """Claim, decide, hold, skip."""
    return has_scope(user, Scope.CASES_WRITE)


def can_take_held(user: Anyone) -> bool:
    """Claim what somebody held for a senior reviewer."""
    return has_role(user, *SENIORS)


def can_annotate(user: Anyone) -> bool:
    """Write notes and add evidence."""
    return has_role(user, *WORKERS, Role.GOVERNANCE_MANAGER)


def can_read_notices(user: Anyone) -> bool:
    """Reports from outside, with who reported: those who decide upon them, and auditors."""
    return has_scope(user, Scope.NOTICES_READ)


def can_decide_notices(user: Anyone) -> bool:
    """Enter a notice, decide that nothing is done, name the decision that followed."""
    return has_scope(user, Scope.CASES_WRITE)


def can_hear_reporters(user: Anyone) -> bool:
    """Answer a reporter's appeal; that it is not the decider is a rule of the domain."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_read_reporters(user: Anyone) -> bool:
    """Who reports, and how right they were."""
    return can_read_cases(user) and can_read_notices(user)


def can_keep_reporters(user: Anyone) -> bool:
    """Enter trusted flaggers; warn and suspend who misuses notices."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_see_listings(user: Anyone) -> bool:
    return has_scope(user, Scope.LISTINGS_READ)


def can_see_merchants(user: Anyone) -> bool:
    return has_scope(user, Scope.MERCHANTS_READ)
