"""`./run bench`: the database, and the process that measures in it."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg2.errors import DuplicateDatabase

from governance.cli import environment, foreground, migrated, temporary
from governance.cli.bench.options import parser
from governance.embedded.errors import CannotStart


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    json_file: Path | None = getattr(options, "json", None)
    if json_file and not json_file.absolute().parent.is_dir():
        raise CannotStart(f"{json_file}: there is no folder {json_file.absolute().parent}.")
    with (
        environment.joined_or_started(environment.state_folder(), "./run bench") as shared,
        temporary.own_numbers(shared["REDIS_URL"], shared["CELERY_BROKER_URL"]) as (redis_url, broker_url),
        _database(shared, options.database) as url,
        tempfile.TemporaryDirectory(prefix="gov-bench-") as snapshot,
    ):
        own = {"DATABASE_URL": url, "REDIS_URL": redis_url, "CELERY_BROKER_URL": broker_url, "SNAPSHOT_DIR": snapshot}
        return foreground.run([sys.executable, "-m", "governance.cli.steps", "bench", *arguments], shared | own)


@contextmanager
def _database(shared: environment.Environment, name: str | None) -> Iterator[str]:
    """With every migration: one that stays if it is named, else one that is dropped at the end."""
    if name:
        try:
            url = temporary.make_database(shared["DATABASE_URL"], name)
        except DuplicateDatabase as problem:
            raise CannotStart(f"There is a database {name} already. Name another one, or drop it.") from problem
        migrated.prepare(shared | {"DATABASE_URL": url})
        yield url
        return
    with temporary.own_database(shared["DATABASE_URL"], keep_migrated=environment.embeds_database()) as own:
        if not own.is_migrated:
            migrated.prepare(shared | {"DATABASE_URL": own.url})
            own.has_migrated()
        yield own.url
