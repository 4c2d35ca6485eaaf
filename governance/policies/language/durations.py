"""A length of time as a rule writes it: 36h, 1h30m, -90s."""

import re
from datetime import timedelta

UNITS = {"h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1, "µs": 1}
"""Microseconds."""
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)")


def duration_of(text: str) -> timedelta | None:
    """None for what is not written so, is finer than a microsecond, or longer than any timedelta."""
    unsigned = text.lstrip("+-")
    parts = _PART.findall(unsigned)
    if not parts or "".join(figures + unit for figures, unit in parts) != unsigned:
        return None
    total = 0
    for figures, unit in parts:
        whole, _, fraction = figures.partition(".")
        scaled = int(whole + fraction) * UNITS.get(unit, 0)
        amount, rest = divmod(scaled, 10 ** len(fraction))
        if rest or unit not in UNITS:
            return None
        total += amount
    try:
        return timedelta(microseconds=-total if text.startswith("-") else total)
    except OverflowError:
        return None
