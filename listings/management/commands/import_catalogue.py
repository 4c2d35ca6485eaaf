"""Import a file from the command line, with progress. The same work as from the page and the API."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.web.refusals import Refusal
from listings.domain.imports import mapping as mappings
from listings.domain.imports import runs, work
from listings.domain.imports.files import Source
from listings.enums import ImportKind, ImportState
from listings.models import ImportRun
from listings.queries import imports


class Command(BaseCommand):
    help = "Import listings, merchants, daily metrics or order lines from a CSV, NDJSON or XLSX file, or its .gz."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", default="", help="Name of a mapping, or a TOML file. Known: " + ", ".join(mappings.named())
        )
        parser.add_argument(
            "--kind", choices=list(mappings.FIELDS), help="Of a file without a mapping; listings unless said."
        )
        parser.add_argument(
            "--merchant-column", default="", help="The column that names the merchant; unknown ones are created."
        )
        parser.add_argument(
            "--merchant-country", default="", help="Country of the merchants that are created, such as DE."
        )
        parser.add_argument("--dry-run", action="store_true", help="Write nothing but the report.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            run = self._begin(path, options)
        except Refusal as refusal:
            lines = [str(refusal), *(f"  {key}: {text}" for key, text in refusal.errors.items())]
            raise CommandError("\n".join(lines)) from refusal
        work.follow(run=run, clock=timezone.now)
        self._tell(run)

    def _begin(self, path: Path, options: dict[str, Any]) -> ImportRun:
        name, document = mappings.load(options["mapping"]) if options["mapping"] else ("", {})
        document = dict(document)
        if options["kind"]:
            document["kind"] = options["kind"]
        with Source(path, mappings.read(document).options) as source:
            document = mappings.with_merchant(
                document,
                columns=source.columns,
                column=options["merchant_column"],
                name=path.name.partition(".")[0],
                country=options["merchant_country"].upper(),
            )
        kind = ImportKind(document.get("kind", ImportKind.LISTINGS))
        run = runs.receive_path(path=path, kind=kind, actor=None, at=timezone.now())
        return runs.begin(
            run=run, document=document, mapping_name=name, dry_run=options["dry_run"], actor=None, at=timezone.now()
        )

    def _tell(self, run: ImportRun) -> None:
        seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at and run.started_at else 0
        rate = f", {run.rows_read / seconds:,.0f} a second" if seconds else ""
        trial = " (trial run: nothing was written)" if run.dry_run else ""
        self.stdout.write(
            f"{run.filename}: {run.rows_read:,} rows{rate}{trial}\n"
            f"  {run.created:,} new, {run.changed:,} changed, {run.unchanged:,} unchanged, "
            f"{run.parked:,} parked, {run.refused:,} refused; {run.noted:,} of those in with a note"
        )
        for fate, reason, value, count in imports.reasons(run)[:20]:
            self.stdout.write(f"  {count:>8,}  {fate}: {reason}{f' ({value})' if value else ''}")
        if run.state == ImportState.FAILED:
            raise CommandError(run.error)
