"""Questions about an appeal and their answers, as both sides read them."""

from dataclasses import dataclass
from datetime import datetime

from enforcement.models import Appeal, AppealFile, Clarification, ClarificationAnswer


@dataclass(frozen=True)
class Turn:
    """One question with what came of it until `at`."""

    asked: Clarification
    at: datetime

    @property
    def answer(self) -> ClarificationAnswer | None:
        return getattr(self.asked, "answer", None)

    @property
    def files(self) -> list[AppealFile]:
        return list(self.answer.files.all()) if self.answer else []

    @property
    def waits(self) -> bool:
        return waits(self.asked, self.at)

    @property
    def missed(self) -> bool:
        return self.answer is None and not self.waits

    @property
    def late(self) -> bool:
        return self.answer is not None and self.answer.answered_at > self.asked.answer_by


def turns(appeal: Appeal, at: datetime) -> list[Turn]:
    """In the order in which they were asked."""
    rows = appeal.clarifications.select_related("answer__answered_by", "asked_by").prefetch_related("answer__files")
    return [Turn(row, at) for row in rows.order_by("number")]


def last(appeal: Appeal) -> Clarification | None:
    return appeal.clarifications.select_related("answer").order_by("-number").first()


def waits(asked: Clarification, at: datetime) -> bool:
    """Whether the merchant may still answer in time."""
    return not hasattr(asked, "answer") and at <= asked.answer_by
