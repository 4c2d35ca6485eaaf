"""A ring of twelve merchants, tied by mixed kinds with none that ties all, found among thousands who share what many share.

On a database of its own: fulfilment addresses, payment accounts, call centres and suppliers' pictures and texts shared by hundreds,
families of names, offices shared by a few. Then everything is found and reckoned again, which must change nothing.
Options: --merchants N, --listings N (of each).
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from pathlib import Path

from governance.cli import migrated
from governance.cli.drills.sweep_kill import CALM, Stage
from governance.embedded.instance import Instance
from governance.embedded.state import StateFolder

GROUND = "import django; django.setup(); from governance.cli.drills import _links_ground as ground;"


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill links", description=__doc__)
    parser.add_argument("--merchants", type=int, default=20_000)
    parser.add_argument("--listings", type=int, default=3, help="of each merchant (default: 3)")
    options = parser.parse_args(arguments)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="gov-links-") as folder:
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        instance = Instance(state, {})
        try:
            instance.start()
            stage = Stage(state, instance)
            migrated.prepare(stage.environment(CALM))
            stage.python(CALM, "-c", GROUND + f"ground.make(merchants={options.merchants}, each={options.listings})")
            stage.python(CALM, "-c", "import sys;" + GROUND + "sys.exit(ground.find())")
        finally:
            instance.stop()
    return 0
