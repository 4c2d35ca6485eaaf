"""People whom the tests of accounts know by name."""

from datetime import UTC, datetime

import pytest

from governance.accounts.domain.people import WantedRole, create_person
from governance.accounts.enums import Function, Role
from governance.accounts.models import User

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def amira(db: None) -> User:
    """Administrator."""
    return create_person(
        username="amira",
        email="amira@example.org",
        pseudonym="Administrator B2",
        roles=[WantedRole(Role.ADMINISTRATOR)],
        actor=None,
        at=NOON,
    )


@pytest.fixture
def jonas(db: None) -> User:
    """Moderator."""
    return create_person(
        username="jonas",
        email="jonas@example.org",
        pseudonym="Moderator K7",
        roles=[WantedRole(Role.MODERATOR)],
        actor=None,
        at=NOON,
    )


@pytest.fixture
def ines(db: None) -> User:
    """Auditor."""
    return create_person(
        username="ines",
        email="ines@example.org",
        pseudonym="Auditor D4",
        roles=[WantedRole(Role.AUDITOR)],
        actor=None,
        at=NOON,
    )


@pytest.fixture
def lena(db: None) -> User:
    """Approver for Legal in Germany and Austria, and governance manager everywhere."""
    return create_person(
        username="lena",
        email="lena@example.org",
        pseudonym="Counsel R5",
        roles=[WantedRole(Role.APPROVER, Function.LEGAL, ("DE", "AT")), WantedRole(Role.GOVERNANCE_MANAGER)],
        actor=None,
        at=NOON,
    )
