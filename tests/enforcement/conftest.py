import pytest

from tests.enforcement.ground import Ground


@pytest.fixture
def ground(db: None) -> Ground:
    return Ground()
