"""How verbs on notices are written into the log: nothing of the reporter, nor of their words."""

from collections.abc import Sequence
from datetime import datetime

from governance.accounts.models import User
from governance.audit.domain import entries
from investigations.models import Notice, NoticeItem


def record(
    verb: str, notice: Notice, items: Sequence[NoticeItem], actor: User | None, at: datetime, **data: object
) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        actor_label="" if actor else "reporter",
        subject_kind="notice",
        subject_id=notice.pk,
        subject_ref=notice.reference,
        data={"listings": [item.listing_id for item in items], **data},
        at=at,
    )
