"""Deliveries to webhooks: in rounds of one worker per endpoint, claimed before anything is sent, in order per subject.

A round takes the first that is owed of each subject, sends them over a few connections at once, and writes what came back.
A worker that dies leaves its claim to run out; one that was stopped for too long finds its round taken and writes nothing.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import delivery_events, outgoing, signatures, webhooks
from enforcement.domain.outgoing import Answer
from enforcement.enums import DELIVERY_MOVES, DeliveryState, EndpointState
from enforcement.models import Delivery, DeliveryAttempt, WebhookEndpoint
from enforcement.models.delivery import AILING
from enforcement.queries import deliveries as queries
from enforcement.queries.deliveries import Chosen
from governance.accounts.models import User
from governance.web.refusals import MoveRefused

CONNECTIONS = 8
MOST = 64
"""Deliveries of one round."""
LONGEST_WAIT, LONGEST_PROBE = timedelta(hours=6), timedelta(minutes=10)
GIVES_UP = timedelta(hours=72)
KEPT_BODY, KEPT_HEADERS, KEPT_VALUE = 4_000, 30, 300
UNTOLD = frozenset({"set-cookie", "authorization", "proxy-authenticate", "www-authenticate"})
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What one try brought. `answer` is None where the round's time was over before it."""

    delivery: Delivery
    began_at: datetime
    headers: dict[str, str]
    answer: Answer | None


def lease() -> timedelta:
    """How long a round may take before another worker counts this one as dead."""
    return timedelta(seconds=3 * settings.WEBHOOK_TIMEOUT + 5)


def run(*, endpoint_id: int, clock: Callable[[], datetime]) -> bool:
    """One round. Returns whether the next one should follow at once. Safe to call at any time, any number of times."""
    claimed = _claim(endpoint_id, clock())
    if claimed is None:
        return False
    endpoint, rows = claimed
    return _settle(endpoint, _send_all(endpoint, rows, clock), clock())


@transaction.atomic
def replay(*, endpoint: WebhookEndpoint, chosen: Chosen, actor: User, at: datetime) -> int:
    """Owe again everything from that point on; what is still owed stays as it is. Returns how many."""
    endpoint = _active(endpoint)
    again = list(queries.delivered(endpoint, chosen).select_for_update())
    for state in (DeliveryState.ACCEPTED, DeliveryState.GIVEN_UP):
        _move([row for row in again if row.state == state], DeliveryState.OWED, at=at)
    missing = queries.never_owed(endpoint, chosen).values_list("pk", "subject")
    fresh = [Delivery(endpoint=endpoint, event_id=pk, subject=subject, next_try_at=at) for pk, subject in missing]
    Delivery.objects.bulk_create(fresh, batch_size=2_000)
    count = len(again) + len(fresh)
    webhooks.record("webhook.replayed", endpoint, actor, at, {"events": count, "from": str(chosen)})
    events.endpoint_due.send(WebhookEndpoint, endpoint_id=endpoint.pk)
    return count


