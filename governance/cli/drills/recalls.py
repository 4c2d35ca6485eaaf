"""Listings planted as recalled products and as look-alikes among a catalogue: how many are found, by what, and what is wrong.

The alerts are real ones, read from the folder that GOVERNANCE_SHARED names. Options: --listings N of the catalogue around them,
--alerts N of those planted for. On a database of its own.
"""

import argparse
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from governance.cli import migrated, temporary
from governance.cli.install import ROOT

ONE = "import django; django.setup(); from governance.cli.drills import recalls; recalls.one({!r}, {}, {})"
KINDS = ("gtin", "model", "text")


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill recalls", description=__doc__)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--alerts", type=int, default=2_000)
    options = parser.parse_args(arguments)
    shared = Path(os.environ.get("GOVERNANCE_SHARED", ROOT.parent / "shared"))
    if not (shared / "regdata").is_dir():
        print(f"There are no alerts at {shared}: set GOVERNANCE_SHARED to the folder that holds data/ and regdata/.")
        return 1
    with temporary.own_database(os.environ["DATABASE_URL"]) as own, TemporaryDirectory() as snapshot:
        environment = os.environ | {"DATABASE_URL": own.url, "SNAPSHOT_DIR": snapshot}
        migrated.prepare(environment)
        one = ["-c", ONE.format(str(shared), options.listings, options.alerts)]
        subprocess.run([sys.executable, *one], env=environment, cwd=ROOT, check=True)
    return 0


def one(shared: str, listings: int, alerts: int) -> None:
    """In a process and a database of its own."""
    from governance.cli.bench import loading  # noqa: PLC0415 -- after django.setup()
    from governance.cli.drills import _recall_ground as ground  # noqa: PLC0415
    from listings.models import Merchant  # noqa: PLC0415

    loading.load(listings, seed=2026, say=lambda _told: None)
    planted = ground.plant(Path(shared), Merchant.objects.order_by("pk")[0], most=alerts)
    loading.settle()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(
        f"{listings:,} listings and {len(planted):,} planted, for {len({each.alert_id for _key, each in planted}):,} alerts"
    )
    for measure in (ground.by_alert, ground.by_listing):
        _print(measure(planted))
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def _print(result: object) -> None:
    from governance.cli.drills._recall_ground import LOOKALIKES, Result  # noqa: PLC0415

    assert isinstance(result, Result)  # noqa: S101
    print(f"\n{result.way}: {result.seconds:,.1f} s")
    print("  by            planted    found   recall     called so    wrong   precision")
    for kind in KINDS:
        planted, found = result.planted[kind], result.found[kind]
        called, wrong = result.called[kind], result.wrong[kind]
        recall, precision = found / max(planted, 1), 1 - wrong / max(called, 1)
        print(f"  {kind:<12}{planted:>9,}{found:>9,}{recall:>9.1%}{called:>14,}{wrong:>9,}{precision:>12.1%}")
    print("  look-alike        planted   shown to a person   called exact")
    for name in LOOKALIKES:
        shown, exact = result.shown_lookalikes[name], result.exact_lookalikes[name]
        print(f"  {name:<16}{result.planted[name]:>9,}{shown:>20,}{exact:>15,}")
    for example in result.examples[:10]:
        print(f"  not so: {example}")
