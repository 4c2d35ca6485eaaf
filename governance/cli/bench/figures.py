"""Rounds become medians, medians ratios; the machine they hold for."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from django.db import connection


class Timings:
    """Seconds of each round over so many listings."""

    def __init__(self, listings: int) -> None:
        self.listings = listings
        self.seconds: list[float] = []

    @property
    def rate(self) -> float:
        """Listings a second: the median of the rounds."""
        return self.listings / median(self.seconds)

    @property
    def spread(self) -> str:
        """The slowest and the fastest round."""
        rates = [self.listings / seconds for seconds in self.seconds]
        return f"{min(rates):,.0f} to {max(rates):,.0f}"


def machine() -> str:
    """Say what the figures were measured on."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0].partition(" ")[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return (
        f"{_processor()}, {os.cpu_count()} processors, {memory} GB, Python {platform.python_version()}, PostgreSQL {version}"
        f", load {os.getloadavg()[0]:.1f} before"
    )


def _processor() -> str:
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows in columns, the first to the left, the others to the right."""
    widths = [max(len(row[nth]) for row in rows) for nth in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *rest = row
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)