@transaction.atomic
def send_test(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> Delivery:
    """Owe this endpoint a test event; nobody else gets it."""
    endpoint = _active(endpoint)
    event = delivery_events.test(endpoint_id=endpoint.pk, at=at)
    delivery = Delivery.objects.create(endpoint=endpoint, event=event, subject=event.subject, next_try_at=at)
    webhooks.record("webhook.tested", endpoint, actor, at)
    events.endpoint_due.send(WebhookEndpoint, endpoint_id=endpoint.pk)
    return delivery


def _active(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    endpoint = webhooks.lock(endpoint)
    if endpoint.state != EndpointState.ACTIVE:
        raise MoveRefused(_("%(name)s is not active. Resume it first.") % {"name": endpoint.name})
    return endpoint


# --- claiming ------------------------------------------------------------------------------------


@transaction.atomic
def _claim(endpoint_id: int, at: datetime) -> tuple[WebhookEndpoint, list[Delivery]] | None:
    """The endpoint for this worker alone, and what to send. Committed before anything is sent."""
    rows = WebhookEndpoint.objects.select_for_update(no_key=True, skip_locked=True)
    endpoint = rows.filter(pk=endpoint_id, state=EndpointState.ACTIVE, next_try_at__lte=at).first()
    if endpoint is None or (endpoint.busy_until is not None and endpoint.busy_until > at):
        return None
    most = 1 if endpoint.refuses_everything else MOST
    due = list(queries.heads(endpoint, at)[:most])
    if not due:
        return None
    endpoint.round += 1
    endpoint.busy_until = at + lease()
    endpoint.save(update_fields=["round", "busy_until"])
    fresh = [row.pk for row in due if row.first_tried_at is None]
    Delivery.objects.filter(pk__in=fresh).update(first_tried_at=at)
    return endpoint, due


# --- sending -------------------------------------------------------------------------------------


def _send_all(endpoint: WebhookEndpoint, rows: Sequence[Delivery], clock: Callable[[], datetime]) -> list[Outcome]:
    """Side by side; what has not begun when the time of a round is over is left to the next one."""
    until = time.monotonic() + settings.WEBHOOK_TIMEOUT

    def send(row: Delivery) -> Outcome:
        began = clock()
        if time.monotonic() > until:
            return Outcome(row, began, {}, None)
        body = queries.body(row.event)
        headers = signatures.headers(endpoint, message_id=row.event.public_id, body=body, at=began)
        answer = outgoing.post(endpoint.url, body, headers, seconds=settings.WEBHOOK_TIMEOUT)
        return Outcome(row, began, headers, answer)

    with ThreadPoolExecutor(max_workers=min(CONNECTIONS, len(rows))) as pool:
        return list(pool.map(send, rows))


# --- what came of it -----------------------------------------------------------------------------


@transaction.atomic
def _settle(endpoint: WebhookEndpoint, outcomes: Sequence[Outcome], at: datetime) -> bool:
    locked = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
    if locked.round != endpoint.round:
        log.warning("webhook_round_lost", endpoint=endpoint.pk, round=endpoint.round)
        return False
    tried = [each for each in outcomes if each.answer is not None]
    DeliveryAttempt.objects.bulk_create([_attempt(each) for each in tried])
    keys = [each.delivery.pk for each in tried]
    Delivery.objects.filter(pk__in=keys).update(attempts=F("attempts") + 1)
    accepted = [each.delivery for each in tried if each.answer is not None and each.answer.accepted]
    failed = [each.delivery for each in tried if each.answer is not None and not each.answer.accepted]
    _move(accepted, DeliveryState.ACCEPTED, at=at)
    given_up = _put_off(failed, at)
    _note_health(locked, accepted=len(accepted), failed=len(failed), at=at)
    return bool(accepted or given_up) or len(tried) < len(outcomes)


def _put_off(failed: Sequence[Delivery], at: datetime) -> int:
    """Wait longer each time; after 72 hours it is given up, and the subject's next one is no longer held up by it.

    Returns how many were given up.
    """
    hopeless = [row for row in failed if row.first_tried_at is not None and at - row.first_tried_at >= GIVES_UP]
    _move(hopeless, DeliveryState.GIVEN_UP, at=at)
    for row in hopeless:
        log.error("webhook_given_up", delivery=row.pk, endpoint=row.endpoint_id, message=row.event.public_id)
    waits: dict[timedelta, list[int]] = defaultdict(list)
    for row in failed:
        if row not in hopeless:
            waits[_wait(row.attempts + 1, LONGEST_WAIT)].append(row.pk)
    for wait, keys in waits.items():
        Delivery.objects.filter(pk__in=keys).update(next_try_at=at + wait)
    return len(hopeless)


def _note_health(endpoint: WebhookEndpoint, *, accepted: int, failed: int, at: datetime) -> None:
    """One that refuses everything is asked ever less often, and paused after WEBHOOK_PAUSE_AFTER_HOURS."""
    was_ailing = endpoint.refuses_everything
    endpoint.busy_until, endpoint.next_try_at = None, at
    if accepted:
        endpoint.failures, endpoint.failing_since, endpoint.last_accepted_at = 0, None, at
        if was_ailing:
            webhooks.try_all_now(endpoint=endpoint, at=at)
    elif failed:
        endpoint.failures += failed
        endpoint.failing_since = endpoint.failing_since or at
        if endpoint.refuses_everything:
            endpoint.next_try_at = at + _wait(endpoint.failures - AILING + 1, LONGEST_PROBE)
    endpoint.save(update_fields=["busy_until", "next_try_at", "failures", "failing_since", "last_accepted_at"])
    long = timedelta(hours=settings.WEBHOOK_PAUSE_AFTER_HOURS)
    if endpoint.failing_since is not None and at - endpoint.failing_since >= long:
        webhooks.pause_failing(endpoint=endpoint, at=at)


def _wait(tries: int, longest: timedelta) -> timedelta:
    """Twice as long each time, a fifth more or less, so that many do not come back together."""
    seconds = min(settings.WEBHOOK_FIRST_WAIT * 2 ** min(tries - 1, 30), longest.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 -- when, not a secret


def _attempt(outcome: Outcome) -> DeliveryAttempt:
    answer = outcome.answer
    if answer is None:
        raise ValueError("nothing was tried")
    return DeliveryAttempt(
        delivery=outcome.delivery,
        number=outcome.delivery.attempts + 1,
        began_at=outcome.began_at,
        milliseconds=answer.milliseconds,
        request_headers=signatures.without_secrets(outcome.headers),
        status=answer.status,
        response_headers=_bounded(answer),
        response_body=_text(answer.body, outcome.headers["webhook-signature"]),
        error=answer.error,
    )


def _bounded(answer: Answer) -> dict[str, str]:
    kept = list(answer.headers.items())[:KEPT_HEADERS]
    return {name[:80]: "…" if name in UNTOLD else _clean(value)[:KEPT_VALUE] for name, value in kept}


def _text(body: bytes, signature: str) -> str:
    """The beginning, without the signatures that a receiver may have sent back."""
    text = _clean(body.decode("utf-8", "replace"))
    for each in signature.split():
        text = text.replace(each, "v1,…")
    return text[:KEPT_BODY]


def _clean(text: str) -> str:
    return text.replace("\x00", "�")


def _move(rows: Collection[Delivery], to: DeliveryState, *, at: datetime) -> None:
    """Check and write, under the lock of the endpoint's row. The only function that writes a delivery's state."""
    wrong = [row for row in rows if to not in DELIVERY_MOVES[DeliveryState(row.state)]]
    if wrong:
        raise MoveRefused(f"Delivery {wrong[0].pk} cannot go from {wrong[0].state} to {to}.")
    values: dict[str, object] = {"state": to, "accepted_at": at if to == DeliveryState.ACCEPTED else None}
    if to == DeliveryState.OWED:
        values |= {"next_try_at": at, "first_tried_at": None}
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(**values)
