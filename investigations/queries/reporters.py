"""Reporters and how right they were: the share of what was acted upon, with what is certain about it, and who calls for a step."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet

from governance.accounts.permissions import Anyone
from governance.web.shares import Bounds, wilson
from investigations import permissions
from investigations.enums import ENDED_NOTICES, JUDGED_NOTICES, NoticeState, ReporterState
from investigations.models import NoticeItem, NoticeMail, Reporter, ReporterMove

LOOKED_AT = timedelta(days=180)
"""Misuse is judged by what was sent lately, accuracy by everything."""
OFTEN, SHARE = 3, 0.2
"""So many manifestly unfounded reports, and certainly more than this share of those judged, call for a person's step."""


@dataclass(frozen=True)
class Record:
    """What became of what somebody reported. `unfounded` and `lately` are of the last 180 days, or since the last step."""

    sent: int = 0
    judged: int = 0
    acted: int = 0
    unfounded: int = 0
    lately: int = 0
    last_at: datetime | None = None

    @property
    def share(self) -> float | None:
        return self.acted / self.judged if self.judged else None

    @property
    def bounds(self) -> Bounds:
        return wilson(self.acted, self.judged)

    @property
    def calls_for_step(self) -> bool:
        return self.unfounded >= OFTEN and wilson(self.unfounded, self.lately).low > SHARE


NOTHING = Record()


def visible(user: Anyone) -> QuerySet[Reporter]:
    rows = Reporter.objects.select_related("user__api_key")
    return rows if permissions.can_read_reporters(user) else rows.none()


def records(of: Iterable[Reporter], *, at: datetime) -> Mapping[int, Record]:
    """By reporter, in two queries. Those who never reported anything have none."""
    return _records([reporter.pk for reporter in of], at=at)


def called_for(*, at: datetime) -> list[int]:
    """Keys of reporters whose numbers call for a warning or, after one, a suspension."""
    unfounded = NoticeItem.objects.filter(unfounded=True, received_at__gte=at - LOOKED_AT)
    often = unfounded.order_by().values("notice__reporter").annotate(count=Count("pk")).filter(count__gte=OFTEN)
    keys = [key for key in often.values_list("notice__reporter", flat=True) if key]
    suspended = set(Reporter.objects.filter(pk__in=keys, state=ReporterState.SUSPENDED).values_list("pk", flat=True))
    found = _records(keys, at=at)
    return sorted(key for key, record in found.items() if record.calls_for_step and key not in suspended)


def moves(reporter: Reporter) -> list[ReporterMove]:
    """The newest first."""
    return list(reporter.moves.select_related("actor").order_by("-moved_at", "-pk"))


def mails(reporter: Reporter) -> list[NoticeMail]:
    """How they were told of them, the newest first."""
    return list(reporter.mails.order_by("-pk"))


def _records(keys: list[int], *, at: datetime) -> dict[int, Record]:
    rows = ReporterMove.objects.filter(reporter__in=keys).values("reporter").order_by()
    steps = dict(rows.annotate(last=Max("moved_at")).values_list("reporter", "last"))
    judged = Q(state__in=sorted(JUDGED_NOTICES - {NoticeState.APPEALED}))
    lately = Q(received_at__gte=at - LOOKED_AT)
    for key, last in steps.items():
        lately &= ~Q(notice__reporter=key) | Q(received_at__gte=last)
    ended = Q(state__in=sorted(ENDED_NOTICES), unfounded=True)
    counted = NoticeItem.objects.filter(notice__reporter__in=keys).values("notice__reporter").order_by()
    counted = counted.annotate(
        sent=Count("pk"),
        judged=Count("pk", filter=judged),
        acted=Count("pk", filter=Q(state=NoticeState.ACTED)),
        unfounded=Count("pk", filter=ended & lately),
        lately=Count("pk", filter=judged & lately),
        last_at=Max("received_at"),
    )
    fields = ("sent", "judged", "acted", "unfounded", "lately", "last_at")
    return {key: Record(*row) for key, *row in counted.values_list("notice__reporter", *fields)}
