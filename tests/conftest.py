"""What every test may use. Services are real: PostgreSQL and Valkey by their addresses, Celery workers and Chromium as processes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

ROOT = Path(__file__).resolve().parent.parent

# Begun first, so that no run ends with one of them alone; the longest at the head.
LONGEST = (
    "tests/listings/domain/imports/test_real",
    "tests/launcher/test_demo.py",
    "tests/enforcement/test_sweep_kill.py",
    "tests/listings/domain/imports/test_killed.py",
    "tests/enforcement/engine/test_check_drill.py",
    "tests/enforcement/undo/test_drill.py",
    "tests/enforcement/delivery/test_drill.py",
    "tests/governance/cli/test_scale_drill.py",
    "tests/investigations/test_claims_drill.py",
    "tests/listings/test_links_drill.py",
)

pytest_plugins = ["tests.fixtures.browser", "tests.fixtures.clock", "tests.fixtures.workers"]


def pytest_configure(config: pytest.Config) -> None:
    if not settings.SERVERS_ARE_NAMED:
        raise pytest.UsageError(
            "DATABASE_URL and REDIS_URL are not set. `./run test` starts PostgreSQL and Valkey and sets both."
        )
    settings.STATE_DIR.mkdir(mode=0o700, exist_ok=True)
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns of a folder that is not there


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Each of the parallel runs is given an equal part of the list, and begins with its share of the longest."""
    longest = [item for item in items if item.nodeid.startswith(LONGEST)]
    others = [item for item in items if not item.nodeid.startswith(LONGEST)]
    runs = getattr(config, "workerinput", {}).get("workercount", 1)
    size, ordered = -(-len(items) // runs), []
    for number in range(runs):
        mine = longest[number::runs]
        taken = max(0, size - len(mine)) if number < runs - 1 else len(others)
        ordered += [*mine, *others[:taken]]
        others = others[taken:]
    items[:] = ordered


def pytest_unconfigure(config: pytest.Config) -> None:
    if settings.STATE_IS_OWN:
        shutil.rmtree(settings.STATE_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real catalogues beside the repository; tests that read it carry the marker `data`."""
    folder = Path(os.environ.get("GOVERNANCE_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(
            f"no real catalogues at {folder}: set GOVERNANCE_SHARED to the folder that holds data/ and regdata/"
        )
    return folder


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A page asked for in another language leaves it active in the thread."""
    yield
    translation.deactivate()
