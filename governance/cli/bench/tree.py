"""Rules as neutral trees: what every contestant reads in its own language.

All of them have two values here: what is missing is not so. `Not` stands only before what is never unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Node:
    """A condition."""


@dataclass(frozen=True)
class Every(Node):
    parts: Sequence[Node]


@dataclass(frozen=True)
class Some(Node):
    parts: Sequence[Node]


@dataclass(frozen=True)
class Not(Node):
    part: Node


@dataclass(frozen=True)
class Under(Node):
    """The category or one above it has this code."""

    code: str


@dataclass(frozen=True)
class Missing(Node):
    """The listing lacks an attribute."""

    key: str


@dataclass(frozen=True)
class Equals(Node):
    """An attribute in words has this value. `guarded`: asked for first, and so never unknown."""

    key: str
    value: str
    guarded: bool = False


@dataclass(frozen=True)
class Lacks(Node):
    """No certificate of this type, of the listing or its merchant, is valid today."""

    type: str


@dataclass(frozen=True)
class Matches(Node):
    """A regular expression stands in the text as written. RE2."""

    pattern: str
    any_case: bool = True


@dataclass(frozen=True)
class Mentions(Node):
    """A term of the list stands in the normalised texts."""

    list_key: str


class Number(StrEnum):
    """Facts that are compared with a number."""

    PRICE_EUR = "price_eur"
    RETURN_RATE = "return_rate"
    COMPLAINT_RATE = "complaint_rate"


@dataclass(frozen=True)
class Compare(Node):
    """A number of the listing, or of its merchant's last 30 days, below or above a bound."""

    fact: Number
    operator: str
    bound: float


@dataclass(frozen=True)
class CompareAttribute(Node):
    key: str
    operator: str
    bound: float


@dataclass(frozen=True)
class PrivateSeller(Node):
    pass


@dataclass(frozen=True)
class JoinedWithin(Node):
    """The merchant joined in the last so many days."""

    days: int


@dataclass(frozen=True)
class SellerFrom(Node):
    countries: Sequence[str]


@dataclass(frozen=True)
class Verified(Node):
    """The trader's file has been checked."""


@dataclass(frozen=True)
class Rule:
    """A policy. `categories` empty means all; `jurisdictions` are market codes."""

    number: int
    kind: str
    categories: Sequence[str]
    jurisdictions: Sequence[str]
    when: Node

    @property
    def slug(self) -> str:
        return f"bench-{self.number:03}-{self.kind}"
