from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Max
from django.utils import timezone
from django_celery_beat.models import PeriodicTask


class Command(BaseCommand):
    help = (
        "Fail when the schedule stands still. Beat notes its runs every few minutes, so do not ask for less than ten."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", type=int, default=900, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        last = PeriodicTask.objects.filter(enabled=True).aggregate(last=Max("last_run_at"))["last"]
        if last is None or last < timezone.now() - timedelta(seconds=options["within"]):
            raise CommandError(f"The last scheduled task was sent {last or 'never'}.")
        self.stdout.write(f"The last scheduled task was sent {last}.")
