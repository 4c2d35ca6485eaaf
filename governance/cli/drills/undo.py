"""A sweep's decisions all reversed while workers are killed: every listing shows byte for byte as before, nothing is reversed twice.

The catalogue is swept and decided by workers on servers of its own; some listings are held by other decisions and must stay so. Then the
sweep is undone, the worker killed with SIGKILL again and again. Options: --decisions N, --kills N.
"""

import argparse
import os
import platform
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from governance.cli import migrated
from governance.cli.drills.sweep_kill import CALM, Rows, Stage, _breathe
from governance.embedded.instance import Instance
from governance.embedded.state import StateFolder

PAUSE = (2.0, 6.0)  # seconds between two kills: a worker needs some of them to begin
ENDS_WITHIN = 3 * 3_600.0
GROUND = "import django; django.setup(); from governance.cli.drills import _undo_ground as ground;"
LISTINGS = "SELECT l::text FROM listings_listing l ORDER BY id"
SHOWN = "SELECT (to_jsonb(v) - 'changed_at')::text FROM listings_listingvisibility v ORDER BY listing_id, market"
"""Without the moment at which the row was written last."""
RIGHTS = "SELECT m::text FROM listings_merchant m ORDER BY id"
POINTS = """
    SELECT merchant_id, sum(CASE kind WHEN 'given' THEN points ELSE -points END) FROM enforcement_pointentry
    WHERE lapses_at > now() GROUP BY merchant_id HAVING sum(CASE kind WHEN 'given' THEN points ELSE -points END) <> 0
    ORDER BY merchant_id
"""
DECIDED = "SELECT count(*) FROM enforcement_decision WHERE origin_kind = 'sweep'"
SWEPT = """
    SELECT 1 FROM enforcement_sweep WHERE state = 'finished'
    AND NOT EXISTS (SELECT 1 FROM enforcement_violation WHERE owed <> 'nothing')
"""
UNDONE = "SELECT 1 FROM enforcement_undo WHERE state = 'finished'"
ENDED = """
    SELECT count(*), count(*) FILTER (WHERE state = 'restored'), count(*) FILTER (WHERE differs), count(DISTINCT decision_id)
    FROM enforcement_undopart
"""
REVERSED = """
    SELECT count(*), count(*) FILTER (WHERE d.state = 'reversed'), count(*) FILTER (WHERE m.moves <> 1)
    FROM enforcement_decision d
    LEFT JOIN (SELECT decision_id, count(*) AS moves FROM enforcement_decisionmove WHERE to_state = 'reversed'
               GROUP BY decision_id) m ON m.decision_id = d.id
    WHERE d.origin_kind = 'sweep'
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill undo", description=__doc__)
    parser.add_argument("--decisions", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gov-undo-") as folder:
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        instance = Instance(state, {})
        try:
            instance.start()
            return _undo(Stage(state, instance), options.decisions, options.kills)
        finally:
            instance.stop()


def _undo(stage: Stage, count: int, kills: int) -> int:
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}", flush=True)
    migrated.prepare(stage.environment(CALM))
    stage.python(CALM, "-c", GROUND + f"ground.make(decision_count={count})")
    before = _world(stage)
    stage.python(CALM, "-c", GROUND + "ground.sweep()")
    began = time.monotonic()
    stage.start_programs(CALM)
    stage.wait_until(lambda: bool(stage.ask(CALM, SWEPT)), within=ENDS_WITHIN)
    decided = stage.ask(CALM, DECIDED)[0][0]
    print(f"{decided:,} decisions by automation in {time.monotonic() - began:.0f} s", flush=True)
    between = _world(stage)
    stage.python(CALM, "-c", GROUND + "ground.begin_undo()")
    began = time.monotonic()
    for _kill in range(kills):
        _breathe(stage, random.uniform(*PAUSE))  # noqa: S311 -- when, not a secret
        stage.kill("worker")
    stage.wait_until(lambda: bool(stage.ask(CALM, UNDONE)), within=ENDS_WITHIN)
    took = time.monotonic() - began
    stage.stop_programs()
    print(f"reversed in {took:.0f} s, {decided / took:,.0f} a second; {kills} workers killed")
    return _proven(stage, count, before, between)


def _world(stage: Stage) -> dict[str, Rows]:
    return {
        "listings": stage.ask(CALM, LISTINGS),
        "what shoppers see": stage.ask(CALM, SHOWN),
        "merchants": stage.ask(CALM, RIGHTS),
        "points": stage.ask(CALM, POINTS),
    }


def _proven(stage: Stage, count: int, before: dict[str, Rows], between: dict[str, Rows]) -> int:
    """Print what was found; 0 where everything is as before, and every decision was reversed once."""
    after = _world(stage)
    parts, restored, differs, decisions = stage.ask(CALM, ENDED)[0]
    all_of, reversed_, not_once = stage.ask(CALM, REVERSED)[0]
    changed = len(set(between["what shoppers see"]) ^ set(before["what shoppers see"]))
    print(f"{len(before['listings']):,} listings; the sweep changed {changed:,} rows of what shoppers see")
    same = [_agree(name, before[name], after[name]) for name in before]
    print(f"{restored:,} of {parts:,} decisions reversed; {differs} differ; {not_once} reversed other than once")
    whole = (parts, restored, decisions, all_of, reversed_) == (count,) * 5 and not differs and not not_once
    return 0 if all(same) and whole and changed >= count else 1


def _agree(name: str, before: Rows, after: Rows) -> bool:
    lost, added = set(before) - set(after), set(after) - set(before)
    print(f"{name}: {len(before):,} rows before, {len(after):,} after; {len(lost)} lost, {len(added)} more")
    for row in [*sorted(lost)[:2], *sorted(added)[:2]]:
        print("   ", *row)
    return before == after
