"""The whole loop over HTTP and the domain, with a figure for every stage."""

from collections.abc import Callable
from typing import Any


def drive(base_url: str, say: Callable[[str], None]) -> dict[str, Any]:
    """The summary that `./run demo --once` prints; the keys it insists on are in governance/cli/once.py."""
    return {}
