"""A marketplace, its merchant and its reviewers, with real workers and a clock that a test moves."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from enforcement.models import Message
from governance.accounts.domain import api_keys
from governance.accounts.enums import Role, Scope
from governance.accounts.models import User
from governance.celery import app
from governance.policies.enums import Measure
from governance.policies.models import Policy
from investigations.models import Case
from listings.models import Category
from tests.enforcement.ground import Ground
from tests.factories import cases as make
from tests.factories.cases import NOON
from tests.fixtures.clock import Clock
from tests.fixtures.workers import Worker

WITHIN = 45.0
"""Seconds of a busy machine."""
EVERY_MINUTE = [
    str(entry["task"])
    for entry in settings.CELERY_BEAT_SCHEDULE.values()
    if isinstance(entry["schedule"], int) and entry["schedule"] <= 60
]


class World:
    def __init__(
        self, worker: Worker, clock: Clock, server: LiveServer, page_of: Callable[..., Page], folder: Path
    ) -> None:
        self.worker, self.clock, self.server, self.page_of, self.folder = worker, clock, server, page_of, folder
        self.clock.to(NOON)
        self.ground = Ground()
        self.merchant = self.ground.merchant
        Category.objects.create(code="toys", names={"en": "Toys"})
        admin = make.person("ada", Role.ADMINISTRATOR)
        scopes = [Scope.LISTINGS_WRITE, Scope.LISTINGS_READ, Scope.EVENTS_READ, Scope.DECISIONS_READ]
        _key, secret = api_keys.create(name="marketplace", scopes=scopes, actor=admin, at=NOON)
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.shots = 0
        self.pages: list[Page] = []

    # --- the marketplace -------------------------------------------------------------------------

    def push(self, page: Page, listing: str, title: str) -> None:
        """As its merchant wrote it, over the API."""
        data = {"title": title, "category": "toys", "price": 24.9, "currency": "EUR", "language": "en"}
        path = f"{self.server.url}/api/v1/merchants/{self.merchant.external_id}/listings/{listing}"
        answer = page.request.put(path, data=data | {"markets": ["DE"]}, headers=self.headers)
        assert answer.ok, answer.text()

    def events(self, page: Page, *, last: str) -> list[dict[str, Any]]:
        """What the marketplace has been told so far, oldest first, once this is the `last` of it."""
        self.minute()

        def told() -> list[dict[str, Any]]:
            answer = page.request.get(f"{self.server.url}/api/v1/events", headers=self.headers)
            assert answer.ok, answer.text()
            found: list[dict[str, Any]] = answer.json()["events"]
            return found if found and found[-1]["type"] == last else []

        found: list[dict[str, Any]] = self.until(told, f"the event {last}")
        (self.folder / "events.json").write_text(json.dumps(found, indent=1))
        return found

    # --- time ------------------------------------------------------------------------------------

    def minute(self) -> None:
        """A minute passes, in which beat sends what it sends every minute."""
        self.forward(minutes=1)

    def forward(self, **by: float) -> None:
        """Time passes for the server, the workers and the browsers; then beat sends what it sends every minute."""
        self.clock.forward(**by)
        for page in self.pages:
            page.clock.set_system_time(timezone.now())
        for task in EVERY_MINUTE:
            app.send_task(task)

    def until(self, reached: Callable[[], Any], what: str) -> Any:
        """Wait for what the workers do."""
        end = time.monotonic() + WITHIN
        while not (found := reached()):
            if time.monotonic() > end:
                raise AssertionError(f"Not reached: {what}. The worker:\n{self.worker.log.read_text()[-3_000:]}")
            time.sleep(0.1)
        return found

    def sweep(self, cases: int) -> Case:
        """The sweep of the day finds what was pushed; the newest case."""
        app.send_task("enforcement.tasks.start_daily_sweep")
        self.until(lambda: Case.objects.count() >= cases, f"{cases} cases")
        return Case.objects.latest("pk")

    # --- people ----------------------------------------------------------------------------------

    def desk(self, person: User | None) -> Page:
        """A browser of their own, signed in; the merchant's without signing in."""
        page = self.page_of(person)
        page.clock.set_system_time(timezone.now())
        self.pages.append(page)
        return page

    def decide(self, page: Page, case: Case, *keys: str) -> None:
        """Take the case and decide it by keyboard: it violates, and this is to be done."""
        page.goto(f"/cases/{case.pk}/")
        page.keyboard.press("Enter")
        page.locator("#tally").wait_for()
        for key in ("1", *keys):
            page.keyboard.press(key)
        page.locator("#effect").wait_for()

    def letter(self, words: str) -> str:
        """The text of the newest mail to the merchant with these words, once it has gone out."""
        self.minute()

        def sent() -> Message | None:
            says = Q(subject__contains=words) | Q(text__contains=words)
            return Message.objects.filter(says, sent_at__isnull=False).order_by("-pk").first()

        return str(self.until(sent, f"the letter “{words}”").text)

    def shot(self, page: Page, name: str) -> None:
        self.shots += 1
        page.wait_for_load_state("networkidle")
        page.screenshot(path=self.folder / f"{self.shots:02}-{name}.png", full_page=True)


def link(text: str, room: str = "s") -> str:
    """The first link of a letter to the decision (s), or to the account (m)."""
    found = re.search(rf"\S+(/{room}/\S+)", text)
    assert found is not None, text
    return found[1]


@pytest.fixture
def world(worker: Worker, clock: Clock, live_server: LiveServer, page_of: Callable[..., Page], tmp_path: Path) -> World:
    cache.clear()
    return World(worker, clock, live_server, page_of, tmp_path)


@pytest.fixture
def magnets(world: World) -> Policy:
    """Reviewed by people: a title that names magnets."""
    return make.policy(
        "loose-magnets",
        rule='listing.title.contains("Magnet")',
        measures=(Measure.WARN, Measure.REMOVE, Measure.SUSPEND, Measure.TERMINATE),
        default=Measure.REMOVE,
    )
