"""`./run manage sweep`: start a sweep from the command line, and wait for it if asked."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enforcement.domain import sweeps
from enforcement.enums import LIVE_SWEEPS, SweepKind, SweepPriority, SweepState
from enforcement.models import Sweep
from enforcement.queries import sweeps as queries
from governance.web.refusals import Refusal

LOOK_EVERY = 0.5  # seconds


class Command(BaseCommand):
    help = "Start a sweep: all listings with all policies that are switched on, unless the options say otherwise."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--changed", action="store_true", help="only what has changed since the last complete sweep"
        )
        parser.add_argument(
            "--policy", type=int, action="append", default=[], help="only this policy's number; repeatable"
        )
        parser.add_argument("--reason", default="", help="for the log")
        parser.add_argument("--chunk-size", type=int, help="listings a chunk (default: by the catalogue)")
        parser.add_argument(
            "--priority",
            choices=[each.name.lower() for each in SweepPriority],
            default="normal",
            help="among those that wait",
        )
        parser.add_argument("--wait", action="store_true", help="wait for its end and print what it found")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["changed"] and options["policy"]:
            raise CommandError("--changed sweeps with all policies: leave out --policy.")
        kind = SweepKind.CHANGED if options["changed"] else SweepKind.POLICIES if options["policy"] else SweepKind.FULL
        try:
            sweep = sweeps.start(
                kind=kind,
                policies=options["policy"],
                reason=options["reason"],
                chunk_size=options["chunk_size"],
                priority=SweepPriority[options["priority"].upper()],
                actor=None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        print(f"Sweep {sweep.pk}: {sweep.state}, {sweep.total} to look at.")
        if options["wait"]:
            self._wait(sweep)

    def _wait(self, sweep: Sweep) -> None:
        while sweep.state in LIVE_SWEEPS:
            time.sleep(LOOK_EVERY)
            sweep = Sweep.objects.get(pk=sweep.pk)
        progress = queries.progress(sweep, language="en", at=timezone.now())
        for row in progress.policies:
            if row.counts["matched"]:
                print(f"  P-{row.policy_id:04d} {row.counts['matched']:>7}  {row.title}")
        rate = f", {progress.rate:.0f} a second" if progress.rate else ""
        print(f"{sweep.state}: {progress.done} looked at{rate}, {progress.totals['matched']} hold true.")
        if sweep.state != SweepState.FINISHED:
            raise CommandError(f"Sweep {sweep.pk} is {sweep.state}.")
