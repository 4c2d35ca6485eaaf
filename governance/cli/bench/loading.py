"""The whole catalogue into an empty database: what it refers to, merchants, listings; and its policies in force."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import make_dsn

from governance.cli.bench import policies
from governance.cli.bench.copying import Part, copy_blocks, copy_part
from governance.cli.bench.listings import STARTED, WRITTEN
from governance.cli.bench.merchants import AS_OF, count_for, merchants
from governance.cli.bench.register import ATTRIBUTES, PLACES
from governance.cli.bench.taxonomy import taxonomy
from listings.domain.copying import Column, copy_rows
from listings.models import AttributeDefinition, Category, ExchangeRate, Market, WindowRefresh

PROCESSES = 2
FILLED = ("listings_listing", "listings_certificate", "listings_listingimage")
_MERCHANT: Sequence[Column] = (
    ("id", "bigint"), ("public_id", "text"), ("external_id", "text"), ("name", "text"), ("kind", "text"),
    ("country", "text"), ("language", "text"), ("email", "text"), ("joined_on", "date"), ("state", "text"),
    ("created_at", "timestamptz"), ("changed_at", "timestamptz"),
)  # fmt: skip
_IDENTITY: Sequence[Column] = (
    ("merchant_id", "bigint"), ("legal_name", "text"), ("address", "text"), ("phone", "text"), ("email", "text"),
    ("self_certified", "boolean"), ("verified_on", "date"), ("register", "text"), ("register_number", "text"),
    ("vat_id", "text"),
)  # fmt: skip
_WINDOW: Sequence[Column] = (
    ("merchant_id", "bigint"), ("days", "int"), ("as_of", "date"), ("visits", "bigint"), ("orders", "int"),
    ("revenue_eur", "numeric"), ("returns", "int"), ("complaints", "int"), ("rating_sum", "int"), ("rating_count", "int"),
)  # fmt: skip
_CERTIFICATE: Sequence[Column] = (
    ("merchant_id", "bigint"), ("listing_id", "bigint"), ("type", "text"), ("number", "text"), ("valid_from", "date"),
    ("valid_until", "date"), ("issuer", "text"), ("standard", "text"), ("changed_at", "timestamptz"),
)  # fmt: skip
_LIBPQ = ("dbname", "host", "port", "user", "password", "sslmode")
Say = Callable[[str], None]


def load(count: int, *, seed: int, say: Say, processes: int = PROCESSES) -> None:
    """Fill the database that Django is connected to. Nothing of a catalogue may be in it. One process is this one."""
    begun = time.monotonic()
    load_without_listings(count, seed=seed)
    with _indexes_made_afterwards():
        _load_listings(count, seed=seed, processes=processes)
    _finish(count)
    took = time.monotonic() - begun
    say(f"{count:,} listings of {count_for(count):,} merchants loaded in {took:.1f} s: {count / took:,.0f} a second.")
    begun = time.monotonic()
    made = policies.put_in_force(at=STARTED)
    say(f"{made} policies in force after {time.monotonic() - begun:.1f} s.")


@transaction.atomic
def load_without_listings(count: int, *, seed: int) -> None:
    """What a catalogue of so many listings refers to, and its merchants."""
    _load_register()
    _load_merchants(count_for(count), seed)


def _load_register() -> None:
    Market.objects.bulk_create(
        [
            Market(
                code=place.code, region=place.region, currency=place.currency, languages=[place.language],
                working_days=[1, 2, 3, 4, 5],
            )
            for place in PLACES
        ]
    )  # fmt: skip
    rates = {place.currency: place.per_mille for place in PLACES if place.currency != "EUR"}
    ExchangeRate.objects.bulk_create(
        [ExchangeRate(currency=currency, date=AS_OF, per_eur=rate / 1_000) for currency, rate in rates.items()]
    )
    AttributeDefinition.objects.bulk_create(
        [
            AttributeDefinition(key=each.key, kind=each.kind, unit=each.unit, labels={"en": _name(each.key)})
            for each in ATTRIBUTES
        ]
    )
    Category.objects.bulk_create(
        [
            Category(
                pk=node.key, code=node.code, parent_id=node.parent, depth=node.depth,
                names={"en": _name(node.code.rpartition("/")[2])},
            )
            for node in taxonomy()
        ],
        batch_size=1_000,
    )  # fmt: skip


def _load_merchants(count: int, seed: int) -> None:
    made = list(merchants(count, seed=seed))
    identities = [each.identity for each in made if each.identity]
    with connection.cursor() as cursor:
        _copy(cursor, "merchant", _MERCHANT, [(*each.merchant, "active", WRITTEN, WRITTEN) for each in made])
        _copy(cursor, "traderidentity", _IDENTITY, [(*identity, "", "", "") for identity in identities])
        _copy(cursor, "merchantwindow", _WINDOW, [window for each in made for window in each.windows])
        WindowRefresh.objects.create(as_of=AS_OF, ended_at=WRITTEN)
        held = [(*certificate, "", "", WRITTEN) for each in made for certificate in each.certificates]
        _copy(cursor, "certificate", _CERTIFICATE, held)


def _copy(cursor: Any, table: str, columns: Sequence[Column], rows: Sequence[Sequence[object]]) -> None:
    copy_rows(cursor, table=f"listings_{table}", columns=columns, rows=rows)


def _load_listings(count: int, *, seed: int, processes: int) -> None:
    parts = [Part(first, processes, count, count_for(count), seed) for first in range(processes)]
    if processes == 1:
        with connection.cursor() as cursor:
            copy_blocks(cursor, parts[0])
        return
    url = address()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(copy_part, url, part) for part in parts]:
            done.result()


def settle() -> None:
    """Leave no work for later: what the server does after a load would weigh on what is measured first."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_has_role(current_user, 'pg_checkpoint', 'usage')")
        if cursor.fetchone()[0]:
            cursor.execute("CHECKPOINT")


def address() -> str:
    """What another process needs to reach the same database, as libpq reads it."""
    told = connection.get_connection_params()
    return str(make_dsn(**{name: value for name, value in told.items() if name in _LIBPQ and value}))


@contextmanager
def _indexes_made_afterwards() -> Iterator[None]:
    """Plain indexes are dropped and made again from the full tables; those behind constraints stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [list(FILLED)],
        )
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, definition in found:
            cursor.execute(definition)


def _finish(count: int) -> None:
    """Keys were given: their sequences go on after them, and the planner knows the tables."""
    with connection.cursor() as cursor:
        for table in ("listings_listing", "listings_merchant", "listings_category"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        cursor.execute("SELECT setval('listings_change', %s)", [count])
        cursor.execute("ANALYZE")


def _name(key: str) -> str:
    return key.replace("_", " ").capitalize()
