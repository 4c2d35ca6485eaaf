"""Celery's edge of case work: one domain call each, safe to run twice. Beat runs them too, for what an event missed."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from enforcement.tasks import turn
from governance.web import formats, places
from investigations.domain import (
    bulk_work,
    cases,
    claims,
    consumers,
    figures,
    link_risk,
    looking,
    notice_answers,
    notice_cases,
    notice_mail,
    order_following,
    order_letters,
    photo_fetch,
    priorities,
    recall_fetch,
    recall_matching,
    reporters,
    resting,
    reviews,
    routing,
    sampling,
    search_runs,
    team,
    team_figures,
)
from investigations.queries import bulk, queues
from investigations.queries import notices as mail_to_reporters
from investigations.queries import orders as letters_of_orders

BULK_LANE, PHOTO_LANE = "bulk:{}", "photos"
MATCH_ASKED = "recalls:asked"
"""In the cache while a turn of matching is on its way."""


@shared_task
def open_owed() -> None:
    cases.open_owed(at=timezone.now())
    notice_cases.open_owed(at=timezone.now())


@shared_task
def settle_corrected() -> None:
    cases.settle_corrected(at=timezone.now())


@shared_task
def lapse_claims() -> None:
    claims.lapse_due(at=timezone.now())
    team.give_back_absent(at=timezone.now())


@shared_task
def route_again() -> None:
    routing.run(at=timezone.now())


@shared_task
def bulk_some(run_id: int) -> None:
    """One turn, then pass it on. A run that somebody is at is left alone."""
    with turn(BULK_LANE.format(run_id)) as mine:
        more = mine and bulk_work.run(run_id=run_id, clock=timezone.now)
    if more:
        bulk_some.delay(run_id)


@shared_task
def keep_bulk_going() -> None:
    """Hand out a turn where a message or a worker was lost."""
    for run_id in bulk.busy():
        bulk_some.delay(run_id)


@shared_task
def refresh_priorities() -> None:
    priorities.refresh(at=timezone.now())


@shared_task
def wake_cases() -> None:
    """What rests and is to wake, and what was kept for somebody long enough."""
    resting.wake_due(at=timezone.now())
    resting.free_kept(at=timezone.now())


@shared_task
def deliver_notice_mails() -> None:
    """What is owed to reporters, and what a lost message left undone."""
    notice_answers.follow_decided(at=timezone.now())
    notice_answers.answer_judged(at=timezone.now())
    for mail_id in mail_to_reporters.to_send(timezone.now()):
        deliver_notice_mail.delay(mail_id)


@shared_task
def follow_orders() -> None:
    """What became final upon orders of authorities, and the letters that are owed."""
    order_following.follow_all(at=timezone.now())
    for letter_id in letters_of_orders.to_send(timezone.now()):
        deliver_order_letter.delay(letter_id)


@shared_task
def deliver_order_letter(letter_id: int) -> None:
    order_letters.deliver(letter_id=letter_id, at=timezone.now())


@shared_task
def end_suspensions() -> None:
    reporters.end_suspensions(at=timezone.now())


@shared_task
def deliver_notice_mail(mail_id: int) -> None:
    notice_mail.deliver(mail_id=mail_id, at=timezone.now())


@shared_task
def draw_second_readings() -> None:
    now = timezone.now()
    reviews.drop_gone(at=now)
    sampling.draw_owed(at=now)


@shared_task
def count_for_the_rail() -> None:
    waiting, live = queues.rail_counts(figures.count(at=timezone.now()))
    places.set_count("queue", formats.number(waiting))
    places.set_count("cases", formats.number(live))


@shared_task
def count_team_days() -> None:
    """Days that are over, once each."""
    team_figures.count_owed(at=timezone.now())


@shared_task
def count_team_today() -> None:
    team_figures.count_today(at=timezone.now())


@shared_task
def reckon_links() -> None:
    link_risk.reckon(at=timezone.now())


@shared_task
def match_recalls() -> None:
    """Alerts that wait, then what is new in the catalogue; where either is left, another turn."""
    cache.delete(MATCH_ASKED)
    matched = recall_matching.match_owed(at=timezone.now())
    read = recall_matching.match_changed(at=timezone.now())
    if matched or read:
        match_recalls.delay()


@shared_task
def hand_over_consumers() -> None:
    consumers.hand_over_due(at=timezone.now())


@shared_task
def fetch_photos() -> None:
    """One turn at a time: slow servers of merchants take one worker, never all."""
    with turn(PHOTO_LANE) as mine:
        more = mine and photo_fetch.fetch_due(clock=timezone.now)
    if more:
        fetch_photos.delay()


@shared_task
def fetch_recalls() -> None:
    recall_fetch.fetch(at=timezone.now())


@shared_task
def forget_searches() -> None:
    search_runs.forget_old(at=timezone.now())


@shared_task
def forget_pictures_seen() -> None:
    looking.forget(at=timezone.now())
