from enforcement.models.appeal import Appeal, AppealDecision, AppealFile, AppealItem, AppealMove
from enforcement.models.decision import Decision, DecisionItem, DecisionMove, ItemReversal, PointEntry, Restriction
from enforcement.models.delivery import Delivery, DeliveryAttempt, DeliveryEvent, WebhookEndpoint
from enforcement.models.dispute import Dispute, DisputeBody, DisputeDocument, DisputeStep
from enforcement.models.hearing import AppealReminder, Clarification, ClarificationAnswer
from enforcement.models.ladder import Ladder, LadderMove, LadderStep, LadderStepMove
from enforcement.models.message import Message, Statement
from enforcement.models.ordered import OrderGround
from enforcement.models.recheck import Recheck
from enforcement.models.snapshot import CatalogueSnapshot
from enforcement.models.sweep import Chunk, Sweep, SweepMove, SweepPolicy
from enforcement.models.transparency import TransparencyReconciliation, TransparencySubmission, TransparencyTry
from enforcement.models.undo import Undo, UndoMove, UndoPart
from enforcement.models.violation import Violation
from enforcement.models.waiting import Deadline, SecondWord

__all__ = [
    "Appeal",
    "AppealDecision",
    "AppealFile",
    "AppealItem",
    "AppealMove",
    "AppealReminder",
    "CatalogueSnapshot",
    "Chunk",
    "Clarification",
    "ClarificationAnswer",
    "Deadline",
    "Decision",
    "DecisionItem",
    "DecisionMove",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryEvent",
    "Dispute",
    "DisputeBody",
    "DisputeDocument",
    "DisputeStep",
    "ItemReversal",
    "Ladder",
    "LadderMove",
    "LadderStep",
    "LadderStepMove",
    "Message",
    "OrderGround",
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
    "Undo",
    "UndoMove",
    "UndoPart",
    "Violation",
    "WebhookEndpoint",
]
