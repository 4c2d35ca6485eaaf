"""`create_person`: add somebody from the command line, such as the first administrator."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.accounts.domain import people
from governance.accounts.enums import Function, Role
from governance.web.refusals import Refusal


class Command(BaseCommand):
    help = "Add a person. They set a password through “Forgot your password?”, or read it from standard input with --password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--pseudonym", default="", help="shown instead of a name; made up when left out")
        parser.add_argument(
            "--role",
            nargs="+",
            action="extend",
            default=[],
            choices=Role.values,
            metavar="ROLE",
            help=", ".join(Role.values),
        )
        parser.add_argument("--function", choices=Function.values, help="what an approver answers for")
        parser.add_argument("--password", action="store_true", help="read the password from standard input")

    def handle(self, *args: Any, username: str, email: str, pseudonym: str, **options: Any) -> None:
        function = Function(options["function"]) if options["function"] else None
        roles = [people.WantedRole(Role(role), function if role == Role.APPROVER else None) for role in options["role"]]
        password = input() if options["password"] else None
        try:
            person = people.create_person(
                username=username,
                email=email,
                pseudonym=pseudonym,
                roles=roles,
                password=password,
                actor=None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            reasons = " ".join(f"{field}: {text}" for field, text in refusal.errors.items())
            raise CommandError(f"{refusal} {reasons}".strip()) from None
        self.stdout.write(f"Added {person.pseudonym}, who signs in as {person.username}.")
