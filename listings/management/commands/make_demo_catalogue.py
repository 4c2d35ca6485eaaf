"""`make_demo_catalogue FOLDER`: write the demo catalogue as files, to import or to measure with."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from listings.management.demo import build, write_ndjson


class Command(BaseCommand):
    help = (
        "Write merchants, listings and orders (NDJSON) and daily metrics (CSV) of an invented catalogue. "
        "The same seed and day give the same files. --truth writes which policies each listing truly violates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--as-of", type=dt.date.fromisoformat, help="its day; today unless said")
        parser.add_argument("--merchants", type=int, default=300)
        parser.add_argument("--listings", type=int, default=5_000)
        parser.add_argument("--days", type=int, default=120)
        parser.add_argument("--truth", type=Path, metavar="FILE", help="outside the folder, for measuring only")

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = build(
            seed=options["seed"],
            as_of=options["as_of"] or timezone.now().date(),
            merchants=options["merchants"],
            listings=options["listings"],
            days=options["days"],
        )
        for path in catalogue.write(options["folder"]).values():
            self.stdout.write(str(path))
        if options["truth"]:
            write_ndjson(options["truth"], catalogue.truth_rows())
            self.stdout.write(str(options["truth"]))
