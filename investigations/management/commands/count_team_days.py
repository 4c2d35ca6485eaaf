"""`./run manage count_team_days FIRST LAST`: the team's figures of these days, counted anew."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from investigations.domain import team_figures


class Command(BaseCommand):
    help = "Count the team's figures of days anew, from FIRST to LAST (YYYY-MM-DD). What is right stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("first", type=date.fromisoformat)
        parser.add_argument("last", type=date.fromisoformat)

    def handle(self, *args: Any, first: date, last: date, **options: Any) -> None:
        if last < first:
            raise CommandError(f"{last} is before {first}.")
        days = team_figures.rebuild(first=first, last=last, at=timezone.now())
        self.stdout.write(f"{days} days counted")
