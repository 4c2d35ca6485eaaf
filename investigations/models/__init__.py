from investigations.models.arranging import CaseLink, Question, Snooze, Telling, Watch
from investigations.models.canned import CannedReason, CannedText, CannedUse
from investigations.models.case import Case, CaseItem, CaseMove
from investigations.models.claim import CaseDecision, Claim, Skip
from investigations.models.consumers import ConsumerAcknowledgement, ConsumerMove, ConsumerNotice, ConsumerPart
from investigations.models.file import Evidence, Note
from investigations.models.link import LinkGroup, LinkRisk
from investigations.models.notice import Notice, NoticeFile, NoticeItem, NoticeMail, NoticeMove
from investigations.models.order import AuthorityOrder, OrderItem, OrderMove
from investigations.models.order_paper import OrderCheck, OrderFile, OrderHandover, OrderLetter
from investigations.models.quality import (
    Calibration,
    CalibrationItem,
    CalibrationVerdict,
    Draw,
    GoldenCase,
    GoldenReading,
    Precedent,
    QualityPlan,
    SecondReview,
    SecondVerdict,
)
from investigations.models.queue import Queue, QueueFigures, Rerouting
from investigations.models.recall import (
    RecallAlert,
    RecallImport,
    RecallKey,
    RecallMark,
    RecallMatch,
    RecallMatchMove,
    RecallVersion,
)
from investigations.models.reporter import Reporter, ReporterMove, ReporterRight
from investigations.models.skills import Absence, Skills

__all__ = [
    "Absence",
    "AuthorityOrder",
    "Calibration",
    "CalibrationItem",
    "CalibrationVerdict",
    "CannedReason",
    "CannedText",
    "CannedUse",
    "Case",
    "CaseDecision",
    "CaseItem",
    "CaseLink",
    "CaseMove",
    "Claim",
    "ConsumerAcknowledgement",
    "ConsumerMove",
    "ConsumerNotice",
    "ConsumerPart",
    "Draw",
    "Evidence",
    "GoldenCase",
    "GoldenReading",
    "LinkGroup",
    "LinkRisk",
    "Note",
    "Notice",
    "NoticeFile",
    "NoticeItem",
    "NoticeMail",
    "NoticeMove",
    "OrderCheck",
    "OrderFile",
    "OrderHandover",
    "OrderItem",
    "OrderLetter",
    "OrderMove",
    "Precedent",
    "QualityPlan",
    "Question",
    "Queue",
    "QueueFigures",
    "RecallAlert",
    "RecallImport",
    "RecallKey",
    "RecallMark",
    "RecallMatch",
    "RecallMatchMove",
    "RecallVersion",
    "Reporter",
    "ReporterMove",
    "ReporterRight",
    "Rerouting",
    "SecondReview",
    "SecondVerdict",
    "Skills",
    "Skip",
    "Snooze",
    "Telling",
    "Watch",
]
