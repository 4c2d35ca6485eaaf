"""The environment that every program of the product is started in, and the servers behind it."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from governance.cli.install import ROOT
from governance.embedded.instance import Instance
from governance.embedded.state import Held, StateFolder

Environment = dict[str, str]
SHARED = (
    "CELERY_BROKER_URL",
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "GOVERNANCE_STATE",
    "PUBLIC_URL",
    "PYTHONPATH",
    "REDIS_URL",
    "SECRET_KEY_FILE",
)
DEMO = "GOVERNANCE_DEMO"  # set by `./run demo`: its people exist, and the sign-in page offers them
DEMO_LISTINGS = "GOVERNANCE_DEMO_LISTINGS"  # how many its catalogue has
JOIN_WITHIN = 60.0  # seconds that a command waits for the one that is just starting the servers


def state_folder() -> StateFolder:
    named = os.environ.get("GOVERNANCE_STATE")
    folder = StateFolder(Path(named or ROOT / "var"))
    folder.prepare(ours=not named)
    return folder


def has_servers() -> bool:
    """Whether the caller names servers of their own for everything: then none is started."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def embeds_database() -> bool:
    return not os.environ.get("DATABASE_URL")


def of(state: StateFolder, instance: Instance) -> Environment:
    environment = dict(os.environ) | instance.addresses.environment()
    environment |= {"PYTHONPATH": str(ROOT), "GOVERNANCE_STATE": str(state.path)}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & environment.keys():
        environment["SECRET_KEY_FILE"] = str(state.secret_key_file())
    return environment


@contextmanager
def started(state: StateFolder, *, throw_away: bool = False) -> Iterator[tuple[Instance, Environment]]:
    """The servers, up; stopped at the end however it comes."""
    instance = Instance(state, os.environ, throw_away=throw_away)
    try:
        instance.start()
        yield instance, of(state, instance)
    finally:
        instance.stop()


@contextmanager
def joined_or_started(state: StateFolder, command: str) -> Iterator[Environment]:
    """The servers of the command that holds the state folder, else servers started for this one alone."""
    with ExitStack() as stack:
        if has_servers():
            yield of(state, Instance(state, os.environ))
            return
        try:
            stack.enter_context(state.held(command))
        except Held:
            environment = state.published(within=JOIN_WITHIN)
            if environment is None:
                raise
            stack.enter_context(state.used())
            yield dict(os.environ) | environment
            return
        _, environment = stack.enter_context(started(state))
        state.publish(published_part(environment))
        yield environment
        _wait_for_joined(state)


def published_part(environment: Environment) -> Environment:
    """What a joining command must share; the secret key stays in its file."""
    return {name: environment[name] for name in SHARED if name in environment}


def _wait_for_joined(state: StateFolder) -> None:
    if state.in_use():
        print("Done. Another command still works with the servers started here: waiting for it.")
    while state.in_use():
        time.sleep(0.2)
