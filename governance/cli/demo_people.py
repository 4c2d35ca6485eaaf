"""The people who sign in to the demo: one for each role, and four moderators. Their password is drawn once and kept in the state folder."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from governance.accounts.domain import people
from governance.accounts.domain.people import WantedRole
from governance.accounts.enums import Function, Role
from governance.accounts.models import User

KEPT_IN = "demo-password"


@dataclass(frozen=True)
class Cast:
    username: str
    pseudonym: str
    roles: tuple[WantedRole, ...]
    shown_as: str


CAST = (
    Cast("manager", "Manager M4", (WantedRole(Role.GOVERNANCE_MANAGER),), "Governance manager"),
    Cast("legal", "Legal L2", (WantedRole(Role.APPROVER, Function.LEGAL),), "Approver, Legal"),
    Cast("product", "Product P5", (WantedRole(Role.APPROVER, Function.PRODUCT),), "Approver, Product"),
    Cast("moderator", "Moderator K7", (WantedRole(Role.MODERATOR),), "Moderator"),
    Cast("colleague", "Moderator K3", (WantedRole(Role.MODERATOR),), "Moderator"),
    Cast("arabic", "Moderator K9", (WantedRole(Role.MODERATOR),), "Moderator, Arabic and Turkish"),
    Cast("newcomer", "Moderator K12", (WantedRole(Role.MODERATOR),), "Moderator, new"),
    Cast("senior", "Senior S2", (WantedRole(Role.SENIOR_REVIEWER),), "Senior reviewer"),
    Cast("investigator", "Investigator V6", (WantedRole(Role.INVESTIGATOR),), "Investigator"),
    Cast("lead", "Lead T8", (WantedRole(Role.TEAM_LEAD),), "Team lead"),
    Cast("auditor", "Auditor D9", (WantedRole(Role.AUDITOR),), "Auditor"),
    Cast("admin", "Administrator B1", (WantedRole(Role.ADMINISTRATOR),), "Administrator"),
)


def make(at: datetime) -> None:
    """Create those who are not there yet, the administrator first."""
    there = set(User.objects.values_list("username", flat=True))
    for person in reversed(CAST):
        if person.username not in there:
            people.create_person(
                username=person.username,
                email=f"{person.username}@demo.example",
                pseudonym=person.pseudonym,
                roles=person.roles,
                password=password(),
                actor=None,
                at=at,
            )


def named(username: str) -> User:
    return User.objects.get(username=username)


def logins() -> list[tuple[str, str, str]]:
    """Role, user name and password of each person."""
    return [(person.shown_as, person.username, password()) for person in CAST]


def password() -> str:
    """The demo's password: made once, readable by its owner only."""
    file = Path(settings.STATE_DIR) / KEPT_IN
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text("-".join(secrets.token_hex(2) for _part in range(3)))
    return file.read_text()
