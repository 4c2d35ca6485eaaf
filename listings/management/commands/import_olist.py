"""Import the Olist orders data set from its folder: merchants, listings, order lines and daily metrics."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from listings.domain.imports import mapping as mappings
from listings.domain.imports import runs, work
from listings.domain.imports.olist import Folder
from listings.enums import ImportKind
from listings.models import Market


class Command(BaseCommand):
    help = "Import the Olist orders data set: four imports, one after the other. Again, it changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--market", default="BR", help="The market in which the listings are offered (default: BR)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        market = options["market"].upper()
        if not Market.objects.filter(code=market).exists():
            raise CommandError(f"There is no market {market}. Say with --market which one the listings are offered in.")
        try:
            folder = Folder(options["folder"], market=market)
        except FileNotFoundError as missing:
            raise CommandError(f"This folder is not the data set: {missing.filename} is not there.") from missing
        self._import("merchants", {"kind": ImportKind.MERCHANTS.value}, folder.merchants())
        self._import("listings", dict(mappings.named()["olist"]), folder.listings())
        self._import("orders", {"kind": ImportKind.ORDERS.value}, folder.order_lines())
        self._import("metrics", {"kind": ImportKind.METRICS.value}, folder.metrics())

    def _import(self, name: str, document: dict[str, Any], lines: Iterator[bytes]) -> None:
        run = runs.take_in(
            chunks=lines,
            filename=f"olist-{name}.ndjson",
            document=document,
            mapping_name="olist",
            actor=None,
            at=timezone.now(),
        )
        work.follow(run=run, clock=timezone.now)
        self.stdout.write(
            f"{name:>10}: {run.rows_read:,} rows, {run.created:,} new, {run.changed:,} changed, "
            f"{run.unchanged:,} unchanged, {run.parked:,} parked, {run.refused:,} refused"
        )
