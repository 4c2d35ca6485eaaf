from investigations.models.case import Case, CaseItem, CaseMove, Queue
from investigations.models.claim import CaseDecision, Claim, Skip
from investigations.models.consumers import ConsumerAcknowledgement, ConsumerMove, ConsumerNotice, ConsumerPart
from investigations.models.file import Evidence, Note
from investigations.models.notice import Notice, NoticeMail, NoticeMove
from investigations.models.recall import (
    RecallAlert,
    RecallImport,
    RecallKey,
    RecallMark,
    RecallMatch,
    RecallMatchMove,
    RecallVersion,
)

__all__ = [
    "Case",
    "CaseDecision",
    "CaseItem",
    "CaseMove",
    "Claim",
    "ConsumerAcknowledgement",
    "ConsumerMove",
    "ConsumerNotice",
    "ConsumerPart",
    "Evidence",
    "Note",
    "Notice",
    "NoticeMail",
    "NoticeMove",
    "Queue",
    "RecallAlert",
    "RecallImport",
    "RecallKey",
    "RecallMark",
    "RecallMatch",
    "RecallMatchMove",
    "RecallVersion",
    "Skip",
]
