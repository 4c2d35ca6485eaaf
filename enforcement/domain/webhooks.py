"""Endpoints of the marketplace: added, changed, paused, resumed, removed; secrets changed without a gap."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from enforcement import events
from enforcement.domain import outgoing, signatures
from enforcement.enums import CATALOGUE, ENDPOINT_MOVES, DeliveryState, EndpointState, EventType
from enforcement.models import Delivery, WebhookEndpoint
from enforcement.queries import deliveries as queries
from governance.accounts.models import User
from governance.audit.domain import entries
from governance.web.refusals import MoveRefused, Refusal

log = structlog.get_logger(__name__)


def create(
    *, name: str, url: str, types: Collection[EventType | str], actor: User, at: datetime
) -> tuple[WebhookEndpoint, str]:
    """An endpoint for what happens from now on; what was before it can be replayed. Returns its secret, for the only time."""
    name, url, wanted = _checked(name, url, types)
    try:
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.create(
                name=name,
                url=url,
                types=wanted,
                salt=signatures.new_salt(),
                after=queries.last_number(),
                next_try_at=at,
                created_by=actor,
                created_at=at,
            )
            record("webhook.created", endpoint, actor, at, {"url": url, "types": wanted})
    except IntegrityError:
        raise _taken() from None
    return endpoint, signatures.secret(endpoint.salt)


def change(
    *,
    endpoint: WebhookEndpoint,
    name: str,
    url: str,
    types: Collection[EventType | str],
    actor: User,
    at: datetime,
) -> WebhookEndpoint:
    """Also what is owed already goes to the new address; which events it gets holds for what happens from now on."""
    name, url, wanted = _checked(name, url, types)
    try:
        with transaction.atomic():
            locked = lock(endpoint)
            if locked.state == EndpointState.REMOVED:
                raise MoveRefused(_("%(name)s is removed. Add another one.") % {"name": locked.name})
            before = {"name": locked.name, "url": locked.url, "types": locked.types}
            locked.name, locked.url, locked.types = name, url, wanted
            locked.save(update_fields=["name", "url", "types"])
            after = {"name": name, "url": url, "types": wanted}
            record("webhook.changed", locked, actor, at, {"before": before, "after": after})
    except IntegrityError:
        raise _taken() from None
    return locked


@transaction.atomic
def pause(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> WebhookEndpoint:
    """Send nothing until it is resumed; what happens meanwhile is kept for then."""
    endpoint = _move(lock(endpoint), EndpointState.PAUSED)
    record("webhook.paused", endpoint, actor, at)
    return endpoint


@transaction.atomic
def pause_failing(*, endpoint: WebhookEndpoint, at: datetime) -> None:
    """Whoever looks after it must be told: it has refused everything for too long. Its row is locked by the caller."""
    if endpoint.state != EndpointState.ACTIVE:
        return
    endpoint.paused_by_failure = True
    _move(endpoint, EndpointState.PAUSED)
    since = endpoint.failing_since and endpoint.failing_since.isoformat()
    log.error("webhook_paused", endpoint=endpoint.pk, name=endpoint.name, failing_since=since)
    record("webhook.paused", endpoint, None, at, {"failing_since": since})


@transaction.atomic
def resume(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> WebhookEndpoint:
    """Go on where it stopped, with everything that happened meanwhile, and 72 hours for each of them."""
    endpoint = lock(endpoint)
    endpoint.paused_by_failure, endpoint.failures, endpoint.failing_since = False, 0, None
    endpoint.next_try_at = at
    _move(endpoint, EndpointState.ACTIVE)
    Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.OWED).update(next_try_at=at, first_tried_at=None)
    record("webhook.resumed", endpoint, actor, at)
    events.delivery_owed.send(WebhookEndpoint)
    events.endpoint_due.send(WebhookEndpoint, endpoint_id=endpoint.pk)
    return endpoint


@transaction.atomic
def remove(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> WebhookEndpoint:
    """For good: nothing more is sent, and what was sent stays readable. The name is free again."""
    endpoint = lock(endpoint)
    name, endpoint.name = endpoint.name, f"{endpoint.name[:45]} ({endpoint.pk})"
    _move(endpoint, EndpointState.REMOVED)
    record("webhook.removed", endpoint, actor, at, {"name": name, "url": endpoint.url})
    return endpoint


@transaction.atomic
def rotate(*, endpoint: WebhookEndpoint, actor: User, at: datetime) -> str:
    """A new secret, returned for the only time. For a while everything is signed with both."""
    endpoint = lock(endpoint)
    if endpoint.state == EndpointState.REMOVED:
        raise MoveRefused(_("%(name)s is removed. Add another one.") % {"name": endpoint.name})
    endpoint.old_salt, endpoint.salt = endpoint.salt, signatures.new_salt()
    endpoint.old_salt_until = at + timedelta(hours=settings.WEBHOOK_ROTATION_HOURS)
    endpoint.save(update_fields=["old_salt", "salt", "old_salt_until"])
    record("webhook.secret_rotated", endpoint, actor, at, {"old_until": endpoint.old_salt_until})
    return signatures.secret(endpoint.salt)


def try_all_now(*, endpoint: WebhookEndpoint, at: datetime) -> None:
    """It answers again: nothing waits for its own next try."""
    Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.OWED, next_try_at__gt=at).update(next_try_at=at)


def lock(endpoint: WebhookEndpoint) -> WebhookEndpoint:
    return WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)


def record(
    verb: str, endpoint: WebhookEndpoint, actor: User | None, at: datetime, data: Mapping[str, Any] | None = None
) -> None:
    entries.record(
        verb=verb,
        actor=actor,
        subject_kind="webhook",
        subject_id=endpoint.pk,
        subject_ref=endpoint.name,
        data=data,
        at=at,
    )


def _checked(name: str, url: str, types: Collection[EventType | str]) -> tuple[str, str, list[str]]:
    name, url = name.strip(), url.strip()
    if not name:
        raise Refusal(_("Give the endpoint a name by which you will know it."), errors={"name": _("Missing.")})
    try:
        outgoing.resolve(url)
    except outgoing.AddressRefused as refused:
        raise Refusal(str(refused), errors={"url": str(refused)}) from None
    wanted = {EventType(each) for each in types}
    return name, url, [] if wanted >= set(CATALOGUE) else sorted(each.value for each in wanted)


def _taken() -> Refusal:
    return Refusal(_("There is an endpoint with this name already."), errors={"name": _("Taken.")})


def _move(endpoint: WebhookEndpoint, to: EndpointState) -> WebhookEndpoint:
    """Check and write, with what belongs to the state. The row is locked. The only function that writes an endpoint's state."""
    was = EndpointState(endpoint.state)
    if to not in ENDPOINT_MOVES[was]:
        raise MoveRefused(
            _("%(name)s is “%(state)s” and cannot become “%(to)s”.")
            % {"name": endpoint.name, "state": was.label, "to": to.label}
        )
    endpoint.state = to
    endpoint.save(update_fields=["state", "name", "paused_by_failure", "failures", "failing_since", "next_try_at"])
    return endpoint
