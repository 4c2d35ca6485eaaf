"""`./run demo --once`: the whole loop on a database and a queue of its own, dropped at the end, and its figures."""

import tempfile
import time
from pathlib import Path
from typing import Any

from governance.cli import environment, programs, results, stage, temporary
from governance.cli.terminal import say
from governance.embedded.errors import CannotStart
from governance.embedded.state import StateFolder

# Every one of these must be more than zero, or a part of the loop has not run.
STAGES = (
    "merchants",
    "listings",
    "policies",
    "violations",
    "cases",
    "decisions",
    "statements",
    "appeals",
    "overturned",
    "restored",
    "precision",
    "recall",
    "listings_per_second",
)


def main(*, state: StateFolder, json_file: Path | None) -> int:
    if json_file and not json_file.absolute().parent.is_dir():
        raise CannotStart(f"{json_file}: there is no folder {json_file.absolute().parent}.")
    begun = time.monotonic()
    summary = _drive(state)
    summary["seconds"] = summary.get("seconds", {}) | {"total": round(time.monotonic() - begun, 1)}
    if json_file:
        results.write(json_file, summary)
    _print(summary)
    missing = empty_stages(summary)
    if missing:
        print("\nThese stages came to nothing: " + ", ".join(missing))
    return 1 if missing else 0


def empty_stages(summary: dict[str, Any]) -> list[str]:
    return [name for name in STAGES if not summary.get(name)]


def _drive(state: StateFolder) -> dict[str, Any]:
    with (
        environment.joined_or_started(state, "./run demo --once") as shared,
        temporary.own_database(shared["DATABASE_URL"], keep_migrated=environment.embeds_database()) as database,
        temporary.own_numbers(shared["REDIS_URL"], shared["CELERY_BROKER_URL"]) as (redis_url, broker_url),
        tempfile.TemporaryDirectory(prefix="gov-once-") as files,
        programs.listen(0) as listener,
    ):
        say("PostgreSQL and Valkey are up.")
        own = {"DATABASE_URL": database.url, "REDIS_URL": redis_url, "CELERY_BROKER_URL": broker_url}
        variables = shared | own | {"GOVERNANCE_STATE": files, "PUBLIC_URL": programs.address(listener)}
        variables["UNDO_SECONDS"] = "1"  # nobody is there to take a decision back
        variables["LETTER_SECONDS"] = "1"  # and one case is decided at once
        with stage.running(variables, state.path / "logs" / "once", (), listener) as running:
            if not database.is_migrated:
                running.migrate()
                database.has_migrated()
            running.open()
            return running.step("drive")


def _print(summary: dict[str, Any]) -> None:
    print()
    for name, value in summary.items():
        shown = ", ".join(f"{stage} {took}" for stage, took in value.items()) if isinstance(value, dict) else value
        print(f"  {name:<20} {shown}")
