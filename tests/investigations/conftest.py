"""People who work on cases, and a case for them."""

import pytest

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.models import Case
from tests.factories import cases as make


@pytest.fixture
def kim() -> User:
    return make.person("kim", Role.MODERATOR)


@pytest.fixture
def lee() -> User:
    return make.person("lee", Role.MODERATOR)


@pytest.fixture
def sana() -> User:
    return make.person("sana", Role.SENIOR_REVIEWER)


@pytest.fixture
def mara() -> User:
    return make.person("mara", Role.GOVERNANCE_MANAGER)


@pytest.fixture
def adam() -> User:
    return make.person("adam", Role.ADMINISTRATOR)


@pytest.fixture
def case() -> Case:
    """Three listings of one merchant, offered in Germany and France, under one policy."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    return make.case(make.policy("magnets"), make.merchant("Nordlicht"), listings=3, markets=("DE", "FR"))
