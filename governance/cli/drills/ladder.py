"""How long it takes to say who would stand where under another ladder, with as many merchants as asked for.

It makes the merchants and their decisions in a transaction that is rolled back: nothing stays. Time is of the wall, the
database's part included.
"""

import argparse
import os
import platform
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from enforcement.domain import ladder_presets, ladder_simulation
from enforcement.enums import Automation, Origin
from enforcement.models import Decision
from governance.policies.enums import Measure
from governance.policies.models import PolicyVersion
from listings.models import Merchant

EACH = 3
"""Decisions of a merchant."""


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill ladder")
    parser.add_argument("--merchants", type=int, default=20_000)
    options = parser.parse_args(arguments)
    version = PolicyVersion.objects.order_by("pk").first()
    if version is None:
        print("There is no policy to offend against: `./run demo` makes some.")
        return 1
    with transaction.atomic():
        _make(version, options.merchants)
        _simulate()
        transaction.set_rollback(True)
    return 0


def _make(version: PolicyVersion, count: int) -> None:
    now = timezone.now()
    merchants = Merchant.objects.bulk_create(
        [
            Merchant(external_id=f"drill-{n}", name=f"Drill {n}", country="DE", created_at=now, changed_at=now)
            for n in range(count)
        ]
    )
    Decision.objects.bulk_create(
        [
            Decision(
                reference=f"DRILL-{n}-{k}",
                merchant=merchant,
                version=version,
                measure=Measure.WARN,
                automated_detection=True,
                automation=Automation.FULL,
                origin_kind=Origin.SWEEP,
                origin_ref=str(k),
                event_key=f"sweep/{k}/P{version.policy_id}",
                decided_at=now - timedelta(days=7 * k + n % 7),
                starts_at=now - timedelta(days=7 * k + n % 7),
            )
            for n, merchant in enumerate(merchants)
            for k in range(EACH)
        ],
        batch_size=5_000,
    )


def _simulate() -> None:
    draft, live = (preset.terms for preset in ladder_presets.presets()[1:3])
    began = time.perf_counter()
    found = ladder_simulation.simulate(draft, live, at=timezone.now() + timedelta(seconds=1))
    seconds = time.perf_counter() - began
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"{found.merchants:,} merchants with {found.offences:,} offences in {seconds:.2f} s")
