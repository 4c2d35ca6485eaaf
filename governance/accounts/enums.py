"""Who people are, what they may do, and how they like to see it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    PERSON = "person", _("Person")
    SERVICE = "service", _("Service")


class Role(models.TextChoices):
    GOVERNANCE_MANAGER = "governance_manager", _("Governance manager")
    APPROVER = "approver", _("Approver")
    MODERATOR = "moderator", _("Moderator")
    SENIOR_REVIEWER = "senior_reviewer", _("Senior reviewer")
    INVESTIGATOR = "investigator", _("Investigator")
    TEAM_LEAD = "team_lead", _("Team lead")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Function(models.TextChoices):
    """What an approver answers for."""

    LEGAL = "legal", _("Legal")
    PRODUCT = "product", _("Product")
    ENGINEERING = "engineering", _("Engineering")
    BUSINESS = "business", _("Business")


class Theme(models.TextChoices):
    SYSTEM = "system", pgettext_lazy("theme", "As the system")
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")


class ImageSize(models.TextChoices):
    SMALL = "small", pgettext_lazy("image size", "Small")
    MEDIUM = "medium", pgettext_lazy("image size", "Medium")
    LARGE = "large", pgettext_lazy("image size", "Large")


class Place(models.TextChoices):
    """Where the navigation leads."""

    HOME = "home", _("Home")
    QUEUE = "queue", _("Queue")
    CASES = "cases", _("Cases")
    APPEALS = "appeals", _("Appeals")
    LISTINGS = "listings", _("Listings")
    IMPORTS = "imports", _("Imports")
    MERCHANTS = "merchants", _("Merchants")
    POLICIES = "policies", _("Policies")
    SWEEPS = "sweeps", _("Sweeps")
    TRANSPARENCY = "transparency", _("Transparency")
    AUDIT = "audit", _("Audit")
    PEOPLE = "people", _("People")


class Scope(models.TextChoices):
    """What an API key may do. Writing does not include reading."""

    MERCHANTS_READ = "merchants:read", _("Read merchants")
    MERCHANTS_WRITE = "merchants:write", _("Create and change merchants")
    LISTINGS_READ = "listings:read", _("Read listings")
    LISTINGS_WRITE = "listings:write", _("Create and change listings")
    LISTINGS_CHECK = "listings:check", _("Check listings before they go live")
    IMPORTS_READ = "imports:read", _("Read imports and their errors")
    IMPORTS_WRITE = "imports:write", _("Import catalogues")
    ORDERS_WRITE = "orders:write", _("Push order lines")
    POLICIES_READ = "policies:read", _("Read policies")
    POLICIES_WRITE = "policies:write", _("Draft and submit policies")
    SWEEPS_READ = "sweeps:read", _("Read sweeps")
    SWEEPS_WRITE = "sweeps:write", _("Start, pause and cancel sweeps")
    VIOLATIONS_READ = "violations:read", _("Read violations")
    CASES_READ = "cases:read", _("Read cases")
    CASES_WRITE = "cases:write", _("Work on cases")
    NOTICES_READ = "notices:read", _("Read notices")
    NOTICES_WRITE = "notices:write", _("File notices")
    AUTHORITY_READ = "authority_orders:read", _("Read orders of authorities")
    AUTHORITY_WRITE = "authority_orders:write", _("Enter orders of authorities")
    DECISIONS_READ = "decisions:read", _("Read decisions and statements of reasons")
    DECISIONS_WRITE = "decisions:write", _("Decide and reverse decisions")
    APPEALS_READ = "appeals:read", _("Read appeals")
    APPEALS_WRITE = "appeals:write", _("File and answer appeals")
    AUDIT_READ = "audit:read", _("Read the audit log")
    EVENTS_READ = "events:read", _("Read events")


_EVERYBODY = frozenset(Role)
_REVIEWERS = frozenset({Role.MODERATOR, Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD})
_SENIORS = frozenset({Role.SENIOR_REVIEWER, Role.INVESTIGATOR, Role.TEAM_LEAD})
_MANAGER = frozenset({Role.GOVERNANCE_MANAGER})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_AUDITOR = frozenset({Role.AUDITOR})

# Who may open which place: reading. What may be done there is each room's own `permissions.py`.
PLACE_ROLES: dict[Place, frozenset[Role]] = {
    Place.HOME: _EVERYBODY,
    Place.QUEUE: _REVIEWERS | _MANAGER | _AUDITOR,
    Place.CASES: _REVIEWERS | _MANAGER | _AUDITOR,
    Place.APPEALS: _SENIORS | _MANAGER | _AUDITOR,
    Place.LISTINGS: _EVERYBODY,
    Place.IMPORTS: _MANAGER | _ADMINISTRATOR | _AUDITOR | {Role.TEAM_LEAD},
    Place.MERCHANTS: _EVERYBODY,
    Place.POLICIES: _EVERYBODY,
    Place.SWEEPS: _EVERYBODY - {Role.MODERATOR},
    Place.TRANSPARENCY: _AUDITOR | _ADMINISTRATOR | _MANAGER | {Role.TEAM_LEAD},
    Place.AUDIT: _AUDITOR | _ADMINISTRATOR | _MANAGER | {Role.TEAM_LEAD},
    Place.PEOPLE: _ADMINISTRATOR | _AUDITOR,
}

# Which scope a signed-in person's roles carry when their browser asks the API.
SCOPE_ROLES: dict[Scope, frozenset[Role]] = {
    Scope.MERCHANTS_READ: PLACE_ROLES[Place.MERCHANTS],
    Scope.MERCHANTS_WRITE: _MANAGER | _ADMINISTRATOR,
    Scope.LISTINGS_READ: PLACE_ROLES[Place.LISTINGS],
    Scope.LISTINGS_WRITE: _MANAGER | _ADMINISTRATOR,
    Scope.LISTINGS_CHECK: _REVIEWERS | _MANAGER | _ADMINISTRATOR,
    Scope.IMPORTS_READ: PLACE_ROLES[Place.IMPORTS],
    Scope.IMPORTS_WRITE: _MANAGER | _ADMINISTRATOR | {Role.TEAM_LEAD},
    Scope.ORDERS_WRITE: _MANAGER | _ADMINISTRATOR,
    Scope.POLICIES_READ: PLACE_ROLES[Place.POLICIES],
    Scope.POLICIES_WRITE: _MANAGER,
    Scope.SWEEPS_READ: PLACE_ROLES[Place.SWEEPS],
    Scope.SWEEPS_WRITE: _MANAGER,
    Scope.VIOLATIONS_READ: _EVERYBODY,
    Scope.CASES_READ: PLACE_ROLES[Place.CASES],
    Scope.CASES_WRITE: _REVIEWERS,
    Scope.NOTICES_READ: PLACE_ROLES[Place.CASES],
    Scope.NOTICES_WRITE: _REVIEWERS,
    Scope.AUTHORITY_READ: _SENIORS | _MANAGER | _AUDITOR,
    Scope.AUTHORITY_WRITE: _SENIORS | _MANAGER,
    Scope.DECISIONS_READ: PLACE_ROLES[Place.CASES],
    Scope.DECISIONS_WRITE: _REVIEWERS,
    Scope.APPEALS_READ: PLACE_ROLES[Place.APPEALS],
    Scope.APPEALS_WRITE: _SENIORS,
    Scope.AUDIT_READ: PLACE_ROLES[Place.AUDIT],
    Scope.EVENTS_READ: _ADMINISTRATOR | _AUDITOR,
}
