from investigations.models.case import Case, CaseItem, CaseMove, Queue
from investigations.models.claim import CaseDecision, Claim, Skip
from investigations.models.file import Evidence, Note
from investigations.models.notice import Notice, NoticeFile, NoticeItem, NoticeMail, NoticeMove
from investigations.models.reporter import Reporter, ReporterMove, ReporterRight

__all__ = [
    "Case",
    "CaseDecision",
    "CaseItem",
    "CaseMove",
    "Claim",
    "Evidence",
    "Note",
    "Notice",
    "NoticeFile",
    "NoticeItem",
    "NoticeMail",
    "NoticeMove",
    "Queue",
    "Reporter",
    "ReporterMove",
    "ReporterRight",
    "Skip",
]
