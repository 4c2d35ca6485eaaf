from enforcement.models.appeal import Appeal, AppealFile, AppealItem, AppealMove
from enforcement.models.decision import Decision, DecisionItem, DecisionMove, ItemReversal, PointEntry, Restriction
from enforcement.models.delivery import Delivery, DeliveryAttempt, DeliveryEvent, WebhookEndpoint
from enforcement.models.ladder import Ladder, LadderMove, LadderStep, LadderStepMove
from enforcement.models.message import Message, Statement
from enforcement.models.recheck import Recheck
from enforcement.models.snapshot import CatalogueSnapshot
from enforcement.models.sweep import Chunk, Sweep, SweepMove, SweepPolicy
from enforcement.models.transparency import TransparencyReconciliation, TransparencySubmission, TransparencyTry
from enforcement.models.violation import Violation
from enforcement.models.waiting import Deadline, SecondWord

__all__ = [
    "Appeal",
    "AppealFile",
    "AppealItem",
    "AppealMove",
    "CatalogueSnapshot",
    "Chunk",
    "Deadline",
    "Decision",
    "DecisionItem",
    "DecisionMove",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryEvent",
    "ItemReversal",
    "Ladder",
    "LadderMove",
    "LadderStep",
    "LadderStepMove",
    "Message",
    "PointEntry",
    "Recheck",
    "Restriction",
    "SecondWord",
    "Statement",
    "Sweep",
    "SweepMove",
    "SweepPolicy",
    "TransparencyReconciliation",
    "TransparencySubmission",
    "TransparencyTry",
    "Violation",
    "WebhookEndpoint",
]
