"""Notices as people may read them: what waits, until when a reporter may appeal, who may not hear it."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from enforcement.enums import DecisionState, Origin
from enforcement.models import Decision
from enforcement.queries import deadlines
from governance.accounts.permissions import Anyone
from investigations import permissions
from investigations.enums import OPEN_NOTICES, NoticeState
from investigations.models import Notice, NoticeMail, NoticeMove

AT_ONCE = 500


def visible(user: Anyone) -> QuerySet[Notice]:
    """Notices about listings in the person's markets."""
    if not permissions.can_read_notices(user):
        return Notice.objects.none()
    rows = Notice.objects.select_related("listing__merchant", "decision")
    markets = permissions.markets(user)
    return rows if markets is None else rows.filter(listing__markets__overlap=list(markets))


def moves(notice: Notice) -> list[NoticeMove]:
    """The newest first."""
    return list(notice.moves.select_related("actor", "mail").order_by("-moved_at", "-pk"))


def closes_at(notice: Notice) -> datetime:
    """Until when the last decision that nothing is done may be appealed against: six months, to the end of that day."""
    decided = notice.moves.filter(to_state=NoticeState.NO_ACTION).order_by("-pk").values_list("moved_at", flat=True)
    return deadlines.end_of_day(deadlines.months_after(decided[:1].get().date(), deadlines.APPEAL_MONTHS))


def deciders(notice: Notice) -> frozenset[int]:
    """People who decided that nothing is done."""
    rows = notice.moves.filter(to_state=NoticeState.NO_ACTION, actor__isnull=False)
    return frozenset(rows.values_list("actor_id", flat=True))


def followed(notice: Notice) -> QuerySet[Decision]:
    """Decisions upon the notice that were not withdrawn before anybody was told."""
    rows = Decision.objects.filter(origin_kind=Origin.NOTICE, origin_ref=notice.reference)
    return rows.exclude(state=DecisionState.WITHDRAWN).order_by("pk")


def to_follow() -> list[Notice]:
    """Open notices upon which a decision was made that nothing holds any more."""
    told = Decision.objects.filter(origin_kind=Origin.NOTICE, origin_ref=OuterRef("reference")).exclude(
        state__in=[DecisionState.HELD, DecisionState.WITHDRAWN]
    )
    return list(Notice.objects.filter(Exists(told), state__in=sorted(OPEN_NOTICES)).order_by("pk"))


def to_send(at: datetime) -> list[int]:
    """Keys of mails that may be tried now, the longest waiting first."""
    rows = NoticeMail.objects.filter(sent_at=None, given_up_at=None, next_try_at__lte=at)
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:AT_ONCE])
