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
    """Held is known to us alone; pending has been told to the merchant and takes effect unless it is corrected before."""

    HELD = "held", _("Held")
    PENDING = "pending", _("Takes effect later")
    IN_FORCE = "in_force", _("In force")
    PARTLY_REVERSED = "partly_reversed", _("Reversed in part")
    REVERSED = "reversed", _("Reversed")
    SUPERSEDED = "superseded", _("Replaced by a later decision")
    SETTLED = "settled", _("Settled: corrected")
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


class MessageKind(models.TextChoices):
    STATEMENT = "statement", _("Statement of reasons")
    APPEAL_RECEIVED = "appeal_received", _("Appeal received")
    APPEAL_DECIDED = "appeal_decided", _("Appeal decided")
    RESTORED = "restored", _("Restored")
    REMINDER = "reminder", _("Reminder")
    DEADLINE = "deadline", _("More time")
    IN_EFFECT = "in_effect", _("In effect")


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


class EventType(models.TextChoices):
    """What the marketplace is told. The values are a contract: docs/delivery.md."""

    DECISION_ANNOUNCED = "decision.announced", _("Decision announced")
    DECISION_ISSUED = "decision.issued", _("Decision issued")
    DECISION_REVERSED = "decision.reversed", _("Decision reversed")
    DECISION_UNDONE = "decision.undone", _("Decision undone")
    DECISION_SETTLED = "decision.settled", _("Decision settled")
    DECISION_EXPIRED = "decision.expired", _("Decision expired")
    DECISION_SUPERSEDED = "decision.superseded", _("Decision replaced")
    DECISION_WITHDRAWN = "decision.withdrawn", _("Decision withdrawn")
    VISIBILITY_CHANGED = "listing.visibility_changed", _("Visibility of a listing changed")
    RIGHTS_CHANGED = "merchant.rights_changed", _("What a merchant may do changed")
    APPEAL_FILED = "appeal.filed", _("Appeal filed")
    APPEAL_DECIDED = "appeal.decided", _("Appeal decided")
    APPEAL_WITHDRAWN = "appeal.withdrawn", _("Appeal withdrawn")
    TEST = "webhook.test", _("Test event")


CATALOGUE = tuple(each for each in EventType if each != EventType.TEST)
"""All that happens; a test goes only to the endpoint for which it was asked."""
# By the state's value: what a move into it means for the marketplace. A state that is not here means nothing to it.
DECISION_EVENTS: dict[str, EventType] = {
    "partly_reversed": EventType.DECISION_REVERSED,
    "reversed": EventType.DECISION_REVERSED,
    "settled": EventType.DECISION_SETTLED,
    "expired": EventType.DECISION_EXPIRED,
    "superseded": EventType.DECISION_SUPERSEDED,
}
APPEAL_EVENTS: dict[str, EventType] = {
    "upheld": EventType.APPEAL_DECIDED,
    "partly_overturned": EventType.APPEAL_DECIDED,
    "overturned": EventType.APPEAL_DECIDED,
    "inadmissible": EventType.APPEAL_DECIDED,
    "withdrawn": EventType.APPEAL_WITHDRAWN,
}


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    REMOVED = "removed", _("Removed")


ENDPOINT_MOVES: dict[EndpointState, frozenset[EndpointState]] = {
    EndpointState.ACTIVE: frozenset({EndpointState.PAUSED, EndpointState.REMOVED}),
    EndpointState.PAUSED: frozenset({EndpointState.ACTIVE, EndpointState.REMOVED}),
    EndpointState.REMOVED: frozenset(),
}
ENDPOINT_TONE: dict[EndpointState, str] = {
    EndpointState.ACTIVE: "ok",
    EndpointState.PAUSED: "caution",
    EndpointState.REMOVED: "neutral",
}


class DeliveryState(models.TextChoices):
    OWED = "owed", pgettext_lazy("delivery", "To be delivered")
    ACCEPTED = "accepted", pgettext_lazy("delivery", "Accepted")
    GIVEN_UP = "given_up", pgettext_lazy("delivery", "Given up")


# What was accepted or given up is owed again by a replay.
DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.OWED: frozenset({DeliveryState.ACCEPTED, DeliveryState.GIVEN_UP}),
    DeliveryState.ACCEPTED: frozenset({DeliveryState.OWED}),
    DeliveryState.GIVEN_UP: frozenset({DeliveryState.OWED}),
}
DELIVERY_TONE: dict[DeliveryState, str] = {
    DeliveryState.OWED: "caution",
    DeliveryState.ACCEPTED: "ok",
    DeliveryState.GIVEN_UP: "critical",
}
