from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from tests.enforcement.transparency.database import TOKEN, Database, running


@pytest.fixture
def database(settings: LazySettings) -> Iterator[Database]:
    """The Transparency Database, as production."""
    with running() as found:
        settings.DSA_TDB, settings.DSA_TDB_TOKEN = "production", TOKEN
        settings.DSA_TDB_URLS = {"production": found.url, "sandbox": found.url}
        cache.clear()
        yield found
