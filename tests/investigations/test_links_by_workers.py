"""Links found and risk reckoned by real workers, once, however many turns are handed out and whoever is killed."""

import pytest
from django.db import transaction
from django.utils import timezone

from investigations.models import LinkGroup, LinkRisk
from investigations.tasks import reckon_links
from listings.domain import link_marks, links, merchants
from listings.domain.merchants import IdentityDraft, MerchantDraft
from listings.enums import LinkStep
from listings.models import LinkOwed, Merchant, MerchantLink
from listings.tasks import find_links
from tests.fixtures.workers import Worker, forget

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.workers]
PAIRS = 4


def push() -> None:
    """Pairs who share a phone; the first of each is terminated."""
    at = timezone.now()
    drafts = [
        MerchantDraft(
            external_id=f"m{n}", name=f"m{n}", country="DE", identity=IdentityDraft(phone=f"030 55500{n // 2}")
        )
        for n in range(2 * PAIRS)
    ]
    merchants.write(drafts=drafts, at=at)
    Merchant.objects.filter(external_id__in=[f"m{n}" for n in range(0, 2 * PAIRS, 2)]).update(terminated_at=at)


def outcome() -> tuple[int, int, int]:
    return MerchantLink.objects.count(), LinkOwed.objects.count(), LinkGroup.objects.count()


def test_many_turns_find_each_link_once(worker: Worker) -> None:
    push()
    for _turn in range(5):
        find_links.delay()
    worker.settle()
    for _turn in range(3):
        reckon_links.delay()
    worker.settle()
    assert outcome() == (PAIRS, 0, PAIRS)
    assert sorted(LinkRisk.objects.values_list("risk", flat=True)) == [0.6] * PAIRS + [1.0] * PAIRS  # 0.75 × 0.8


def test_a_killed_workers_turn_is_found_again(worker: Worker) -> None:
    push()
    find_links.delay()
    worker.kill()
    forget()  # what the broker would give back in its own time
    worker.start()
    find_links.delay()  # as beat does
    worker.settle()
    assert outcome()[:2] == (PAIRS, 0)


def test_what_is_owed_while_a_turn_reads_stays_owed() -> None:
    push()
    with transaction.atomic():
        keys = list(Merchant.objects.values_list("pk", flat=True))
        rows = links._rows(keys, LinkStep.READ)
        link_marks.owe_reading(merchant_ids=keys[:1], due=timezone.now())
        assert LinkOwed.objects.exclude(pk__in=rows).count() == 1
