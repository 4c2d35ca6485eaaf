"""The product's own settings, with what makes many short tests quick and keeps parallel runs apart."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "a key for tests only: it signs nothing that leaves this machine")
# Type checking loads these settings and never connects; the tests insist on both addresses (tests/conftest.py).
os.environ.setdefault("DATABASE_URL", "postgresql:///governance")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")
# One folder for the run; worker processes started by a test inherit it.
if "GOVERNANCE_TEST_STATE" not in os.environ:
    _state = tempfile.TemporaryDirectory(prefix="gov-test-")
    os.environ["GOVERNANCE_TEST_STATE"] = _state.name
os.environ["GOVERNANCE_STATE"] = os.environ["GOVERNANCE_TEST_STATE"]

from governance.settings import *  # noqa: F403 -- the defaults above must come first

STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405 -- WhiteNoise warns of a folder that is not there
_run = f"{Path(os.environ['GOVERNANCE_TEST_STATE']).name}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

DATABASES["default"]["ENGINE"] = "tests.database"  # noqa: F405
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # noqa: F405
CACHES["default"]["KEY_PREFIX"] = _run  # noqa: F405
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{_run}:"  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "TEST_DATABASE" in os.environ:  # a worker process that a test has started works on that test's database
    DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]  # noqa: F405
