"""Closed sets of enforcement, their transition tables and badge tones."""

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


class ViolationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("violation", "Open")
    CLOSED = "closed", pgettext_lazy("violation", "Closed")


# Closed comes back only by the undo of a dismissal; what holds again later is a new violation.
VIOLATION_MOVES: dict[ViolationState, frozenset[ViolationState]] = {
    ViolationState.OPEN: frozenset({ViolationState.CLOSED}),
    ViolationState.CLOSED: frozenset({ViolationState.OPEN}),
}
VIOLATION_TONE: dict[ViolationState, str] = {ViolationState.OPEN: "serious", ViolationState.CLOSED: "neutral"}


class ClosedBecause(models.TextChoices):
    """Dismissed and overturned are a person's word about this version of the listing: no sweep opens it again."""

    CORRECTED = "corrected", _("No longer holds")
    DISMISSED = "dismissed", _("A moderator found it fine")
    OVERTURNED = "overturned", _("Overturned on appeal")
    WAIVED = "waived", _("Waived")
    POLICY_ENDED = "policy_ended", _("The policy no longer applies")


class Clearance(models.TextChoices):
    """May a listing go live? From the mildest to the strictest: of several, the last of this order holds."""

    ALLOW = "allow", _("May go live")
    ALLOW_WITH_CORRECTIONS = "allow_with_corrections", _("May go live, with corrections")
    REVIEW = "review", _("A person has to look first")
    BLOCK = "block", _("May not go live")


CLEARANCE_RANK: dict[Clearance, int] = {verdict: rank for rank, verdict in enumerate(Clearance)}
GOES_LIVE = frozenset({Clearance.ALLOW, Clearance.ALLOW_WITH_CORRECTIONS})


class Owed(models.TextChoices):
    """What must still be done with a violation. The row says it; events only make it sooner."""

    NOTHING = "nothing", _("Nothing")
    CASE = "case", _("A case")
    DECISION = "decision", _("A decision")


class DecisionState(models.TextChoices):
    IN_FORCE = "in_force", _("In force")
    PARTLY_REVERSED = "partly_reversed", _("Reversed in part")
    REVERSED = "reversed", _("Reversed")
    SUPERSEDED = "superseded", _("Replaced by a later decision")
    SETTLED = "settled", _("Settled: corrected")
    EXPIRED = "expired", _("Ended")


DECISION_MOVES: dict[DecisionState, frozenset[DecisionState]] = {
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
}
STANDING_DECISIONS = frozenset({DecisionState.IN_FORCE, DecisionState.PARTLY_REVERSED})
DECISION_TONE: dict[DecisionState, str] = {
    DecisionState.IN_FORCE: "info",
    DecisionState.PARTLY_REVERSED: "caution",
    DecisionState.REVERSED: "ok",
    DecisionState.SUPERSEDED: "neutral",
    DecisionState.SETTLED: "ok",
    DecisionState.EXPIRED: "neutral",
}
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


class PointKind(models.TextChoices):
    GIVEN = "given", _("Given")
    RETURNED = "returned", _("Returned")


class MessageKind(models.TextChoices):
    STATEMENT = "statement", _("Statement of reasons")
    APPEAL_RECEIVED = "appeal_received", _("Appeal received")
    APPEAL_DECIDED = "appeal_decided", _("Appeal decided")
    RESTORED = "restored", _("Restored")


class MessageState(models.TextChoices):
    OWED = "owed", _("To be sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Not delivered")
    WITHDRAWN = "withdrawn", _("Withdrawn before it was sent")


MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.OWED: frozenset({MessageState.SENT, MessageState.FAILED, MessageState.WITHDRAWN}),
    MessageState.SENT: frozenset(),
    MessageState.FAILED: frozenset({MessageState.OWED}),
    MessageState.WITHDRAWN: frozenset(),
}
MESSAGE_TONE: dict[MessageState, str] = {
    MessageState.OWED: "caution",
    MessageState.SENT: "ok",
    MessageState.FAILED: "critical",
    MessageState.WITHDRAWN: "neutral",
}


class Environment(models.TextChoices):
    """Of the EU's Transparency Database: what the sandbox accepts is a rehearsal."""

    SANDBOX = "sandbox", _("Sandbox")
    PRODUCTION = "production", _("Production")


class SubmissionState(models.TextChoices):
    """Of what the EU's Transparency Database is owed about a decision."""

    OWED = "owed", _("To be sent")
    SENT = "sent", pgettext_lazy("submission", "Accepted")
    REFUSED = "refused", pgettext_lazy("submission", "Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Withdrawn becomes accepted where it was on its way already: what the database holds is said.
SUBMISSION_MOVES: dict[SubmissionState, frozenset[SubmissionState]] = {
    SubmissionState.OWED: frozenset({SubmissionState.SENT, SubmissionState.REFUSED, SubmissionState.WITHDRAWN}),
    SubmissionState.SENT: frozenset(),
    SubmissionState.REFUSED: frozenset({SubmissionState.OWED, SubmissionState.WITHDRAWN}),
    SubmissionState.WITHDRAWN: frozenset({SubmissionState.SENT}),
}
SUBMISSION_TONE: dict[SubmissionState, str] = {
    SubmissionState.OWED: "caution",
    SubmissionState.SENT: "ok",
    SubmissionState.REFUSED: "critical",
    SubmissionState.WITHDRAWN: "neutral",
}


class AppealState(models.TextChoices):
    FILED = "filed", _("Filed")
    IN_REVIEW = "in_review", _("Being read")
    UPHELD = "upheld", _("Decision stands")
    PARTLY_OVERTURNED = "partly_overturned", _("Overturned in part")
    OVERTURNED = "overturned", _("Overturned")
    INADMISSIBLE = "inadmissible", _("Not admissible")
    WITHDRAWN = "withdrawn", _("Withdrawn by the merchant")


APPEAL_MOVES: dict[AppealState, frozenset[AppealState]] = {
    AppealState.FILED: frozenset({AppealState.IN_REVIEW, AppealState.WITHDRAWN}),
    AppealState.IN_REVIEW: frozenset(
        {
            AppealState.FILED,
            AppealState.UPHELD,
            AppealState.PARTLY_OVERTURNED,
            AppealState.OVERTURNED,
            AppealState.INADMISSIBLE,
            AppealState.WITHDRAWN,
        }
    ),
    AppealState.UPHELD: frozenset(),
    AppealState.PARTLY_OVERTURNED: frozenset(),
    AppealState.OVERTURNED: frozenset(),
    AppealState.INADMISSIBLE: frozenset(),
    AppealState.WITHDRAWN: frozenset(),
}
APPEAL_TONE: dict[AppealState, str] = {
    AppealState.FILED: "caution",
    AppealState.IN_REVIEW: "info",
    AppealState.UPHELD: "neutral",
    AppealState.PARTLY_OVERTURNED: "ok",
    AppealState.OVERTURNED: "ok",
    AppealState.INADMISSIBLE: "neutral",
    AppealState.WITHDRAWN: "neutral",
}
OPEN_APPEALS = frozenset({AppealState.FILED, AppealState.IN_REVIEW})
WON_APPEALS = frozenset({AppealState.OVERTURNED, AppealState.PARTLY_OVERTURNED})


class AppealChannel(models.TextChoices):
    PAGE = "page", _("Merchant's page")
    API = "api", _("API")
    ON_BEHALF = "on_behalf", _("Entered on the merchant's behalf")


class ItemOutcome(models.TextChoices):
    UPHELD = "upheld", _("Stands")
    OVERTURNED = "overturned", _("Overturned")
