"""Answering an appeal from its page: the answer itself, and what it was written with."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from enforcement.domain import appeals
from enforcement.enums import ItemOutcome
from enforcement.models import Appeal
from governance.accounts.models import User
from investigations.domain import canned as reasons


@transaction.atomic
def decide(
    *,
    appeal: Appeal,
    outcomes: Mapping[int, ItemOutcome],
    answer: str,
    actor: User,
    at: datetime,
    canned: Collection[int] = (),
) -> None:
    """`appeals.decide`, which refuses what it refuses; `canned` are the texts, by key, that were put into the answer."""
    appeals.decide(appeal=appeal, outcomes=outcomes, answer=answer, actor=actor, at=at)
    reasons.count(texts=canned, used_for=appeal.reference, actor=actor, at=at)
