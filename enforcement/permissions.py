"""Who may see and do what in enforcement. What state a thing must be in is the domain's matter."""

from governance.accounts.enums import Kind, Place, Role, Scope
from governance.accounts.models import User
from governance.accounts.permissions import Anyone, can_open, grants, has_role, has_scope


def can_see_sweeps(user: Anyone) -> bool:
    return can_open(user, Place.SWEEPS)


def can_run_sweeps(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD)


def can_see_policies(user: Anyone) -> bool:
    return can_open(user, Place.POLICIES)


def can_read_decisions(user: Anyone) -> bool:
    return can_open(user, Place.CASES)


def can_reverse(user: Anyone) -> bool:
    """Take a decision back outside an appeal: seniors, and a program whose key may decide."""
    return _is_service(user) or has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_tell_buyers(user: Anyone) -> bool:
    """Have the buyers of an illegal product told: whoever acts upon recalls."""
    return has_scope(user, Scope.CASES_WRITE)


def can_see_undos(user: Anyone) -> bool:
    """Runs reach across markets: whoever reads decisions of some markets only does not see them."""
    return can_read_decisions(user) and markets(user) is None


def can_undo_many(user: Anyone) -> bool:
    """Take back what came of a sweep, of a policy version or of many decisions, and say the second word about it."""
    lead = {Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD}
    return _is_service(user) or any(grant.role in lead and not grant.markets for grant in grants(user))


def can_say_second_word(user: Anyone) -> bool:
    """Approve or refuse what is held for a second person; that it is not the decider is a rule of the domain."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_send_again(user: Anyone) -> bool:
    """Try again what could not be delivered to a merchant."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD, Role.ADMINISTRATOR)


def can_see_transparency(user: Anyone) -> bool:
    return can_open(user, Place.TRANSPARENCY)


def can_send_statements(user: Anyone) -> bool:
    """Send again what the EU's Transparency Database has refused."""
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD, Role.ADMINISTRATOR)


def can_read_appeals(user: Anyone) -> bool:
    return can_open(user, Place.APPEALS)


def can_hear_appeals(user: Anyone) -> bool:
    """Whether somebody may hear appeals at all; that it is not the decider is a rule of the domain."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_read_disputes(user: Anyone) -> bool:
    return can_open(user, Place.APPEALS)


def can_record_disputes(user: Anyone) -> bool:
    """Put on record what went to a body or a court, and what became of it."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER)


def can_carry_out(user: Anyone) -> bool:
    """Give back what a body or a court has decided against us."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_keep_bodies(user: Anyone) -> bool:
    """Enter the certified bodies that statements of reasons name."""
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.ADMINISTRATOR)


def can_see_ladder(user: Anyone) -> bool:
    return can_open(user, Place.POLICIES)


def can_write_ladder(user: Anyone) -> bool:
    return has_role(user, Role.GOVERNANCE_MANAGER)


def can_switch_ladder(user: Anyone) -> bool:
    """Put a draft in force; that it is not its author is a rule of the domain."""
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD)


def can_see_steps(user: Anyone) -> bool:
    return can_open(user, Place.CASES)


def can_decide_steps(user: Anyone) -> bool:
    """Carry out what binds a whole account, or say why not now."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_share_accounts(user: Anyone) -> bool:
    """Copy the link by which a merchant sees how they stand."""
    return has_role(user, Role.MODERATOR, Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)


def markets(user: Anyone) -> frozenset[str] | None:
    """The markets that the person's grants are limited to; None means all, as for a program's key."""
    if _is_service(user):
        return None
    limited = [grant.markets for grant in grants(user)]
    if not limited:
        return frozenset()
    return None if any(not each for each in limited) else frozenset().union(*limited)


def _is_service(user: Anyone) -> bool:
    """A key's scopes are asked at the API's door."""
    return isinstance(user, User) and user.kind == Kind.SERVICE and user.key_scopes is not None


def can_manage_delivery(user: Anyone) -> bool:
    """Where the marketplace is told, with which secrets, and what was sent."""
    return has_role(user, Role.ADMINISTRATOR)
