from enforcement.models.appeal import Appeal, AppealFile, AppealItem, AppealMove
from enforcement.models.decision import Decision, DecisionItem, DecisionMove, ItemReversal, PointEntry, Restriction
from enforcement.models.message import Message, Statement
from enforcement.models.snapshot import CatalogueSnapshot
from enforcement.models.sweep import Chunk, Sweep, SweepMove, SweepPolicy
from enforcement.models.transparency import TransparencyReconciliation, TransparencySubmission, TransparencyTry
from enforcement.models.violation import Violation

__all__ = [
    "Appeal",
    "AppealFile",
    "AppealItem",
    "AppealMove",
    "CatalogueSnapshot",
    "Chunk",
    "Decision",
    "DecisionItem",
    "DecisionMove",
    "ItemReversal",
    "Message",
    "PointEntry",
    "Restriction",
    "Statement",
    "Sweep",
    "SweepMove",
    "SweepPolicy",
    "TransparencyReconciliation",
    "TransparencySubmission",
    "TransparencyTry",
    "Violation",
]
