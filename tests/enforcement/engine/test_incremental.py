"""After whatever has happened, an incremental sweep leaves the violations that a full one would."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Max

from enforcement.domain import snapshots, sweep_work, sweeps
from enforcement.engine.snapshot import batches
from enforcement.enums import SweepKind, SweepState
from enforcement.models import CatalogueSnapshot, Sweep, Violation
from governance.accounts.models import User
from governance.policies.enums import Mode, Subject
from governance.policies.models import Policy, TermList, TermListVersion, Waiver
from listings.models import Category, Certificate, Listing, Merchant, MerchantWindow, TraderIdentity, WindowRefresh
from tests.enforcement.engine.conftest import active
from tests.factories.cases import NOON, listing, merchant

A_DAY = timedelta(days=1)
LONG_AGO = NOON - timedelta(days=400)
RULES = {
    "cheap": "listing.price < 5.0",
    "no-ce": '!listing.certificateValid("CE", now)',
    "ends-soon": 'merchant.certificates.exists(c, c.type == "LUCID" && c.validUntil < now + days(30))',
    "blades": 'listing.text.mentions("blades")',
    "new-and-dear": "listing.createdAt > now - days(7) && listing.price > 20.0",
    "unverified": "!merchant.traderVerified",
    "returned": "merchant.returnRate(30) > 0.2",
    "stale": "listing.attr.expires_on < now + days(30)",
    "young": "merchant.joinedAt > now - days(10)",
    "unreadable": "!listing.readableIn(market)",
}


@pytest.fixture
def policies(author: User, registers: dict[str, Category]) -> None:
    for slug, rule in RULES.items():
        active(slug, rule, author, mode=Mode.REVIEW, categories=["toys"] if slug == "no-ce" else [])
    active("identity", "!merchant.identityComplete", author, subject=Subject.MERCHANTS, mode=Mode.REVIEW)


@pytest.fixture
def shops(policies: None) -> list[Merchant]:
    made = [merchant(f"Shop {number}", created_at=LONG_AGO, joined_on=LONG_AGO.date()) for number in range(4)]
    Merchant.objects.update(changed_at=LONG_AGO)
    return made


@pytest.fixture
def offers(shops: list[Merchant], registers: dict[str, Category]) -> list[Listing]:
    return [
        listing(
            shops[number % 4],
            ("Bear", "Knife", "Lamp")[number % 3],
            category=registers[("toys", "tools")[number % 2]],
            markets=[("DE",), ("DE", "FR"), ("TR",)][number % 3],
            language=("de", "")[number % 2],
            price_minor=(199, 2_490, None)[number % 3],
            created_at=LONG_AGO,
            changed_at=LONG_AGO,
            change=number + 1,
        )
        for number in range(24)
    ]


class Shop:
    """What may happen on one day."""

    def __init__(self, chance: random.Random, author: User, at: datetime) -> None:
        self.chance, self.author, self.at = chance, author, at

    def happen(self, times: int) -> None:
        kinds: list[Callable[[], None]] = [
            self.listing_changed, self.listing_new, self.listing_ended, self.certificate_of_listing, self.certificate_of_merchant,
            self.merchant_changed, self.identity_verified, self.metrics, self.new_policy, self.policy_off, self.terms, self.waiver,
        ]  # fmt: skip
        for _nth in range(times):
            self.chance.choice(kinds)()

    def a_listing(self) -> Listing:
        return self.chance.choice(list(Listing.objects.order_by("pk")))

    def a_merchant(self) -> Merchant:
        return self.chance.choice(list(Merchant.objects.order_by("pk")))

    def day(self) -> Any:
        return (self.at + timedelta(days=self.chance.choice([-40, -2, 1, 3, 29, 31, 33, 90]))).date()

    def touch(self, one: Listing, **fields: Any) -> None:
        mark = (Listing.objects.aggregate(mark=Max("change"))["mark"] or 0) + 1
        changed = {"version": F("version") + 1, "change": mark, "changed_at": self.at}
        Listing.objects.filter(pk=one.pk).update(**fields, **changed)

    def listing_changed(self) -> None:
        prices = [199, 3_000, None]
        attributes = {"expires_on": self.day().isoformat()} if self.chance.random() < 0.5 else {}
        self.touch(self.a_listing(), price_minor=self.chance.choice(prices), attributes=attributes)

    def listing_new(self) -> None:
        category = self.chance.choice(list(Category.objects.order_by("pk")))
        made = listing(self.a_merchant(), "Dagger", category=category, price_minor=4_000, created_at=self.at)
        self.touch(made)

    def listing_ended(self) -> None:
        self.touch(self.a_listing(), state=self.chance.choice(["ended", "on_sale"]))

    def certificate_of_listing(self) -> None:
        one = self.a_listing()
        Certificate.objects.update_or_create(
            merchant_id=one.merchant_id,
            listing=one,
            type="CE",
            number="1",
            defaults={"valid_until": self.day(), "changed_at": self.at},
        )

    def certificate_of_merchant(self) -> None:
        Certificate.objects.update_or_create(
            merchant=self.a_merchant(),
            listing=None,
            type=self.chance.choice(["LUCID", "CE"]),
            number="1",
            defaults={"valid_until": self.day(), "changed_at": self.at},
        )

    def merchant_changed(self) -> None:
        Merchant.objects.filter(pk=self.a_merchant().pk).update(joined_on=self.day(), changed_at=self.at)

    def identity_verified(self) -> None:
        of = self.a_merchant()
        TraderIdentity.objects.update_or_create(merchant=of, defaults={"verified_on": self.day()})
        Merchant.objects.filter(pk=of.pk).update(changed_at=self.at)

    def metrics(self) -> None:
        MerchantWindow.objects.update_or_create(
            merchant=self.a_merchant(),
            days=30,
            defaults={"as_of": self.at.date(), "orders": 10, "returns": self.chance.choice([0, 5])},
        )
        WindowRefresh.objects.create(as_of=self.at.date(), ended_at=self.at)

    def new_policy(self) -> None:
        number = Policy.objects.count()
        active(f"made-{number}", f"listing.price > {number}.0", self.author, mode=Mode.REVIEW)

    def policy_off(self) -> None:
        one = self.chance.choice(list(Policy.objects.order_by("pk")))
        Policy.objects.filter(pk=one.pk).update(mode=self.chance.choice([Mode.REVIEW, Mode.ENFORCE, Mode.SHADOW]))

    def terms(self) -> None:
        of = TermList.objects.get(key="blades")
        words = self.chance.choice([["knife"], ["dagger"], ["knife", "lamp"]])
        number = of.versions.count() + 1
        of.current = TermListVersion.objects.create(
            term_list=of, number=number, terms={"en": words}, author=self.author, created_at=self.at
        )
        of.save(update_fields=["current"])

    def waiver(self) -> None:
        Waiver.objects.create(
            policy=self.chance.choice(list(Policy.objects.filter(subject=Subject.LISTINGS).order_by("pk"))),
            merchant=self.a_merchant(),
            owner=self.author,
            reason="agreed",
            proof="letter",
            starts_on=self.at.date(),
            ends_on=self.at.date() + timedelta(days=self.chance.choice([0, 2, 9])),
            created_at=self.at,
        )


def sweep(kind: SweepKind, at: datetime) -> Sweep:
    begun = sweeps.start(kind=kind, actor=None, reason="test", at=at)
    while sweep_work.run_next(sweep_id=begun.pk, at_once=2, clock=lambda: at):
        pass
    done = Sweep.objects.get(pk=begun.pk)
    assert done.state == SweepState.FINISHED
    return done


def found() -> list[tuple[Any, ...]]:
    rows = Violation.objects.filter(state="open").order_by("policy_id", "merchant_id", "listing_id")
    return [
        (*row[:4], tuple(row[4]))
        for row in rows.values_list("policy__slug", "merchant_id", "listing_id", "mode", "markets")
    ]


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is undone at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def watched(owner: Any, name: str) -> Iterator[list[Any]]:
    """What a function has returned meanwhile."""
    given: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        kept = getattr(owner, name)

        def called(*arguments: Any, **named: Any) -> Any:
            given.append(kept(*arguments, **named))
            return given[-1]

        patch.setattr(owner, name, called)
        yield given


@pytest.mark.parametrize("seed", range(7))
def test_it_agrees_with_a_full_sweep(offers: list[Listing], author: User, seed: int) -> None:
    chance = random.Random(seed)
    sweep(SweepKind.FULL, NOON)
    at = NOON
    for _day in range(4):
        at += timedelta(days=chance.choice([1, 2, 7]), hours=chance.randrange(12))
        Shop(chance, author, at).happen(chance.choice([0, 1, 4]))
        at += timedelta(hours=1)
        sweep(SweepKind.CHANGED, at)
        incremental = found()
        with undone():
            sweep(SweepKind.FULL, at)
            assert found() == incremental


@pytest.mark.parametrize("seed", range(6))
def test_a_full_sweep_over_an_older_snapshot_finds_the_same(
    offers: list[Listing], author: User, seed: int, settings: Any, tmp_path: Path
) -> None:
    """Whatever has happened since: what has changed is read from the tables, and a snapshot that knows other names not at all."""
    active("sharp", 'listing.title.matches("(?i)kn[i1]fe|dag+er")', author, mode=Mode.REVIEW)
    chance, at, served = random.Random(seed), NOON, 0
    for _day in range(4):
        settings.SNAPSHOT_DIR = tmp_path / "kept"
        while snapshots.make_next(at=at, rows=10):
            pass
        at += timedelta(hours=chance.randrange(1, 40))
        Shop(chance, author, at).happen(chance.choice([0, 1, 2]))
        at += timedelta(hours=1)
        with undone(), watched(batches, "batch") as given:
            sweep(SweepKind.FULL, at)
            over_snapshot = found()
        served += sum(batch is not None for batch in given)
        settings.SNAPSHOT_DIR = tmp_path / "none"
        sweep(SweepKind.FULL, at)
        assert found() == over_snapshot
    assert served


def test_files_that_the_database_does_not_know_of_are_not_read(
    offers: list[Listing], settings: Any, tmp_path: Path
) -> None:
    """As after it was restored: their changes are of another past."""
    settings.SNAPSHOT_DIR = tmp_path
    while snapshots.make_next(at=NOON):
        pass
    assert snapshots.serving() is not None
    CatalogueSnapshot.objects.all().delete()
    assert snapshots.serving() is None
    assert snapshots.due(at=NOON)


def test_a_certificate_that_expired_last_night_is_a_change(offers: list[Listing], author: User) -> None:
    """And only its listings are looked at, by the policies that wait for nothing else."""
    Policy.objects.exclude(slug="no-ce").update(mode=Mode.OFF)
    one = offers[0]
    Certificate.objects.create(
        merchant=one.merchant, listing=one, type="CE", valid_until=(NOON + A_DAY).date(), changed_at=LONG_AGO
    )
    sweep(SweepKind.FULL, NOON)
    assert one.pk not in {row[2] for row in found()}
    nightly = sweep(SweepKind.CHANGED, NOON + 2 * A_DAY)
    assert one.pk in {row[2] for row in found()}
    assert nightly.total == 1


def test_what_is_quiet_is_not_looked_at(offers: list[Listing]) -> None:
    Policy.objects.exclude(slug__in=["cheap", "blades", "no-ce"]).update(mode=Mode.OFF)
    sweep(SweepKind.FULL, NOON)
    assert sweep(SweepKind.CHANGED, NOON + timedelta(hours=1)).total == 0


def test_a_policy_that_has_changed_is_read_for_everything_and_the_others_are_not(
    offers: list[Listing], author: User
) -> None:
    Policy.objects.exclude(slug__in=["cheap", "blades"]).update(mode=Mode.OFF)
    sweep(SweepKind.FULL, NOON)
    Shop(random.Random(1), author, NOON).terms()
    after = sweep(SweepKind.CHANGED, NOON + timedelta(hours=1))
    reached = dict(after.policies.values_list("version__policy__slug", "everywhere"))
    assert (reached, after.total) == ({"cheap": False, "blades": True}, len(offers))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enforcement_chunk WHERE sweep_id = %s AND keys IS NOT NULL", [after.pk])
        assert cursor.fetchone() == (0,)
