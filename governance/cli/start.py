"""`./run demo`: everything up, with demo data, until Ctrl-C."""

import sys
from typing import Any

from governance.cli import environment, programs, stage
from governance.cli.terminal import say
from governance.embedded import instance
from governance.embedded.errors import CannotStart
from governance.embedded.state import StateFolder


def main(*, state: StateFolder, port: int, reset: bool) -> int:
    with state.held("./run demo"):
        if reset and not _cleared(state):
            return 1
        with programs.listen(port) as listener, environment.started(state) as (servers, variables):
            say("PostgreSQL and Valkey are up." if servers.servers else "Using the servers named in the environment.")
            variables.setdefault("PUBLIC_URL", programs.address(listener))
            variables[environment.DEMO] = "1"
            with stage.running(variables, state.path / "logs", servers.servers, listener) as running:
                running.migrate()
                running.open()
                running.wait_for_web()
                told = running.step("prepare")
                state.publish(environment.published_part(variables))
                _print(running.url, state, told)
                running.supervisor.watch_until(lambda: False)
    return 0


def _cleared(state: StateFolder) -> bool:
    if not environment.embeds_database():
        raise CannotStart(
            "DATABASE_URL names a server of yours: `--reset` does not touch it. Drop that database yourself."
        )
    found = state.contents()
    if found and sys.stdin.isatty():
        print(f"This drops the demo's data in {state.path}: " + ", ".join(path.name for path in found) + ".")
        if input("Type yes to go on: ").strip().lower() != "yes":
            print("Nothing was dropped.")
            return False
    instance.clear(state)
    say("The demo's data are cleared.")
    return True


def _print(url: str, state: StateFolder, told: dict[str, Any]) -> None:
    say(f"Ready: {url}")
    width = max((len(role) for role, _, _ in told["logins"]), default=0)
    names = max((len(name) for _, name, _ in told["logins"]), default=0)
    print("\nSign in as")
    for role, name, password in told["logins"]:
        print(f"  {role:<{width}}  {name:<{names}}  {password}")
    print("\nWhat to try")
    for line in told["try_this"]:
        print(f"  - {line}")
    print(f"\nData and logs are in {state.path}. Ctrl-C stops everything.", flush=True)
