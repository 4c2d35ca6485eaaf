"""PostgreSQL merely handing out the columns that the rules read: nobody who keeps the data in it is faster."""

import io

from django.db import connection

from governance.cli.bench.contestants.contestant import SAMPLE, Contestant

COLUMNS = (
    "id", "version", "merchant_id", "category_id", "language", "markets", "price_eur", "attributes", "title", "description",
    "text_base", "text_skeleton", "text_version",
)  # fmt: skip
CERTIFICATE_COLUMNS = ("listing_id", "type", "valid_from", "valid_until")


class _Drain(io.RawIOBase):
    """Where everything goes in and nothing stays."""

    def write(self, data: object, /) -> int:
        return len(data)  # type: ignore[arg-type]  # bytes, by the driver


class Handout(Contestant):
    name = "handout"
    told = (
        "PostgreSQL merely handing out the columns that the rules read (COPY to nowhere), nothing evaluated or written"
    )
    finds = False

    def run(self, *, sample: bool) -> None:
        among = f"id IN (SELECT id FROM {SAMPLE})" if sample else "true"
        of_listings = f"SELECT {', '.join(COLUMNS)} FROM listings_listing WHERE state = 'on_sale' AND {among}"
        among = among.replace("id IN", "listing_id IN") if sample else "listing_id IS NOT NULL"
        of_certificates = f"SELECT {', '.join(CERTIFICATE_COLUMNS)} FROM listings_certificate WHERE {among}"
        with connection.cursor() as cursor:
            for question in (of_listings, of_certificates):
                cursor.copy_expert(f"COPY ({question}) TO STDOUT", _Drain())
