"""A launcher in small, as a process of its own: starts the servers, says where they are, waits to be stopped."""

import json
import sys
import time
from pathlib import Path

from governance.cli import environment, signals
from governance.embedded.errors import CannotStart
from governance.embedded.state import StateFolder


def main(folder: str) -> int:
    signals.raise_stopped()
    state = StateFolder(Path(folder))
    try:
        state.prepare()
        with state.held("holder"), environment.started(state, throw_away=True) as (servers, variables):
            state.publish(environment.published_part(variables))
            pids = {server.name: server.process.pid for server in servers.servers if server.process}
            modes = [server.identity.mode for server in servers.servers if hasattr(server, "identity")]
            told = {"pids": pids, "sockets": str(servers.sockets), "modes": modes, "variables": variables}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()
            while True:
                time.sleep(60)
    except CannotStart as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    except signals.Stopped as stopped:
        return stopped.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
