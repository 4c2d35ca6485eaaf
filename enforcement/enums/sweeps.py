"""Sweeps and their chunks: states, moves and badge tones."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SweepKind(models.TextChoices):
    FULL = "full", _("All listings, all policies")
    POLICIES = "policies", _("All listings, chosen policies")
    CHANGED = "changed", _("What has changed since the last sweep")


class SweepPriority(models.IntegerChoices):
    """Which of those that wait begins first."""

    LOW = -1, pgettext_lazy("priority", "Low")
    NORMAL = 0, pgettext_lazy("priority", "Normal")
    URGENT = 1, pgettext_lazy("priority", "Urgent")


class SweepState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Stopped by an error")


SWEEP_MOVES: dict[SweepState, frozenset[SweepState]] = {
    SweepState.QUEUED: frozenset({SweepState.RUNNING, SweepState.CANCELLED, SweepState.FAILED}),
    SweepState.RUNNING: frozenset({SweepState.PAUSED, SweepState.FINISHED, SweepState.CANCELLED, SweepState.FAILED}),
    SweepState.PAUSED: frozenset({SweepState.RUNNING, SweepState.CANCELLED}),
    SweepState.FINISHED: frozenset(),
    SweepState.CANCELLED: frozenset(),
    SweepState.FAILED: frozenset({SweepState.RUNNING}),
}
SWEEP_TONE: dict[SweepState, str] = {
    SweepState.QUEUED: "neutral",
    SweepState.RUNNING: "info",
    SweepState.PAUSED: "caution",
    SweepState.FINISHED: "ok",
    SweepState.CANCELLED: "neutral",
    SweepState.FAILED: "critical",
}
LIVE_SWEEPS = frozenset({SweepState.QUEUED, SweepState.RUNNING, SweepState.PAUSED})


class ChunkState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


CHUNK_MOVES: dict[ChunkState, frozenset[ChunkState]] = {
    ChunkState.WAITING: frozenset({ChunkState.RUNNING, ChunkState.DONE}),
    ChunkState.RUNNING: frozenset({ChunkState.DONE, ChunkState.FAILED, ChunkState.WAITING}),
    ChunkState.DONE: frozenset(),
    ChunkState.FAILED: frozenset({ChunkState.WAITING}),
}
