"""A file of two gigabytes is imported in constant memory; prints rows a second and the memory held on the way.

The rows are new, with a description as long as real catalogues have it; everything runs in this process, on the database at
hand, which keeps the listings.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.utils import timezone

from listings.domain.imports import runs, work
from listings.enums import ImportKind
from listings.models import ImportRun

WORDS = [
    "Teddy",
    "bear",
    "soft",
    "brown",
    "ball",
    "red",
    "wooden",
    "train",
    "magnetic",
    "cube",
    "lamp",
    "night",
    "kids",
    "puzzle",
    "castle",
    "slime",
    "doll",
    "kite",
]
LETTERS = 5.7  # of one of them, with its space
SHORTEST = 130  # bytes of a row without a description
EVERY = 30.0  # seconds


def run(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run drill import_scale")
    parser.add_argument("--megabytes", type=int, default=2_048)
    parser.add_argument("--row-bytes", type=int, default=1_000, help="About how long a row is. (default: 1,000)")
    parser.add_argument("--unchanged", action="store_true", help="Import the file a second time.")
    options = parser.parse_args(arguments)
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scale.ndjson"
        with path.open("w") as file:
            file.writelines(_lines(options.megabytes << 20, options.row_bytes))
        for _time in range(2 if options.unchanged else 1):
            _import(path)
    return 0


def _import(path: Path) -> None:
    document = {"merchant": {"id": "scale", "name": "Scale", "country": "DE", "create": True}}
    prepared = runs.receive_path(path=path, kind=ImportKind.LISTINGS, actor=None, at=timezone.now())
    begun = runs.begin(run=prepared, document=document, mapping_name="", dry_run=False, actor=None, at=timezone.now())
    began, cpu, more = time.monotonic(), time.process_time(), True
    while more:
        more = work.work(run_id=begun.pk, clock=timezone.now, seconds=EVERY)
        _tell(ImportRun.objects.get(pk=begun.pk), time.monotonic() - began, time.process_time() - cpu)


def _tell(at: ImportRun, seconds: float, cpu: float) -> None:
    print(
        f"{at.bytes_done >> 20:>6,} of {at.size >> 20:,} MB  {at.rows_read:>12,} rows  {at.rows_read / seconds:>8,.0f} a second  "
        f"{at.rows_read / cpu:>8,.0f} a second of our processor  {_resident():>5,} MB held  {at.state}",
        flush=True,
    )


def _lines(most: int, row_bytes: int) -> Iterator[str]:
    written = number = 0
    while written < most:
        title = _words(number, 4)
        line = json.dumps(
            {
                "listing_id": f"s{number}",
                "title": title,
                "description": _words(number, int((row_bytes - SHORTEST) / LETTERS)),
                "price": number % 900 / 10,
                "currency": "EUR",
                "language": "en",
            }
        )
        written += len(line) + 1
        number += 1
        yield line + "\n"


def _words(number: int, count: int) -> str:
    return " ".join(WORDS[(number * 7 + place * (number % 5 + 1)) % len(WORDS)] for place in range(max(count, 1)))


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20
