"""The product's own settings, with what makes many short tests quick and keeps parallel runs apart."""

import os
import secrets
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "a key for tests only: it signs nothing that leaves this machine")
SERVERS_ARE_NAMED = {"DATABASE_URL", "REDIS_URL"} <= os.environ.keys()
# Type checking loads these settings and never connects; the tests insist on both addresses (tests/conftest.py).
os.environ.setdefault("DATABASE_URL", "postgresql:///governance")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")
# One folder for the run, made and removed by tests/conftest.py; processes started by a test inherit it.
STATE_IS_OWN = "GOVERNANCE_TEST_STATE" not in os.environ
_own = Path(tempfile.gettempdir()) / f"gov-test-{os.getpid()}-{secrets.token_hex(4)}"
os.environ.setdefault("GOVERNANCE_TEST_STATE", str(_own))
os.environ["GOVERNANCE_STATE"] = os.environ["GOVERNANCE_TEST_STATE"]

from governance.embedded.addresses import with_redis_database  # noqa: E402
from governance.settings import *  # noqa: E402, F403 -- the defaults above must come first
from tests import clock  # noqa: E402

clock.install()

_run = f"{Path(os.environ['GOVERNANCE_TEST_STATE']).name}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"

DATABASES["default"]["ENGINE"] = "tests.database"  # noqa: F405
DATABASES["default"]["CONN_MAX_AGE"] = 0  # noqa: F405
DATABASES["default"]["CONN_HEALTH_CHECKS"] = False  # noqa: F405
if "TEST_TEMPLATE" in os.environ:  # `./run test` has migrated one database for all parallel runs
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ["TEST_TEMPLATE"]}  # noqa: F405
CACHES["default"]["KEY_PREFIX"] = _run  # noqa: F405
# A cache that a test clears is emptied whole: each parallel run has one of its own, from the last number down.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES["default"]["LOCATION"] = with_redis_database(REDIS_URL, 15 - _worker % 12)  # noqa: F405
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{_run}:"  # noqa: F405
SNAPSHOT_DIR = STATE_DIR / "snapshot" / _run  # noqa: F405
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")  # noqa: F405 -- rows of lists that only tests have
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "TEST_DATABASE" in os.environ:  # a worker process that a test has started works on that test's database
    DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]  # noqa: F405
