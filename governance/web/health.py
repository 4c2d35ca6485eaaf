"""For whoever runs the product: is this process alive, can it do its work, and its figures."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from kombu.exceptions import OperationalError
from redis import RedisError

from governance.celery import app

BROKER_WITHIN = 3.0  # seconds


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked: a database that is down is no reason to start the web anew."""
    return JsonResponse({"web": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether a request can be served and its work handed on. Says which part fails, not why: that is in the log."""
    parts = {"database": _database, "cache": _cache, "broker": _broker}
    found = {name: "ok" if _answers(ask) else "no answer" for name, ask in parts.items()}
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures for the bearer of METRICS_TOKEN; without such a token for nobody."""
    wanted, given = settings.METRICS_TOKEN, request.headers.get("Authorization", "")
    if not wanted or not secrets.compare_digest(given.encode(), f"Bearer {wanted}".encode()):
        return HttpResponseForbidden("METRICS_TOKEN is needed.\n", content_type="text/plain")
    answer: HttpResponse = ExportToDjangoView(request)
    return answer


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (DatabaseError, RedisError, OperationalError, OSError):
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    cache.get("health")


def _broker() -> None:
    with app.connection_for_write(connect_timeout=BROKER_WITHIN) as link:
        link.ensure_connection(max_retries=1, timeout=BROKER_WITHIN)
