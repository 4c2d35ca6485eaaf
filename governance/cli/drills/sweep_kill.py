"""Worker, Valkey and PostgreSQL killed again and again during a sweep: the same violations as undisturbed, none twice, none lost.

Two databases with the same catalogue: one is swept in peace, the other while something is killed with SIGKILL every moment.
With --made-up the catalogue is the bench's, the sweeps read a snapshot of it, workers alone are killed, and a third reading, of plain
closures over the ORM's objects, says what there is to be found. Options: --listings N, --kills N, --chunk-size N, --made-up.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

from governance.cli import migrated, programs
from governance.cli.bench.merchants import DAY
from governance.cli.environment import DEMO_LISTINGS
from governance.cli.install import ROOT
from governance.cli.supervisor import Running, Supervisor
from governance.embedded.addresses import with_database_name
from governance.embedded.instance import Instance
from governance.embedded.state import StateFolder

Environment = dict[str, str]
ENDS_WITHIN = 600.0  # seconds
PAUSE = (0.3, 1.5)  # seconds between two kills
FOUND = """
    SELECT p.slug, m.external_id, COALESCE(l.external_id, ''), v.markets::text, v.state, v.mode
    FROM enforcement_violation v JOIN policies_policy p ON p.id = v.policy_id
    JOIN listings_merchant m ON m.id = v.merchant_id LEFT JOIN listings_listing l ON l.id = v.listing_id
"""
DECIDED = """
    SELECT p.slug, m.external_id, COALESCE(l.external_id, ''), d.measure FROM enforcement_decisionitem i
    JOIN enforcement_decision d ON d.id = i.decision_id JOIN policies_policyversion v ON v.id = d.version_id
    JOIN policies_policy p ON p.id = v.policy_id JOIN listings_merchant m ON m.id = d.merchant_id
    LEFT JOIN listings_listing l ON l.id = i.listing_id
"""
IN_CASES = """
    SELECT p.slug, m.external_id, COALESCE(l.external_id, '') FROM investigations_caseitem i
    JOIN investigations_case c ON c.id = i.case_id JOIN policies_policy p ON p.id = c.policy_id
    JOIN listings_merchant m ON m.id = c.merchant_id LEFT JOIN listings_listing l ON l.id = i.listing_id
"""
FOUND_AT_ALL = """
    SELECT p.slug, m.external_id, l.external_id FROM enforcement_violation v JOIN policies_policy p ON p.id = v.policy_id
    JOIN listings_merchant m ON m.id = v.merchant_id JOIN listings_listing l ON l.id = v.listing_id
