"""`create_api_key --name N --scope S …`: make a key and print it, once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.accounts.domain import api_keys
from governance.accounts.enums import Scope
from governance.web.refusals import Refusal


class Command(BaseCommand):
    help = "Make an API key. The key is printed once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", required=True, help="who will use it")
        parser.add_argument(
            "--scope",
            required=True,
            nargs="+",
            action="extend",
            choices=Scope.values,
            metavar="SCOPE",
            help=", ".join(Scope.values),
        )
        parser.add_argument("--days", type=int, default=0, help="days until it expires; without it, it does not expire")

    def handle(self, *args: Any, name: str, scope: list[str], days: int, **options: Any) -> None:
        at = timezone.now()
        expires_at = at + timedelta(days=days) if days else None
        try:
            _key, secret = api_keys.create(name=name, scopes=scope, actor=None, at=at, expires_at=expires_at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(secret)
        self.stderr.write("Keep it now: it is not stored and cannot be shown again.")
