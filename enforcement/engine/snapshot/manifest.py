"""What a snapshot says of itself, as a small JSON file beside its parts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

import orjson
from django.db import connection

from governance.policies.queries.environment import stamp
from listings.text import NORMALISER_VERSION

FORM = 2
"""Raised when the files' form changes: older ones are made anew."""


@dataclass(frozen=True)
class Part:
    """Listings on sale with keys from `first` to `last`, both included; `rows` of them when it was planned."""

    number: int
    first: int
    last: int
    rows: int


@dataclass(frozen=True)
class Written:
    """What came of a part. `odd` are keys of listings that hold something not of its kind: they are in no file."""

    rows: int
    sampled: int
    odd: Sequence[int] = ()


@dataclass(frozen=True)
class Manifest:
    """`mark` is the listings' highest change when it was begun, `environment` what the rules could name then.

    `matched` are the columns of `columns.matched` that every part has. `written` is empty until every part is.
    """

    name: str
    made_at: datetime
    mark: int
    environment: str
    parts: Sequence[Part]
    matched: Sequence[str] = ()
    written: Sequence[Written] = ()

    @property
    def planned(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.written)

    @property
    def sampled(self) -> int:
        return sum(each.sampled for each in self.written)

    @property
    def odd(self) -> list[int]:
        return [key for each in self.written for key in each.odd]

    def to_json(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        held = orjson.loads(text)
        return cls(
            name=held["name"],
            made_at=datetime.fromisoformat(held["made_at"]),
            mark=held["mark"],
            environment=held["environment"],
            parts=[Part(**part) for part in held["parts"]],
            matched=held["matched"],
            written=[Written(**each) for each in held["written"]],
        )


def environment_now() -> str:
    """Changes when a file made before would lack a column or hold another answer: the register, the term lists, the form.

    And with the database, so that two that share a folder never read one another's.
    """
    database = connection.settings_dict["NAME"]
    return sha256(repr((FORM, NORMALISER_VERSION, database, stamp())).encode()).hexdigest()[:16]
