"""`audit_verify`: seal what is open, read the whole log again and say whether anybody touched it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.audit.domain import seals


class Command(BaseCommand):
    help = "Seal the audit log's new entries, then prove that no sealed entry was edited, removed or inserted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--expect", default="", metavar="DIGEST", help="a digest noted earlier, which must still be in the chain"
        )

    def handle(self, *args: Any, expect: str, **options: Any) -> None:
        seals.seal(timezone.now())
        found = seals.verify(expect=expect)
        if not found.ok:
            raise CommandError(f"The audit log was tampered with: {found.first_broken}.")
        self.stdout.write(
            f"{found.entries} entries under {found.seals} seals are intact; {found.unsealed} not yet sealed."
        )
        self.stdout.write(f"Digest to note somewhere else: {found.digest or 'none yet'}")
