"""Calibration: opened with listings to judge, judged by each alone, closed, and the outcome recorded."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from governance.accounts.models import User
from governance.audit.domain import entries
from governance.policies.models import Policy
from governance.web.refusals import MoveRefused, Refusal
from investigations.domain import precedents
from investigations.enums import Verdict
from investigations.models import Calibration, CalibrationItem, CalibrationVerdict
from investigations.queries import calibrations as queries

FEWEST, MOST = 3, 40
LONGEST = 4_000


class NothingToJudge(Refusal):
    """People have decided too little under the policy lately."""


@transaction.atomic
def open_session(*, title: str, policy: Policy, count: int, closes_on: date, actor: User, at: datetime) -> Calibration:
    """Draw listings that people have decided on lately and put them before the team again.

    Raises NothingToJudge with fewer than FEWEST.
    """
    if not title.strip():
        raise Refusal(_("Give the session a title: people read it in their list."))
    if not FEWEST <= count <= MOST:
        raise Refusal(_("A session has 3 to 40 listings."))
    if closes_on < at.date():
        raise Refusal(_("The day by which people judge lies in the past."))
    items = queries.worth_judging(policy, at=at, count=count)
    if len(items) < FEWEST:
        raise NothingToJudge(_("Fewer than 3 listings were decided by people under this policy in the last 90 days."))
    session = Calibration.objects.create(
        title=title.strip(), policy=policy, opened_by=actor, opened_at=at, closes_on=closes_on
    )
    CalibrationItem.objects.bulk_create([CalibrationItem(calibration=session, case_item=item) for item in items])
    _record("calibration.opened", session, actor, at, listings=len(items))
    return session


@transaction.atomic
def judge(*, session: Calibration, verdicts: Mapping[int, Verdict], actor: User, at: datetime) -> int:
    """Give or change one's verdicts while the session is open, by key of the item; returns how many now stand.

    Some may be left for later. Raises MoveRefused once it is closed.
    """
    session = _lock_open(session)
    known = set(session.items.filter(pk__in=verdicts).values_list("pk", flat=True))
    rows = [CalibrationVerdict(item_id=key, person=actor, verdict=verdicts[key], given_at=at) for key in sorted(known)]
    CalibrationVerdict.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["item", "person"], update_fields=["verdict", "given_at"]
    )
    _record("calibration.judged", session, actor, at, verdicts=len(rows))
    return CalibrationVerdict.objects.filter(item__calibration=session, person=actor).count()


@transaction.atomic
def close(*, session: Calibration, words: str, actor: User, at: datetime) -> Calibration:
    """End the judging: everybody sees what all said. `words` are what the session came to."""
    session = _lock_open(session)
    if len(words) > LONGEST:
        raise Refusal(_("What it came to has at most 4,000 characters."))
    session.closed_by, session.closed_at, session.words = actor, at, words.strip()
    session.save(update_fields=["closed_by", "closed_at", "words"])
    _record("calibration.closed", session, actor, at)
    return session


@transaction.atomic
def settle(
    *, item: CalibrationItem, verdict: Verdict, precedent: str, language: str, actor: User, at: datetime
) -> CalibrationItem:
    """Record what the session agreed on about one listing, once; `precedent`, where given, stands beside the guidance."""
    item = (
        CalibrationItem.objects.select_for_update(of=("self",))
        .select_related("calibration__policy", "case_item__listing")
        .get(pk=item.pk)
    )
    if item.calibration.closed_at is None:
        raise MoveRefused(_("People are still judging: close the session first."))
    if item.settled_at is not None:
        raise MoveRefused(_("The outcome about this listing is recorded already."))
    item.verdict, item.settled_by, item.settled_at = verdict, actor, at
    item.save(update_fields=["verdict", "settled_by", "settled_at"])
    if precedent.strip():
        precedents.write(
            policy=item.calibration.policy,
            listing=item.case_item.listing,
            words=precedent,
            verdict=verdict,
            language=language,
            calibration_item=item,
            actor=actor,
            at=at,
        )
    _record("calibration.settled", item.calibration, actor, at, item=item.pk, verdict=verdict.value)
    return item


def _lock_open(session: Calibration) -> Calibration:
    session = Calibration.objects.select_for_update().get(pk=session.pk)
    if session.closed_at is not None:
        raise MoveRefused(_("This session is closed. Its outcome stands below."))
    return session


def _record(verb: str, session: Calibration, actor: User, at: datetime, **data: object) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="calibration",
        subject_id=session.pk,
        subject_ref=session.title,
        data=data,
        at=at,
    )
