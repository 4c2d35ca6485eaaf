"""What every test may use. Services are real: PostgreSQL and Valkey by their addresses, Celery workers and Chromium as processes."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytest_plugins = ["tests.fixtures.browser", "tests.fixtures.workers"]


def pytest_configure(config: pytest.Config) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        if name not in os.environ:
            raise pytest.UsageError(f"{name} is not set. `./run test` starts PostgreSQL and Valkey and sets both.")


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real catalogues beside the repository; tests that read it carry the marker `data`."""
    folder = Path(os.environ.get("GOVERNANCE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(
            f"no real catalogues at {folder}: set GOVERNANCE_SHARED to the folder that holds data/ and regdata/"
        )
    return folder
