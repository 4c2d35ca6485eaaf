"""The merchant's account by a signed link, without signing in: how they stand, what is open, what was decided."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from enforcement.domain import links
from enforcement.enums import OPEN_APPEALS, STANDING_DECISIONS
from enforcement.language.words import Words
from enforcement.models import Appeal, Decision
from enforcement.queries import accounts
from enforcement.queries.accounts import Matter
from enforcement.queries.health import Health
from enforcement.views import letter, throttle
from enforcement.views.statement import apology, frame
from governance.web import charts, heat
from listings.models import Merchant

ROBOTS = "noindex, nofollow, noarchive"


@dataclass
class Account:
    """One merchant's account as they read it now."""

    merchant: Merchant
    words: Words
    valid_until: date
    now: datetime

    @property
    def languages(self) -> list[tuple[str, str]]:
        return letter.languages()

    @cached_property
    def health(self) -> Health | None:
        return accounts.health_of(self.merchant.pk, self.now)

    @property
    def verdict(self) -> str:
        names = {"ok": "good", "caution": "at_risk", "critical": "critical"}
        return self.words(f"account.{names[self.health.tone]}") if self.health else ""

    @property
    def gauge(self) -> heat.Gauge | None:
        return gauge(self.health, self.words("account.health")) if self.health else None

    @property
    def chart(self) -> charts.Chart | None:
        if self.health is None:
            return None
        return chart(
            self.health, title=self.words("account.history"), name=self.words("account.health"), words=self.words
        )

    @property
    def bound(self) -> tuple[str, datetime] | None:
        """What keeps all of the account from selling, in its words' key, and since when."""
        if self.merchant.terminated_at:
            return "account.closed_since", self.merchant.terminated_at
        return ("account.suspended_since", self.merchant.suspended_at) if self.merchant.suspended_at else None

    @cached_property
    def matters(self) -> list[Matter]:
        return accounts.matters(self.merchant, self.now)

    @property
    def cures(self) -> list[Matter]:
        return [each for each in self.matters if each.off]

    @cached_property
    def decisions(self) -> list[tuple[Decision, str, str, str]]:
        """With the link's token, the state in words, and its tone."""
        found = accounts.told(self.merchant.pk, self.now)[: accounts.MOST]
        return [(each, links.token_of(each), self.words(f"standing.{each.state}"), _tone(each)) for each in found]

    @cached_property
    def appeals(self) -> list[tuple[Appeal, str, str, bool]]:
        """With the token of the decision's link, the state in words, and whether an answer is awaited."""
        return [
            (each, links.token_of(each.decision), self.words(f"status.{each.state}"), each.state in OPEN_APPEALS)
            for each in accounts.appeals(self.merchant.pk)
        ]


def gauge(health: Health, label: str) -> heat.Gauge:
    bounds = (health.start * 0.4, health.start * 0.8)
    return heat.gauge(health.score, top=health.start, bounds=bounds, label=f"{label}: {health.score}")


def chart(health: Health, *, title: str, name: str, words: Words, width: int = 640, height: int = 200) -> charts.Chart:
    points = [
        charts.Point(label=words.day(moment), value=score, tick=words.day(moment) if index % 30 == 0 else "")
        for index, (moment, score) in enumerate(health.history)
    ]
    return charts.line_chart(
        title=title, unit=words("account.day"), series=[charts.Series(name, points)], width=width, height=height
    )


@require_safe
@never_cache
def account(request: HttpRequest, token: str) -> HttpResponse:
    """Counted, in the reader's language, kept from caches and search engines."""
    now = timezone.now()
    merchant, valid_until, expired = _load(token, now)
    default = merchant.language if merchant else translation.get_language_from_request(request)
    words = letter.words_of(request, default)
    with ExitStack() as stack:
        stack.enter_context(translation.override(words.language))
        stack.enter_context(timezone.override(UTC))
        if expired:
            response = apology(request, words, "expired", 410, section="account")
        elif merchant is None or valid_until is None:
            response = apology(request, words, "not_found", 404)
        elif throttle.exceeded(throttle.ACCOUNTS, token):
            response = apology(request, words, "throttled", 429)
        else:
            page = Account(merchant, words, valid_until, now)
            context = {"page": page, "words": words, **frame(words.language)}
            response = render(request, "enforcement/account.html", context)
    response["X-Robots-Tag"] = ROBOTS
    return response


def _load(token: str, now: datetime) -> tuple[Merchant | None, date | None, bool]:
    try:
        public_id, valid_until = links.account_of(token, now)
    except links.LinkBroken:
        return None, None, False
    except links.LinkExpired:
        return None, None, True
    return Merchant.objects.filter(public_id=public_id).first(), valid_until, False


def _tone(decision: Decision) -> str:
    return "caution" if decision.state in STANDING_DECISIONS else "neutral"
