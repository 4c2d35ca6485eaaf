"""`load_reference_data`: markets, calendars, rates, categories and attributes that come with the product."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.web.refusals import Refusal
from listings.domain import reference


class Command(BaseCommand):
    help = "Load the reference data that come with the product. Run it again after an upgrade, and once a year for the calendars."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = reference.load_all(actor=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for what, count in loaded.items():
            self.stdout.write(f"{what}: {count.created} new, {count.changed} changed, {count.unchanged} as before")
