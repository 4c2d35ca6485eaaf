"""People and keys whom the tests of the catalogue know by name."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from governance.accounts.domain import api_keys
from governance.accounts.domain.people import WantedRole, create_person
from governance.accounts.enums import Role, Scope
from governance.accounts.models import User

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def person(name: str, role: Role) -> User:
    return create_person(
        username=name,
        email=f"{name}@example.org",
        pseudonym=name.title(),
        roles=[WantedRole(role)],
        actor=None,
        at=NOON,
    )


@pytest.fixture
def nadia(db: None) -> User:
    """Governance manager."""
    return person("nadia", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def ines(db: None) -> User:
    """Auditor."""
    return person("ines", Role.AUDITOR)


@pytest.fixture
def jonas(db: None) -> User:
    """Moderator."""
    return person("jonas", Role.MODERATOR)


@pytest.fixture
def seller_centre(db: None) -> Client:
    """A program with a key for all of the catalogue."""
    return client_with("seller centre", *CATALOGUE)


CATALOGUE = (
    Scope.MERCHANTS_READ, Scope.MERCHANTS_WRITE, Scope.LISTINGS_READ, Scope.LISTINGS_WRITE, Scope.IMPORTS_READ,
    Scope.IMPORTS_WRITE, Scope.ORDERS_WRITE,
)  # fmt: skip


def client_with(name: str, *scopes: Scope) -> Client:
    secret = api_keys.create(name=name, scopes=list(scopes), actor=None, at=NOON)[1]
    return Client(headers={"authorization": f"Bearer {secret}"})
