"""The catalogue as a file that the importer reads: an object a line, under keys that no round has used before."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from governance.cli.bench.listings import Made, block, blocks
from governance.cli.bench.merchants import count_for
from listings.domain.drafts import CertificateDraft


def write(path: Path, count: int, *, seed: int, prefix: str) -> None:
    with path.open("wb") as file:
        file.writelines(
            orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows(count, seed=seed, prefix=prefix)
        )


def rows(count: int, *, seed: int, prefix: str) -> Iterator[dict[str, Any]]:
    for number in range(blocks(count)):
        for made in block(number, count=count, merchants=count_for(count), seed=seed):
            yield _row(made, prefix)


def _row(made: Made, prefix: str) -> dict[str, Any]:
    draft = made.draft
    priced = {} if draft.price_minor is None else {"price": draft.price_minor / 100, "currency": draft.currency}
    return {
        "merchant_id": f"m{draft.merchant_id}",
        "listing_id": f"{prefix}{draft.external_id}",
        "title": draft.title,
        "description": draft.description,
        "language": draft.language,
        "category": draft.category_code,
        "brand": draft.brand,
        "condition": draft.condition,
        "markets": draft.markets,
        "images": draft.images,
        "attributes": draft.attributes,
        "certificates": [_certificate(each) for each in draft.certificates],
        **priced,
    }


def _certificate(held: CertificateDraft) -> dict[str, Any]:
    return {name: getattr(held, name) for name in CertificateDraft.__slots__ if getattr(held, name)}
