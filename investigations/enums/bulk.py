"""Acting on many cases at once: what may be done, a run's states and moves, and what became of each case."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BulkVerb(models.TextChoices):
    MOVE = "move", _("Move to another queue")
    ASIDE = "aside", _("Put aside until a day")
    FREE = "free", _("Take from whoever has it")
    CLOSE = "close", _("Close without violation")
    DECIDE = "decide", _("Decide with a measure")
    NOTE = "note", _("Write a note")
    WATCH = "watch", pgettext_lazy("verb", "Watch")


JUDGING = frozenset({BulkVerb.CLOSE, BulkVerb.DECIDE})
"""Verbs that say whether something violates."""
BULK_VERB_ICON: dict[BulkVerb, str] = {
    BulkVerb.MOVE: "queue",
    BulkVerb.ASIDE: "clock",
    BulkVerb.FREE: "unlock",
    BulkVerb.CLOSE: "check",
    BulkVerb.DECIDE: "gavel",
    BulkVerb.NOTE: "comment",
    BulkVerb.WATCH: "eye",
}


class BulkState(models.TextChoices):
    """Prepared is a preview: nothing has happened. Held waits for a second person."""

    PREPARED = "prepared", _("Prepared")
    HELD = "held", _("Held for a second person")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    DISCARDED = "discarded", _("Given up")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


# A run that is cancelled is finished: what it has not done is left. What it has done is undone, once.
BULK_MOVES: dict[BulkState, frozenset[BulkState]] = {
    BulkState.PREPARED: frozenset({BulkState.HELD, BulkState.RUNNING, BulkState.DISCARDED}),
    BulkState.HELD: frozenset({BulkState.RUNNING, BulkState.DISCARDED}),
    BulkState.RUNNING: frozenset({BulkState.FINISHED}),
    BulkState.FINISHED: frozenset({BulkState.UNDOING}),
    BulkState.DISCARDED: frozenset(),
    BulkState.UNDOING: frozenset({BulkState.UNDONE}),
    BulkState.UNDONE: frozenset(),
}
BULK_TONE: dict[BulkState, str] = {
    BulkState.PREPARED: "neutral",
    BulkState.HELD: "caution",
    BulkState.RUNNING: "info",
    BulkState.FINISHED: "ok",
    BulkState.DISCARDED: "neutral",
    BulkState.UNDOING: "info",
    BulkState.UNDONE: "neutral",
}
BUSY_BULKS = frozenset({BulkState.RUNNING, BulkState.UNDOING})


class BulkPartState(models.TextChoices):
    """What became of one case of a run. Kept means that it could not be undone."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", pgettext_lazy("case", "Done")
    LEFT = "left", _("Left as it is")
    UNDONE = "undone", _("Undone")
    KEPT = "kept", _("Could not be undone")


class BulkLeft(models.TextChoices):
    """Why nothing is done to a case."""

    STATE = "state", _("Closed, or in another state")
    CLAIMED = "claimed", _("Somebody has it before them")
    NOBODY = "nobody", _("Nobody has it")
    ALREADY = "already", _("It is so already")
    TEST = "test", _("A test case")
    REPORTED = "reported", _("Reported from outside: each report gets its own answer")
    POLICY = "policy", _("The policy does not permit the measure")
    HIDDEN = "hidden", _("Its queue does not offer the measure")
    OWN = "own", _("You held it or decided on it before: somebody else does")
    ASKED = "asked", _("A question about it is open")
    REFUSED = "refused", pgettext_lazy("case", "Refused")
    FAILED = "failed", _("It broke three times")
