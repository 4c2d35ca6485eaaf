"""`import_rates FILE`: exchange rates from a bank's file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from listings.domain import reference

SHOWN = 20


class Command(BaseCommand):
    help = "Import exchange rates from a CSV file with the columns currency, date, per_eur (units that one euro buys)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            loaded = reference.load_rates(file=file, actor=None, at=timezone.now())
        except reference.RatesUnreadable as refusal:
            more = len(refusal.lines) - SHOWN
            rest = [f"… and {more} more"] if more > 0 else []
            raise CommandError("\n".join([str(refusal), *refusal.lines[:SHOWN], *rest])) from refusal
        self.stdout.write(f"{loaded.created} new, {loaded.changed} changed, {loaded.unchanged} as before")
