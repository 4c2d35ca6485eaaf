from investigations.models.arranging import CaseLink, Question, Snooze, Telling, Watch
from investigations.models.canned import CannedReason, CannedText, CannedUse
from investigations.models.case import Case, CaseItem, CaseMove, Queue
from investigations.models.claim import CaseDecision, Claim, Skip
from investigations.models.file import Evidence, Note
from investigations.models.notice import Notice, NoticeMail, NoticeMove

__all__ = [
    "CannedReason",
    "CannedText",
    "CannedUse",
    "Case",
    "CaseDecision",
    "CaseItem",
    "CaseLink",
    "CaseMove",
    "Claim",
    "Evidence",
    "Note",
    "Notice",
    "NoticeMail",
    "NoticeMove",
    "Question",
    "Queue",
    "Skip",
    "Snooze",
    "Telling",
    "Watch",
]
