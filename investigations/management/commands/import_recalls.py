"""`./run manage import_recalls FILE`: alerts of Safety Gate (JSON or CSV) or of the CPSC (CSV)."""

import gzip
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.web.refusals import Refusal
from investigations.domain import recalls


class Command(BaseCommand):
    help = "Import product safety alerts: Safety Gate's JSON or CSV, the CPSC's CSV, plain or gzip. The same file again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            data = file.read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            run = recalls.receive_file(data=data, origin=file.name, actor=None, at=timezone.now())
        except (OSError, EOFError) as fault:
            raise CommandError(f"{file} cannot be read: {getattr(fault, 'strerror', None) or fault}") from fault
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for row in run.faults:
            self.stderr.write(f"{row['place']}: {row['reference'] or '?'}: {row['text']}")
        self.stdout.write(
            f"{run.created} new, {run.corrected} corrected, {run.unchanged} as before, {run.refused} kept out"
        )
