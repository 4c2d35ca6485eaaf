"""Ines, who investigates; three listings; an investigation, empty and with something in it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from governance.accounts.models import User
from investigations.domain import investigation_exhibits, investigations
from investigations.models import (
    Investigation,
)
from listings.models import Listing
from tests.investigations.search import ground


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def ines() -> User:
    return ground.ines()


@pytest.fixture
def three() -> list[Listing]:
    return ground.catalogue(at=timezone.now() - timedelta(days=2))


@pytest.fixture
def opened(ines: User) -> Investigation:
    return investigations.open_new(
        title="Loose magnets", question="Who sells them, and are they one?", actor=ines, at=timezone.now()
    )


@pytest.fixture
def stocked(opened: Investigation, ines: User, three: list[Listing]) -> Investigation:
    now = timezone.now()
    investigations.collect(investigation=opened, listings=three, reason="found together", actor=ines, at=now)
    investigation_exhibits.capture(investigation=opened, listing=three[0], actor=ines, at=now)
    investigations.note(investigation=opened, text="They answer to one phone.", actor=ines, at=now)
    return opened
