"""People who work on cases, and a case for them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from governance.accounts.enums import Role
from governance.accounts.models import User
from investigations.domain import claims
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
    """Three listings of one merchant, offered in Germany and France, under one policy; found an hour ago."""
    for code in ("DE", "FR", "AT"):
        make.market(code)
    an_hour_ago = timezone.now() - timedelta(hours=1)
    merchant = make.merchant("Nordlicht")
    return make.case(make.policy("magnets"), merchant, listings=3, markets=("DE", "FR"), at=an_hour_ago)


@pytest.fixture
def held(client: Client, kim: User, case: Case) -> Case:
    """The case, taken by Kim who is signed in."""
    client.force_login(kim)
    claims.claim(case=case, person=kim, at=timezone.now())
    return case


@pytest.fixture
def tess() -> User:
    return make.person("tess", Role.TEAM_LEAD)
