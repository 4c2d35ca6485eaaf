"""What people are told in the console: rows of their inbox, written in the transaction of what they tell of. No mail."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction

from governance.accounts.models import User
from investigations.enums import News
from investigations.models import Case, Note, Telling, Watch

TOLD_TO_WATCHERS = frozenset(
    {
        "case.items_added",
        "case.reported",
        "case.items_corrected",
        "case.decided",
        "case.decision_undone",
        "case.resolved",
        "case.held",
        "case.handed",
        "case.handed_back",
        "case.noted",
        "case.evidence_added",
        "case.merged",
        "case.merge_undone",
        "case.took_in",
        "case.split",
        "case.linked",
        "case.reopened",
        "case.snoozed",
        "case.woken",
        "case.asked",
        "case.answered",
    }
)
"""The log's verbs that say something about a case; that somebody took it or gave it back does not."""


def tell(
    *,
    people: Iterable[User],
    kind: News,
    case: Case,
    actor: User | None,
    at: datetime,
    text: str = "",
    note: Note | None = None,
) -> None:
    """Tell each of them once. Nobody is told what they did themselves."""
    keys = {person.pk for person in people} - {actor.pk if actor else None}
    Telling.objects.bulk_create(
        [
            Telling(person_id=key, kind=kind, case=case, actor=actor, note=note, text=text, told_at=at)
            for key in sorted(keys)
        ]
    )


def watchers(
    verb: str, words: Mapping[int, str], *, actor: User | None, at: datetime, but: Iterable[User] = ()
) -> None:
    """Tell those who watch these cases, by key, what happened to them, with what was said; but not who is told of it otherwise."""
    if verb not in TOLD_TO_WATCHERS:
        return
    watching = Watch.objects.filter(case__in=list(words), person__is_active=True).exclude(person=actor)
    watching = watching.exclude(person__in=list(but)).order_by("id")
    Telling.objects.bulk_create(
        [
            Telling(
                person_id=each.person_id, kind=News.WATCHED, case_id=each.case_id, actor=actor, verb=verb,
                text=words[each.case_id], told_at=at,
            )
            for each in watching
        ]
    )  # fmt: skip


@transaction.atomic
def mark_read(*, person: User, ids: Collection[int] | None = None, at: datetime) -> int:
    """These lines of the person's own inbox (None: all) are read; returns how many were not."""
    unread = Telling.objects.filter(person=person, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=at)


@transaction.atomic
def read_about(*, person: User, case: Case, at: datetime) -> int:
    """Whoever opens a case has read what was told of it."""
    return Telling.objects.filter(person=person, case=case, read_at=None).update(read_at=at)
