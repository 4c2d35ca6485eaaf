"""Decisions delivered to an endpoint that fails, while workers are killed: all of them, in order per listing, repeats by their id.

The endpoint hangs, answers 500 and 302, takes an event and cuts the connection, and answers twice; the worker is killed with
SIGKILL again and again. Options: --decisions N, --kills N. On servers of its own; nothing of them is left.
"""

import argparse
import base64
import hmac
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from governance.cli import migrated
from governance.cli.drills._receiver import Got, Receiver
from governance.cli.drills.sweep_kill import CALM, Stage, _breathe
from governance.cli.install import ROOT
from governance.embedded.instance import Instance
from governance.embedded.state import StateFolder

DECIDERS = 2
PAUSE = (2.0, 6.0)  # seconds between two kills: a worker needs some of them to begin
FAULTS = {"500": 0.03, "302": 0.02, "hang": 0.005, "cut": 0.03, "twice": 0.03}
GROUND = "import django; django.setup(); from governance.cli.drills import _delivery_ground as ground;"
MAKE = GROUND + "print(ground.make(decision_count={count}, url={url!r}))"
DECIDE = GROUND + "ground.decide(decision_count={count}, part={part}, parts={parts})"
WRITTEN = "SELECT 'evt_' || replace(uid::text, '-', ''), subject, number FROM enforcement_deliveryevent ORDER BY number"
LEFT = """
    SELECT (SELECT count(*) FROM enforcement_deliveryevent WHERE number IS NULL)
         + (SELECT count(*) FROM enforcement_delivery WHERE state <> 'accepted')
         + (SELECT max(number) FROM enforcement_deliveryevent) - (SELECT after FROM enforcement_webhookendpoint)
"""
SWITCHES = {
    "WEBHOOK_ALLOW_HTTP": "1",
    "WEBHOOK_ALLOW_PRIVATE": "1",
    "WEBHOOK_TIMEOUT": "1",
    "WEBHOOK_FIRST_WAIT": "0.05",
}


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill delivery", description=__doc__)
    parser.add_argument("--decisions", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=10)
    options = parser.parse_args(arguments)
    os.environ |= SWITCHES
    with tempfile.TemporaryDirectory(prefix="gov-delivery-") as folder, Receiver(_manner(), hangs_for=5) as receiver:
        state = StateFolder(Path(folder) / "state")
        state.prepare()
        instance = Instance(state, {})
        try:
            instance.start()
            return _deliver(Stage(state, instance), receiver, options.decisions, options.kills)
        finally:
            instance.stop()


def _manner() -> Any:
    chance = random.Random(2026)  # noqa: S311 -- which fault, not a secret

    def manner(_event: dict[str, Any]) -> str:
        drawn = chance.random()
        for name, share in FAULTS.items():
            if drawn < share:
                return name
            drawn -= share
        return "ok"

    return manner


def _deliver(stage: Stage, receiver: Receiver, count: int, kills: int) -> int:
    migrated.prepare(stage.environment(CALM))
    secret = _python(stage, MAKE.format(count=count, url=receiver.url)).communicate()[0].decode().strip()
    began = time.monotonic()
    stage.start_programs(CALM)
    deciders = [_python(stage, DECIDE.format(count=count, part=part, parts=DECIDERS)) for part in range(DECIDERS)]
    for _kill in range(kills):
        _breathe(stage, random.uniform(*PAUSE))  # noqa: S311 -- when, not a secret
        stage.kill("worker")
    stage.wait_until(lambda: all(each.poll() is not None for each in deciders))
    decided = time.monotonic() - began
    stage.wait_until(lambda: stage.ask(CALM, LEFT)[0][0] == 0)
    took = time.monotonic() - began
    stage.stop_programs()
    if any(each.returncode for each in deciders):
        print("A process that decides has failed.")
        return 1
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{count:,} decisions in {decided:.0f} s, all delivered after {took:.0f} s; {kills} workers killed")
    return _proven(stage.ask(CALM, WRITTEN), receiver.got, secret)


def _proven(written: list[tuple[Any, ...]], got: Sequence[Got], secret: str) -> int:
    """Print what was found; 0 where nothing is missing, out of order, or unknowable as a repeat."""
    taken = [each for each in got if each.accepted]
    first: dict[str, int] = {}
    for place, each in enumerate(taken):
        first.setdefault(each.headers["webhook-id"], place)
    by_subject: dict[str, list[int]] = defaultdict(list)
    for uid, subject, _number in written:
        by_subject[subject].append(first.get(uid, -1))
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for each in got:
        bodies[each.event["id"]].add(each.body)
    faults = {
        "missing": sum(uid not in first for uid, _subject, _number in written),
        "unknown": len(set(first) - {uid for uid, _subject, _number in written}),
        "out of order": sum(places != sorted(places) for places in by_subject.values()),
        "repeats that differ": sum(len(each) > 1 for each in bodies.values()),
        "ids beside the body's": sum(each.headers["webhook-id"] != each.event["id"] for each in got),
        "signatures that are wrong": sum(not _is_signed(each, secret) for each in got),
    }
    print(
        f"{len(written):,} events about {len(by_subject):,} subjects; {len(got):,} requests, {len(taken):,} taken, "
        f"{len(taken) - len(first):,} of them repeats known by their id"
    )
    print("; ".join(f"{count:,} {name}" for name, count in faults.items()))
    return 1 if any(faults.values()) or not written else 0


def _is_signed(got: Got, secret: str) -> bool:
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, sha256)).decode()
    return expected in got.headers["webhook-signature"].split()


def _python(stage: Stage, program: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", program]
    return subprocess.Popen(command, env=stage.environment(CALM), cwd=ROOT, stdout=subprocess.PIPE)
