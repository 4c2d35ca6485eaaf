"""Points, the ladder's versions and its steps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PointKind(models.TextChoices):
    """What is not given takes off again: a discount in part, what is returned the rest."""

    GIVEN = "given", _("Given")
    DISCOUNT = "discount", _("Taken off: corrected in time")
    RETURNED = "returned", _("Returned")


class LadderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("In force")
    SUPERSEDED = "superseded", _("Replaced by a later version")
    WITHDRAWN = "withdrawn", _("Withdrawn")


LADDER_MOVES: dict[LadderState, frozenset[LadderState]] = {
    LadderState.DRAFT: frozenset({LadderState.LIVE, LadderState.WITHDRAWN}),
    LadderState.LIVE: frozenset({LadderState.SUPERSEDED}),
    LadderState.SUPERSEDED: frozenset(),
    LadderState.WITHDRAWN: frozenset(),
}
LADDER_TONE: dict[LadderState, str] = {
    LadderState.DRAFT: "info",
    LadderState.LIVE: "ok",
    LadderState.SUPERSEDED: "neutral",
    LadderState.WITHDRAWN: "neutral",
}


class StepState(models.TextChoices):
    """What became of a milestone that a merchant has reached."""

    OWED = "owed", _("To be carried out")
    PROPOSED = "proposed", _("A person decides")
    TAKEN = "taken", _("Carried out")
    DECLINED = "declined", _("Not now")
    VOID = "void", _("Points have gone")
    REVOKED = "revoked", _("Taken back: points have gone")


class StepBecause(models.TextChoices):
    """Why a person decides a step, and not automation."""

    ACCOUNT = "account", _("It binds the merchant’s whole account: that is never automatic.")
    PROTECTED = "protected", _("They won an appeal lately: nothing harsh is automatic for now.")
    REFUSED = "refused", _("Automation could not carry it out.")


STEP_MOVES: dict[StepState, frozenset[StepState]] = {
    StepState.OWED: frozenset({StepState.TAKEN, StepState.PROPOSED, StepState.VOID}),
    StepState.PROPOSED: frozenset({StepState.TAKEN, StepState.DECLINED, StepState.VOID}),
    StepState.TAKEN: frozenset({StepState.REVOKED}),
    StepState.DECLINED: frozenset(),
    StepState.VOID: frozenset(),
    StepState.REVOKED: frozenset(),
}
STEP_TONE: dict[StepState, str] = {
    StepState.OWED: "info",
    StepState.PROPOSED: "caution",
    StepState.TAKEN: "serious",
    StepState.DECLINED: "neutral",
    StepState.VOID: "ok",
    StepState.REVOKED: "ok",
}
OPEN_STEPS = frozenset({StepState.OWED, StepState.PROPOSED})
