"""`import_taxonomy FILE…`: a category tree with names in several languages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.web.refusals import Refusal
from listings.domain import taxonomy

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Import one category tree from CSV files (or .csv.gz) with the columns id and path, a file for each language: "
        "categories_en.csv, categories_de.csv. Ids are hierarchical (ap-2-1), paths are names separated by “ > ”."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--source", default="shopify", help="whose tree it is; kept with each category")

    def handle(self, *args: Any, files: list[Path], source: str, **options: Any) -> None:
        try:
            written = taxonomy.import_files(files=files, source=source, actor=None, at=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        counts = f"{written.created} new, {written.changed} changed, {written.unchanged} as before"
        self.stdout.write(f"{counts}, {len(written.refused)} refused")
        for place, line in enumerate(taxonomy.shown(written.refused)):
            if place == SHOWN:
                self.stderr.write(f"… and {len(written.refused) - SHOWN} more")
                break
            self.stderr.write(line)
