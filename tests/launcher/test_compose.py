"""The container files start the same product as the launcher: nothing here runs a container, everything is held to the code."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery.bin.base import CLIContext
from celery.bin.celery import celery
from django.core.management import get_commands
from django.urls import resolve
from gunicorn.config import Config

from governance.celery import app
from governance.cli import programs
from tests.launcher.conftest import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = (ROOT / "governance" / "settings.py").read_text()


def _words(name: str) -> list[str]:
    return [str(word) for word in OURS[name]["command"]]


def _celery_options(name: str) -> dict[str, Any]:
    """As Celery itself reads them: an option it does not know is an error."""
    command = _words(name)
    assert command[:3] == ["celery", "-A", "governance"]
    sub = celery.commands[command[3]]
    known = CLIContext(app=app, no_color=True, workdir=None)
    return dict(sub.make_context(command[3], command[4:], obj=known).params)


def test_the_product_is_these_processes() -> None:
    assert sorted(OURS) == ["beat", "migrations", "web", "worker-default", "worker-sweeps"]
    assert sorted(set(SERVICES) - set(OURS)) == ["database", "queue"]


def test_the_workers_together_read_the_queues_that_the_launcher_reads() -> None:
    queues = [_celery_options(name)["queues"] for name in ("worker-default", "worker-sweeps")]

    assert sorted(queue for read in queues for queue in read) == sorted(programs.QUEUES.split(","))


def test_every_route_leads_to_a_queue_that_is_read(settings: Any) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}

    assert routed <= set(programs.QUEUES.split(","))


def test_workers_are_stopped_as_the_launcher_stops_them_and_given_the_time(settings: Any) -> None:
    launched = programs.worker({}, Path("logs"))
    for name in ("worker-default", "worker-sweeps"):
        assert OURS[name]["stop_signal"] == launched.stop_signal.name
        assert int(OURS[name]["stop_grace_period"].rstrip("s")) > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT


def test_beat_is_started_with_options_that_celery_knows() -> None:
    assert _celery_options("beat")["pidfile"] is None


@pytest.mark.parametrize("where", ["compose", "image"])
def test_gunicorn_is_started_with_options_that_it_knows(where: str) -> None:
    found = re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    assert found is not None
    command = _words("web") if where == "compose" else yaml.safe_load(found[1])
    assert command[0] == "gunicorn"

    given = vars(Config().parser().parse_args(command[1:]))

    assert given["args"] == ["governance.wsgi"]
    assert given["bind"] == ["0.0.0.0:8000"]


def test_management_commands_exist() -> None:
    lines = [_words("migrations"), OURS["beat"]["healthcheck"]["test"][1:]]

    assert [line[:2] for line in lines] == [["python", "manage.py"]] * 2
    assert [line[2] for line in lines if line[2] not in get_commands()] == []


def test_health_addresses_exist() -> None:
    web = " ".join(OURS["web"]["healthcheck"]["test"])
    found = re.findall(r"http://127\.0\.0\.1:8000(/[a-z/]*)", web + DOCKERFILE)

    assert [resolve(path).url_name for path in found] == ["health-ready", "health-live"]


@pytest.mark.parametrize("name", ["worker-default", "worker-sweeps"])
def test_a_workers_health_is_asked_under_its_own_name(name: str) -> None:
    command = _words(name)
    node = command[command.index("--hostname") + 1].replace("%h", "$HOSTNAME")
    asked = shlex.split(OURS[name]["healthcheck"]["test"][1].replace("$$", "$"))

    assert asked[asked.index("--destination") + 1] == node


def test_every_variable_is_one_that_the_settings_read() -> None:
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', SETTINGS))
    given = {name.removesuffix("_FILE") for name in COMPOSE["x-product"]["environment"]}

    assert given - read == set()
    assert {"DATABASE_URL", "SECRET_KEY", "REDIS_URL"} <= given


def test_secrets_come_from_files_that_git_ignores() -> None:
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {
        "./secrets/database_url",
        "./secrets/database_password",
        "./secrets/secret_key",
    }
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()
    used = re.findall(r"/run/secrets/(\w+)", (ROOT / "docker-compose.yml").read_text())
    assert set(used) == set(COMPOSE["secrets"])


def test_the_processes_run_without_rights() -> None:
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["governance"]
    for service in OURS.values():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_everything_that_runs_on_tells_whether_it_is_well() -> None:
    silent = [name for name, service in SERVICES.items() if "test" not in service["healthcheck"]]

    assert silent == ["migrations"]


def test_what_must_last_is_on_a_volume() -> None:
    kept = {name: service["volumes"][0].partition(":")[0] for name, service in SERVICES.items() if "volumes" in service}

    assert set(kept.values()) == set(COMPOSE["volumes"])
    assert {name: kept[name] for name in ("database", "queue")} == {"database": "database", "queue": "queue"}


def test_the_image_copies_what_exists_and_what_docker_is_allowed_to_see() -> None:
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if re.match(r"COPY (?!--from)", line)]
    paths = [path for line in copied for path in line]
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]

    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in paths if path.partition("/")[0] not in allowed] == []
