"""Decisions: states and their moves, why one waits, who decided, why one ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from enforcement.enums.violations import ClosedBecause


class DecisionState(models.TextChoices):
    """Held is known to us alone; pending has been told to the merchant and takes effect unless it is corrected before."""

    HELD = "held", _("Held")
    PENDING = "pending", _("Takes effect later")
    IN_FORCE = "in_force", _("In force")
    PARTLY_REVERSED = "partly_reversed", _("Reversed in part")
    REVERSED = "reversed", _("Reversed")
    SUPERSEDED = "superseded", _("Replaced by a later decision")
    SETTLED = "settled", pgettext_lazy("decision", "Settled")
    EXPIRED = "expired", _("Ended")
    WITHDRAWN = "withdrawn", _("Withdrawn before it took effect")


DECISION_MOVES: dict[DecisionState, frozenset[DecisionState]] = {
    DecisionState.HELD: frozenset({DecisionState.PENDING, DecisionState.IN_FORCE, DecisionState.WITHDRAWN}),
    DecisionState.PENDING: frozenset(
        {
            DecisionState.IN_FORCE,
            DecisionState.REVERSED,
            DecisionState.SETTLED,
            DecisionState.WITHDRAWN,
        }
    ),
    DecisionState.IN_FORCE: frozenset(
        {
            DecisionState.PARTLY_REVERSED,
            DecisionState.REVERSED,
            DecisionState.SUPERSEDED,
            DecisionState.SETTLED,
            DecisionState.EXPIRED,
        }
    ),
    DecisionState.PARTLY_REVERSED: frozenset(
        {DecisionState.REVERSED, DecisionState.SUPERSEDED, DecisionState.SETTLED, DecisionState.EXPIRED}
    ),
    DecisionState.REVERSED: frozenset(),
    DecisionState.SUPERSEDED: frozenset(),
    DecisionState.SETTLED: frozenset({DecisionState.PARTLY_REVERSED, DecisionState.REVERSED}),
    DecisionState.EXPIRED: frozenset({DecisionState.PARTLY_REVERSED, DecisionState.REVERSED}),
    DecisionState.WITHDRAWN: frozenset(),
}
WAITING_DECISIONS = frozenset({DecisionState.HELD, DecisionState.PENDING})
STANDING_DECISIONS = frozenset({DecisionState.IN_FORCE, DecisionState.PARTLY_REVERSED})
TAKEN_BACK_DECISIONS = frozenset({DecisionState.WITHDRAWN, DecisionState.REVERSED})
COUNTED_DECISIONS = STANDING_DECISIONS | {DecisionState.SETTLED, DecisionState.EXPIRED}
"""Those that an offence has: neither taken back nor replaced."""
DECISION_TONE: dict[DecisionState, str] = {
    DecisionState.HELD: "caution",
    DecisionState.PENDING: "info",
    DecisionState.IN_FORCE: "info",
    DecisionState.PARTLY_REVERSED: "caution",
    DecisionState.REVERSED: "ok",
    DecisionState.SUPERSEDED: "neutral",
    DecisionState.SETTLED: "ok",
    DecisionState.EXPIRED: "neutral",
    DecisionState.WITHDRAWN: "neutral",
}


class HeldFor(models.TextChoices):
    """Why a decision waits before anybody is told. The first three ask for a second person."""

    MEASURE = "measure", _("The measure is harsh")
    SIZE = "size", _("The merchant is large")
    MASS = "mass", _("It concerns many listings")
    SCHEDULE = "schedule", _("It was scheduled")


SECOND_PERSON = frozenset({HeldFor.MEASURE, HeldFor.SIZE, HeldFor.MASS})


class WithoutNotice(models.TextChoices):
    """Why an account is closed without the thirty days' notice of Regulation (EU) 2019/1150, Art. 4(4)."""

    LAW = "law", _("The law obliges us to")
    IMPERATIVE = "imperative", _("An imperative reason under national law")
    REPEATED = "repeated", _("It infringed the terms repeatedly")


class DeadlineBecause(models.TextChoices):
    SET = "set", _("Set with the decision")
    EXTENDED = "extended", _("Extended")
    OUR_DELAY = "our_delay", _("We were late")


DECISION_ICON: dict[DecisionState, str] = {DecisionState.IN_FORCE: "gavel"}


class Automation(models.TextChoices):
    """As the EU's Transparency Database asks it of the decision."""

    NONE = "none", _("Decided by a person")
    PARTIAL = "partial", _("Decided by a person with automated help")
    FULL = "full", _("Decided by automated means")


class Origin(models.TextChoices):
    SWEEP = "sweep", _("Sweep")
    CASE = "case", _("Case")
    APPEAL = "appeal", _("Appeal")
    API = "api", _("API")
    RELISTING = "relisted", _("Offered again")
    LADDER = "ladder", _("Ladder")
    NOTICE = "notice", _("Notice")
    RECALL = "recall", _("Recall")
    ORDER = "order", _("Order of an authority")


class LiftedBecause(models.TextChoices):
    """Why a restriction ended. The first three say that it should not have been."""

    OVERTURNED = "overturned", _("Overturned on appeal")
    REVERSED = "reversed", _("Reversed by us")
    UNDONE = "undone", _("Undone at once")
    CORRECTED = "corrected", _("Corrected")
    WAIVED = "waived", _("Waived")
    POLICY_ENDED = "policy_ended", _("The policy no longer applies")
    SUPERSEDED = "superseded", _("Replaced by a later decision")
    EXPIRED = "expired", _("Its time ran out")


REVERSALS = frozenset({LiftedBecause.OVERTURNED, LiftedBecause.REVERSED, LiftedBecause.UNDONE})
SETTLED_BY: dict[ClosedBecause, LiftedBecause] = {
    ClosedBecause.CORRECTED: LiftedBecause.CORRECTED,
    ClosedBecause.WAIVED: LiftedBecause.WAIVED,
    ClosedBecause.POLICY_ENDED: LiftedBecause.POLICY_ENDED,
}
