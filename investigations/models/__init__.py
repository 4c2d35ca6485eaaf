from investigations.models.case import Case, CaseDecision, CaseItem, CaseMove, Claim, Queue, Skip
from investigations.models.file import Evidence, Note

__all__ = ["Case", "CaseDecision", "CaseItem", "CaseMove", "Claim", "Evidence", "Note", "Queue", "Skip"]
