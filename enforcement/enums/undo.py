"""Taking many decisions back: what is chosen, the run's states and moves, and what became of each decision."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UndoScope(models.TextChoices):
    """What the decisions of a run have in common."""

    SWEEP = "sweep", _("A sweep")
    VERSION = "version", _("A policy version")
    CHOSEN = "chosen", _("Chosen decisions")


class UndoState(models.TextChoices):
    """Prepared is a preview: nothing has happened. Held waits for a second person."""

    PREPARED = "prepared", _("Prepared")
    HELD = "held", _("Held for a second person")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Paused")
    FINISHED = "finished", _("Finished")
    DISCARDED = "discarded", _("Given up")


UNDO_MOVES: dict[UndoState, frozenset[UndoState]] = {
    UndoState.PREPARED: frozenset({UndoState.HELD, UndoState.RUNNING, UndoState.DISCARDED}),
    UndoState.HELD: frozenset({UndoState.RUNNING, UndoState.DISCARDED}),
    UndoState.RUNNING: frozenset({UndoState.STOPPED, UndoState.FINISHED}),
    UndoState.STOPPED: frozenset({UndoState.RUNNING, UndoState.DISCARDED}),
    UndoState.FINISHED: frozenset(),
    UndoState.DISCARDED: frozenset(),
}
UNDO_TONE: dict[UndoState, str] = {
    UndoState.PREPARED: "neutral",
    UndoState.HELD: "caution",
    UndoState.RUNNING: "info",
    UndoState.STOPPED: "caution",
    UndoState.FINISHED: "ok",
    UndoState.DISCARDED: "neutral",
}


class PartState(models.TextChoices):
    """What became of one decision of a run."""

    WAITING = "waiting", _("Waiting")
    RESTORED = "restored", _("Reversed")
    LEFT = "left", _("Left as it is")


class LeftBecause(models.TextChoices):
    ALREADY = "already", _("Reversed or withdrawn before")
    REPLACED = "replaced", _("Replaced by a later decision")
    REFUSED = "refused", pgettext_lazy("undo", "Refused")
    FAILED = "failed", _("It broke three times")
