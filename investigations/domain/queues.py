"""Queues: those a marketplace starts with, and which of them takes a case."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from governance.policies.enums import Severity
from investigations.models import Queue

DEFAULTS = Path(__file__).resolve().parent.parent / "data" / "queues.toml"


def ensure_default_queues() -> list[Queue]:
    """Add the default queues that are not there. A queue that somebody changed stays as it is."""
    rows = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))["queue"]
    Queue.objects.bulk_create(
        [
            Queue(
                key=row["key"],
                names=row["names"],
                position=row["position"],
                families=row["families"],
                severities=row["severities"],
                decide_within_hours=row["within_hours"],
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )
    return list(Queue.objects.order_by("position", "id"))


def route(*, family: str, severity: Severity, queues: Sequence[Queue]) -> Queue:
    """The first of `queues`, which come in order of position, that takes a case of this family and severity; else the last."""
    for queue in queues:
        if (not queue.families or family in queue.families) and (not queue.severities or severity in queue.severities):
            return queue
    return queues[-1]