"""
Rows = list[tuple[Any, ...]]
SERVERS = ("worker", "postgres", "valkey")
CALM, STORMY, ORACLE = "governance", "disturbed", "oracle"
DEMO = "import django; django.setup(); from governance.cli import demo; demo.prepare(print)"
MADE_UP = (
    "import django; django.setup(); from governance.cli.bench import loading, snapshots;"
    "loading.load({}, seed=2026, say=print); snapshots.make(print)"
)
CLOSURES = (
    "import django; django.setup();"
    "from governance.cli.bench.contestants.plain_django import PlainDjango; PlainDjango().run(sample=False)"
)


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill sweep_kill", description=__doc__)
    parser.add_argument("--listings", type=int, help="default: 5,000, of a made-up catalogue 200,000")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--chunk-size", type=int, help="default: 50, of a made-up catalogue as any sweep has it")
    parser.add_argument("--made-up", action="store_true", help="the bench's catalogue; workers alone are killed")
    options = parser.parse_args(arguments)
    options.listings = options.listings or (200_000 if options.made_up else 5_000)
    if not options.made_up:
        options.chunk_size = options.chunk_size or 50
    with tempfile.TemporaryDirectory(prefix="gov-kill-") as folder:
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        instance = Instance(state, {})
        try:
            instance.start()
            return _compare(Stage(state, instance), options)
        finally:
            instance.stop()


class Stage:
    """Servers that can be killed, and the programs on one of two databases."""

    def __init__(self, state: StateFolder, instance: Instance) -> None:
        self.state, self.instance = state, instance
        self.supervisor = Supervisor(instance.servers, print)
        self.snapshots = state.path / "snapshots"

    def environment(self, database: str) -> Environment:
        named = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "SECRET_KEY", "GOVERNANCE_STATE")
        shared = {name: value for name, value in os.environ.items() if name not in named}
        own = self.instance.addresses.environment()
        own["DATABASE_URL"] = with_database_name(own["DATABASE_URL"], database)
        more = {
            "SECRET_KEY_FILE": str(self.state.secret_key_file()),
            "GOVERNANCE_STATE": str(self.state.path),
            "SNAPSHOT_DIR": str(self.snapshots / database),
        }
        return shared | own | more | {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "governance.settings"}

    def python(self, database: str, *arguments: str) -> None:
        subprocess.run([sys.executable, *arguments], env=self.environment(database), cwd=ROOT, check=True)

    def ask(self, database: str, sql: str) -> Rows:
        url = with_database_name(self.instance.database_url, database)
        with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def start_programs(self, database: str) -> None:
        logs = self.state.path / "logs" / database
        for program in (programs.worker, programs.beat):
            self.supervisor.start(program(self.environment(database), logs))

    def stop_programs(self) -> None:
        self.supervisor.stop()
        self.supervisor.watched = [each for each in self.supervisor.watched if not isinstance(each.server, Running)]

    def kill(self, name: str) -> None:
        for watched in self.supervisor.watched:
            process = watched.server.process
            if watched.server.name.lower().startswith(name) and process is not None and process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def wait_until(self, reached: Callable[[], bool], *, within: float = ENDS_WITHIN) -> None:
        until = time.monotonic() + within
        while True:
            self.supervisor.watch()
            with contextlib.suppress(psycopg2.Error):
                if reached():
                    return
            if time.monotonic() > until:
                raise TimeoutError(f"Not reached within {within:.0f} s. The logs: {self.state.path}/logs")
            time.sleep(0.1)


def _compare(stage: Stage, options: argparse.Namespace) -> int:
    migrated.prepare(stage.environment(CALM))
    os.environ[DEMO_LISTINGS] = str(options.listings)
    os.environ[DAY] = datetime.now(UTC).date().isoformat()  # the workers know no other day
    stage.python(CALM, "-c", MADE_UP.format(options.listings) if options.made_up else DEMO)
    for database in (STORMY, ORACLE) if options.made_up else (STORMY,):
        stage.ask("postgres", f"CREATE DATABASE {database} TEMPLATE {CALM}")
        if options.made_up:
            shutil.copytree(stage.snapshots / CALM, stage.snapshots / database)
    _sweep(stage, CALM, options.chunk_size)
    victims = ["worker" if options.made_up else SERVERS[number % len(SERVERS)] for number in range(options.kills)]
    killed = _sweep(stage, STORMY, options.chunk_size, victims)
    same = [_agree(stage, "violations", FOUND, CALM)]
    if options.made_up:
        stage.python(ORACLE, "-c", CLOSURES)
        same.append(_agree(stage, "violations by the oracle", FOUND_AT_ALL, ORACLE))
    else:
        same += [_agree(stage, "decided listings", DECIDED, CALM), _agree(stage, "listings in cases", IN_CASES, CALM)]
    again = stage.ask(STORMY, "SELECT count(*) FROM enforcement_chunk WHERE attempts > 1")[0][0]
    print(f"Killed {', '.join(killed)}; {again} chunks were run again.")
    return 0 if all(same) and len(killed) == options.kills else 1


def _agree(stage: Stage, what: str, sql: str, expected_in: str) -> bool:
    expected, found = stage.ask(expected_in, sql), stage.ask(STORMY, sql)
    lost, added = set(expected) - set(found), set(found) - set(expected)
    twice = len(found) - len(set(found))
    told = "undisturbed" if expected_in == CALM else "expected"
    print(
        f"{what}: {len(expected):,} {told}, {len(found):,} disturbed; {len(lost)} lost, {len(added)} more, {twice} twice"
    )
    slugs = Counter(row[0] for row in (*lost, *added))
    if slugs:
        print("The most in:", ", ".join(f"{slug} ({count})" for slug, count in slugs.most_common(5)))
    return bool(expected) and not (lost or added or twice)


def _sweep(stage: Stage, database: str, chunk_size: int | None, victims: Sequence[str] = ()) -> list[str]:
    """Sweep to the end, with everything that follows; what was killed meanwhile, in order."""
    stage.python(database, "manage.py", "sweep", *(["--chunk-size", str(chunk_size)] if chunk_size else []))
    began = time.monotonic()
    stage.start_programs(database)
    killed: list[str] = []
    for victim in victims:
        stage.wait_until(
            lambda: (
                bool(stage.ask(database, "SELECT 1 FROM enforcement_chunk WHERE state = 'running'"))
                or _is_done(stage, database)
            )
        )
        if _is_done(stage, database):
            break
        stage.kill(victim)
        killed.append(victim)
        _breathe(stage, random.uniform(*PAUSE))  # noqa: S311 -- when, not a secret
    stage.wait_until(lambda: _is_done(stage, database))
    print(f"Swept in {time.monotonic() - began:.0f} s.", flush=True)
    stage.wait_until(
        lambda: not stage.ask(database, "SELECT 1 FROM enforcement_violation WHERE owed <> 'nothing' LIMIT 1")
    )
    stage.stop_programs()
    return killed


def _breathe(stage: Stage, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        stage.supervisor.watch()
        time.sleep(0.05)


def _is_done(stage: Stage, database: str) -> bool:
    """Whether the sweep has ended; False while the database cannot be asked."""
    with contextlib.suppress(psycopg2.Error):
        return bool(stage.ask(database, "SELECT 1 FROM enforcement_sweep WHERE state = 'finished'"))
    return False
