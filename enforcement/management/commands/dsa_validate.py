"""`./run manage dsa_validate FILE`: would the Transparency Database take these payloads? One answer a line."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from enforcement.language.transparency import check, check_batch, fields_of

ENDPOINTS: dict[str, Any] = {"statement": check, "statements": check_batch}


class Command(BaseCommand):
    help = (
        "Read lines of JSON with id, endpoint (statement or statements) and payload, and print for each one line with id, "
        "accepted and error_fields. A line that cannot be read gets an error instead, and the rest goes on."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", help="a file of JSON lines, or - for standard input")
        parser.add_argument(
            "--as-the-database", action="store_true", help="leave out our own stricter rules (docs/transparency.md)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ours = not options["as_the_database"]
        if options["file"] == "-":
            self._answer(sys.stdin, ours=ours)
            return
        try:
            with Path(options["file"]).open(encoding="utf-8", errors="replace") as lines:
                self._answer(lines, ours=ours)
        except OSError as fault:
            raise CommandError(f"{options['file']} cannot be read: {fault.strerror or fault}") from fault

    def _answer(self, lines: TextIO, *, ours: bool) -> None:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                self.stdout.write(json.dumps(_verdict(line, number, ours=ours), ensure_ascii=False))


def _verdict(line: str, number: int, *, ours: bool) -> dict[str, Any]:
    try:
        case = json.loads(line)
    except (ValueError, RecursionError) as fault:
        return {"id": None, "error": f"line {number} is not JSON: {fault}"}
    if not isinstance(case, Mapping):
        return {"id": None, "error": f"line {number} is not an object with id, endpoint and payload"}
    endpoint, payload = case.get("endpoint"), case.get("payload")
    if not isinstance(endpoint, str) or endpoint not in ENDPOINTS:
        return {"id": case.get("id"), "error": f"line {number}: endpoint must be statement or statements"}
    if not isinstance(payload, Mapping):
        return {"id": case.get("id"), "error": f"line {number}: payload must be an object"}
    fields = fields_of(ENDPOINTS[endpoint](payload, ours=ours))
    return {"id": case.get("id"), "accepted": not fields, "error_fields": fields}
