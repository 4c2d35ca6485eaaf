"""Who may do what with cases. What a case's state allows is the domain's word."""

from governance.accounts.enums import Place, Role
from governance.accounts.permissions import Anyone, can_open, grants, has_role

WORKERS = (Role.MODERATOR, Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)
SENIORS = (Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)


def can_read_cases(user: Anyone) -> bool:
    return can_open(user, Place.CASES)


def can_see_queue(user: Anyone) -> bool:
    return can_open(user, Place.QUEUE)


def can_work(user: Anyone) -> bool:
    """Claim, decide, hold, skip."""
    return has_role(user, *WORKERS)


def can_take_held(user: Anyone) -> bool:
    """Claim what somebody held for a senior reviewer."""
    return has_role(user, *SENIORS)


def can_annotate(user: Anyone) -> bool:
    """Write notes and add evidence."""
    return has_role(user, *WORKERS, Role.GOVERNANCE_MANAGER)


def can_see_listings(user: Anyone) -> bool:
    return can_open(user, Place.LISTINGS)


def can_see_merchants(user: Anyone) -> bool:
    return can_open(user, Place.MERCHANTS)


def markets(user: Anyone) -> frozenset[str] | None:
    """The markets that the person's grants are limited to; None means all."""
    from_grants = [grant.markets for grant in grants(user)]
    if not from_grants:
        return frozenset()
    if any(not limited for limited in from_grants):
        return None
    return frozenset().union(*from_grants)
