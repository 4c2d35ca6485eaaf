"""`./run bench`: the database, and the process that measures in it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from governance.cli import environment, foreground, temporary
from governance.cli.bench.options import parser
from governance.cli.install import ROOT

KEEPS = "load"


def main(arguments: list[str]) -> int:
    options = parser().parse_args(arguments)
    with (
        environment.joined_or_started(environment.state_folder(), "./run bench") as shared,
        _database(shared, getattr(options, "database", None)) as variables,
    ):
        return foreground.run([sys.executable, "-m", "governance.cli.steps", "bench", *arguments], variables)


@contextmanager
def _database(shared: environment.Environment, name: str | None) -> Iterator[environment.Environment]:
    """With every migration: one that stays if it is named, else one that is dropped at the end."""
    if name:
        variables = shared | {"DATABASE_URL": temporary.make_database(shared["DATABASE_URL"], name)}
        _migrate(variables)
        yield variables
        return
    with temporary.own_database(shared["DATABASE_URL"], keep_migrated=environment.embeds_database()) as own:
        variables = shared | {"DATABASE_URL": own.url}
        if not own.is_migrated:
            _migrate(variables)
            own.has_migrated()
        yield variables


def _migrate(variables: environment.Environment) -> None:
    foreground.run([sys.executable, ROOT / "manage.py", "migrate", "--verbosity", "0"], variables)
