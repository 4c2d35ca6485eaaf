"""An act on many cases in Chromium: every state in both themes. An act from its filter to its undoing is in a team lead's hour."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from governance.accounts.models import User
from investigations.domain import bulk, claims
from investigations.enums import BulkState, BulkVerb
from investigations.models import Case
from tests.investigations.at_once import waiting
from tests.investigations.at_once.acts import run_all
from tests.investigations.views.desk import address

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_state_is_readable(
    page_of: Callable[..., Page],
    check_accessibility: Callable[[Page], None],
    tess: User,
    sana: User,
    kim: User,
    settings: object,
) -> None:
    settings.SECOND_PERSON_LISTINGS = 2  # type: ignore[attr-defined]
    found = waiting.cases(3, at=timezone.now() - timedelta(hours=1))
    claims.claim(case=found[0], person=kim, at=timezone.now())
    chosen, at = Case.objects.all(), timezone.now()
    run = bulk.prepare(verb=BulkVerb.CLOSE, params={}, rows=chosen, actor=tess, reason="A faulty term", at=at)
    first, second = page_of(tess), page_of(sana, color_scheme="dark", reduced_motion="reduce")
    for state in (BulkState.PREPARED, BulkState.HELD, BulkState.FINISHED):
        if state == BulkState.HELD:
            bulk.begin(run=run, rows=chosen, typed=None, actor=tess, at=at)
        elif state == BulkState.FINISHED:
            run_all(bulk.approve(run=run, actor=sana, at=at))
        for page in (first, second):
            page.goto(address("bulk", run.pk))
            check_accessibility(page)
    first.goto(address("bulks"))
    check_accessibility(first)
