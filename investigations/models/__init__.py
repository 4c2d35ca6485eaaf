from investigations.models.case import Case, CaseItem, CaseMove, Queue
from investigations.models.claim import CaseDecision, Claim, Skip
from investigations.models.file import Evidence, Note
from investigations.models.link import LinkGroup, LinkRisk
from investigations.models.notice import Notice, NoticeMail, NoticeMove

__all__ = [
    "Case",
    "CaseDecision",
    "CaseItem",
    "CaseMove",
    "Claim",
    "Evidence",
    "LinkGroup",
    "LinkRisk",
    "Note",
    "Notice",
    "NoticeMail",
    "NoticeMove",
    "Queue",
    "Skip",
]
