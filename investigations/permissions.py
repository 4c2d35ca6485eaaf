"""Who may do what with cases. What a case's state allows is the domain's word."""

from enforcement.permissions import can_tell_buyers, markets
from governance.accounts.enums import Function, Place, Role, Scope
from governance.accounts.models import User
from governance.accounts.permissions import Anyone, can_open, functions, has_role, has_scope
from investigations.enums import AskedOf

__all__ = [
    "can_act_in_bulk",
    "can_act_upon_orders",
    "can_annotate",
    "can_answer",
    "can_answer_questions",
    "can_decide_notices",
    "can_edit_queues",
    "can_enter_orders",
    "can_export_buyers",
    "can_hear_reporters",
    "can_import_recalls",
    "can_investigate",
    "can_keep_reasons",
    "can_keep_reporters",
    "can_lead",
    "can_open_case",
    "can_open_quality",
    "can_plan_quality",
    "can_read_accuracy",
    "can_read_cases",
    "can_read_investigations",
    "can_read_notices",
    "can_read_orders",
    "can_read_quality",
    "can_read_recalls",
    "can_read_reporters",
    "can_review",
    "can_search",
    "can_see_bulk",
    "can_see_listings",
    "can_see_merchants",
    "can_see_queue",
    "can_see_shared",
    "can_see_team",
    "can_set_wellbeing",
    "can_settle_reviews",
    "can_take_held",
    "can_tell_buyers",
    "can_work",
    "can_work_on_investigations",
    "can_work_orders",
    "can_work_recalls",
    "markets",
]

WORKERS = (Role.MODERATOR, Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)
SENIORS = (Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD)


def can_read_cases(user: Anyone) -> bool:
    return has_scope(user, Scope.CASES_READ)


def can_open_case(user: Anyone) -> bool:
    """Whoever reads cases; and Legal, those out of which it was asked (`queries.work`)."""
    return can_read_cases(user) or is_legal(user)


def is_legal(user: Anyone) -> bool:
    return Function.LEGAL in functions(user)


def can_answer(user: Anyone, asked_of: str) -> bool:
    """Answer a question out of a case; that it is not one's own is a rule of the domain."""
    return is_legal(user) if asked_of == AskedOf.LEGAL else has_role(user, *SENIORS)


def can_answer_questions(user: Anyone) -> bool:
    """Answer any question at all; whose it is, is the domain's word."""
    return any(can_answer(user, each) for each in AskedOf)


def can_keep_reasons(user: Anyone) -> bool:
    """Write and retire canned reasons."""
    return has_role(user, Role.GOVERNANCE_MANAGER, Role.TEAM_LEAD)


def can_see_queue(user: Anyone) -> bool:
    return can_open(user, Place.QUEUE)


def can_edit_queues(user: Anyone) -> bool:
    """Say which queue takes what, in which order, and what it offers."""
    return has_role(user, Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER)


def can_lead(user: Anyone) -> bool:
    """Say what each person is given, and enter when they are away."""
    return has_role(user, Role.TEAM_LEAD)


def can_see_team(user: Anyone) -> bool:
    """Who holds what, who may be given what, who is away."""
    return has_role(user, Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER, Role.AUDITOR)


def can_set_wellbeing(user: Anyone) -> bool:
    """Say for everybody what is hard to look at, how much of it a day, and when to pause."""
    return has_role(user, Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER)


def can_work(user: Anyone) -> bool:
    """Claim, decide, hold, skip."""
    return has_scope(user, Scope.CASES_WRITE)


def can_take_held(user: Anyone) -> bool:
    """Claim what somebody held for a senior reviewer."""
    return has_role(user, *SENIORS)


def can_act_in_bulk(user: Anyone) -> bool:
    """Act on many cases at once, and say the second word about it."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD)


def can_see_bulk(user: Anyone) -> bool:
    """Read what was done to many cases at once."""
    return has_role(user, *SENIORS, Role.GOVERNANCE_MANAGER, Role.AUDITOR)


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


def can_read_recalls(user: Anyone) -> bool:
    """Alerts, the listings that are like them, and how many buyers are to be told."""
    return has_scope(user, Scope.CASES_READ)


def can_work_recalls(user: Anyone) -> bool:
    """Say whether a listing is the recalled product, act upon those that are, record a publication."""
    return has_scope(user, Scope.CASES_WRITE)


def can_import_recalls(user: Anyone) -> bool:
    """Bring in alerts: whoever works with them, and the governance manager."""
    return has_scope(user, Scope.CASES_WRITE) or has_role(user, Role.GOVERNANCE_MANAGER)


def can_export_buyers(user: Anyone) -> bool:
    """The marketplace's references of buyers, as a file."""
    return has_role(user, *SENIORS)


def can_read_orders(user: Anyone) -> bool:
    """Orders of courts and authorities, with whose information they ask for: seniors, governance managers and auditors."""
    return has_scope(user, Scope.AUTHORITY_READ)


def can_enter_orders(user: Anyone) -> bool:
    return has_scope(user, Scope.AUTHORITY_WRITE)


def can_work_orders(user: Anyone) -> bool:
    """Check orders, record what was given, answer, refuse: a person, never a key."""
    return has_role(user, *SENIORS, Role.GOVERNANCE_MANAGER)


def can_act_upon_orders(user: Anyone) -> bool:
    """Decide upon what is ordered."""
    return has_role(user, *SENIORS)


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


def can_open_quality(user: Anyone) -> bool:
    """Whoever works on cases sees at least how their own work was read."""
    return can_open(user, Place.QUEUE)


def can_read_quality(user: Anyone) -> bool:
    """Everybody's figures."""
    return has_role(user, Role.TEAM_LEAD, Role.SENIOR_REVIEWER, Role.GOVERNANCE_MANAGER, Role.AUDITOR)


def can_read_accuracy(user: Anyone) -> bool:
    """How right automation is: who reads everybody's figures, and a key, whose scope is asked at the API's door."""
    return can_read_quality(user) or (isinstance(user, User) and user.key_scopes is not None)


def can_review(user: Anyone) -> bool:
    """Read a second time what somebody else decided."""
    return has_role(user, *SENIORS)


def can_settle_reviews(user: Anyone) -> bool:
    """Say who was right where two differ, and write down what follows for the next case."""
    return has_role(user, Role.SENIOR_REVIEWER, Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER)


def can_plan_quality(user: Anyone) -> bool:
    return has_role(user, Role.TEAM_LEAD, Role.GOVERNANCE_MANAGER)


def can_see_shared(user: Anyone) -> bool:
    """See what two merchants share, word for word; each look goes on the log."""
    return has_role(user, *SENIORS, Role.AUDITOR)


def can_search(user: Anyone) -> bool:
    """Search everything in the rule language, and see what the team has searched for."""
    return has_role(user, *SENIORS, Role.GOVERNANCE_MANAGER, Role.AUDITOR)


def can_read_investigations(user: Anyone) -> bool:
    return has_role(user, *SENIORS, Role.GOVERNANCE_MANAGER, Role.AUDITOR)


def can_work_on_investigations(user: Anyone) -> bool:
    """Be a member of one, and add to it; auditors only read."""
    return has_role(user, *SENIORS, Role.GOVERNANCE_MANAGER)


def can_investigate(user: Anyone) -> bool:
    """Open an investigation."""
    return has_role(user, Role.INVESTIGATOR, Role.GOVERNANCE_MANAGER)
