"""Statements go to the Transparency Database: claimed and noted before they are sent, and repeated by what the answer means.

Accepted (201): done. Wrong (422): what is named is refused, the rest of the batch goes again at once. Number used (422): ours
if it went out before, else the statement gets another. Not known to the database (401, 403): everything waits. Busy, broken,
away: later, and later each time. A worker that dies between sending and noting leaves a try without an end, so that the
repetition finds its number used and knows it for its own.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from enforcement.domain.transparency import door, submissions
from enforcement.domain.transparency.door import Answer
from enforcement.enums import SubmissionState
from enforcement.language.transparency import BATCH_MOST
from enforcement.models import TransparencySubmission, TransparencyTry
from enforcement.queries import transparency as queries
from governance.web.refusals import MoveRefused

LEASE = timedelta(minutes=20)
"""How long claimed rows are left alone: longer than a task may take (CELERY_TASK_TIME_LIMIT)."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024))
"""Before the second try, the third, and so on. What is owed by law is never given up."""
ROUNDS = 2 * BATCH_MOST
"""Of one batch at most: each refuses one statement or gives one another number. What is left waits for its lease to end."""
CREATED, WRONG, TOO_LARGE = 201, 422, 413
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Attempt:
    row: TransparencySubmission
    noted: TransparencyTry


def send_due(*, at: datetime) -> bool:
    """Send what is due, a batch of it; returns whether there may be more. Safe to call at any time, any number of times."""
    if not queries.is_on() or queries.paused_until(at) is not None:
        return False
    attempts = _claim(at)
    full = len(attempts) == BATCH_MOST
    for _round in range(ROUNDS):
        if not attempts:
            break
        attempts = _after(door.send([each.row.payload for each in attempts]), attempts, at)
    return full


@transaction.atomic
def _claim(at: datetime) -> list[Attempt]:
    rows = list(queries.due(at).select_for_update(skip_locked=True)[:BATCH_MOST])
    TransparencySubmission.objects.filter(pk__in=[row.pk for row in rows]).update(
        attempts=F("attempts") + 1, next_try_at=at + LEASE
    )
    for row in rows:
        row.attempts += 1
    return _note(rows, at)


def _note(rows: Sequence[TransparencySubmission], at: datetime) -> list[Attempt]:
    noted = [TransparencyTry(submission=row, puid=row.puid, began_at=at) for row in rows]
    TransparencyTry.objects.bulk_create(noted)
    return [Attempt(row, one) for row, one in zip(rows, noted, strict=True)]


# --- what an answer means ------------------------------------------------------------------------


def _after(answer: Answer, sent: list[Attempt], at: datetime) -> list[Attempt]:
    """Note what became of these; returns those to be sent again at once. There are always fewer, or none."""
    if answer.status == CREATED:
        _accept(answer, sent, at)
        return []
    if answer.status == WRONG:
        return _objected(answer, sent, at)
    if answer.status == TOO_LARGE and len(sent) > 1:
        return _apart(sent, at)
    if answer.status in queries.REFUSED_TOKEN:
        log.error("transparency_database_refuses_our_token", status=answer.status, waiting=len(sent))
    for each in sent:
        _later(each, answer, at)
    return []


def _accept(answer: Answer, sent: Sequence[Attempt], at: datetime) -> None:
    body = answer.part("statements") or [answer.body]
    stored = {one["puid"]: one for one in body if isinstance(one, Mapping) and "puid" in one}
    for each in sent:
        _end(each, answer.status, "", at)
        _take(each, dict(stored.get(each.row.puid, {})), at)


def _objected(answer: Answer, sent: list[Attempt], at: datetime) -> list[Attempt]:
    errors = answer.part("errors")
    errors = errors if isinstance(errors, Mapping) else {}
    used = {*_texts(errors.get("existing_puids")), *_existing(answer)}
    if "puid" in errors and used:
        return _used(answer, sent, used, at)
    if len(sent) == 1:
        _refuse(sent[0], {str(field): _texts(said) for field, said in errors.items()}, answer, at)
        return []
    wrong = {place: each for place, each in enumerate(sent) if f"statement_{place}" in errors}
    for place, each in wrong.items():
        named = errors[f"statement_{place}"]
        said = {str(field): _texts(words) for field, words in named.items()} if isinstance(named, Mapping) else {}
        _refuse(each, said, answer, at)
    rest = [each for place, each in enumerate(sent) if place not in wrong]
    return rest if wrong else _apart(rest, at)


def _apart(sent: Sequence[Attempt], at: datetime) -> list[Attempt]:
    """An objection that names nothing of the batch: each is sent alone, so that it says what it means."""
    for each in sent:
        alone = [each]
        while alone:
            alone = _after(door.send([alone[0].row.payload]), alone, at)
    return []


def _used(answer: Answer, sent: Sequence[Attempt], used: set[str], at: datetime) -> list[Attempt]:
    """The numbers that are used already. What arrived before is ours and done; what never went out gets another number."""
    again = []
    for each in sent:
        if each.row.puid not in used:
            again.append(each)
            continue
        known = door.knows(each.row.puid)
        if known and queries.tried_before(each.row, each.noted):
            _end(each, answer.status, "It had arrived before.", at)
            _take(each, {}, at)
        elif known:
            _end(each, answer.status, "The number was used already.", at)
            again += _note([each.row], at) if submissions.renew(each.row) else []
        else:
            _later(each, answer, at)
    return again


def _refuse(each: Attempt, errors: dict[str, list[str]], answer: Answer, at: datetime) -> None:
    _end(each, answer.status, ", ".join(sorted(errors)) or answer.words, at)
    with suppress(MoveRefused):  # withdrawn meanwhile
        submissions.refused(each.row, errors=errors, error="" if errors else answer.words)


def _take(each: Attempt, stored: dict[str, Any], at: datetime) -> None:
    with suppress(MoveRefused):  # another worker has noted it already
        submissions.accepted(each.row, answer=stored, at=at)


def _later(each: Attempt, answer: Answer, at: datetime) -> None:
    """Wait longer each time; a refused token is nobody's fault here and is asked again as soon as sending goes on."""
    _end(each, answer.status, answer.words, at)
    steps = min(each.row.attempts, len(WAITS)) - 1
    wait = queries.TOKEN_PAUSE if answer.status in queries.REFUSED_TOKEN else WAITS[steps]
    owed = TransparencySubmission.objects.filter(pk=each.row.pk, state=SubmissionState.OWED)
    owed.update(next_try_at=at + wait, error=answer.words)


def _end(each: Attempt, status: int | None, outcome: str, at: datetime) -> None:
    TransparencyTry.objects.filter(pk=each.noted.pk).update(ended_at=at, status=status, outcome=outcome[:2_000])


def _existing(answer: Answer) -> list[str]:
    """The number that a single statement repeated."""
    found = answer.part("existing")
    return _texts(found.get("puid")) if isinstance(found, Mapping) else []


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
