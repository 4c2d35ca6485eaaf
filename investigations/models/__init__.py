from investigations.models.case import Case, CaseItem, CaseMove
from investigations.models.claim import CaseDecision, Claim, Skip
from investigations.models.file import Evidence, Note
from investigations.models.notice import Notice, NoticeMail, NoticeMove
from investigations.models.queue import Queue, QueueFigures, Rerouting
from investigations.models.skills import Absence, Skills

__all__ = [
    "Absence",
    "Case",
    "CaseDecision",
    "CaseItem",
    "CaseMove",
    "Claim",
    "Evidence",
    "Note",
    "Notice",
    "NoticeMail",
    "NoticeMove",
    "Queue",
    "QueueFigures",
    "Rerouting",
    "Skills",
    "Skip",
]
