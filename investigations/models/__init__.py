from investigations.models.arranging import CaseLink, Question, Snooze, Telling, Watch
from investigations.models.bulk import BulkMove, BulkPart, BulkRun
from investigations.models.canned import CannedReason, CannedText, CannedUse
from investigations.models.case import Case, CaseItem, CaseMove
from investigations.models.claim import CaseDecision, Claim, GridPage, Skip
from investigations.models.consumers import ConsumerAcknowledgement, ConsumerMove, ConsumerNotice, ConsumerPart
from investigations.models.file import Evidence, HandTranslation, Note
from investigations.models.investigation import (
    Collected,
    CollectedSearch,
    Custody,
    Finding,
    Investigation,
    InvestigationExhibit,
    InvestigationMember,
    InvestigationNote,
)
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
from investigations.models.search import SearchRun
from investigations.models.skills import Absence, Skills
from investigations.models.team import PersonDay, TeamDay, TeamFigure, TeamOutlook
from investigations.models.wellbeing import Break, HardPolicy, OwnLimits, PictureSeen, WellbeingRules

__all__ = [
    "Absence",
    "AuthorityOrder",
    "Break",
    "BulkMove",
    "BulkPart",
    "BulkRun",
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
    "Collected",
    "CollectedSearch",
    "ConsumerAcknowledgement",
    "ConsumerMove",
    "ConsumerNotice",
    "ConsumerPart",
    "Custody",
    "Draw",
    "Evidence",
    "Finding",
    "GoldenCase",
    "GoldenReading",
    "GridPage",
    "HandTranslation",
    "HardPolicy",
    "Investigation",
    "InvestigationExhibit",
    "InvestigationMember",
    "InvestigationNote",
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
    "OwnLimits",
    "PersonDay",
    "PictureSeen",
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
    "SearchRun",
    "SecondReview",
    "SecondVerdict",
    "Skills",
    "Skip",
    "Snooze",
    "TeamDay",
    "TeamFigure",
    "TeamOutlook",
    "Telling",
    "Watch",
    "WellbeingRules",
]
